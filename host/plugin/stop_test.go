package plugin

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

const (
	// stopTime is the guest time of a turn in TestStop.
	stopTime = 50 * time.Millisecond
	// mostLate is how late after its time a guest may end.
	mostLate = 10 * time.Millisecond
	// mostGap is how long a ticker of a millisecond may stand still.
	mostGap = 20 * time.Millisecond
	// stopAttempts is how often a guest may try to end in time: what a test sees
	// late may be the machine, which does not do so each time.
	stopAttempts = 30
)

// stops are the guests that end with their time alone, most of which no check in
// loops finds.
var stops = []string{
	"loop", "br-table", "call-bomb", "leaf-bomb", "tail-call", "recursion-again", "fill", "copy",
	"table-fill", "table", "memory", "chase", "loop-host", "random", "history", "log-flood", "start-loop",
	"extism-alloc", "extism-config",
}

// TestStop wants each guest to end in time, and the process to live meanwhile:
// another goroutine forces collections, which stop the world, and a third one
// sees how long it gets no processor.
func TestStop(t *testing.T) {
	for _, name := range stops {
		t.Run(name, func(t *testing.T) {
			m := newModule(t, assembleFile(t, "hostile/"+name+".wat"), Options{Limits: within(stopTime)})
			attempt(t, 1, func() lateness { return m.stopOne(t, name) })
		})
	}
}

// TestStop_many lets 64 instances spin at once, on all processors and on one.
func TestStop_many(t *testing.T) {
	for _, procs := range []int{runtime.GOMAXPROCS(0), 1} {
		for _, name := range []string{"loop", "call-bomb", "fill"} {
			t.Run(name, func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
				m := newModule(t, assembleFile(t, "hostile/"+name+".wat"), Options{
					Limits: abi.Limits{TurnTime: stopTime, MemoryBytes: 4 << 20},
				})
				n := int(m.opts.Limits.Instances)
				attempt(t, n, func() lateness { return m.stopMany(t, n) })
			})
		}
	}
}

// lateness is what TestStop measures: how late the last guest ended, and how long
// the ticker stood still.
type lateness struct{ end, gap time.Duration }

// attempt measures until all is in time. A machine on which n goroutines without a
// guest are late as well cannot tell; what it does to them is measured in turn, since
// its other work comes and goes.
func attempt(t *testing.T, n int, measure func() lateness) {
	t.Helper()
	var seen, own []lateness
	for range stopAttempts {
		l := measure()
		if l.end <= mostLate && l.gap < mostGap {
			t.Logf("%v late, the ticker stood still for %v", l.end, l.gap)
			return
		}
		seen, own = append(seen, l), append(own, machine(n))
	}
	if m := middle(own); m.end > mostLate/2 || m.gap > mostGap/2 {
		t.Skipf("this machine is late without any guest: %v, want half of %v and %v at most; with them %v",
			m, mostLate, mostGap, seen)
	}
	t.Errorf("%d attempts: %v late and ticker still, want %v and %v at most; without a guest %v",
		stopAttempts, seen, mostLate, mostGap, own)
}

// middle returns the medians.
func middle(all []lateness) lateness {
	median := func(of func(lateness) time.Duration) time.Duration {
		var values []time.Duration
		for _, l := range all {
			values = append(values, of(l))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return lateness{
		median(func(l lateness) time.Duration { return l.end }),
		median(func(l lateness) time.Duration { return l.gap }),
	}
}

// machine is how late n goroutines are that do what guests do, without one: they
// work for some time, and look at the clock. It is that of what suits the machine
// least.
func machine(n int) lateness {
	filling, chasing := control(n, fill), control(n, chase)
	return lateness{max(filling.end, chasing.end), max(filling.gap, chasing.gap)}
}

// control lets n goroutines do their steps until stopTime is over.
func control(n int, worker func(size int) (step func())) lateness {
	w, begun, ends := watch(), time.Now(), make([]time.Duration, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for step := worker((32 << 20) / n); ends[i] < stopTime; ends[i] = time.Since(begun) {
				step()
				runtime.Gosched()
			}
		})
	}
	wg.Wait()
	return lateness{slices.Max(ends) - stopTime, w.stop()}
}

// fill fills memory, as much at once as a guest may.
func fill(size int) (step func()) {
	memory, at := make([]byte, size), 0
	return func() {
		piece := min(256<<10, size)
		clear(memory[at : at+piece])
		at = (at + piece) % size
	}
}

// chase follows a chain of addresses, each of which misses the caches, as far as the
// fuel of a slice goes.
func chase(size int) (step func()) {
	lines := make([][16]uint32, size/64)
	for i := range lines {
		lines[i][0] = (uint32(i)*1664525 + 12345) % uint32(len(lines))
	}
	at := uint32(0)
	return func() {
		for range slice / 4 {
			at = lines[at][0]
		}
	}
}

// stopOne lets a guest attack once.
func (m *Module) stopOne(t *testing.T, name string) lateness {
	w := watch()
	begun := time.Now()
	var err error
	if name == "start-loop" {
		err = m.Start(t.Context())
	} else {
		in, checkoutErr := m.Checkout(t.Context())
		if checkoutErr != nil {
			t.Fatal(checkoutErr)
		}
		begun = time.Now()
		err = attackWith(in)
		in.Release()
	}
	late := time.Since(begun) - stopTime
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want DeadlineExceeded", err)
	}
	return lateness{late, w.stop()}
}

// stopMany lets n guests attack at once. All time counts from the last checkout:
// the first ones have their deadline earlier.
func (m *Module) stopMany(t *testing.T, n int) lateness {
	instances := make([]*Instance, n)
	for i := range instances {
		var err error
		if instances[i], err = m.Checkout(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, in := range instances {
		in.limit.arm(stopTime)
		_ = in.limit.check() // begins the time
	}
	begun := time.Now()
	w := watch()
	ends := make([]time.Time, n)
	var wg sync.WaitGroup
	for i, in := range instances {
		wg.Go(func() {
			if err := attackWith(in); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error = %v, want DeadlineExceeded", err)
			}
			ends[i] = time.Now()
			in.Release()
		})
	}
	wg.Wait()
	last := slices.MaxFunc(ends, time.Time.Compare)
	return lateness{last.Sub(begun) - stopTime, w.stop()}
}

func attackWith(in *Instance) error {
	var d draft.Draft
	d.Begin(message("attack"), draft.Base{
		Past: func(n int) ([]abi.Entry, error) { return make([]abi.Entry, n), nil },
	}, &in.module.opts.Limits)
	_, err := in.Call(abi.OnMessage, "attack", 0, &d)
	return err
}

// watcher forces collections, and sees how long a ticker stands still.
type watcher struct {
	done chan struct{}
	wg   sync.WaitGroup
	gap  time.Duration
}

func watch() *watcher {
	w := &watcher{done: make(chan struct{})}
	w.wg.Go(func() {
		for {
			select {
			case <-w.done:
				return
			default:
				runtime.GC()
			}
		}
	})
	w.wg.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		last := time.Now()
		for {
			select {
			case <-w.done:
				return
			case <-tick.C:
				now := time.Now()
				w.gap = max(w.gap, now.Sub(last))
				last = now
			}
		}
	})
	return w
}

// stop returns the longest gap.
func (w *watcher) stop() time.Duration {
	close(w.done)
	w.wg.Wait()
	return w.gap
}
