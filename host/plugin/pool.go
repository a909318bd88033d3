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
	// start makes an instance.
	start func() (*Instance, error)
	// cost is how long starting an instance took lately, in nanoseconds.
	cost atomic.Int64

	mu sync.Mutex
	// guards the following
	idle    []*Instance
	low     int // the fewest idle instances since the last trim
	all     map[*Instance]struct{}
	count   int // instances, including those that are starting
	waiters []chan grant
	closed  bool
	empty   chan struct{} // closed when closed is set and count is 0
}

// grant is what a waiter gets: an instance, or the place to start one, or, when
// the pool is closed, neither.
type grant struct {
	in    *Instance
	place bool
}

func newPool(limit int64, wait time.Duration, start func() (*Instance, error)) *pool {
	return &pool{
		max: int(limit), wait: wait, start: start,
		all: make(map[*Instance]struct{}), empty: make(chan struct{}),
	}
}

// checkout returns an idle instance, or a new one, or waits. While fewer
// instances than processors exist a new one is started at once; from then on the
// caller first waits as long as starting one would take, since most turns are
// shorter than that.
func (p *pool) checkout(ctx context.Context) (*Instance, error) {
	in, place, err := p.tryCheckout()
	if in != nil || err != nil {
		return in, err
	}
	until := time.Now().Add(p.wait)
	if place {
		return p.grow(ctx, until)
	}
	return p.await(ctx, until)
}

// tryCheckout returns an idle instance, or whether a place for a new one was
// taken, or neither.
func (p *pool) tryCheckout() (in *Instance, place bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, false, ErrClosed
	}
	if n := len(p.idle); n > 0 {
		in = p.idle[n-1]
		p.idle[n-1] = nil
		p.idle = p.idle[:n-1]
		p.low = min(p.low, n-1)
		return in, false, nil
	}
	if p.count < min(p.max, runtime.GOMAXPROCS(0)) {
		p.count++
		return nil, true, nil
	}
	return nil, false, nil
}

// grow starts an instance in a place that was taken for it. Where the bot's
// memory is used up it waits for somebody else's instance.
func (p *pool) grow(ctx context.Context, until time.Time) (*Instance, error) {
	begun := time.Now()
	in, err := p.start()
	if err == nil {
		p.cost.Store(int64(time.Since(begun)))
		p.mu.Lock()
		defer p.mu.Unlock()
		p.all[in] = struct{}{}
		return in, nil
	}
	// The next waiter would fail for want of memory too: the place is not handed
	// on, but taken again when somebody's patience is over.
	full := errors.Is(err, ErrMemory)
	p.mu.Lock()
	p.dropLocked(!full)
	others := p.count > 0
	p.mu.Unlock()
	if full && others {
		return p.await(ctx, until)
	}
	return nil, err
}

// minPatience is the least time for which await waits before it tries to start
// an instance.
const minPatience = 100 * time.Microsecond

// await waits for an instance, at first for as long as starting one takes.
func (p *pool) await(ctx context.Context, until time.Time) (*Instance, error) {
	ch := make(chan grant, 1)
	p.mu.Lock()
	p.waiters = append(p.waiters, ch)
	p.mu.Unlock()

	patience := time.NewTimer(max(minPatience, time.Duration(p.cost.Load())))
	defer patience.Stop()
	busy := time.NewTimer(time.Until(until))
	defer busy.Stop()
	for {
		select {
		case g := <-ch:
			return p.accept(ctx, g, until)
		case <-ctx.Done():
			return p.giveUp(ctx, ch, until, context.Cause(ctx))
		case <-busy.C:
			return p.giveUp(ctx, ch, until, ErrBusy)
		case <-patience.C:
			if p.stopWaiting(ch, true) {
				return p.grow(ctx, until)
			}
		}
	}
}

func (p *pool) accept(ctx context.Context, g grant, until time.Time) (*Instance, error) {
	switch {
	case g.in != nil:
		return g.in, nil
	case g.place:
		return p.grow(ctx, until)
	}
	return nil, ErrClosed
}

// giveUp ends a wait with err, unless something was granted meanwhile.
func (p *pool) giveUp(
	ctx context.Context, ch chan grant, until time.Time, err error,
) (*Instance, error) {
	if p.stopWaiting(ch, false) {
		return nil, err
	}
	return p.accept(ctx, <-ch, until)
}

// stopWaiting takes ch out of the waiters and reports whether it was there. With
// grow it does so only if there is a place for one more instance, and takes it.
func (p *pool) stopWaiting(ch chan grant, grow bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(p.waiters, ch)
	if i < 0 || grow && p.count >= p.max {
		return false
	}
	p.waiters = slices.Delete(p.waiters, i, i+1)
	if grow {
		p.count++
	}
	return true
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
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return false
	case len(p.waiters) > 0:
		p.nextLocked() <- grant{in: in}
	default:
		p.idle = append(p.idle, in)
	}
	return true
}

func (p *pool) discard(in *Instance) {
	in.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, in)
	p.dropLocked(true)
}

// dropLocked gives up an instance's place, which goes to the longest waiting, if
// there is one and handOn is set.
func (p *pool) dropLocked(handOn bool) {
	p.count--
	if handOn && len(p.waiters) > 0 && !p.closed {
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
	n := min(p.low, len(p.idle)-1)
	var unused []*Instance
	if n > 0 {
		unused = append(unused, p.idle[:n]...)
		p.idle = append(p.idle[:0], p.idle[n:]...)
	}
	p.low = len(p.idle)
	p.mu.Unlock()
	for _, in := range unused {
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

// end stops every call that runs.
func (p *pool) end(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
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
