package websocket

import (
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/besser"
)

const (
	// besserKeep is how long a session that nobody named stays after its
	// connection.
	besserKeep = 24 * time.Hour
	// besserHold is how long replies that nobody saw wait for the first frame of a
	// client, which may want them as history.
	besserHold = 300 * time.Millisecond
)

// besserBadID is said to a client whose session id is none.
const besserBadID = "The session id cannot be used here. This is a new conversation, " +
	"which cannot be taken up again."

// besserSessions is what the connections of a server share.
type besserSessions struct {
	seen besser.Seen
	// ignored says once that ids were.
	ignored sync.Once
}

// begin takes up the session that the client names, or begins one. The server
// speaks first.
func (s *speakBESSER) begin(c *conn) bool {
	if c.user = c.visitor.user; !c.user.Verified {
		c.user.ID = s.who.User
	}
	if backend := s.enterer(c); backend != nil {
		return s.enter(c, backend)
	}
	if !s.create(c) {
		return false
	}
	if s.who.Bad && c.srv.opts.TrustSessionIDs {
		c.queue(s.notice(nil, besserBadID))
	}
	s.welcome(c)
	return true
}

// enterer returns who knows the session that the client names; nil if a session
// of its own is what it gets.
func (s *speakBESSER) enterer(c *conn) Enterer {
	if s.who.Session == "" {
		if !c.srv.opts.NameSessions || !c.srv.opts.TrustSessionIDs {
			return nil
		}
		s.who.Session = rand.Text()
	}
	backend, ok := c.srv.opts.Backend.(Enterer)
	if !ok || !c.srv.opts.TrustSessionIDs {
		c.srv.besser.ignored.Do(func() {
			c.srv.opts.Logger.Info("session ids that clients choose are ignored", "bot", c.bot)
		})
		return nil
	}
	if s.who.Bad {
		return nil
	}
	return backend
}

// create begins a session that nobody else will find.
func (s *speakBESSER) create(c *conn) bool {
	backend, ok := c.srv.opts.Backend.(KeepingCreator)
	if !ok {
		_, ok := c.create()
		return ok
	}
	if !c.mayBegin() {
		return false
	}
	conv, err := backend.CreateKept(c.srv.ctx, c.bot, besserKeep, c.wake)
	if err != nil {
		c.backendFailed(err)
		return false
	}
	c.setConversation(conv)
	return true
}

// welcome lets the bot speak first, in a new session.
func (s *speakBESSER) welcome(c *conn) {
	s.goLive(c, besser.Position{Epoch: max(c.conv.Head().Epoch, 1)})
	c.submitStart()
}

// enter takes up the session that the client names, or makes it.
func (s *speakBESSER) enter(c *conn, backend Enterer) bool {
	conv, created, err := backend.Enter(c.srv.ctx, c.bot, s.who.Session,
		Guest{User: c.user.ID, Title: s.who.Title}, c.wake)
	if err != nil {
		c.backendFailed(err)
		return false
	}
	c.setConversation(conv)
	s.named = true
	c.srv.besser.seen.Arrive(conv.Key(), presence{s, c})
	if created {
		if !c.mayBegin() {
			return false
		}
		s.welcome(c)
		return true
	}
	head := conv.Head()
	opened := besser.Position{Epoch: max(head.Epoch, 1), Seq: head.Seq}
	base, err := c.srv.besser.seen.Base(c.srv.ctx, conv.Key(), presence{s, c}, conv, opened)
	if err != nil {
		c.readLogFailed(err)
		return false
	}
	s.takeUp(c, opened, base)
	return true
}

// takeUp goes on with a session. What nobody saw of it is held for a moment.
func (s *speakBESSER) takeUp(c *conn, opened, base besser.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.opened, s.base, s.proved = opened, base, base
	if base == opened {
		s.goLiveLocked(c, opened)
		return
	}
	s.held, s.undecided = true, true
	// The reader stops it at the end of the connection, or earlier.
	s.hold = time.AfterFunc(besserHold, func() { s.release(c) })
}

// decide ends the hold: the client's first frame asks for no history.
func (s *speakBESSER) decide(c *conn) {
	if s.undecided {
		s.undecided = false
		s.hold.Stop()
		s.release(c)
		// What the client is told comes after what it missed; and its event may take
		// the oldest entries from the log.
		c.flush()
		c.setInline()
	}
}

// release sends what was held, and then what comes.
func (s *speakBESSER) release(c *conn) {
	// Others may have shown meanwhile that they saw it.
	seen := c.srv.besser.seen.Until(c.conv.Key(), presence{s, c}, false)
	from := s.opened.Earlier(s.base.Later(seen))
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.held {
		s.held = false
		s.goLiveLocked(c, from)
	}
}

// goLive is goLiveLocked without the lock.
func (s *speakBESSER) goLive(c *conn, from besser.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.goLiveLocked(c, from)
}

// goLiveLocked sends the log from a place on.
func (s *speakBESSER) goLiveLocked(c *conn, from besser.Position) {
	s.live, s.proved = from, from
	c.epoch, c.seq = from.Epoch, from.Seq
	c.open, c.dirty = true, true
	c.kickLocked()
}

// end notes how far the client saw the log.
func (s *speakBESSER) end(c *conn) {
	if s.hold != nil {
		s.hold.Stop()
	}
	if s.named {
		c.srv.besser.seen.Leave(c.conv.Key(), presence{s, c}, s.sawUntil(c))
	}
}

// sawUntil returns how far a client that has gone saw the log.
func (s *speakBESSER) sawUntil(c *conn) besser.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	sent, ok := s.sentLocked(c)
	if !ok || c.closeCode == abi.CloseSilent || !leftInOrder(c.readErr) {
		return s.proved
	}
	return sent
}

// leftInOrder reports whether a client that ended its connection in this way had
// taken all that was sent: a system that closes a socket with bytes unread resets
// the connection. Where it was we who ended it, there is no error.
func leftInOrder(err error) bool {
	return err == nil || errors.Is(err, io.EOF) || ws.CloseStatus(err) != -1
}
