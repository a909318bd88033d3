package websocket

import (
	"slices"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// submission is one event on its way through the session's queue.
type submission struct {
	c  *conn
	ev abi.Event
	// release lets go of the event's files, if it has some; see [Filer].
	release func(taken bool)
	// receipt is set when the event was accepted and its entry, which answers the
	// client, was not sent yet.
	receipt session.Receipt
}

// submitStart lets the bot speak first in a new session. The reader calls it, and those
// below.
func (c *conn) submitStart() { c.enqueue(abi.Event{Kind: abi.EventStart, Human: true}, nil) }

// submit puts an event into the session's queue, unless too many came.
func (c *conn) submit(ev abi.Event) {
	if c.pass(ev.ID, ev.Human) {
		c.enqueue(ev, nil)
	}
}

// pass reports whether another event may come; the client is told if not.
func (c *conn) pass(id string, human bool) bool {
	wait := c.srv.messages.Pass(c.conv.Key(), c.srv.sinceBegan())
	if wait > 0 {
		c.reject(rejection{id: id, code: abi.CodeBusy, retry: wait, agent: !human})
	}
	return wait == 0
}

// enqueue fills in where an event comes from, and puts it into the session's queue.
// release, if not nil, lets go of its files in the end.
func (c *conn) enqueue(ev abi.Event, release func(taken bool)) {
	key := c.conv.Key()
	ev.User, ev.Session, ev.Bot = c.user, key.ID, key.Bot
	s := &submission{c: c, ev: ev, release: release}
	c.mu.Lock()
	if ev.ID != "" {
		c.unanswered = append(c.unanswered, s)
	}
	c.wakes = 0
	c.mu.Unlock()
	c.srv.stirred.add(c)

	if err := c.conv.Submit(c.srv.ctx, &s.ev, s.done); err != nil {
		c.srv.opts.Logger.Debug("event not queued", "bot", c.bot, "session", key.ID, "err", err)
		s.done(session.Outcome{Code: abi.CodeShuttingDown})
	}
}

// done notes how an event ended. An event that left an entry is answered when
// the entry is sent, in its place, so that what a client sees has the log's
// order; the others are answered here.
func (s *submission) done(o session.Outcome) {
	c := s.c
	s.letGo(o.Code == 0 || o.Unknown)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.gone:
	case o.Unknown:
		// Neither answer would be true. The client comes back and sends it again,
		// under its id, and then it is known.
		c.forgetLocked(s)
		c.endLocked(abi.CloseUnavailable)
	case o.Code != 0:
		c.forgetLocked(s)
		c.rejectLocked(s.rejection(o))
	case s.ev.ID == "":
	case o.Duplicate || !s.leavesEntry():
		if c.forgetLocked(s) {
			c.acceptLocked(s.ev.ID, o.Receipt, o.Duplicate)
		}
	default:
		s.receipt = o.Receipt
		c.answerPassedLocked()
	}
}

// rejection is what the client is told of an event that was refused.
func (s *submission) rejection(o session.Outcome) rejection {
	if o.Retry == 0 && o.Code.Retry() {
		o.Retry = s.c.srv.opts.Retry
	}
	return rejection{
		id: s.ev.ID, code: o.Code, field: o.Field, retry: o.Retry, agent: !s.ev.Human,
	}
}

// letGo lets go of the event's files.
func (s *submission) letGo(taken bool) {
	if s.release != nil {
		s.release(taken)
	}
}

func (s *submission) leavesEntry() bool {
	info, _ := s.ev.Kind.Info()
	return info.Entry != ""
}

// answer reports whether an entry answers one of the client's own events. It is
// asked before the entry is sent. The text is compared too: another connection
// of the session may have used the same id.
func (c *conn) answer(e *abi.Entry) bool {
	if e.ID == "" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.unanswered {
		if s.ev.ID == e.ID && s.ev.EntryBody() == e.Body {
			return c.forgetLocked(s)
		}
	}
	return false
}

// forgetLocked takes an event off the unanswered ones. It reports whether it was
// one of them.
func (c *conn) forgetLocked(s *submission) bool {
	i := slices.Index(c.unanswered, s)
	if i < 0 {
		return false
	}
	c.unanswered = slices.Delete(c.unanswered, i, i+1)
	c.cond.Broadcast()
	return true
}

// answerPassedLocked answers events whose entries will not come: a reset took
// them, or they look different in the log.
func (c *conn) answerPassedLocked() {
	for i := 0; i < len(c.unanswered); {
		s := c.unanswered[i]
		r := s.receipt
		if r.Turn == 0 || r.Epoch > c.epoch || r.Epoch == c.epoch && r.Seq > c.seq {
			i++
			continue
		}
		c.forgetLocked(s)
		c.acceptLocked(s.ev.ID, r, false)
	}
}

func (c *conn) acceptLocked(id string, r session.Receipt, duplicate bool) {
	c.transient = c.proto.accepted(c.transient, id, r.Seq, r.Turn, duplicate)
	c.kickLocked()
}

// reject tells the client that something was not taken.
func (c *conn) reject(r rejection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rejectLocked(r)
}

func (c *conn) rejectLocked(r rejection) {
	c.transient = c.proto.rejected(c.transient, r)
	c.kickLocked()
}

// queue sends a frame that is in no log.
func (c *conn) queue(line []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.transient = append(c.transient, line...)
	c.kickLocked()
}
