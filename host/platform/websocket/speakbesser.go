package websocket

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// speakBESSER is what clients of the BESSER frameworks speak: payloads with an
// action and a message, in both directions. They have no frame for errors, so
// whatever they must know is said by the agent, in words.
//
// There is one for each connection. How it comes by its session is told in
// bessersession.go.
type speakBESSER struct {
	dialect Dialect
	who     identity
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
	opened, base position
	// live is from where on the log was sent as it grows.
	live position
	// proved is how far the client is known to have seen the log.
	proved position
}

func newSpeakBESSER(r *http.Request, o *Options) *speakBESSER {
	return &speakBESSER{dialect: o.Dialect, who: besserIdentity(r, int(o.Limits.IDBytes))}
}

// Actions of clients.
const (
	actionMessage     = "user_message"
	actionReset       = "reset"
	actionVoice       = "user_voice"
	actionFile        = "user_file"
	actionVariable    = "user_set_variable"
	actionGUIEvent    = "user_gui_event"
	actionFetch       = "fetch_user_messages"
	actionUI          = "user_update_ui"
	actionAgentPrefix = "agent_reply_"
	actionBotPrefix   = "bot_reply_"
)

// besserNotYet is said for what BESSER clients can send and bots cannot take.
const besserNotYet = "I can only read text messages."

// payload is what a client sends.
type payload struct {
	Action  *string         `json:"action"`
	Message json.RawMessage `json:"message"`
}

// receive takes one payload. What cannot be read is answered, never punished:
// other servers close the connection without a word.
func (s *speakBESSER) receive(c *conn, msg []byte, _ bool) {
	var p payload
	code := parsePayload(msg, &p)
	if code == 0 && *p.Action == actionFetch {
		s.fetch(c)
		return
	}
	s.decide(c)
	if code != 0 {
		c.reject(rejection{code: code})
		return
	}
	switch action := *p.Action; {
	case action == actionMessage:
		s.message(c, p.Message)
	case action == actionReset:
		c.submit(abi.EventReset, "", "")
	case action == actionVoice, action == actionFile, action == actionVariable,
		action == actionGUIEvent:
		c.queue(s.notice(nil, besserNotYet))
	case action == actionUI:
		// Clients send it on their own, and expect nothing.
	case strings.HasPrefix(action, actionAgentPrefix), strings.HasPrefix(action, actionBotPrefix):
		// Another agent talks to us. If we said that we do not understand, it would
		// answer that, for ever.
	default:
		c.reject(rejection{code: abi.CodeUnknownType})
	}
}

func (s *speakBESSER) message(c *conn, message json.RawMessage) {
	var text *string
	if err := json.Unmarshal(message, &text); err != nil || text == nil {
		c.reject(rejection{code: abi.CodeWrongType})
		return
	}
	s.answered(c)
	c.submit(abi.EventMessage, "", *text)
}

// parsePayload reads a payload; the code is 0 if it has what it must.
func parsePayload(msg []byte, p *payload) abi.Code {
	if !utf8.Valid(msg) {
		return abi.CodeNotUTF8
	}
	err := json.Unmarshal(msg, p)
	switch trimmed := bytes.TrimLeft(msg, " \t\r\n"); {
	case !json.Valid(msg):
		return abi.CodeBadJSON
	case trimmed[0] != '{':
		return abi.CodeNotObject
	case err != nil:
		return abi.CodeWrongType
	case p.Action == nil, p.Message == nil && *p.Action == actionMessage:
		return abi.CodeMissingField
	}
	return 0
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
	b = appendPythonString(s.head(b, prefix, suffix), message)
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

func (s *speakBESSER) rejected(b []byte, r rejection) []byte {
	return s.notice(b, r.code.Info().Text)
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
