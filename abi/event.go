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
}

// Events returns the table of events.
func Events() []EventInfo { return events }

// Info returns the kind's row; ok is false for a kind that is not known.
func (k EventKind) Info() (info EventInfo, ok bool) {
	for _, info := range events {
		if info.Kind == k {
			return info, true
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
	if e.Kind == EventMessage || e.Kind == EventOption {
		b = append(b, `,"text":`...)
		b = AppendString(b, e.Text)
		b = append(b, `,"human":`...)
		b = strconv.AppendBool(b, e.Human)
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
