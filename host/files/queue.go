package files

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// queue gives places to those who bring files: who is slow has one for long, so
// nobody has all of them. Use [newQueue].
type queue struct {
	// most are the places of all, ofSession and ofAddress those that one has at once;
	// who has as many waits, while others pass, and for no longer than wait.
	most, ofSession, ofAddress int
	wait                       time.Duration

	mu        sync.Mutex // guards the following
	taken     int
	sessions  map[string]int
	addresses map[string]int
	waiting   []*waiter // in order of arrival
}

// waiter is somebody who waits for a place. It is told when it has one.
type waiter struct {
	session, address string
	granted          chan struct{}
}

func newQueue(most, ofSession, ofAddress int, wait time.Duration) *queue {
	return &queue{most: most, ofSession: ofSession, ofAddress: ofAddress, wait: wait,
		sessions: make(map[string]int), addresses: make(map[string]int)}
}

// take takes a place, until leave. Its errors are ErrBusy and ctx's.
func (q *queue) take(ctx context.Context, session, address string) (leave func(), err error) {
	w := &waiter{session, address, make(chan struct{})}
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	q.grantLocked()
	q.mu.Unlock()
	leave = func() { q.leave(w) }
	timer := time.NewTimer(q.wait)
	defer timer.Stop()
	select {
	case <-w.granted:
		return leave, nil
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-timer.C:
		err = ErrBusy
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, w)
	if i < 0 { // it was granted just now
		return leave, nil
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return nil, fmt.Errorf("%w: %d files are being brought, %d of the session", err,
		q.taken, q.sessions[session])
}

func (q *queue) leave(w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.countLocked(w, -1)
	q.grantLocked()
}

// grantLocked gives places to the first of those who may have one.
func (q *queue) grantLocked() {
	for i := 0; i < len(q.waiting) && q.taken < q.most; {
		w := q.waiting[i]
		if q.sessions[w.session] >= q.ofSession ||
			w.address != "" && q.addresses[w.address] >= q.ofAddress {
			i++
			continue
		}
		q.waiting = slices.Delete(q.waiting, i, i+1)
		q.countLocked(w, 1)
		close(w.granted)
	}
}

func (q *queue) countLocked(w *waiter, n int) {
	q.taken += n
	count(q.sessions, w.session, n)
	count(q.addresses, w.address, n)
}

// count adds to what one has, of which nothing is left at 0.
func count[N int | int64](of map[string]N, who string, n N) {
	if of[who] += n; of[who] == 0 {
		delete(of, who)
	}
}
