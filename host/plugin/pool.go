package plugin

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// pool holds a module's instances: idle ones on a stack, so that the warm ones
// work and the others show that they are not needed.
type pool struct {
	max  int
	wait time.Duration
	// prepare returns an instance that cannot run yet, and start makes it run; an
	// instance that does not start is closed by start.
	prepare func() *Instance
	start   func(*Instance) error
	// cost is how long starting an instance took lately, in nanoseconds.
	cost atomic.Int64

	mu sync.Mutex
	// guards the following
	idle    []*Instance
	low     int // the fewest idle instances since the last trim
	all     map[*Instance]struct{}
	count   int    // all, and the places of those that will be made
	returns uint64 // how often an instance came back
	waiters []chan grant
	closed  bool
	cause   error         // why all calls are stopped, if they are
	empty   chan struct{} // closed when closed is set and count is 0
}

// grant is what a waiter gets: an instance, or the place for a new one, or, when
// the pool is closed, neither.
type grant struct {
	in    *Instance
	place bool
}

func newPool(
	limit int64, wait time.Duration, prepare func() *Instance, start func(*Instance) error,
) *pool {
	return &pool{
		max: int(limit), wait: wait, prepare: prepare, start: start,
		all: make(map[*Instance]struct{}), empty: make(chan struct{}),
	}
}

const (
	// minPatience is the least time to wait before a new instance is started.
	minPatience = 100 * time.Microsecond
	// maxPatience is how long to wait at most, while instances do come back,
	// before one more is started.
	maxPatience = 50 * time.Millisecond
	// fullPatience is the time between two attempts to start an instance while
	// the bot's memory is used up.
	fullPatience = 10 * time.Millisecond
)

// checkout returns an idle instance, or a new one, or waits. While fewer
// instances than processors exist a new one is started at once. From then on the
// caller first waits as long as starting one would take, since most turns are
// shorter than that, and longer while instances come back: then it is the
// processors that are busy, and more instances would not help. Where the bot's
// memory is used up it waits for somebody else's instance.
func (p *pool) checkout(ctx context.Context) (*Instance, error) {
	in, ch, err := p.request(true)
	if in != nil || err != nil {
		return in, err
	}
	until := time.Now().Add(p.wait)
	patience := max(minPatience, time.Duration(p.cost.Load()))
	for {
		if ch != nil {
			in, err = p.await(ctx, ch, until, patience)
			if in != nil || err != nil {
				return in, err
			}
		}
		in, err = p.grow()
		if !errors.Is(err, ErrMemory) || !p.others() {
			return in, err
		}
		in, ch, err = p.request(false)
		if in != nil || err != nil {
			return in, err
		}
		patience = fullPatience
	}
}

// request returns an idle instance; or a place in the queue; or, if grow allows
// it, nothing, which is the place for a new instance. All this is one step, so
// that an instance which comes back meanwhile is not missed.
func (p *pool) request(grow bool) (*Instance, chan grant, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 { // without a defer: nearly every turn is here
		in := p.idle[n-1]
		p.idle[n-1] = nil
		p.idle = p.idle[:n-1]
		p.low = min(p.low, n-1)
		p.mu.Unlock()
		return in, nil, nil
	}
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, ErrClosed
	}
	if grow && p.count < min(p.max, runtime.GOMAXPROCS(0)) {
		p.count++
		return nil, nil, nil
	}
	ch := make(chan grant, 1)
	p.waiters = append(p.waiters, ch)
	return nil, ch, nil
}

// await waits for an instance. It returns neither instance nor error for the
// place of a new one, which it takes when patience is over and there is one.
func (p *pool) await(
	ctx context.Context, ch chan grant, until time.Time, patience time.Duration,
) (*Instance, error) {
	begun, returns := time.Now(), p.returned()
	grow := time.NewTimer(patience)
	defer grow.Stop()
	busy := time.NewTimer(time.Until(until))
	defer busy.Stop()
	for {
		select {
		case g := <-ch:
			return g.take()
		case <-ctx.Done():
			return p.giveUp(ch, context.Cause(ctx))
		case <-busy.C:
			return p.giveUp(ch, ErrBusy)
		case <-grow.C:
			now := p.returned()
			stuck := now == returns || time.Since(begun) >= maxPatience
			if stuck && p.leave(ch, true) {
				return nil, nil
			}
			returns = now
			patience *= 2
			grow.Reset(min(patience, maxPatience))
		}
	}
}

