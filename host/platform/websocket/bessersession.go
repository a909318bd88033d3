package websocket

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
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
	seen seen
	// ignored says once that ids were.
	ignored sync.Once
}

// maxTitle is how many bytes a session's title has at most.
const maxTitle = 128

// identity is who a client of the BESSER frameworks says it is.
type identity struct {
	// session is what the client chose as its session's id; bad says that it can be
	// none. It is empty if the client chose none.
	session string
	bad     bool
	// user is what the client calls its user, and title what it calls the session;
	// empty if that can be no name.
	user, title string
}

// besserIdentity reads what the versions of the frameworks send. Headers beat the
// query. X-User-ID is a user's name, and where it is a header, as of the Streamlit
// page, also the id of the user's session.
func besserIdentity(r *http.Request, idBytes int) identity {
	query := r.URL.Query()
	user := r.Header.Get("X-User-ID")
	who := identity{
		session: cmp.Or(r.Header.Get("X-Session-ID"), query.Get("session_id"), user),
		user:    cmp.Or(user, query.Get("user_id")),
		title:   query.Get("session_name"),
	}
	who.bad = who.session != "" && !abi.ValidID(who.session, idBytes)
	if !abi.ValidID(who.user, idBytes) {
		who.user = ""
	}
	if !abi.ValidID(who.title, maxTitle) {
		who.title = ""
	}
	return who
}

// begin takes up the session that the client names, or begins one. The server
// speaks first.
func (s *speakBESSER) begin(c *conn) bool {
	if c.user = c.visitor.user; !c.user.Verified {
		c.user.ID = s.who.user
	}
	if backend := s.enterer(c); backend != nil {
		return s.enter(c, backend)
	}
	if !s.create(c) {
		return false
	}
	if s.who.bad && c.srv.opts.TrustSessionIDs {
		c.queue(s.notice(nil, besserBadID))
	}
	s.welcome(c)
	return true
}

// enterer returns who knows the session that the client names; nil if a session
// of its own is what it gets.
func (s *speakBESSER) enterer(c *conn) Enterer {
	if s.who.session == "" {
		if !c.srv.opts.NameSessions || !c.srv.opts.TrustSessionIDs {
			return nil
		}
		s.who.session = rand.Text()
	}
	backend, ok := c.srv.opts.Backend.(Enterer)
	if !ok || !c.srv.opts.TrustSessionIDs {
		c.srv.besser.ignored.Do(func() {
			c.srv.opts.Logger.Info("session ids that clients choose are ignored", "bot", c.bot)
		})
		return nil
	}
	if s.who.bad {
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
	s.goLive(c, position{max(c.conv.Head().Epoch, 1), 0})
	c.submit(abi.EventStart, "", "")
}

// enter takes up the session that the client names, or makes it.
func (s *speakBESSER) enter(c *conn, backend Enterer) bool {
	conv, created, err := backend.Enter(c.srv.ctx, c.bot, s.who.session,
		Guest{User: c.user.ID, Title: s.who.title}, c.wake)
	if err != nil {
		c.backendFailed(err)
		return false
	}
	c.setConversation(conv)
	s.named = true
	c.srv.besser.seen.arrive(conv.Key(), c, s)
	if created {
		if !c.mayBegin() {
			return false
		}
		s.welcome(c)
		return true
	}
	head := conv.Head()
	opened := position{max(head.Epoch, 1), head.Seq}
	base, ok := s.findBase(c, opened)
	if !ok {
		return false
	}
	s.takeUp(c, opened, base)
	return true
}

// takeUp goes on with a session. What nobody saw of it is held for a moment.
func (s *speakBESSER) takeUp(c *conn, opened, base position) {
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
	from := s.opened.earlier(s.base.later(c.srv.besser.seen.now(c.conv.Key(), c, false)))
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.held {
		s.held = false
		s.goLiveLocked(c, from)
	}
}

// goLive is goLiveLocked without the lock.
func (s *speakBESSER) goLive(c *conn, from position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.goLiveLocked(c, from)
}

// goLiveLocked sends the log from a place on.
func (s *speakBESSER) goLiveLocked(c *conn, from position) {
	s.live, s.proved = from, from
	c.epoch, c.seq = from.epoch, from.seq
	c.open, c.dirty = true, true
	c.kickLocked()
}

// end notes how far the client saw the log.
func (s *speakBESSER) end(c *conn) {
	if s.hold != nil {
		s.hold.Stop()
	}
	if s.named {
		c.srv.besser.seen.leave(c.conv.Key(), c, s.sawUntil(c))
	}
}

// sawUntil returns how far a client that has gone saw the log.
func (s *speakBESSER) sawUntil(c *conn) position {
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
