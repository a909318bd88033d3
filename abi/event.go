package abi

import (
	"cmp"
	"strconv"

	"github.com/bothost/bothost/abi/jsontext"
)

// EventKind is the kind of an event: what arrived for a session.
type EventKind string

const (
	// EventStart: the session begins.
	EventStart EventKind = "start"
	// EventMessage: a text.
	EventMessage EventKind = "message"
	// EventOption: an option was chosen; its value stands in Text.
	EventOption EventKind = "option"
	// EventReset: the session begins anew. The host empties it first.
	EventReset EventKind = "reset"
	// EventTimer: a timer of the session was due.
	EventTimer EventKind = "timer"
	// EventHTTP: a request of the bot was answered, or could not be.
	EventHTTP EventKind = "http"
	// EventCustom: somebody outside of the conversation has news for it.
	EventCustom EventKind = "event"
	// EventVoice: audio, the only one of Files.
	EventVoice EventKind = "voice"
	// EventFile: one file or more.
	EventFile EventKind = "file"
	// EventJSON: a JSON message; Data is its JSON, and Text what its field message
	// says, if it has one. Name is [NameJSON].
	EventJSON EventKind = "json"
	// EventFeedback: what a user thinks of an entry. Name is [NameFeedback], and Data
	// is the JSON of a [Feedback].
	EventFeedback EventKind = "feedback"
	// EventSet: a client sets variables of the session; Data is what
	// [ClientVars] reads. No handler runs.
	EventSet EventKind = "set"
	// EventAfter: the user was quiet for a time that a transition waits for. It is
	// there for transitions alone.
	EventAfter EventKind = "after"
	// EventRecheck: it is time to look at conditions again. It is there for
	// transitions alone.
	EventRecheck EventKind = "recheck"
)

// NameJSON is the name of JSON messages, and NameFeedback that of feedback, for
// transitions.
const (
	NameJSON     = "json"
	NameFeedback = "feedback"
)

// EventInfo is one row of the table of events.
type EventInfo struct {
	Kind EventKind
	// Export handles the event; ExportCount if none does.
	Export Export
	// Entry is the kind of the entry that the event leaves in the log; empty if
	// it leaves none.
	Entry Kind
	// Says is what the event is, in the words of abi/README.md.
	Says string
}

var events = []EventInfo{
	{EventStart, OnStart, "", "a session begins"},
	{EventMessage, OnMessage, KindText, "a text"},
	{EventOption, OnMessage, KindOption, "an option was chosen; its value is the text"},
	{EventReset, OnStart, "", "the session begins anew; the host has emptied it"},
	{EventTimer, OnEvent, "", "a timer was due"},
	{EventHTTP, OnEvent, "", "a request was answered, or could not be"},
	{EventCustom, OnEvent, "", "a program outside of the conversation has news for it"},
	{EventVoice, OnVoice, KindVoice, "audio"},
	{EventFile, OnFile, KindFiles, "one file or more"},
	{EventJSON, OnEvent, KindJSON, "a JSON message"},
	{EventFeedback, OnEvent, "", "what the user thinks of an entry"},
	{EventSet, ExportCount, "", "the client sets variables that the definition lets it set"},
	{EventAfter, ExportCount, "", "the user was quiet for the `after_ms` of a transition"},
	{EventRecheck, ExportCount, "", "it is time to look at a state's conditions again"},
}

// Events returns the table of events.
func Events() []EventInfo { return events }

// Info returns the kind's row; ok is false for a kind that is not known.
func (k EventKind) Info() (info EventInfo, ok bool) {
	for i := range events { // by index: every turn is here, and a row is large
		if events[i].Kind == k {
			return events[i], true
		}
	}
	return EventInfo{}, false
}

// FromUser reports whether an event of the kind is something that a user did in the
// conversation: a user who was quiet is so no more.
func (k EventKind) FromUser() bool {
	switch k {
	case EventStart, EventReset, EventMessage, EventOption, EventVoice, EventFile, EventJSON:
		return true
	}
	return false
}

// User is who an event comes from.
type User struct {
	// ID is empty for a user that nobody named.
	ID string
	// Verified says whether somebody that the operator trusts said so.
	Verified bool
}

