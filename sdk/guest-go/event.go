package guest

import "github.com/bothost/bothost/sdk/guest-go/internal/wire"

// EventKind is the kind of an event: what arrived for a session.
type EventKind string

// Kinds of events.
const (
	// EventStart: the session begins.
	EventStart EventKind = "start"
	// EventMessage: a text.
	EventMessage EventKind = "message"
	// EventOption: an option was chosen.
	EventOption EventKind = "option"
	// EventReset: the session begins anew. Its variables and its log are empty.
	EventReset EventKind = "reset"
	// EventTimer: a timer of the session was due.
	EventTimer EventKind = "timer"
	// EventHTTP: a request was answered, or could not be.
	EventHTTP EventKind = "http"
	// EventCustom: a program outside of the conversation has news for it.
	EventCustom EventKind = "event"
	// EventVoice: audio.
	EventVoice EventKind = "voice"
	// EventFile: one file or more.
	EventFile EventKind = "file"
	// EventJSON: a JSON message. Its name is json.
	EventJSON EventKind = "json"
	// EventFeedback: what a user thinks of an entry: Data has the entry's seq, and
	// value, a text or a number: "data.seq" and "data.value" of [Event.Get]. Its name
	// is feedback.
	EventFeedback EventKind = "feedback"
	// EventSet: a client sets variables. No handler sees it.
	EventSet EventKind = "set"
	// EventAfter: the user was quiet for a time that a transition waits for. It is
	// there for transitions alone, as is EventRecheck: handlers see them where a
	// state is entered by them.
	EventAfter EventKind = "after"
	// EventRecheck: it is time to look at a state's conditions again.
	EventRecheck EventKind = "recheck"
)

// Event is the event of the turn. Its methods ask the host each time: nothing is
// read that is not asked for.
type Event struct{}

// Event returns the event of the turn, valid as long as the session.
func (*Session) Event() Event { return Event{} }

// Kind returns what kind of event it is.
func (e Event) Kind() EventKind {
	kind, _ := e.Get("kind")
	return EventKind(kind)
}

// ID returns the id that the client gave to its message, empty if it gave none.
// A message that comes again with the same id does not run again.
func (e Event) ID() string {
	id, _ := e.Get("id")
	return id
}

// Name returns the name of the timer, of the request or of the custom event;
// empty for events of other kinds.
func (e Event) Name() string {
	name, _ := e.Get("name")
	return name
}

// Data returns what came with the event: the text of a timer as it was set, or the
// JSON of a custom event or a JSON message, of which [Event.Get] finds parts:
// "data.order". If that JSON is a string, Data returns its text. For [EventHTTP] it
// is empty: see [Event.Response].
func (e Event) Data() string {
	data, _ := e.Get("data")
	return data
}

// Human reports whether a person sent it; false for messages of other agents, and
// for events that nobody sends.
func (e Event) Human() bool {
	human, _ := e.Get("human")
	return human == "true"
}

// Late reports whether a timer was due while no host was there to say so.
func (e Event) Late() bool {
	_, ok := e.Get("late")
	return ok
}

// Get returns one value of the event by its dotted path, such as "user.id" or
// "user.verified": strings as their text, anything else as JSON. ok is false
// where the path leads nowhere.
func (Event) Get(path string) (value string, ok bool) {
	return pull(func(buf []byte) int { return wire.EventGet(path, buf) })
}

// JSON returns the whole event as a JSON object; abi/README.md lists its fields.
func (Event) JSON() string {
	doc, _ := pull(wire.Event)
	return doc
}
