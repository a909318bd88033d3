package websocket

import (
	"time"

	"github.com/bothost/bothost/abi"
)

// watch looks after all connections: one goroutine for the server, which also
// keeps its clock. Times are kept to the precision of a tick.
func (s *Server) watch() {
	ticker := time.NewTicker(s.tick)
	defer ticker.Stop()
	var conns []*conn
	for {
		select {
		case <-ticker.C:
		case <-s.emptied:
		}
		now := s.sinceBegan()
		s.clock.Store(now)
		conns = s.connections(conns[:0])
		for _, c := range conns {
			c.check(now)
		}
		clear(conns)
		if len(conns) == 0 && s.stopWatching() {
			return
		}
	}
}

func (s *Server) stopWatching() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watching = len(s.conns) > 0
	return !s.watching
}

// check does what time demands of one connection.
func (c *conn) check(now int64) {
	c.socket.poke(now, c.srv.tick)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.typingLocked(now)
	o := &c.srv.opts
	switch {
	case c.closeCode != 0:
	case c.conv == nil && c.socket.waiting.Load() != 0 && now-c.opened >= int64(o.HelloTimeout):
		c.endLocked(abi.CloseHelloMissing)
	case c.silent(now):
		c.endLocked(abi.CloseSilent)
	case now >= c.nextPing:
		c.nextPing = now + c.srv.untilPing()
		if c.asked == 0 {
			c.asked, c.reads = now, c.socket.reads.Load()
			c.proto.pingLocked(c)
		}
	}
}

// silent reports whether a client owes an answer to a ping. Any byte is one; and
// while the reader has other things to do, nobody can answer.
func (c *conn) silent(now int64) bool {
	if c.asked == 0 {
		return false
	}
	if c.socket.reads.Load() != c.reads {
		c.asked = 0
		return false
	}
	// The time of waiting may be a tick early.
	waiting := c.socket.waiting.Load()
	patience := int64(c.srv.opts.PingTimeout + c.srv.tick)
	return waiting != 0 && now-max(c.asked, waiting) >= patience
}