// Event is what arrives for a session. An event is made once and read by many:
// nobody changes it after it was submitted.
type Event struct {
	Kind EventKind
	// ID is the client's message id; empty if the client gave none. An id that
	// was seen does not run again.
	ID string
	// Text is the message, or the chosen option's value, or what a JSON message says.
	Text string
	// Name is that of the timer, of the request or of the custom event.
	Name string
	// Data is what came with a timer, as text, with an HTTP answer, as the JSON of
	// a [Response], with a custom event or in a JSON message, as any JSON; empty is
	// null. Of EventFeedback and EventSet it is what is said there. Of EventAfter it
	// is how long the user was quiet, in milliseconds: see [Event.Quiet].
	Data string
	// Files are what came with a voice or file event.
	Files []File
	// Prediction is the intent that the text has; nil if none was recognised.
	Prediction *Prediction
	// Late says of a timer that it was due while nobody could handle it.
	Late bool
	User User
	// Human is false for messages of other agents.
	Human bool
	// Session and Bot name the conversation.
	Session string
	Bot     string
	// Time is when the event's turn began, in milliseconds since 1970 UTC.
	Time int64
}

// EntryBody returns the body of the entry that the event leaves, if it leaves one.
func (e *Event) EntryBody() string {
	switch e.Kind {
	case EventJSON:
		return cmp.Or(e.Data, "null")
	case EventFile:
		return FilesBody(e.Files)
	case EventVoice:
		if len(e.Files) > 0 {
			return e.Files[0].Body()
		}
		return (&File{}).Body()
	}
	return e.Text
}

// Quiet returns for how many milliseconds the user was quiet, of an event of the
// kind [EventAfter].
func (e *Event) Quiet() int64 {
	ms, err := strconv.ParseInt(e.Data, 10, 64)
	if err != nil {
		return 0
	}
	return ms
}

// AppendJSON appends the event as the JSON object that the import event
// returns.
func (e *Event) AppendJSON(b []byte) []byte {
	b = append(b, `{"kind":"`...)
	b = append(b, e.Kind...)
	b = append(b, '"')
	if e.ID != "" {
		b = append(b, `,"id":`...)
		b = jsontext.AppendString(b, e.ID)
	}
	b = e.appendContent(b)
	if e.Prediction != nil {
		b = e.Prediction.appendJSON(b)
	}
	b = append(b, `,"time":`...)
	b = strconv.AppendInt(b, e.Time, 10)
	b = append(b, `,"session":`...)
	b = jsontext.AppendString(b, e.Session)
	b = append(b, `,"bot":`...)
	b = jsontext.AppendString(b, e.Bot)
	b = append(b, `,"user":{"id":`...)
	b = jsontext.AppendString(b, e.User.ID)
	b = append(b, `,"verified":`...)
	b = strconv.AppendBool(b, e.User.Verified)
	return append(b, "}}"...)
}

// appendContent appends what arrived.
func (e *Event) appendContent(b []byte) []byte {
	switch e.Kind {
	case EventMessage, EventOption:
		return e.appendText(b)
	case EventJSON:
		return e.appendData(e.appendText(b))
	case EventVoice, EventFile:
		b = append(b, `,"human":`...)
		b = strconv.AppendBool(b, e.Human)
		b = append(b, `,"files":`...)
		return appendFiles(b, e.Files)
	case EventTimer, EventHTTP, EventCustom, EventFeedback, EventAfter:
		return e.appendData(b)
	}
	return b
}

func (e *Event) appendText(b []byte) []byte {
	b = append(b, `,"text":`...)
	b = jsontext.AppendString(b, e.Text)
	b = append(b, `,"human":`...)
	return strconv.AppendBool(b, e.Human)
}

// appendData appends name and data.
func (e *Event) appendData(b []byte) []byte {
	b = append(b, `,"name":`...)
	b = jsontext.AppendString(b, e.Name)
	field := `,"data":`
	if e.Kind == EventHTTP {
		field = `,"response":`
	}
	b = append(b, field...)
	switch {
	case e.Kind == EventTimer, e.Kind == EventAfter:
		b = jsontext.AppendString(b, e.Data)
		if e.Late {
			b = append(b, `,"late":true`...)
		}
	case e.Data == "":
		b = append(b, "null"...)
	default:
		b = append(b, e.Data...)
	}
	return b
}