func (p *pool) returned() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.returns
}

func (g grant) take() (*Instance, error) {
	if g.in == nil && !g.place {
		return nil, ErrClosed
	}
	return g.in, nil
}

// giveUp ends a wait with err. An instance that was granted meanwhile is taken;
// a place for one goes to the next.
func (p *pool) giveUp(ch chan grant, err error) (*Instance, error) {
	if p.leave(ch, false) {
		return nil, err
	}
	g := <-ch
	if !g.place {
		return g.take()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dropLocked(true)
	return nil, err
}

// leave takes ch out of the queue and reports whether it was there. With grow it
// does so only if there is a place for one more instance, and takes it.
func (p *pool) leave(ch chan grant, grow bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if grow && p.count >= p.max {
		return false
	}
	i := slices.Index(p.waiters, ch)
	if i < 0 {
		return false
	}
	p.waiters = slices.Delete(p.waiters, i, i+1)
	if grow {
		p.count++
	}
	return true
}

// grow starts an instance in a place that was taken for it.
func (p *pool) grow() (*Instance, error) {
	in := p.prepare()
	p.mu.Lock()
	p.all[in] = struct{}{}
	cause := p.cause
	p.mu.Unlock()
	if cause != nil {
		in.limit.end(cause)
	}
	begun := time.Now()
	if err := p.start(in); err != nil {
		// The next in the queue would fail for want of memory too: the place is
		// not handed on, but taken again when somebody's patience is over.
		p.forget(in, !errors.Is(err, ErrMemory))
		return nil, err
	}
	p.cost.Store(int64(time.Since(begun)))
	return in, nil
}

// others reports whether there are instances that may come back.
func (p *pool) others() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count > 0
}

// checkin takes an instance back. One that failed is closed, and its place goes
// to who waits.
func (p *pool) checkin(in *Instance) {
	if in.broken || !p.keep(in) {
		p.discard(in)
	}
}

// keep gives an instance to the longest waiting, or makes it idle; it reports
// false if the pool is closed.
func (p *pool) keep(in *Instance) bool {
	p.mu.Lock()
	p.returns++
	if !p.closed && len(p.waiters) == 0 { // without a defer, as in request
		p.idle = append(p.idle, in)
		p.mu.Unlock()
		return true
	}
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.nextLocked() <- grant{in: in}
	return true
}

func (p *pool) discard(in *Instance) {
	in.close()
	p.forget(in, true)
}

func (p *pool) forget(in *Instance, handOn bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, in)
	p.dropLocked(handOn)
}

// dropLocked gives up an instance's place, which goes to the longest waiting, if
// there is one and handOn is set.
func (p *pool) dropLocked(handOn bool) {
	p.count--
	if handOn && len(p.waiters) > 0 {
		p.count++
		p.nextLocked() <- grant{place: true}
	}
	if p.closed && p.count == 0 {
		close(p.empty)
	}
}

func (p *pool) nextLocked() chan<- grant {
	ch := p.waiters[0]
	p.waiters = slices.Delete(p.waiters, 0, 1)
	return ch
}

// trim closes the instances that were idle ever since the last trim, but keeps
// one.
func (p *pool) trim() {
	p.mu.Lock()
	n := max(0, min(p.low, len(p.idle)-1))
	unused := slices.Clone(p.idle[:n])
	p.idle = slices.Delete(p.idle, 0, n)
	p.low = len(p.idle)
	p.mu.Unlock()
	for _, in := range unused {
		p.discard(in)
	}
}

// shrink closes the idle instances, all of them.
func (p *pool) shrink() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.low = nil, 0
	p.mu.Unlock()
	for _, in := range idle {
		p.discard(in)
	}
}

// close refuses new checkouts and closes the idle instances; the others are
// closed as they come back, and then empty is closed.
func (p *pool) close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	idle := p.idle
	p.idle = nil
	for _, ch := range p.waiters {
		ch <- grant{}
	}
	p.waiters = nil
	if p.count == 0 {
		close(p.empty)
	}
	p.mu.Unlock()
	for _, in := range idle {
		p.discard(in)
	}
}

// end stops every call that runs, or will.
func (p *pool) end(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cause = cause
	for in := range p.all {
		in.limit.end(cause)
	}
}

// stats counts instances.
func (p *pool) stats() (count, idle int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count, len(p.idle)
}
