package plugin

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// newTestPool returns a pool of instances that have no guest, which start as
// start says; nil is at once.
func newTestPool(limit int64, wait time.Duration, start func() error) *pool {
	memory := func() *linearMemory {
		return &linearMemory{budget: NewBudget(0), spare: &spareMemory{}, time: newDeadline()}
	}
	return newPool(limit, wait,
		func() *Instance {
			in := &Instance{memory: memory()}
			in.limit.done = make(chan struct{})
			return in
		},
		func(*Instance) error {
			if start == nil {
				return nil
			}
			return start()
		})
}

// take checks n instances out.
func take(t *testing.T, p *pool, n int) []*Instance {
	t.Helper()
	var all []*Instance
	for range n {
		in, err := p.checkout(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, in)
	}
	return all
}

func giveBack(p *pool, all []*Instance) {
	for _, in := range all {
		p.checkin(in)
	}
}

func checkStats(t *testing.T, p *pool, wantCount, wantIdle int) {
	t.Helper()
	if count, idle := p.stats(); count != wantCount || idle != wantIdle {
		t.Errorf("stats() = %d, %d idle, want %d, %d idle", count, idle, wantCount, wantIdle)
	}
}

func TestPool_lastInFirstOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool(3, time.Minute, nil)
		all := take(t, p, 3)
		giveBack(p, all)
		for i := 2; i >= 0; i-- {
			if in := take(t, p, 1)[0]; in != all[i] {
				t.Errorf("checkout returned another instance than the one that came back last but %d", 2-i)
			}
		}
	})
}

// The limit of instances is kept one below, at, and one above.
func TestPool_limit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool(3, time.Second, nil)
		all := take(t, p, 2)
		checkStats(t, p, 2, 0)
		all = append(all, take(t, p, 1)...)
		checkStats(t, p, 3, 0)
		begun := time.Now()
		if _, err := p.checkout(t.Context()); !errors.Is(err, ErrBusy) {
			t.Errorf("checkout above the limit = %v, want ErrBusy", err)
		}
		if took := time.Since(begun); took != time.Second {
			t.Errorf("checkout gave up after %v, want 1s", took)
		}
		giveBack(p, all)
		checkStats(t, p, 3, 3)
	})
}

// Below the number of processors instances are made at once; from there on the
// caller waits as long as one costs, and takes what comes back meanwhile.
func TestPool_growth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const cost = 3 * time.Millisecond
		procs := runtime.GOMAXPROCS(0)
		p := newTestPool(int64(procs)+1, time.Minute, func() error {
			<-time.After(cost)
			return nil
		})
		begun := time.Now()
		all := take(t, p, procs)
		if took := time.Since(begun); took != time.Duration(procs)*cost {
			t.Errorf("%d instances took %v, want %v", procs, took, time.Duration(procs)*cost)
		}
		begun = time.Now()
		all = append(all, take(t, p, 1)...)
		if took := time.Since(begun); took != 2*cost {
			t.Errorf("one more took %v, want %v: to wait, and to start", took, 2*cost)
		}
		time.AfterFunc(cost/2, func() { p.checkin(all[0]) })
		begun = time.Now()
		if in := take(t, p, 1)[0]; in != all[0] {
			t.Error("a new instance was made, though one came back")
		}
		if took := time.Since(begun); took != cost/2 {
			t.Errorf("it took %v, want %v", took, cost/2)
		}
	})
}

// Waiters are served in their order.
func TestPool_order(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool(1, time.Minute, nil)
		in := take(t, p, 1)[0]
		var order []int
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				in, err := p.checkout(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				order = append(order, i)
				p.checkin(in)
			})
			synctest.Wait()
		}
		p.checkin(in)
		wg.Wait()
		if want := []int{0, 1, 2, 3, 4}; !slices.Equal(order, want) {
			t.Errorf("order = %v, want %v", order, want)
		}
	})
}

func TestPool_cancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool(1, time.Minute, nil)
		in := take(t, p, 1)[0]
		ctx, cancel := context.WithCancelCause(t.Context())
		gone := errors.New("gone")
		time.AfterFunc(time.Second, func() { cancel(gone) })
		if _, err := p.checkout(ctx); !errors.Is(err, gone) {
			t.Errorf("checkout = %v, want the cause %v", err, gone)
		}
		p.checkin(in)
		checkStats(t, p, 1, 1)
	})
}

// What is granted to a waiter that gives up at the same moment is not lost.
func TestPool_grantToWhoGaveUp(t *testing.T) {
	for _, tc := range []struct {
		name      string
		grant     func(p *pool, in *Instance)
		want      error
		wantCount int
	}{
		{"instance", func(p *pool, in *Instance) { p.checkin(in) }, nil, 1},
		{"place", func(p *pool, in *Instance) { in.broken = true; p.checkin(in) }, ErrBusy, 0},
		{"close", func(p *pool, _ *Instance) { p.close() }, ErrClosed, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newTestPool(1, time.Minute, nil)
			in := take(t, p, 1)[0]
			_, ch, err := p.request(true)
			if err != nil || ch == nil {
				t.Fatalf("request() = %v, want a place in the queue", err)
			}
			tc.grant(p, in)
			got, err := p.giveUp(ch, ErrBusy)
			if !errors.Is(err, tc.want) || err == nil && got != in {
				t.Errorf("giveUp() = %v, %v, want %v", got, err, tc.want)
			}
			checkStats(t, p, tc.wantCount, 0)
		})
	}
}

