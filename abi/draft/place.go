package draft

import (
	"slices"

	"github.com/bothost/bothost/abi"
)

// Handlers are the bot, as a dialog runs it: the exports of one instance that
// works on the draft of the turn.
//
// # Errors
//
// An error ends the turn, which keeps nothing.
type Handlers interface {
	// Call calls a handler, and undoes what it did if it did not take the event.
	Call(e abi.Export, input string) (handled bool, err error)
	// Check decides a guard.
	Check(guard string) (holds bool, err error)
	// Tell tells the operator something; args are those of a log line.
	Tell(message string, args ...any)
}

// Waiting is an event that waits for a state in which a transition takes it.
type Waiting struct {
	// ID tells those of a session apart; empty as long as its turn is not committed.
	ID    string
	Event abi.Event
}

// place is where a turn is in a declared dialog.
type place struct {
	entered bool
	back    []string
	waiting []Waiting
	// copied says that waiting is the draft's own.
	copied bool
	// blamed is the waiting event that handlers are busy with, if it is one.
	blamed string
}

// Use makes ev the event that handlers see from now on. It is kept until the next
// Begin; the turn's time stays what it is.
func (d *Draft) Use(ev *abi.Event) { d.event = ev }

// Enter makes the session stand at a state.
func (d *Draft) Enter(state string) { d.moved, d.target, d.entered = true, state, true }

// Rename makes the session stand at the state by the name that it has now, which is
// not to enter it.
func (d *Draft) Rename(state string) { d.moved, d.target = true, state }

// Limits returns the limits of the turn. The caller must not change them.
func (d *Draft) Limits() *abi.Limits { return d.limits }

// Entered reports whether a state was entered in the turn.
func (d *Draft) Entered() bool { return d.entered }

// Asked takes what the handlers' last move asked for, in its own words; ok is false
// if there was no move since somebody took one. Moves that were taken do not count
// towards the limit of moves any more: who takes them counts the states entered.
func (d *Draft) Asked() (target string, ok bool) {
	target, ok = d.asked, d.wanted
	d.asked, d.wanted, d.moves = "", false, 0
	return target, ok
}

// Back returns the states to return to, newest last. The caller must not change
// the slice.
func (d *Draft) Back() []string { return d.back }

// SetBack replaces the states to return to. The slice is kept.
func (d *Draft) SetBack(back []string) { d.back = back }

// Waiting returns the events that wait, oldest first. The slice is valid until the
// next change, and must not be changed.
func (d *Draft) Waiting() []Waiting { return d.waiting }

// Wait lets an event wait, after the others.
func (d *Draft) Wait(ev *abi.Event) {
	d.own()
	d.waiting = append(d.waiting, Waiting{Event: *ev})
}

// Take takes event i out of those that wait.
func (d *Draft) Take(i int) {
	d.own()
	d.waiting = slices.Delete(d.waiting, i, i+1)
}

// Blame says that handlers are busy with the waiting event id from now on; with none
// that waits if id is empty. If the turn fails, that event must not fail the next
// one too.
func (d *Draft) Blame(id string) { d.blamed = id }

// Blamed returns the waiting event that handlers were busy with last; empty if it
// was none.
func (d *Draft) Blamed() string { return d.blamed }

// Drop takes the event called id out of those that wait, if it is there.
func (d *Draft) Drop(id string) {
	if i := slices.IndexFunc(d.waiting, func(w Waiting) bool { return w.ID == id }); i >= 0 {
		d.Take(i)
	}
}

func (d *Draft) own() {
	if !d.copied {
		d.waiting, d.copied = slices.Clone(d.waiting), true
	}
}
