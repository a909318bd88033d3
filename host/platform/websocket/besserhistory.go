package websocket

import (
	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/besser"
)

// How many entries of the past are read at once, and from how many bytes on they
// are sent.
const (
	besserPage      = 32
	besserPageBytes = 16 << 10
)

// fetch answers with what the log holds from before the connection. What was held
// for the client comes with it, and only there; replies that it was sent already do
// not come again. Nothing else is sent of the log meanwhile, so that the past comes
// before what follows it.
func (s *speakBESSER) fetch(c *conn) {
	live := s.beginFetch(c)
	if !s.sendPast(c, live) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open, c.dirty = true, true
	c.kickLocked()
}

// beginFetch stops what is sent of the log. It returns from where on it was sent.
func (s *speakBESSER) beginFetch(c *conn) (live besser.Position) {
	if s.undecided {
		s.undecided = false
		s.hold.Stop()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.held {
		s.held = false
		s.live = s.opened
		c.epoch, c.seq = s.opened.Epoch, s.opened.Seq
	}
	c.open = false
	return s.live
}

// sendPast sends the log up to where the connection was opened, without replies
// from live on. It reads on when the client has taken what was read. It reports
// whether all was sent; if not, the connection ends.
func (s *speakBESSER) sendPast(c *conn, live besser.Position) bool {
	var entries []abi.Entry
	for after := uint64(0); after < s.opened.Seq; {
		limit := min(besserPage, s.opened.Seq-after)
		page, err := c.conv.Read(c.srv.ctx, after, int(limit), entries[:0])
		if err != nil {
			c.readLogFailed(err)
			return false
		}
		entries = page.Entries
		if page.Epoch != s.opened.Epoch || len(entries) == 0 {
			// A reset took it.
			return true
		}
		after = entries[len(entries)-1].Seq
		if !s.sendPage(c, entries, live.Seq) {
			return false
		}
	}
	return true
}

// sendPage sends a page of the past. It reports whether the connection goes on.
func (s *speakBESSER) sendPage(c *conn, entries []abi.Entry, live uint64) bool {
	var lines []byte
	for i := range entries {
		e := &entries[i]
		if e.Seq > s.opened.Seq {
			// The log has lost what was asked for, and begins later.
			break
		}
		if e.Seq > live && e.From != abi.FromUser {
			continue
		}
		if lines = s.entry(lines, e, true); len(lines) >= besserPageBytes {
			c.queue(lines)
			lines = lines[:0]
			if !c.waitForRoom() {
				return false
			}
		}
	}
	c.queue(lines)
	return c.waitForRoom()
}
