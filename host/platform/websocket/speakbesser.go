package websocket

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// speakBESSER is what clients of the BESSER frameworks speak: payloads with an
// action and a message, in both directions. They have no frame for errors, so
// whatever they must know is said by the agent, in words.
type speakBESSER struct {
	dialect Dialect
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

// begin begins a session: the server speaks first.
func (s speakBESSER) begin(c *conn) bool {
	if _, ok := c.create(); !ok {
		return false
	}
	c.start(max(c.conv.Head().Epoch, 1), 0, nil)
	c.submit(abi.EventStart, "", "")
	return true
}

// payload is what a client sends.
type payload struct {
	Action  *string         `json:"action"`
	Message json.RawMessage `json:"message"`
}

// receive takes one payload. What cannot be read is answered, never punished:
// other servers close the connection without a word.
func (s speakBESSER) receive(c *conn, msg []byte, _ bool) {
	if !utf8.Valid(msg) {
		c.reject(rejection{code: abi.CodeNotUTF8})
		return
	}
	var p payload
	if code := parsePayload(msg, &p); code != 0 {
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
	case action == actionFetch, action == actionUI:
		// Clients send these on their own, and expect nothing where there is nothing.
	case strings.HasPrefix(action, actionAgentPrefix), strings.HasPrefix(action, actionBotPrefix):
		// Another agent talks to us. If we said that we do not understand, it would
		// answer that, for ever.
	default:
		c.reject(rejection{code: abi.CodeUnknownType})
	}
}

func (s speakBESSER) message(c *conn, message json.RawMessage) {
	var text *string
	if err := json.Unmarshal(message, &text); err != nil || text == nil {
		c.reject(rejection{code: abi.CodeWrongType})
		return
	}
	c.submit(abi.EventMessage, "", *text)
}

// parsePayload reads a payload; the code is 0 if it has what it must.
func parsePayload(msg []byte, p *payload) abi.Code {
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

// entry appends a reply. A client knows what its user said, and has no place for
// what others did.
func (s speakBESSER) entry(b []byte, e *abi.Entry, _ bool) []byte {
	if e.From == abi.FromUser {
		return b
	}
	switch e.Kind {
	case abi.KindMarkdown:
		return s.payload(b, "markdown", e.Body, e.Time)
	case abi.KindOptions:
		if options, err := abi.Options(e.Body); err == nil {
			return s.payload(b, "options", string(appendPythonOptions(nil, options)), e.Time)
		}
	}
	return s.payload(b, "str", e.Text(), e.Time)
}

// notice appends something that the host says beside the log.
func (s speakBESSER) notice(b []byte, text string) []byte {
	return s.payload(b, "str", text, time.Now().UnixMilli())
}

// payload appends a payload as Python's json.dumps writes it.
func (s speakBESSER) payload(b []byte, suffix, message string, ms int64) []byte {
	b = append(b, `{"action": "`...)
	if s.dialect == DialectBot {
		b = append(b, actionBotPrefix...)
	} else {
		b = append(b, actionAgentPrefix...)
	}
	b = append(b, suffix...)
	b = append(b, `", "message": `...)
	b = appendPythonString(b, message)
	if s.dialect != DialectBot {
		b = append(b, `, "history": false, "timestamp": "`...)
		b = time.UnixMilli(ms).AppendFormat(b, time.DateTime)
		b = append(b, '"')
	}
	return append(b, "}\n"...)
}

func (s speakBESSER) accepted(b []byte, _ string, _, _ uint64, _ bool) []byte { return b }

func (s speakBESSER) rejected(b []byte, r rejection) []byte {
	return s.notice(b, r.code.Info().Text)
}

func (s speakBESSER) reset(b []byte, _, _ uint64) []byte { return b }

// closing appends nothing: clients come back by themselves, and the close code
// says the rest.
func (s speakBESSER) closing(b []byte, _ abi.Code, _ time.Duration) []byte { return b }

// pingLocked sends a WebSocket ping, which clients answer without knowing.
func (s speakBESSER) pingLocked(c *conn) {
	if c.gone || c.failed {
		return
	}
	timeout := c.srv.opts.PingTimeout
	// It ends with the pong, the connection, or the timeout. Who is silent is for
	// the watchdog to say.
	c.srv.wg.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		_ = c.ws.Ping(ctx)
	})
}

func (s speakBESSER) joined() bool { return false }
