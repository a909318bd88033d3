package abi

import (
	"errors"
	"fmt"
)

// Host is what the functions of a turn change and read: the turn's own copy of
// its session. The caller has checked that the function may be called now and
// that the arguments lie in the guest's memory; a Host checks what they hold.
// Byte slices are views into guest memory, valid during the call:
// implementations copy what they keep.
//
// A Host belongs to one turn and is not safe for concurrent use.
//
// # Errors
//
// An error means an invalid argument, and ends the turn. It names the rule; the
// caller adds function and argument. TimerSet, HTTPStart, ReplyFile and ReadFile, of whose
// arguments each can be at fault, return an [*ArgumentError] that names both.
type Host interface {
	// Event returns the event of the turn; the caller must not change it.
	Event() *Event
	// Reply adds a reply of the kind called kind.
	Reply(kind, body []byte) error
	// ReplyDelta adds text to the reply in progress, a text, which it begins if there
	// is none. Users may see it at once, before anything is sure.
	ReplyDelta(text []byte) error
	// ReplyEnd ends the reply in progress; nothing happens if there is none. So does
	// any other reply, and the end of the handler.
	ReplyEnd()
	// ReplyFile adds a file as a reply. It keeps a copy of data.
	ReplyFile(name, mime, data []byte) error
	// ReadFile copies bytes of a file of the event into dst, from offset on, and
	// returns how many; 0 at the end. ok is false if the event has no such file.
	ReadFile(index int, offset int64, dst []byte) (n int, ok bool, err error)
	// Get returns a session variable.
	Get(key []byte) (value string, ok bool, err error)
	Set(key, value []byte) error
	// Delete removes a variable; it is no error if there is none.
	Delete(key []byte) error
	// State returns where the session stands, or will stand after Move.
	State() string
	Move(state []byte) error
	// History returns the newest n entries, oldest first, this turn's included.
	History(n int) ([]Entry, error)
	// TimerSet sets a timer that is due delay milliseconds after the turn's time.
	TimerSet(name []byte, delay int64, data []byte) error
	// TimerCancel removes a timer; it is no error if there is none.
	TimerCancel(name []byte) error
	// HTTPStart makes a request, in the JSON that [ParseRequest] reads, when the
	// turn is committed.
	HTTPStart(name, request []byte) error
}

// MaxHistory is the largest number of entries that history returns.
const MaxHistory = 100

// ArgumentError is an invalid argument of a host function. It ends the turn.
type ArgumentError struct {
	Function Function
	// Argument is the parameter's name; empty if the function as such was not
	// legal.
	Argument string
	// Err is the rule that was broken.
	Err error
}

// Error names function, argument and rule.
func (e *ArgumentError) Error() string {
	if e.Argument == "" {
		return fmt.Sprintf("%s: %v", e.Function, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.Function, e.Argument, e.Err)
}

// Unwrap returns the rule.
func (e *ArgumentError) Unwrap() error { return e.Err }

// ErrNotUTF8 is the rule that text broke which is not UTF-8.
var ErrNotUTF8 = errors.New("must be UTF-8")
