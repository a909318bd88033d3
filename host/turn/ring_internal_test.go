package turn

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
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

// TestRunner_LetsGo: a session that nobody holds is not kept.
func TestRunner_LetsGo(t *testing.T) {
	r := New(Options{Store: memory.New(memory.Options{})})
	defer func() { _ = r.Close(t.Context()) }()
	lives := func() (n int) {
		for i := range r.shards {
			n += len(r.shards[i].lives)
		}
		return n
	}
	key := session.Key{Bot: "b", ID: "s"}
	if _, err := r.Open(context.Background(), key, nil); err == nil || lives() != 0 {
		t.Errorf("Open(nothing) = %v, with %d live sessions, want 0", err, lives())
	}
	a, err := r.Create(context.Background(), key, [32]byte{}, nil)
	if err != nil {
		t.Fatalf("Create() = %v", err)
	}
	b, err := r.Open(context.Background(), key, nil)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	a.Close()
	if lives() != 1 {
		t.Errorf("live sessions = %d with one handle, want 1", lives())
	}
	b.Close()
	if lives() != 0 {
		t.Errorf("live sessions = %d without handles, want 0", lives())
	}
}
