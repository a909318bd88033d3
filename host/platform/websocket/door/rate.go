package door

import (
	"sync"
	"time"
)

// Rate is how often something may happen: once each, after so much time in
// advance. The zero value lets everything happen.
type Rate struct{ each, ahead int64 }

// NewRate returns the rate of n a second after a burst; none if n is negative.
func NewRate(n, burst int64) Rate {
	if n <= 0 {
		return Rate{}
	}
	each := max(1, int64(time.Second)/n)
	return Rate{each, each * max(1, burst)}
}

// pause is how long nothing passes a gate at which something was refused: what
// was sent right behind it must not overtake it.
func (r Rate) pause() int64 { return max(r.each, r.ahead/2) }

// gate lets things pass at a rate. The zero value is open.
type gate struct {
	// paid is until when time is spent by what passed; shut until when nothing
	// passes.
	paid, shut int64
}

// pass reports whether something may pass at now, by a wait of 0.
func (g *gate) pass(r Rate, now int64) (wait int64) {
	if wait := g.shut - now; wait > 0 {
		return wait
	}
	paid := max(g.paid, now) + r.each
	if paid-now > r.ahead {
		g.shut = now + r.pause()
		return r.pause()
	}
	g.paid = paid
	return 0
}

// Gates are the gates of many, by key. Those through which nothing passed for a
// while are as good as new, and forgotten: what is kept is what passed within the
// time of a burst, up to twice. Gates are safe for concurrent use; Rate is set before.
type Gates[K comparable] struct {
	Rate Rate

	mu sync.Mutex // guards the following
	of map[K]gate
	// next is how many gates there may be before old ones are looked for.
	next int
}

// fewGates are not worth looking through.
const fewGates = 64

// Pass returns 0 if something may pass the gate of k at now, in ns, or how long it has
// to wait.
func (g *Gates[K]) Pass(k K, now int64) time.Duration {
	if g.Rate.each == 0 {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	one := g.of[k]
	wait := one.pass(g.Rate, now)
	if g.of == nil {
		g.of = make(map[K]gate)
	}
	g.of[k] = one
	if len(g.of) > max(g.next, fewGates) {
		g.forgetLocked(now)
	}
	return time.Duration(wait)
}

func (g *Gates[K]) forgetLocked(now int64) {
	for k, one := range g.of {
		if one.paid <= now && one.shut <= now {
			delete(g.of, k)
		}
	}
	g.next = 2 * len(g.of)
}
