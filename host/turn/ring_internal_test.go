package turn

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
)

// TestRing compares the ring with a slice.
func TestRing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	var q ring
	var want []*abi.Event
	for range 10_000 {
		if rnd.IntN(100) < 52 && len(want) < 70 {
			ev := new(abi.Event)
			q.push(item{event: ev})
			want = append(want, ev)
		} else {
			it, ok := q.pop()
			if ok != (len(want) > 0) {
				t.Fatalf("pop() = %v with %d items", ok, len(want))
			}
			if ok {
				if it.event != want[0] {
					t.Fatal("pop() returned another item than the oldest")
				}
				want = want[1:]
			}
		}
		if q.len() != len(want) {
			t.Fatalf("len() = %d, want %d", q.len(), len(want))
		}
	}
	if free := slices.IndexFunc(q.items, func(it item) bool { return it.event == nil }); free < 0 &&
		q.len() < len(q.items) {
		t.Error("the ring holds on to items that were taken")
	}
}
