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
var registered registry

type registry struct {
	start, message, voice, file, event, fallback Handler
	definition                                   *Definition
	dialog                                       *Dialog
	// The following are the dialog's own.
	describe, enter, check func() int32
	stateFallback          func() Handler
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

// OnVoice registers the handler of audio: [Session.Files] is what is known of it.
func OnVoice(h Handler) { registered.voice = h }

// OnFile registers the handler of files: [Session.Files].
func OnFile(h Handler) { registered.file = h }

// OnEvent registers the handler of all other events, timers, answers of requests,
// custom events and JSON messages: [Session.Event] says which one.
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

// own runs an export that is the dialog's, if there is one.
func own(export func() int32) int32 {
	if export == nil {
		return resultNotHandled
	}
	return export()
}

// fallback runs the fallback of the state where the session stands, or else that
// of all states.
func fallback() int32 {
	if registered.stateFallback != nil {
		if h := registered.stateFallback(); h != nil {
			return call(h)
		}
	}
	return call(registered.fallback)
}
