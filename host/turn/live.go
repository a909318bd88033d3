package turn

import (
	"container/list"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
)

// live is a session that handles or events hold: its queue, and what it is, so
// that a turn reads nothing from the store.
//
// Whoever sets busy owns the session until it is cleared: that is how turns run
// one at a time without a lock.
type live struct {
	runner *Runner
	key    session.Key

	mu sync.Mutex // guards the following
	// handles is replaced, never changed: a turn wakes them without the lock.
	handles []*Handle
	queue   ring
	// waiters are events for which the queue has no room, in order of arrival.
	waiters []*waiter
	busy    bool
	closed  bool
	// counted says that Close waits until the session is not busy: then closed is
	// set, and it will not be busy again.
	counted bool
	// loaded says that head and vars are what the store has.
	loaded bool
	// head, loaded, first, tail, start and vars are changed by the owner only: it
	// reads them without the lock, and vars, jobs and waiting even belong to it
	// alone.
	head session.Head
	vars map[string]string
	jobs []session.Job
	// waiting are the events of the jobs of that kind, oldest first.
	waiting []draft.Waiting
	// tail holds the newest entries, and first is the oldest that the log has; 0 if
	// that is not known.
	tail  tail
	first uint64
	// token is the one that the session got at its last reset, as long as it stays
	// in memory; else empty.
	token string
	// start is the commit of a provisional session's start; nil for all others.
	start *session.Commit
	// put are the files of that start; they belong to the owner, as vars do.
	put []func(kept bool)

	// What follows is guarded by the lock of the shard. warm is the session's place
	// among those that nobody holds, and idleSince when a provisional session lost
	// its last connection; zero if it has one.
	warm      *list.Element
	warmBytes int64
	idleSince time.Time
}

// firstEpoch is the epoch in which a session begins.
const firstEpoch = 1

// held reports whether anything holds the session.
func (l *live) held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.busy || len(l.handles) > 0
}

func (l *live) attach(wake func()) (*Handle, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if int64(len(l.handles)) >= l.runner.limits.SessionConnections {
		return nil, ErrTooMany
	}
	h := &Handle{live: l, wake: wake}
	l.handles = append(slices.Clip(l.handles), h)
	return h, nil
}

// detach reports whether nothing holds the session any more.
func (l *live) detach(h *Handle) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.closed {
		return false
	}
	h.closed = true
	l.handles = slices.DeleteFunc(slices.Clone(l.handles), func(o *Handle) bool { return o == h })
	return !l.busy && len(l.handles) == 0
}

// load reads the session from the store, if it is not here already.
func (l *live) load(ctx context.Context) error {
	if l.isLoaded() {
		return nil
	}
	rec, err := l.runner.store.Load(ctx, l.key)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.loaded: // another one was faster
		return nil
	case l.busy: // who owns the session knows better
		return errOwned
	case err != nil:
		return err
	}
	l.take(&rec)
	return nil
}

// errOwned: the session is not here yet, and a turn that runs may change it.
var errOwned = errors.New("turn: session is owned")

// ensure reads the session from the store, for its owner, if it is not here.
func (l *live) ensure() error {
	if l.loaded {
		return nil
	}
	rec, err := l.runner.store.Load(l.runner.ctx, l.key)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take(&rec)
	return nil
}

// take makes what the store has the session's copy. It needs the lock.
func (l *live) take(rec *session.Record) {
	l.loaded, l.head, l.vars, l.jobs = true, rec.Head, rec.Vars, rec.Jobs
	l.waiting = l.eventsOf(rec.Jobs)
	l.first = 0
	l.tail.clear()
}

// create makes the session here, if it is not in the store. It gets there with
// its first commit, or its second one if it is provisional.
func (l *live) create(ctx context.Context, opts CreateOptions) error {
	if l.isLoaded() {
		return ErrExists
	}
	if !opts.Fresh {
		_, err := l.runner.store.Load(ctx, l.key)
		if err == nil {
			return ErrExists
		}
		if !errors.Is(err, session.ErrNotFound) {
			return err
		}
	}
	now := l.runner.now().UnixMilli()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded || l.busy {
		return ErrExists
	}
	l.loaded, l.first = true, 1
	// One that was deleted while somebody had it open may have been here before.
	l.vars, l.jobs, l.waiting, l.token = nil, nil, nil, ""
	l.head = session.Head{Epoch: firstEpoch, Resume: opts.Resume, User: opts.User, Title: opts.Title, Created: now, Updated: now,
		Keep: opts.Keep.Milliseconds()}
	return nil
}

func (l *live) isLoaded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.loaded
}

// refuse closes the session to new events, and lets Close wait for it.
func (l *live) refuse() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, w := range l.waiters {
		w.err = ErrClosed
		close(w.ready)
	}
	l.waiters = nil
	if l.busy {
		l.counted = true
		l.runner.pending.Add(1)
	}
}

// forget drops the session's copy: the next turn reads the store's.
func (l *live) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded = false
	l.tail.clear()
}
