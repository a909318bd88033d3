package websocket

import (
	"cmp"
	"errors"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/session"
)

// create begins a new session. It reports whether that worked; otherwise the
// connection ends.
func (c *conn) create() (token string, ok bool) {
	if !c.mayBegin() {
		return "", false
	}
	conv, token, err := c.srv.opts.Backend.Create(c.srv.ctx, c.bot, c.wake)
	if err != nil {
		c.backendFailed(err)
		return "", false
	}
	c.setConversation(conv)
	return token, true
}

// mayBegin reports whether a session may begin from where the client is;
// otherwise the connection ends.
func (c *conn) mayBegin() bool {
	wait := c.srv.begins.Pass(c.address, c.srv.sinceBegan())
	if wait > 0 {
		c.sendAway(native.CloseBusy, wait)
	}
	return wait == 0
}

func (c *conn) setConversation(conv Conversation) {
	c.mu.Lock()
	c.conv = conv
	if _, ok := c.proto.(streaming); ok {
		c.watched, _ = conv.(Watched)
	}
	c.mu.Unlock()
	if c.watched != nil {
		c.watched.Listen(c.progress)
	}
	c.proto.joins(c)
}

func (c *conn) backendFailed(err error) {
	code := abi.CloseUnavailable
	if errors.Is(err, ErrTooMany) {
		code = abi.CloseTooMany
	} else {
		c.srv.opts.Logger.Warn("session cannot be had", "bot", c.bot, "err", err)
	}
	c.end(code)
}

// start sets the cursor, after which entries flow.
func (c *conn) start(epoch, seq uint64, line []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.transient = append(c.transient, line...)
	c.epoch, c.seq = epoch, seq
	// Something may have come since the cursor was looked up.
	c.open, c.dirty = true, true
}

// hello takes up a session, or begins one.
func (c *conn) hello(r *native.Request) {
	if !c.enter(r) {
		return
	}
	w := native.Frame{Type: native.Welcome, Limits: c.srv.frameLimits()}
	if r.Session != "" {
		if c.join(r, &w) {
			return
		}
		w.Reason = native.ReasonUnknown
	}
	token, ok := c.create()
	if !ok {
		return
	}
	head := c.conv.Head()
	w.Resume = token
	c.welcome(&w, max(head.Epoch, 1), 0)
	// The client need not wait for the first turn to know its session.
	c.flush()
	c.setInline()
	c.submitStart()
}

// frameLimits are what clients are told of limits.
func (s *Server) frameLimits() native.FrameLimits {
	l := &s.opts.Limits
	told := native.FrameLimits{
		FrameBytes: l.FrameBytes, IDBytes: l.IDBytes, History: native.MaxHistory,
	}
	if s.opts.filer() != nil {
		told.FileBytes, told.EventFiles = l.FileBytes, l.EventFiles
		told.EventFileBytes = l.EventFileBytes
	}
	return told
}

// join takes up the session that a hello names. It reports whether the hello is
// answered; if it is not, there is no such session.
func (c *conn) join(r *native.Request, w *native.Frame) bool {
	conv, err := c.srv.opts.Backend.Join(c.srv.ctx, c.bot, r.Session, r.Resume, c.wake)
	if errors.Is(err, session.ErrNotFound) {
		return false
	}
	if err != nil {
		c.backendFailed(err)
		return true
	}
	c.setConversation(conv)
	page, err := conv.Read(c.srv.ctx, r.After, 1, nil)
	if err != nil {
		c.readLogFailed(err)
		return true
	}
	seq := r.After
	if w.Reason = resumeReason(r, page); w.Reason != "" {
		seq, w.First = page.Last, page.First
	}
	w.Resumed = w.Reason == ""
	w.Resume = cmp.Or(renewed(conv), r.Resume)
	c.welcome(w, page.Epoch, seq)
	return true
}

// renewed returns the token that took the place of an earlier one, if there is
// one.
func renewed(conv Conversation) string {
	if r, ok := conv.(Renewer); ok {
		return r.Token()
	}
	return ""
}

// resumeReason says why a client cannot be sent everything after what it knows;
// empty if it can. A client that knows nothing need not know the epoch.
func resumeReason(r *native.Request, page session.Page) native.Reason {
	switch {
	case r.Epoch != page.Epoch && (r.Epoch != 0 || r.After != 0):
		return native.ReasonEpoch
	case r.After > page.Last:
		return native.ReasonAhead
	case r.After+1 < page.First:
		return native.ReasonTrimmed
	}
	return ""
}

func (c *conn) welcome(w *native.Frame, epoch, seq uint64) {
	key := c.conv.Key()
	w.Session, w.Bot = key.ID, key.Bot
	w.Epoch, w.Seq = epoch, seq
	c.start(epoch, seq, w.Append(nil))
}
