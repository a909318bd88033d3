package reload

import (
	"sync"
	"time"
)

// maxPaths bounds the paths that an inbox remembers; above it, everything may
// have changed.
const maxPaths = 4096

// hint is what may have changed since the last look.
type hint struct {
	all   bool            // anything
	paths map[string]bool // these
}

// pace decides when to look: some time after the last of a row of hints, and
// now and then without any.
type pace struct {
	quiet, maxWait, poll time.Duration

	first, last time.Time // of the hints since the last look; zero if none
	looked      time.Time // end of the last look
}

// mark takes note of a hint.
func (p *pace) mark(now time.Time) {
	if p.first.IsZero() {
		p.first = now
	}
	p.last = now
}

// due returns when to look next, wake being when a target wants to be looked at
// (zero if none does). While hints come in, such a wish waits as well: it must
// not have a file read that is being written.
func (p *pace) due(wake time.Time) time.Time {
	if !p.first.IsZero() {
		return earlier(p.last.Add(p.quiet), p.first.Add(p.maxWait))
	}
	return earlier(wake, p.looked.Add(p.poll))
}

// earlier returns the earlier of two times; the zero time means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// inbox collects hints between looks. It never blocks whoever brings one.
type inbox struct {
	c chan struct{} // one place: the next look's time may have moved

	mu   sync.Mutex // guards the following
	pace pace
	hint hint
}

// newInbox returns an inbox that does not know of any look yet.
func newInbox(o *Options) *inbox {
	return &inbox{
		c:    make(chan struct{}, 1),
		pace: pace{quiet: o.Quiet, maxWait: o.MaxWait, poll: o.Poll},
	}
}

// add takes a hint at one path; an empty one means anything.
func (b *inbox) add(path string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case path == "" || len(b.hint.paths) >= maxPaths:
		b.hint = hint{all: true}
	case !b.hint.all:
		if b.hint.paths == nil {
			b.hint.paths = map[string]bool{}
		}
		b.hint.paths[path] = true
	}
	b.markLocked()
}

// again asks for another look without a hint at anything.
func (b *inbox) again() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.markLocked()
}

func (b *inbox) markLocked() {
	b.pace.mark(time.Now())
	select {
	case b.c <- struct{}{}:
	default: // whoever waits is told already
	}
}

// take empties the inbox at the beginning of a look.
func (b *inbox) take() hint {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.hint
	b.hint = hint{}
	b.pace.first, b.pace.last = time.Time{}, time.Time{}
	return h
}

// looked takes note of the end of a look.
func (b *inbox) looked() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pace.looked = time.Now()
}

// due returns when to look next; see [pace.due].
func (b *inbox) due(wake time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pace.due(wake)
}