// An instance that failed makes place for a new one, for who waits.
func TestPool_broken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool(1, time.Minute, nil)
		in := take(t, p, 1)[0]
		time.AfterFunc(time.Second, func() {
			in.broken = true
			p.checkin(in)
		})
		if got := take(t, p, 1)[0]; got == in {
			t.Error("checkout returned the broken instance")
		}
		checkStats(t, p, 1, 0)
	})
}

// An instance that would not start leaves its place to the next.
func TestPool_failedStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		fail := true
		p := newTestPool(1, time.Minute, func() error {
			<-time.After(time.Second)
			if fail {
				fail = false
				return broken
			}
			return nil
		})
		done := make(chan error)
		go func() {
			_, err := p.checkout(t.Context())
			done <- err
		}()
		synctest.Wait()
		take(t, p, 1)
		if err := <-done; !errors.Is(err, broken) {
			t.Errorf("checkout = %v, want %v", err, broken)
		}
		checkStats(t, p, 1, 0)
	})
}

// Where memory is used up, the pool waits for an instance that comes back, and
// tries again meanwhile; without any other instance it says so at once.
func TestPool_memory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var full atomic.Bool
		p := newTestPool(64, time.Second, func() error {
			if full.Load() {
				return ErrMemory
			}
			return nil
		})
		full.Store(true)
		if _, err := p.checkout(t.Context()); !errors.Is(err, ErrMemory) {
			t.Errorf("checkout without any instance = %v, want ErrMemory", err)
		}
		full.Store(false)
		in := take(t, p, 1)[0]
		full.Store(true)
		if _, err := p.checkout(t.Context()); !errors.Is(err, ErrBusy) {
			t.Errorf("checkout = %v, want ErrBusy", err)
		}
		time.AfterFunc(time.Second/2, func() { p.checkin(in) })
		if got := take(t, p, 1)[0]; got != in {
			t.Error("checkout returned another instance than the one that came back")
		}
		time.AfterFunc(time.Second/2, func() { full.Store(false) })
		take(t, p, 1)
		checkStats(t, p, 2, 0)
	})
}

// Trim closes what was idle since the last one, and keeps one.
func TestPool_trim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool(5, time.Minute, nil)
		all := take(t, p, 5)
		p.trim()
		giveBack(p, all)
		checkStats(t, p, 5, 5)
		p.trim() // none was idle all the time
		checkStats(t, p, 5, 5)
		in := take(t, p, 2)
		giveBack(p, in)
		p.trim() // two of five were needed
		checkStats(t, p, 2, 2)
		if want := []*Instance{all[4], all[3]}; !slices.Equal(p.idle, want) {
			t.Error("trim closed a warm instance")
		}
		p.trim()
		checkStats(t, p, 1, 1)
		p.trim()
		checkStats(t, p, 1, 1)
	})
}

func TestPool_close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool(2, time.Minute, nil)
		all := take(t, p, 2)
		waited := make(chan error)
		go func() {
			_, err := p.checkout(t.Context())
			waited <- err
		}()
		synctest.Wait()
		p.checkin(all[1])
		if err := <-waited; err != nil {
			t.Fatal(err)
		}
		go func() {
			_, err := p.checkout(t.Context())
			waited <- err
		}()
		synctest.Wait()
		p.close()
		p.close()
		if err := <-waited; !errors.Is(err, ErrClosed) {
			t.Errorf("a waiting checkout = %v, want ErrClosed", err)
		}
		if _, err := p.checkout(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("checkout after close = %v, want ErrClosed", err)
		}
		giveBack(p, all)
		<-p.empty
		checkStats(t, p, 0, 0)
	})
}

// An instance that starts while the pool ends its calls is ended too.
func TestPool_endWhileStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *pool
		starting := make(chan *Instance)
		p = newTestPool(2, time.Minute, nil)
		p.start = func(in *Instance) error {
			starting <- in
			<-in.limit.done
			return in.limit.Err()
		}
		result := make(chan error)
		go func() {
			_, err := p.checkout(t.Context())
			result <- err
		}()
		<-starting
		p.close()
		p.end(context.Canceled)
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Errorf("checkout = %v, want context.Canceled", err)
		}
		<-p.empty
	})
}

func TestPool_Hammer(t *testing.T) {
	const limit = 4
	var busy atomic.Int64
	p := newTestPool(limit, time.Minute, nil)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 500 {
				in, err := p.checkout(t.Context())
				if errors.Is(err, ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("checkout = %v", err)
					return
				}
				if n := busy.Add(1); n > limit {
					t.Errorf("%d instances are out, want at most %d", n, limit)
				}
				runtime.Gosched()
				in.broken = (i+j)%7 == 0
				busy.Add(-1)
				p.checkin(in)
				if j%100 == 0 {
					p.trim()
				}
				if i == 0 && j == 400 {
					p.close()
				}
			}
		})
	}
	wg.Wait()
	<-p.empty
	checkStats(t, p, 0, 0)
}

// What nobody has is closed, at once and however little time it was idle; the others
// are not, and their places and those of the closed ones can be taken.
func TestPool_shrink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPool(3, time.Minute, nil)
		all := take(t, p, 3)
		giveBack(p, all[1:])
		p.shrink()
		checkStats(t, p, 1, 0)
		more := take(t, p, 2)
		checkStats(t, p, 3, 0)
		giveBack(p, append(more, all[0]))
		checkStats(t, p, 3, 3)
		p.trim()
		p.shrink()
		checkStats(t, p, 0, 0)
	})
}
