package plugin

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// deadline is the context of all calls of one instance. Contexts of the
// standard library cost a goroutine and several allocations for each call; this
// one is made once an instance, armed at each checkout, and when it ends once
// the instance ends with it. It carries its instance to the host functions.
//
// Setting a timer costs as much as a small call. So the timer stays set when a
// call ends, and when it fires it looks whether somebody is late.
type deadline struct {
	instance *Instance
	done     chan struct{}
	once     sync.Once
	ended    atomic.Bool
	cause    error // written once, before done is closed

	mu sync.Mutex
	// guards the following
	timer *time.Timer
	// fires is when the timer fires; zero if it is not set.
	fires time.Time
	// until is when the guest's time is up; zero while it is not armed.
	until time.Time
}

var _ context.Context = (*deadline)(nil)

type instanceKey struct{}

func (d *deadline) Deadline() (time.Time, bool) { return time.Time{}, false }
func (d *deadline) Done() <-chan struct{}       { return d.done }

func (d *deadline) Err() error {
	if !d.ended.Load() {
		return nil
	}
	return d.cause
}

func (d *deadline) Value(key any) any {
	if _, ok := key.(instanceKey); ok {
		return d.instance
	}
	return nil
}

// end stops the guest; the first cause counts. It may be called from any
// goroutine.
func (d *deadline) end(cause error) {
	d.once.Do(func() {
		d.cause = cause
		d.ended.Store(true)
		close(d.done)
	})
}

// expire ends the guest if its time is up, or sets the timer for when it will
// be.
func (d *deadline) expire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fires = time.Time{}
	if d.until.IsZero() {
		return
	}
	if rest := time.Until(d.until); rest > 0 {
		d.setLocked(rest)
		return
	}
	d.end(context.DeadlineExceeded)
}

// arm gives the guest so much time from now.
func (d *deadline) arm(limit time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.until = time.Now().Add(limit)
	if d.fires.IsZero() || d.fires.After(d.until) {
		d.setLocked(limit)
	}
}

func (d *deadline) setLocked(rest time.Duration) {
	d.fires = d.until
	if d.timer == nil {
		d.timer = time.AfterFunc(rest, d.expire)
		return
	}
	d.timer.Reset(rest)
}

// disarm reports whether the time was not up.
func (d *deadline) disarm() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.until = time.Time{}
	return !d.ended.Load()
}

// stop lets go of the timer. The guest never runs again.
func (d *deadline) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
}

// sleep is WASI's sleep: it ends with the guest's time, and so does the guest
// at its next step.
func (d *deadline) sleep(nanoseconds int64) {
	if nanoseconds <= 0 {
		return
	}
	t := time.NewTimer(time.Duration(nanoseconds))
	defer t.Stop()
	select {
	case <-t.C:
	case <-d.done:
	}
}

// errTimeUp is what stops an instance whose start functions took too long.
var errTimeUp = fmt.Errorf("stopped: %w", context.DeadlineExceeded)

// randomSource is real randomness, in pieces: a guest may ask for all its memory
// at once, and is not stopped while the host works for it.
type randomSource struct{ limit *deadline }

// Read implements [io.Reader]. It fails when the guest's time is up.
func (s randomSource) Read(p []byte) (int, error) {
	const piece = 64 << 10
	if err := s.limit.Err(); err != nil {
		return 0, err
	}
	return rand.Read(p[:min(len(p), piece)])
}
