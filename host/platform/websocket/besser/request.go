package besser

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
)

// Actions of clients.
const (
	actionMessage  = "user_message"
	actionReset    = "reset"
	actionVoice    = "user_voice"
	actionFile     = "user_file"
	actionVariable = "user_set_variable"
	actionGUIEvent = "user_gui_event"
	actionFetch    = "fetch_user_messages"
	actionUI       = "user_update_ui"
	agentPrefix    = "agent_reply_"
	botPrefix      = "bot_reply_"
)

// Request is what a client asks for; the zero value asks for nothing. At most one of
// Past, Event and File is set.
type Request struct {
	// Past says that the client wants what the log holds.
	Past bool
	// Event is what happened.
	Event *abi.Event
	// File is a file that came within the payload.
	File *File
	// Answers says that whoever sent it goes on with the dialog, and so saw what was
	// said.
	Answers bool
}

// action reads the message of one action.
type action func(message json.RawMessage) (Request, attach.Fault)

// actions are what clients can ask for. To add an action is to add a row.
var actions = map[string]action{
	actionMessage:  func(m json.RawMessage) (Request, attach.Fault) { return said(m, true) },
	actionReset:    reset,
	actionVariable: setVariables,
	actionGUIEvent: guiEvent,
	actionVoice:    voice,
	actionFile:     file,
	actionFetch:    past,
	// Clients send it on their own, and expect nothing.
	actionUI: nothing,
	// Another agent talks to us.
	agentPrefix + "str": func(m json.RawMessage) (Request, attach.Fault) { return said(m, false) },
	botPrefix + "str":   func(m json.RawMessage) (Request, attach.Fault) { return said(m, false) },
}

// messaged are the actions that are nothing without a message.
var messaged = map[string]bool{
	actionMessage: true, actionVariable: true, actionGUIEvent: true, actionVoice: true,
	actionFile: true,
}

// ParseRequest reads one payload. What cannot be read is a fault, to be answered and
// never punished: other servers close the connection without a word.
func ParseRequest(msg []byte) (Request, attach.Fault) {
	name, message, code := parsePayload(msg)
	if code != 0 {
		return fault(code)
	}
	if act := actions[name]; act != nil {
		return act(message)
	}
	// If we said to another agent that we do not understand, it would answer that,
	// for ever.
	if strings.HasPrefix(name, agentPrefix) || strings.HasPrefix(name, botPrefix) {
		return Request{}, attach.Fault{}
	}
	return fault(abi.CodeUnknownType)
}

func nothing(json.RawMessage) (Request, attach.Fault) { return Request{}, attach.Fault{} }

func past(json.RawMessage) (Request, attach.Fault) { return Request{Past: true}, attach.Fault{} }

func reset(json.RawMessage) (Request, attach.Fault) { return event(abi.EventReset, "") }

func fault(code abi.Code) (Request, attach.Fault) { return Request{}, attach.Fault{Code: code} }

func event(kind abi.EventKind, data string) (Request, attach.Fault) {
	return Request{Event: &abi.Event{Kind: kind, Data: data, Human: true}}, attach.Fault{}
}

// parsePayload takes a payload apart; the code is 0 if it has what it must.
func parsePayload(msg []byte) (name string, message json.RawMessage, code abi.Code) {
	if !utf8.Valid(msg) {
		return "", nil, abi.CodeNotUTF8
	}
	var p struct {
		Action  *string         `json:"action"`
		Message json.RawMessage `json:"message"`
	}
	err := json.Unmarshal(msg, &p)
	_, broken := errors.AsType[*json.SyntaxError](err)
	switch trimmed := bytes.TrimLeft(msg, " \t\r\n"); {
	case broken:
		return "", nil, abi.CodeBadJSON
	case trimmed[0] != '{':
		return "", nil, abi.CodeNotObject
	case err != nil:
		return "", nil, abi.CodeWrongType
	case p.Action == nil, p.Message == nil && messaged[*p.Action]:
		return "", nil, abi.CodeMissingField
	}
	return *p.Action, p.Message, 0
}

// said reads what a user said, or another agent. An object is a JSON message, also
// where it stands in a string; all else is a text.
func said(message json.RawMessage, human bool) (Request, attach.Fault) {
	if message == nil { // of an agent
		return nothing(nil)
	}
	text := textOf(message)
	ev := abi.Event{Kind: abi.EventMessage, Text: text, Human: human}
	if object := objectIn(text); object != nil {
		ev = abi.JSONEvent("", object, human)
	}
	return Request{Event: &ev, Answers: true}, attach.Fault{}
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
func setVariables(message json.RawMessage) (Request, attach.Fault) {
	object := objectIn(textOf(message))
	if object == nil {
		return fault(abi.CodeWrongType)
	}
	return event(abi.EventSet, string(object))
}

// nameGUI is the name of the event that something happened on a screen.
const nameGUI = "gui"

// guiEvent reads what happened on a screen. It is a custom event and no JSON
// message: nobody said anything, so that nothing falls back.
func guiEvent(message json.RawMessage) (Request, attach.Fault) {
	object := objectIn(textOf(message))
	if object == nil {
		return fault(abi.CodeWrongType)
	}
	ev := abi.JSONEvent("", object, true)
	ev.Kind, ev.Name, ev.Text = abi.EventCustom, nameGUI, ""
	return Request{Event: &ev, Answers: true}, attach.Fault{}
}

// plainName are names that can be said to people without any harm, whatever shows
// them.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// Words says to people why something was not taken: text, or if that is empty what
// the code says; and which variable it was about, if field names one.
func Words(code abi.Code, field, text string) string {
	text = cmp.Or(text, code.Info().Text)
	if name, ok := strings.CutPrefix(field, "vars."); ok && plainName.MatchString(name) {
		return text + " (" + name + ")"
	}
	return text
}
