package abi

import "strconv"

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
)

// EventInfo is one row of the table of events.
type EventInfo struct {
	Kind EventKind
	// Export handles the event.
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
	// Text is the message, or the chosen option's value.
	Text string
	// Name is that of the timer, of the request or of the custom event.
	Name string
	// Data is what came with a timer, as text, with an HTTP answer, as the JSON of
	// a [Response], or with a custom event, as any JSON; empty is null.
	Data string
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

// AppendJSON appends the event as the JSON object that the import event
// returns.
func (e *Event) AppendJSON(b []byte) []byte {
	b = append(b, `{"kind":"`...)
	b = append(b, e.Kind...)
	b = append(b, '"')
	if e.ID != "" {
		b = append(b, `,"id":`...)
		b = AppendString(b, e.ID)
	}
	switch e.Kind {
	case EventMessage, EventOption:
		b = append(b, `,"text":`...)
		b = AppendString(b, e.Text)
		b = append(b, `,"human":`...)
		b = strconv.AppendBool(b, e.Human)
	case EventTimer, EventHTTP, EventCustom:
		b = e.appendData(b)
	}
	b = append(b, `,"time":`...)
	b = strconv.AppendInt(b, e.Time, 10)
	b = append(b, `,"session":`...)
	b = AppendString(b, e.Session)
	b = append(b, `,"bot":`...)
	b = AppendString(b, e.Bot)
	b = append(b, `,"user":{"id":`...)
	b = AppendString(b, e.User.ID)
	b = append(b, `,"verified":`...)
	b = strconv.AppendBool(b, e.User.Verified)
	return append(b, "}}"...)
}

// appendData appends the fields of events that no user sent.
func (e *Event) appendData(b []byte) []byte {
	b = append(b, `,"name":`...)
	b = AppendString(b, e.Name)
	field := `,"data":`
	if e.Kind == EventHTTP {
		field = `,"response":`
	}
	b = append(b, field...)
	switch {
	case e.Kind == EventTimer:
		b = AppendString(b, e.Data)
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
