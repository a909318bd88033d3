package door

import (
	"sync"
	"testing"
	"time"
)

// One below, at and one above the burst, then the rate.
func TestGate(t *testing.T) {
	r := NewRate(20, 40)
	var g gate
	now := int64(time.Hour)
	for i := range 40 {
		if wait := g.pass(r, now); wait != 0 {
			t.Fatalf("event %d of the burst waits %d", i+1, wait)
		}
	}
	if wait := g.pass(r, now); wait != int64(time.Second) {
		t.Errorf("event 41 waits %v, want 1s", time.Duration(wait))
	}
	// What was sent behind it does not overtake it, though there would be room.
	now += int64(time.Second) - 1
	if wait := g.pass(r, now); wait != 1 {
		t.Errorf("within the pause: wait %d, want 1", wait)
	}
	now++
	passed := 0
	for g.pass(r, now) == 0 {
		passed++
	}
	if passed != 20 {
		t.Errorf("after the pause %d passed, want 20", passed)
	}
	// In the long run it is the rate.
	passed = 0
	for range 100_000 {
		now += int64(time.Millisecond)
		if g.pass(r, now) == 0 {
			passed++
		}
	}
	if passed < 1980 || passed > 2000 {
		t.Errorf("%d passed in 100 s, want 2000", passed)
	}
}

func TestGate_Extremes(t *testing.T) {
	for _, tc := range []struct {
		name     string
		n, burst int64
		want     int
	}{
		{"off", -1, 40, 1000},
		{"no burst", 1, -1, 1},
		{"one", 1, 1, 1},
		{"two", 1, 2, 2},
		{"very fast", 1 << 40, 7, 7},
	} {
		g := Gates[string]{Rate: NewRate(tc.n, tc.burst)}
		passed := 0
		for range 1000 {
			if g.Pass("a", 5) == 0 {
				passed++
			}
		}
		if passed != tc.want {
			t.Errorf("%s: %d passed, want %d", tc.name, passed, tc.want)
		}
	}
}

// Each key has a gate of its own, and gates that nobody uses are forgotten.
func TestGates_Bounded(t *testing.T) {
	g := Gates[int]{Rate: NewRate(10, 20)}
	for range 20 {
		if g.Pass(-1, 0) != 0 || g.Pass(-2, 0) != 0 {
			t.Fatal("keys share a gate")
		}
	}
	if g.Pass(-1, 0) == 0 {
		t.Error("21 passed")
	}
	most := 0
	for i := range 200_000 {
		// 1000 a second, each forgotten after 100 ms.
		g.Pass(i, int64(i)*int64(time.Millisecond))
		most = max(most, len(g.of))
	}
	if most > 400 {
		t.Errorf("%d gates are kept, want at most 400", most)
	}
}

func TestGates_Hammer(t *testing.T) {
	g := Gates[int]{Rate: NewRate(1, 10)}
	var wg sync.WaitGroup
	var mu sync.Mutex
	passed := make(map[int]int)
	for range 8 {
		wg.Go(func() {
			for i := range 10_000 {
				if g.Pass(i%100, int64(time.Minute)) == 0 {
					mu.Lock()
					passed[i%100]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	for k, n := range passed {
		if n != 10 {
			t.Errorf("%d passed the gate %d, want 10", n, k)
		}
	}
}
