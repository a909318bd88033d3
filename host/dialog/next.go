package dialog

import (
	"fmt"
	"slices"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// View is where a session stands.
type View struct {
	// State is a declared state.
	State string
	// Back are the states to return to, and Waiting the events that wait, as in
	// [draft.Base].
	Back    []string
	Waiting []draft.Waiting
}

// Oracle answers what a choice depends on besides.
type Oracle interface {
	// Get returns a session variable.
	Get(name string) (value string, ok bool)
	// Offered returns the body of the newest options entry of the log; empty if there
	// is none.
	Offered() (body string, err error)
	// Check decides a guard about an event; ev is nil if the transition needs none.
	Check(guard string, ev *abi.Event) (holds bool, err error)
}

// What a step takes, if it is not a waiting event.
const (
	// TakesNothing: the step needs no event.
	TakesNothing = -2
	// TakesEvent: the step takes the turn's own event.
	TakesEvent = -1
)

// Step is what [Dialog.Next] chose.
type Step struct {
	// Transition is the one that moves; nil if none does, and then the rest does not
	// count, Event apart.
	Transition *abi.Transition
	// To is the state that is entered, and Back are the states to return to from
	// there.
	To   string
	Back []string
	// Takes is the index of the waiting event that the transition takes, or
	// TakesEvent or TakesNothing.
	Takes int
	// Event is the event that the transition takes, with the intent that it has here;
	// without a transition it is the turn's own one.
	Event *abi.Event

	to int
}

// Next chooses the transition that moves the session: of those of its state the
// first that matches, of the events that one matches the oldest. ev is the turn's
// own event; nil if it was taken or if there is none to take.
//
// # Errors
//
// A state that is not declared, an error of the oracle, or conditions that take more
// work than a turn may. The step says then what would have been taken.
func (d *Dialog) Next(v View, ev *abi.Event, o Oracle) (Step, error) {
	i, ok := d.index[v.State]
	if !ok {
		return Step{Takes: TakesNothing}, fmt.Errorf("there is no state %.40q", v.State)
	}
	var work int64
	return d.next(i, &v, ev, o, &work)
}

// next counts in work what the conditions took, over all choices of a turn.
func (d *Dialog) next(at int, v *View, ev *abi.Event, o Oracle, work *int64) (Step, error) {
	c := choice{dialog: d, state: &d.states[at], waiting: v.Waiting, oracle: o, work: work}
	if c.own.ev = ev; ev != nil {
		c.ownClass = classOf(ev)
	}
	for _, r := range c.state.rules {
		takes, ok, err := c.takes(r)
		if err != nil {
			return Step{Takes: takes}, err
		}
		if ok {
			return d.step(c.state, r, v.Back, takes, c.seen(takes)), nil
		}
	}
	return Step{Event: c.seen(TakesEvent)}, nil
}

// step makes the step that a rule means.
func (d *Dialog) step(from *state, r *rule, back []string, takes int, ev *abi.Event) Step {
	s := Step{Transition: r.source, Back: back, Takes: takes, Event: ev, to: r.to}
	switch {
	case r.to == toPrevious:
		s.to, s.Back = d.previous(back)
	case r.global && !from.global:
		first := max(0, len(back)+1-maxBack)
		s.Back = append(slices.Clone(back[first:]), from.name)
	}
	s.To = d.states[s.to].name
	return s
}
