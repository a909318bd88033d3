package turn

import (
	"context"
	"slices"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// item is one event in a queue.
type item struct {
	event *abi.Event
	done  func(session.Outcome)
	// own is what the host does by itself, as the session's owner, in place of an
	// event.
	own func(*live)
	// apart says that the turn does not run in its caller's goroutine.
	apart bool
}

// waiter is an event that waits for room in the queue.
type waiter struct {
	item item
	// ready is closed when the event was taken, or refused with err.
	ready chan struct{}
	err   error
}

// submit runs the event, or queues it.
func (l *live) submit(ctx context.Context, h *Handle, it item) error {
	l.mu.Lock()
	switch {
	case l.closed:
		l.mu.Unlock()
		return ErrClosed
	case h.closed:
		l.mu.Unlock()
		return ErrHandleClosed
	case !l.busy:
		l.busy = true
		l.mu.Unlock()
		if it.apart {
			go l.drain(it) // ends when the queue is empty; Close waits for that
		} else {
			l.inline(it)
		}
		return nil
	case int64(l.queue.len()) < l.runner.limits.Queue:
		l.queue.push(it)
		l.mu.Unlock()
		return nil
	}
	w := &waiter{item: it, ready: make(chan struct{})}
	l.waiters = append(l.waiters, w)
	l.mu.Unlock()
	select {
	case <-w.ready:
		return w.err
	case <-ctx.Done():
		return l.withdraw(w, context.Cause(ctx))
	}
}

// withdraw takes back an event that waits for room, unless it is too late.
func (l *live) withdraw(w *waiter, cause error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiters, w)
	if i < 0 {
		return w.err
	}
	l.waiters = slices.Delete(l.waiters, i, i+1)
	return cause
}

// inline runs one event for its caller. The session is passed on even if the
// turn panics: a caller that recovers must not leave the others' events lying.
func (l *live) inline(it item) {
	defer l.passOn()
	l.runner.run(l, it)
}

// passOn gives the session to a goroutine of its own if events came meanwhile:
// the caller of one event is not held by those of others. The goroutine ends
// when the queue is empty; Close waits for that.
func (l *live) passOn() {
	if it, ok := l.next(); ok {
		go l.drain(it)
	}
}

func (l *live) drain(it item) {
	for ok := true; ok; it, ok = l.next() {
		l.runner.run(l, it)
	}
}

// next takes the next event from the queue. If there is none, the session is not
// busy any more and belongs to nobody.
func (l *live) next() (item, bool) {
	l.mu.Lock()
	if it, ok := l.queue.pop(); ok {
		l.admit()
		l.mu.Unlock()
		return it, true
	}
	counted, orphaned := l.counted, len(l.handles) == 0
	l.busy = false
	l.mu.Unlock()
	if orphaned {
		l.runner.reap(l)
	}
	if counted {
		l.runner.settle()
	}
	return item{}, false
}

// admit moves the first waiter into the queue. It needs the lock.
func (l *live) admit() {
	if len(l.waiters) == 0 {
		return
	}
	w := l.waiters[0]
	l.waiters = slices.Delete(l.waiters, 0, 1)
	l.queue.push(w.item)
	close(w.ready)
}

// ring is a queue that keeps its memory. The zero value is empty.
type ring struct {
	items []item // the length is a power of two, or zero
	first int
	n     int
}

func (q *ring) len() int { return q.n }

func (q *ring) push(it item) {
	if q.n == len(q.items) {
		q.grow()
	}
	q.items[(q.first+q.n)%len(q.items)] = it
	q.n++
}

func (q *ring) pop() (item, bool) {
	if q.n == 0 {
		return item{}, false
	}
	it := q.items[q.first]
	q.items[q.first] = item{}
	q.first = (q.first + 1) % len(q.items)
	q.n--
	return it, true
}

func (q *ring) grow() {
	items := make([]item, max(4, 2*len(q.items)))
	n := copy(items, q.items[q.first:])
	copy(items[n:], q.items[:q.first])
	q.items, q.first = items, 0
}
