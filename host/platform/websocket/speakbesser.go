package websocket

import (
	"context"
	"net/http"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/besser"
)

// speakBESSER is what clients of the BESSER frameworks speak: see package besser.
// They have no frame for errors, so whatever they must know is said by the agent, in
// words.
//
// There is one for each connection. How it comes by its session is told in
// bessersession.go.
type speakBESSER struct {
	besser.Speaker
	who besser.Identity
	// named says that others may take up the session, by its id.
	named bool

	// The reader owns the following.

	// undecided says that replies may be held until the client's first frame.
	undecided bool
	hold      *time.Timer

	// The connection's mutex guards the following; opened and base do not change
	// any more when it is let go of for the first time.

	// held says that nothing is sent of the log before the client's first frame.
	held bool
	// opened is where the log ended when the connection took up its session, and
	// base how far it was seen by those who had left.
	opened, base besser.Position
	// live is from where on the log was sent as it grows.
	live besser.Position
	// proved is how far the client is known to have seen the log.
	proved besser.Position
}

func newSpeakBESSER(r *http.Request, o *Options) *speakBESSER {
	s := &speakBESSER{who: besser.IdentityOf(r, int(o.Limits.IDBytes))}
	s.Dialect = o.Dialect
	if o.Renderer != nil {
		s.Renderer = o.Renderer
	}
	return s
}

// besserMost is how large a file may be that is sent within a frame, unless those
// that come may be larger.
const besserMost = 4 << 20

// joins finds out where the session's files are.
func (s *speakBESSER) joins(c *conn) {
	filer := c.srv.opts.filer()
	if filer == nil {
		return
	}
	ctx, key := c.srv.ctx, c.conv.Key()
	most := max(c.srv.opts.Limits.InlineFileBytes, besserMost)
	s.Read = func(e *abi.Entry, index int) ([]byte, error) {
		return filer.ReadFile(ctx, key, e, index, most)
	}
}

// receive takes one payload.
func (s *speakBESSER) receive(c *conn, msg []byte, _ bool) {
	r, fault := besser.ParseRequest(msg)
	if r.Past {
		s.fetch(c)
		return
	}
	s.decide(c)
	switch {
	case fault.Code != 0:
		c.reject(rejection{code: fault.Code, text: fault.Text})
	case r.File != nil:
		s.takeFile(c, r.File)
	case r.Event != nil:
		if r.Answers {
			s.answered(c)
		}
		c.submit(*r.Event)
	}
}

// takeFile keeps a file that came within a frame, and submits its event.
func (s *speakBESSER) takeFile(c *conn, f *besser.File) {
	filer := c.srv.opts.filer()
	if filer == nil {
		c.reject(rejection{code: abi.CodeNoFiles})
		return
	}
	name, typ, data, fault := f.Open(c.srv.opts.Limits.InlineFileBytes)
	if fault.Code != 0 {
		c.reject(rejection{code: fault.Code, text: fault.Text})
		return
	}
	if !c.pass("", true) {
		return
	}
	file, release, err := filer.PutFile(c.srv.ctx, c.conv.Key(), name, typ, data)
	if err != nil {
		c.rejectFile(rejection{}, err)
		return
	}
	s.answered(c)
	c.enqueue(abi.Event{Kind: f.Kind, Files: []abi.File{file}, Human: true}, release)
}

func (s *speakBESSER) entry(b []byte, e *abi.Entry, history bool) []byte {
	return s.Entry(b, e, history)
}

// notice appends something that the host says beside the log.
func (s *speakBESSER) notice(b []byte, text string) []byte {
	return s.Notice(b, text, time.Now().UnixMilli())
}

func (s *speakBESSER) accepted(b []byte, _ string, _, _ uint64, _ bool) []byte { return b }

// rejected tells people in words. Another agent would take the words for a message,
// and answer them.
func (s *speakBESSER) rejected(b []byte, r rejection) []byte {
	if r.agent {
		return b
	}
	return s.notice(b, besser.Words(r.code, r.field, r.text))
}

func (s *speakBESSER) reset(b []byte, _, _ uint64) []byte { return b }

// closing appends nothing: clients come back by themselves, and the close code
// says the rest.
func (s *speakBESSER) closing(b []byte, _ abi.Code, _ time.Duration) []byte { return b }

// pingLocked sends a WebSocket ping, which clients answer without knowing. The
// answer shows that they saw what was sent before.
func (s *speakBESSER) pingLocked(c *conn) {
	if c.gone || c.failed {
		return
	}
	timeout := c.srv.opts.PingTimeout
	sent, ok := s.sentLocked(c)
	// It ends with the pong, the connection, or the timeout. Who is silent is for
	// the watchdog to say.
	c.srv.wg.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		if c.ws.Ping(ctx) == nil && ok {
			s.prove(c, sent)
		}
	})
}

func (s *speakBESSER) joined() bool { return false }
