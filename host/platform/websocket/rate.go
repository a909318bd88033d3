package websocket

import (
	"sync"
	"time"
)

// rate is how often something may happen: once each, after so much time in
// advance. The zero value lets everything happen.
type rate struct{ each, ahead int64 }

// newRate returns the rate of n a second after a burst; none if n is negative.
func newRate(n, burst int64) rate {
	if n <= 0 {
		return rate{}
	}
	each := max(1, int64(time.Second)/n)
	return rate{each, each * max(1, burst)}
}

// pause is how long nothing passes a gate at which something was refused: what
// was sent right behind it must not overtake it.
func (r rate) pause() int64 { return max(r.each, r.ahead/2) }

// gate lets things pass at a rate. The zero value is open.
type gate struct {
	// paid is until when time is spent by what passed; shut until when nothing
	// passes.
	paid, shut int64
}

// pass reports whether something may pass at now, by a wait of 0.
func (g *gate) pass(r rate, now int64) (wait int64) {
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

// gates are the gates of many, by key. Those through which nothing passed for a
// while are as good as new, and forgotten: what is kept is what passed within the
// time of a burst, up to twice.
type gates[K comparable] struct {
	rate rate

	mu sync.Mutex // guards the following
	of map[K]gate
	// next is how many gates there may be before old ones are looked for.
	next int
}

// fewGates are not worth looking through.
const fewGates = 64

// pass returns 0 if something may pass the gate of k, or how long it has to wait.
func (g *gates[K]) pass(k K, now int64) time.Duration {
	if g.rate.each == 0 {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	one := g.of[k]
	wait := one.pass(g.rate, now)
	if g.of == nil {
		g.of = make(map[K]gate)
	}
	g.of[k] = one
	if len(g.of) > max(g.next, fewGates) {
		g.forgetLocked(now)
	}
	return time.Duration(wait)
}

func (g *gates[K]) forgetLocked(now int64) {
	for k, one := range g.of {
		if one.paid <= now && one.shut <= now {
			delete(g.of, k)
		}
	}
	g.next = 2 * len(g.of)
}
