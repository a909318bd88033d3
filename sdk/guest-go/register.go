package guest

import (
	"errors"

	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// Handler handles the event of one turn. If it returns an error, the turn keeps
// nothing of what it did.
type Handler func(*Session) error

// NotHandled is the error with which a handler says that the event is not for
// it: the host drops what the handler did and goes on as if it had not been
// registered. From [OnMessage] that leads to [OnFallback].
const NotHandled = sentinel("guest: not handled")

// sentinel is an error that can be a constant.
type sentinel string

// Error implements error.
func (s sentinel) Error() string { return string(s) }

// The results of an export; abi/README.md says what a host makes of them.
const (
	resultDone       int32 = 0
	resultFailed     int32 = 1
	resultNotHandled int32 = 2
)

// registered are the handlers; nil is none.
var registered struct {
	start, message, event, fallback Handler
	definition                      *Definition
}

// session is the only one, for there is only one turn at a time and everything
// that tells sessions apart is the host's.
var session Session

// OnStart registers the handler of a session's beginning, also after a reset.
// What it replies is the welcome. Of several registrations the last one counts,
// here and below.
func OnStart(h Handler) { registered.start = h }

// OnMessage registers the handler of texts, and of chosen options:
// [Session.Text] is the text, or the option's value.
func OnMessage(h Handler) { registered.message = h }

// OnEvent registers the handler of events that are neither, timers, answers of
// requests and custom events: [Session.Event] says which one.
func OnEvent(h Handler) { registered.event = h }

// OnFallback registers the handler of a human's text that [OnMessage] left
// unhandled. Without one the host says that it did not get it.
func OnFallback(h Handler) { registered.fallback = h }

// call runs a handler and returns the result of its export.
func call(h Handler) int32 {
	if h == nil {
		return resultNotHandled
	}
	err := h(&session)
	switch {
	case err == nil:
		return resultDone
	case errors.Is(err, NotHandled):
		return resultNotHandled
	}
	wire.Fail(err.Error())
	return resultFailed
}
