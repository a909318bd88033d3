package turn

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
)

// formerTime is how long the token before a reset is still good: the reset may be
// the last thing that a connection did not hear of.
const formerTime = 5 * time.Minute

// save commits the turn.
func (t *turn) save() abi.Code {
	if code := t.putFiles(); code != 0 {
		return code
	}
	t.fill()
	l := t.live
	if t.startsOnly() {
		l.hold(&t.commit)
		t.holdFiles()
		l.apply(&t.commit, t.waiting)
		return 0
	}
	code := t.write()
	if kept := code == 0 || t.unknown; kept {
		settleFiles(t.put, true)
		t.put = t.put[:0]
	}
	return code
}

// write brings the commit into the store.
func (t *turn) write() abi.Code {
	l := t.live
	if err := l.settleStart(t.runner.ctx); err != nil {
		return t.storeFailed("cannot commit the start of a session", err)
	}
	if err := t.runner.store.Commit(t.runner.ctx, &t.commit); err != nil {
		t.unknown = errors.Is(err, session.ErrUnknown)
		if t.unknown || errors.Is(err, session.ErrConflict) {
			l.forget()
		}
		if t.unknown {
			t.runner.doubt(&t.commit)
		}
		return t.storeFailed("cannot commit a turn", err)
	}
	if t.token != "" {
		l.mu.Lock()
		l.token = t.token
		l.mu.Unlock()
	}
	l.apply(&t.commit, t.waiting)
	if t.commit.Reset {
		t.runner.files.Forget(l.key)
	}
	return 0
}

// apply brings the session's copy up to date. waiting are the events that wait.
func (l *live) apply(c *session.Commit, waiting []draft.Waiting) {
	if c.Reset {
		l.vars = nil
	}
	for _, v := range c.Vars {
		if v.Deleted {
			delete(l.vars, v.Key)
			continue
		}
		if l.vars == nil {
			l.vars = make(map[string]string)
		}
		l.vars[v.Key] = v.Value
	}
	l.applyJobs(c)
	l.waiting = waiting
	l.mu.Lock()
	defer l.mu.Unlock()
	l.head = c.Head
	if c.Reset {
		l.tail.clear()
		l.first = 1
	}
	l.tail.add(c.Entries, l.start != nil)
}

// fill makes the commit from the draft.
func (t *turn) fill() {
	head := t.live.head
	head.Turn++
	head.Updated = t.event.Time
	head.VarBytes = t.draft.VarBytes()
	reset := t.event.Kind == abi.EventReset
	if reset {
		head.Epoch++
		head.Seq, head.State = 0, ""
		if t.runner.newToken != nil {
			head.Former, head.FormerUntil = head.Resume, t.event.Time+formerTime.Milliseconds()
			t.token, head.Resume = t.runner.newToken()
		}
	}
	if target, ok := t.draft.Moved(); ok {
		head.State = target
	}
	if back := t.draft.Back(); !slices.Equal(back, head.Back) {
		head.Back = slices.Clone(back)
	}
	entries := t.draft.Entries()
	for i := range entries {
		head.Seq++
		entries[i].Seq, entries[i].Turn = head.Seq, head.Turn
	}
	c := &t.commit
	c.Receipt.Epoch, c.Receipt.Seq, c.Receipt.Turn = head.Epoch, head.Seq, head.Turn
	if len(entries) > 0 && entries[0].From == abi.FromUser {
		c.Receipt.Seq = entries[0].Seq
	}
	c.Key, c.Head, c.Reset = t.live.key, head, reset
	c.Jobs = t.jobChanges(&head)
	c.Vars, c.Entries = t.draft.Writes(), entries
}

// storeFailed says what the client is told when the store failed.
func (t *turn) storeFailed(message string, err error) abi.Code {
	if t.runner.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return abi.CodeShuttingDown
	}
	t.runner.logger.Warn(message, "bot", t.live.key.Bot, "session", t.live.key.ID, "err", err)
	return abi.CodeStoreUnavailable
}
