package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// Session is the conversation that a turn belongs to, as the turn sees it: reads
// see the turn's own changes, and nobody else sees them before it ends. It is
// valid until the handler returns.
type Session struct {
	Host
}

// Text returns the input of the handler: in [OnMessage] and [OnFallback] the
// user's text, or the value of the option that was chosen; in [State.Enter] the
// state's name, in guards theirs; in [OnVoice], [OnFile] and [OnEvent] JSON; in
// [OnStart] nothing.
func (*Session) Text() string {
	// What pull does, without a call through a function value: every turn is here.
	n := wire.Input(room())
	if n <= len(chunk)-used {
		return take(n)
	}
	return large(n, wire.Input)
}

// Message returns the text of the event, whichever handler runs: what the user
// said, the value of the option that was chosen, or the text of a JSON message;
// empty if the event has none. In [OnMessage], [Session.Text] is the same and
// cheaper.
func (*Session) Message() string {
	text, _ := Event{}.Get("text")
	return text
}

// ID returns the session's id, which clients know too.
func (*Session) ID() string {
	id, _ := Event{}.Get("session")
	return id
}

// User is who the event comes from.
type User struct {
	// ID is empty for a user that nobody named.
	ID string
	// Verified says whether somebody that the operator trusts said so.
	Verified bool
}

// User returns who the event comes from.
func (*Session) User() User {
	id, _ := Event{}.Get("user.id")
	verified, _ := Event{}.Get("user.verified")
	return User{id, verified == "true"}
}

// Get returns a variable of the session; ok is false if it is not set.
func (*Session) Get(key string) (value string, ok bool) {
	n := wire.SessionGet(key, room())
	if n == wire.Absent {
		return "", false
	}
	if n <= len(chunk)-used {
		return take(n), true
	}
	return large(n, func(buf []byte) int { return wire.SessionGet(key, buf) }), true
}

// Set sets a variable of the session. A key has 1 to 128 bytes, a value at most
// 64 KiB, all variables of a session together at most 1 MiB, unless the operator
// chose other limits. Values are text: JSON where they have parts.
func (*Session) Set(key, value string) { wire.SessionSet(key, value) }

// Delete removes a variable of the session. That there is none is no fault.
func (*Session) Delete(key string) { wire.SessionDelete(key) }

// GetInt returns a variable as a number; ok is false if it is not set, or is not
// a decimal number of 64 bits.
func (s *Session) GetInt(key string) (value int64, ok bool) {
	text, ok := s.Get(key)
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, false
	}
	return value, true
}

// SetInt sets a variable to the decimal text of a number.
func (s *Session) SetInt(key string, value int64) {
	s.Set(key, strconv.FormatInt(value, 10))
}

// State returns the name of the place in the dialog where the session stands,
// or will stand after [Session.Move]. It is empty before the first move of a bot
// that declares no states.
func (*Session) State() string {
	state, _ := pull(wire.State)
	return state
}

// Move says where the session stands when the handler has returned. A name has 1
// to 128 bytes. Of several moves the last one counts; a turn may make 32. If states
// are declared, it is one of theirs, and is entered: see [Session.GoTo].
func (*Session) Move(state string) { wire.Move(state) }
