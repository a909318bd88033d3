package turn

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// A session is provisional until the first event that is more than its start: it
// is in memory only, and gone some minutes after its last connection. So visitors
// who look and leave cost the store nothing.

// isProvisional reports whether the store does not have the session.
func (l *live) isProvisional() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.start != nil
}

// hold keeps the commit of a session's start.
func (l *live) hold(c *session.Commit) {
	kept := *c
	kept.Vars, kept.Entries = slices.Clone(c.Vars), slices.Clone(c.Entries)
	kept.Jobs = slices.Clone(c.Jobs)
	l.mu.Lock()
	l.start = &kept
	l.mu.Unlock()
}

// settleStart commits the start of a provisional session, before its first turn is
// committed: both are then in the store, or the start alone, or nothing.
func (l *live) settleStart(ctx context.Context) error {
	if l.start == nil {
		return nil
	}
	err := l.runner.store.Commit(ctx, l.start)
	if errors.Is(err, session.ErrConflict) {
		// An earlier attempt of unknown outcome did succeed.
		_, err = l.runner.store.Load(ctx, l.key)
	}
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.start = nil
	l.mu.Unlock()
	l.settleFiles(true)
	return nil
}

// settleFiles says whether anything refers to the files of a provisional session's
// start now.
func (l *live) settleFiles(kept bool) {
	put := l.put
	l.put = nil
	settleFiles(put, kept)
}

// startsOnly reports whether the event leaves a session provisional.
func (t *turn) startsOnly() bool {
	return t.runner.provisional > 0 && t.event.Kind == abi.EventStart && t.live.head.Turn == 0
}

// dropProvisional forgets the provisional sessions whose last connection is gone
// for long enough.
func (r *Runner) dropProvisional(now time.Time) {
	var dropped []*live
	for i := range r.shards {
		sh := &r.shards[i]
		sh.mu.Lock()
		for _, l := range sh.lives {
			if !l.idleSince.IsZero() && now.Sub(l.idleSince) >= r.provisional &&
				l.isProvisional() && !l.held() {
				r.alarms.forget(l.key)
				sh.drop(l)
				dropped = append(dropped, l)
			}
		}
		sh.mu.Unlock()
	}
	for _, l := range dropped { // nobody finds them any more
		l.settleFiles(false)
	}
}
