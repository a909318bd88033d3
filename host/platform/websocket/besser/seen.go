package websocket

import (
	"maps"
	"sync"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// position is a place in a session's log: after the entry of that seq. The zero
// value comes before all others.
type position struct {
	epoch, seq uint64
}

func (p position) before(o position) bool {
	return p.epoch < o.epoch || p.epoch == o.epoch && p.seq < o.seq
}

func (p position) later(o position) position {
	if p.before(o) {
		return o
	}
	return p
}

func (p position) earlier(o position) position {
	if o.before(p) {
		return o
	}
	return p
}

// maxSeen is how many sessions are remembered that nobody is connected to; up to
// twice that, about 4 MiB. How far the log of another was seen is guessed.
const maxSeen = 8192

// seen knows how far the logs of the sessions that clients named were seen by
// anybody. BESSER clients do not say what they saw. What was sent to a client
// counts as seen when it answers a ping that came after it, when its user's next
// message comes, or when the client ends the connection in order.
//
// It is in memory: to write at each delivery would cost more than to send a few
// replies twice after a restart. See [speakBESSER.guess].
type seen struct {
	mu sync.Mutex // guards the following
	// here are the connections of each session.
	here map[session.Key]map[*conn]*speakBESSER
	// young and old tell of connections that left. When young is full, it becomes
	// old, and old is forgotten.
	young, old map[session.Key]position
}

// arrive notes a connection of a session, until leave.
func (n *seen) arrive(key session.Key, c *conn, s *speakBESSER) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.here == nil {
		n.here = make(map[session.Key]map[*conn]*speakBESSER)
	}
	if n.here[key] == nil {
		n.here[key] = make(map[*conn]*speakBESSER)
	}
	n.here[key][c] = s
}

// leave notes that a connection has ended, whose client saw the log up to there.
func (n *seen) leave(key session.Key, c *conn, until position) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.here[key], c)
	if len(n.here[key]) == 0 {
		delete(n.here, key)
	}
	if until == (position{}) {
		return
	}
	if n.young == nil || len(n.young) >= maxSeen {
		n.young, n.old = make(map[session.Key]position), n.young
	}
	n.young[key] = until.later(n.young[key]).later(n.old[key])
}

// now returns how far a session's log was seen by others than c; the zero
// position if that is not known. With ask, those who may have seen more are sent
// a ping, to know it soon.
func (n *seen) now(key session.Key, c *conn, ask bool) position {
	n.mu.Lock()
	until := n.young[key].later(n.old[key])
	others := maps.Clone(n.here[key])
	n.mu.Unlock()
	delete(others, c)
	for c, s := range others {
		until = until.later(s.saw(c, ask))
	}
	return until
}

// saw returns how far a client is known to have seen the log.
func (s *speakBESSER) saw(c *conn, ask bool) position {
	c.mu.Lock()
	defer c.mu.Unlock()
	if sent, ok := s.sentLocked(c); ask && ok && s.proved.before(sent) {
		s.pingLocked(c)
	}
	return s.proved
}

// sentLocked returns up to where the log was sent; ok is false if that is still to
// be written, maybe as the past.
func (s *speakBESSER) sentLocked(c *conn) (p position, ok bool) {
	ok = s.named && c.open && !c.writing && !c.failed && len(c.transient) == 0
	return position{c.epoch, c.seq}, ok
}

// answered notes that a client goes on with the dialog: it saw what was said.
func (s *speakBESSER) answered(c *conn) {
	if !s.named {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if sent, ok := s.sentLocked(c); ok {
		s.proved = s.proved.later(sent)
	}
}

func (s *speakBESSER) prove(c *conn, sent position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.proved = s.proved.later(sent)
}

// findBase returns how far the session's log was seen, within what it holds. ok is
// false if the log cannot be read; the connection ends then.
func (s *speakBESSER) findBase(c *conn, opened position) (base position, ok bool) {
	base = c.srv.besser.seen.now(c.conv.Key(), c, true)
	switch {
	case base == position{}:
		return s.guess(c, opened)
	case base.epoch != opened.epoch:
		base = position{opened.epoch, 0}
	}
	page, err := c.conv.Read(c.srv.ctx, base.seq, 1, nil)
	if err != nil {
		c.readLogFailed(err)
		return base, false
	}
	return position{base.epoch, max(base.seq, page.First-1)}.earlier(opened), true
}

// guess returns how far the log was seen as the log itself shows: whoever sent
// a message had seen what was said before. So after a restart of the host the
// answer to the last message counts as unseen: a client may get it twice, but
// none is without it.
func (s *speakBESSER) guess(c *conn, opened position) (base position, ok bool) {
	const step = 64
	var entries []abi.Entry
	for end := opened.seq; end > 0; {
		after := end - min(end, step)
		page, err := c.conv.Read(c.srv.ctx, after, int(end-after), entries[:0])
		if err != nil {
			c.readLogFailed(err)
			return base, false
		}
		entries = page.Entries
		for i := len(entries) - 1; i >= 0; i-- {
			// Messages with an id came by other ways, when nobody may have been there.
			if e := &entries[i]; e.From == abi.FromUser && e.ID == "" {
				return position{opened.epoch, min(e.Seq, opened.seq)}, true
			}
		}
		if page.First > after {
			return position{opened.epoch, min(page.First-1, opened.seq)}, true
		}
		end = after
	}
	return position{opened.epoch, 0}, true
}
