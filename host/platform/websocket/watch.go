package websocket

import (
	"time"

	"github.com/bothost/bothost/abi"
)

// The watchdog is one goroutine for all connections of a server. It looks at those
// of which something is outstanding at each tick: a hello, the answer to a ping, a
// turn, a write. At the others it glances now and then, whether a ping is due, or a
// turn runs that they did not begin: most connections are idle for most of the time,
// and are to cost next to nothing.

// watch looks after all connections, and keeps the server's clock. Times are kept to
// the precision of a tick, or of a rest where nothing was outstanding.
func (s *Server) watch() {
	ticker := time.NewTicker(s.tick)
	defer ticker.Stop()
	rested, all := s.sinceBegan(), []*conn(nil)
	for {
		select {
		case <-ticker.C:
		case <-s.emptied:
		}
		now := s.sinceBegan()
		s.clock.Store(now)
		if now-rested >= int64(s.rest) {
			rested, all = now, s.glance(now, all)
		}
		s.stirred.look(func(c *conn) bool { return c.check(now) })
		if s.stopWatching() {
			return
		}
	}
}

// stopWatching reports whether no connection is left to be watched.
func (s *Server) stopWatching() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watching = len(s.conns) > 0
	if !s.watching {
		s.stirred.clear()
	}
	return !s.watching
}

// glance sees to it that those connections are looked at of which there is reason to.
// It returns room for the next time.
func (s *Server) glance(now int64, room []*conn) []*conn {
	all := s.connections(room[:0])
	for _, c := range all {
		c.glance(now)
	}
	clear(all)
	return all
}

func (c *conn) glance(now int64) {
	if c.stirred.Load() {
		return
	}
	if now >= c.nextPing || c.quiet != nil && c.quiet.Running() != 0 {
		c.srv.stirred.add(c)
	}
}

// check does what time demands of one connection. It reports whether something is
// outstanding.
func (c *conn) check(now int64) bool {
	c.socket.Poke(now, c.srv.tick)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet = c.watched
	runs := c.typingLocked(now)
	o := &c.srv.opts
	switch {
	case c.closeCode != 0:
	case c.conv == nil && c.socket.Waiting() != 0 && now-c.opened >= int64(o.HelloTimeout):
		c.endLocked(abi.CloseHelloMissing)
	case c.silent(now):
		c.endLocked(abi.CloseSilent)
	case now >= c.nextPing:
		c.nextPing = now + c.srv.untilPing()
		if c.asked == 0 {
			c.asked, c.reads = now, c.socket.Reads()
			c.proto.pingLocked(c)
		}
	}
	// Who is leaving may still be saying goodbye.
	return runs || c.socket.Busy() || !c.gone && !c.idleLocked()
}

// idleLocked reports whether nothing of a connection is outstanding: it waits for
// its client, which owes nothing.
func (c *conn) idleLocked() bool {
	return c.conv != nil && c.asked == 0 && len(c.unanswered) == 0 &&
		c.socket.Waiting() != 0 && !c.socket.Busy()
}

// silent reports whether a client owes an answer to a ping. Any byte is one; and
// while the reader has other things to do, nobody can answer.
func (c *conn) silent(now int64) bool {
	if c.asked == 0 {
		return false
	}
	if c.socket.Reads() != c.reads {
		c.asked = 0
		return false
	}
	// The time of waiting may be a tick early.
	waiting := c.socket.Waiting()
	patience := int64(c.srv.opts.PingTimeout + c.srv.tick)
	return waiting != 0 && now-max(c.asked, waiting) >= patience
}
