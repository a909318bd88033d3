package plugin

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// deadline is the context of all calls of one instance, and says when the guest's
// time is up. It is made once an instance, armed at each checkout, and when it
// ends the instance ends with it. It carries its instance to the host functions.
//
// It has no timer and no goroutine: a metered guest comes by of itself, and looks
// at the clock. So Done is closed when somebody finds the time up, not at that
// time.
type deadline struct {
	instance *Instance
	// limit is how much time the guest has, and until when it is up, by clock; 0 as
	// long as nobody has looked. Both belong to the owner of the instance.
	limit, until time.Duration

	done  chan struct{}
	once  sync.Once
	ended atomic.Bool
	cause error // written once, before done is closed
}

var _ context.Context = (*deadline)(nil)

// started is where clock begins.
var started = time.Now()

// clock is the monotonic time. It takes half as long as time.Now, which asks for
// the time of day too.
func clock() time.Duration { return time.Since(started) }

func (d *deadline) Deadline() (time.Time, bool) { return time.Time{}, false }
func (d *deadline) Done() <-chan struct{}       { return d.done }
func (d *deadline) Value(any) any               { return nil }

// Err does not look at the clock; see check.
func (d *deadline) Err() error {
	if !d.ended.Load() {
		return nil
	}
	return d.cause
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

// arm gives the guest so much time. It begins when somebody looks the first time:
// most turns are over before, and need no clock at all.
func (d *deadline) arm(limit time.Duration) { d.limit, d.until = limit, 0 }

// check ends the guest if its time is up, and returns why it has to stop.
func (d *deadline) check() error { return d.checkAt(clock()) }

func (d *deadline) checkAt(now time.Duration) error {
	if d.until == 0 {
		d.until = now + d.limit
	} else if now >= d.until {
		d.end(context.DeadlineExceeded)
	}
	return d.Err()
}

// pause runs f, which takes time that is not the guest's, and returns how long that
// was.
func (d *deadline) pause(f func()) (took time.Duration) {
	begun := clock()
	f()
	took = clock() - begun
	if d.until != 0 {
		d.until += took
	}
	return took
}

// sleep is WASI's sleep: it ends with the guest's time, and so does the guest
// at its next step.
func (d *deadline) sleep(nanoseconds int64) {
	if nanoseconds <= 0 || d.check() != nil {
		return
	}
	t := time.NewTimer(min(time.Duration(nanoseconds), d.until-clock()))
	defer t.Stop()
	select {
	case <-t.C:
	case <-d.done:
	}
	_ = d.check() // what it finds is found by the next step too
}

// errTimeUp is what stops an instance whose start functions took too long.
var errTimeUp = fmt.Errorf("stopped: %w", context.DeadlineExceeded)

// randomSource is randomness, real unless the instance was given a seed, in pieces: a guest may ask for all its memory
// at once, and is not stopped while the host works for it.
type randomSource struct{ limit *deadline }

// Read implements [io.Reader]. It fails when the guest's time is up.
func (s randomSource) Read(p []byte) (int, error) {
	const piece = 64 << 10
	if err := s.limit.check(); err != nil {
		return 0, err
	}
	p = p[:min(len(p), piece)]
	if in := s.limit.instance; in != nil && in.random != nil {
		return in.random.Read(p)
	}
	return rand.Read(p)
}
