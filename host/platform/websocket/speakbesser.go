package websocket

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/python"
)

// speakBESSER is what clients of the BESSER frameworks speak: payloads with an
// action and a message, in both directions. They have no frame for errors, so
// whatever they must know is said by the agent, in words.
//
// There is one for each connection. How it comes by its session is told in
// bessersession.go.
type speakBESSER struct {
	dialect  Dialect
	renderer Renderer
	who      identity
	// named says that others may take up the session, by its id.
	named bool
	// most is how large a file may be that is sent, and read reads one; nil if nobody
	// keeps files.
	most int64
	read func(e *abi.Entry, index int) ([]byte, error)

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
	opened, base position
	// live is from where on the log was sent as it grows.
	live position
	// proved is how far the client is known to have seen the log.
	proved position
}

func newSpeakBESSER(r *http.Request, o *Options) *speakBESSER {
	return &speakBESSER{
		dialect: o.Dialect, renderer: o.Renderer, who: besserIdentity(r, int(o.Limits.IDBytes)),
		most: max(o.Limits.InlineFileBytes, besserMost),
	}
}

// joins finds out where the session's files are.
func (s *speakBESSER) joins(c *conn) {
	filer := c.srv.opts.filer()
	if filer == nil {
		return
	}
	ctx, key, most := c.srv.ctx, c.conv.Key(), s.most
	s.read = func(e *abi.Entry, index int) ([]byte, error) {
		return filer.ReadFile(ctx, key, e, index, most)
	}
}

// notice appends something that the host says beside the log.
func (s *speakBESSER) notice(b []byte, text string) []byte {
	return s.reply(b, "str", text, time.Now().UnixMilli(), false)
}

// reply appends a payload of the agent's or bot's.
func (s *speakBESSER) reply(b []byte, suffix, message string, ms int64, history bool) []byte {
	return s.payload(b, s.prefix(), suffix, message, ms, history)
}

// prefix is what the actions of replies begin with.
func (s *speakBESSER) prefix() string {
	if s.dialect == DialectBot {
		return actionBotPrefix
	}
	return actionAgentPrefix
}

// payload appends a payload, whose message is a string, as Python's json.dumps
// writes it.
func (s *speakBESSER) payload(
	b []byte, prefix, suffix, message string, ms int64, history bool,
) []byte {
	b = python.AppendString(s.head(b, prefix, suffix), message)
	return s.tail(b, ms, history)
}

// head appends a payload up to its message.
func (s *speakBESSER) head(b []byte, prefix, suffix string) []byte {
	b = append(b, `{"action": "`...)
	b = append(append(b, prefix...), suffix...)
	return append(b, `", "message": `...)
}

// tail appends what follows the message. Bots had no history, so their dialect
// marks only what is.
func (s *speakBESSER) tail(b []byte, ms int64, history bool) []byte {
	if s.dialect != DialectBot || history {
		b = append(b, `, "history": `...)
		b = strconv.AppendBool(b, history)
	}
	if s.dialect != DialectBot {
		b = append(b, `, "timestamp": "`...)
		b = time.UnixMilli(ms).AppendFormat(b, time.DateTime)
		b = append(b, '"')
	}
	return append(b, "}\n"...)
}

func (s *speakBESSER) accepted(b []byte, _ string, _, _ uint64, _ bool) []byte { return b }

// rejected tells people in words. Another agent would take the words for a message,
// and answer them.
func (s *speakBESSER) rejected(b []byte, r rejection) []byte {
	if r.agent {
		return b
	}
	return s.notice(b, besserWords(r))
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
