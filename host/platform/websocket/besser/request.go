package websocket

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

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

// besserAction takes the message of one action.
type besserAction func(s *speakBESSER, c *conn, message json.RawMessage)

// besserActions are what clients can ask for, besides the past. To add an action is
// to add a row.
var besserActions = map[string]besserAction{
	actionMessage: func(s *speakBESSER, c *conn, m json.RawMessage) { s.message(c, m, true) },
	actionReset: func(_ *speakBESSER, c *conn, _ json.RawMessage) {
		c.submit(abi.EventReset, "", "")
	},
	actionVariable: (*speakBESSER).setVariables,
	actionGUIEvent: (*speakBESSER).guiEvent,
	actionVoice:    (*speakBESSER).takeVoice,
	actionFile:     (*speakBESSER).takeFile,
	// Clients send it on their own, and expect nothing.
	actionUI: func(*speakBESSER, *conn, json.RawMessage) {},
	// Another agent talks to us.
	actionAgentPrefix + "str": func(s *speakBESSER, c *conn, m json.RawMessage) {
		s.message(c, m, false)
	},
	actionBotPrefix + "str": func(s *speakBESSER, c *conn, m json.RawMessage) {
		s.message(c, m, false)
	},
}

// messaged are the actions that are nothing without a message.
var messaged = map[string]bool{
	actionMessage: true, actionVariable: true, actionGUIEvent: true, actionVoice: true,
	actionFile: true,
}

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
	if act := besserActions[*p.Action]; act != nil {
		act(s, c, p.Message)
		return
	}
	// If we said to another agent that we do not understand, it would answer that,
	// for ever.
	if !fromAgent(*p.Action) {
		c.reject(rejection{code: abi.CodeUnknownType})
	}
}

func fromAgent(action string) bool {
	return strings.HasPrefix(action, actionAgentPrefix) ||
		strings.HasPrefix(action, actionBotPrefix)
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
	case p.Action == nil, p.Message == nil && messaged[*p.Action]:
		return abi.CodeMissingField
	}
	return 0
}

// message takes what a user said, or another agent. An object is a JSON message,
// also where it stands in a string; all else is a text.
func (s *speakBESSER) message(c *conn, message json.RawMessage, human bool) {
	if message == nil { // of an agent
		return
	}
	s.answered(c)
	text := textOf(message)
	if object := objectIn(text); object != nil {
		c.submitEvent(jsonEvent("", object, human))
		return
	}
	c.submitEvent(abi.Event{Kind: abi.EventMessage, Text: text, Human: human})
}

// textOf returns the text that a message is: of a string what it holds, else JSON.
func textOf(message json.RawMessage) string {
	var text *string
	if json.Unmarshal(message, &text) == nil && text != nil {
		return *text
	}
	return string(message)
}

// objectIn returns the JSON object that a text is; nil if it is none.
func objectIn(text string) json.RawMessage {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") || !json.Valid([]byte(trimmed)) {
		return nil
	}
	return json.RawMessage(trimmed)
}

// setVariables sets what the definition lets clients set.
func (s *speakBESSER) setVariables(c *conn, message json.RawMessage) {
	object := objectIn(textOf(message))
	if object == nil {
		c.reject(rejection{code: abi.CodeWrongType})
		return
	}
	c.submitEvent(abi.Event{Kind: abi.EventSet, Data: string(object), Human: true})
}

// nameGUI is the name of the event that something happened on a screen.
const nameGUI = "gui"

// guiEvent takes what happened on a screen. It is a custom event and no JSON
// message: nobody said anything, so that nothing falls back.
func (s *speakBESSER) guiEvent(c *conn, message json.RawMessage) {
	object := objectIn(textOf(message))
	if object == nil {
		c.reject(rejection{code: abi.CodeWrongType})
		return
	}
	s.answered(c)
	ev := jsonEvent("", object, true)
	ev.Kind, ev.Name, ev.Text = abi.EventCustom, nameGUI, ""
	c.submitEvent(ev)
}

// plainName are names that can be said to people without any harm, whatever shows
// them.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// besserWords says why something was not taken.
func besserWords(r rejection) string {
	text := cmp.Or(r.text, r.code.Info().Text)
	if name, ok := strings.CutPrefix(r.field, "vars."); ok && plainName.MatchString(name) {
		return text + " (" + name + ")"
	}
	return text
}
