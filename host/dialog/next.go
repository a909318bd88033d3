package dialog

import (
	"fmt"
	"slices"
	"strings"

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
// A state that is not declared, or an error of the oracle.
func (d *Dialog) Next(v View, ev *abi.Event, o Oracle) (Step, error) {
	i, ok := d.index[v.State]
	if !ok {
		return Step{}, fmt.Errorf("there is no state %.40q", v.State)
	}
	return d.next(i, &v, ev, o)
}

func (d *Dialog) next(at int, v *View, ev *abi.Event, o Oracle) (Step, error) {
	c := choice{dialog: d, state: &d.states[at], waiting: v.Waiting, own: ev, oracle: o}
	if ev != nil {
		c.ownClass = classOf(ev)
	}
	for i := range c.state.rules {
		r := &c.state.rules[i]
		takes, ok, err := c.takes(r)
		if err != nil {
			return Step{}, err
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

// choice is the work space of one choice.
type choice struct {
	dialog   *Dialog
	state    *state
	waiting  []draft.Waiting
	own      *abi.Event
	ownClass class
	oracle   Oracle
	// predicted are the events with the intents that they have in this state, the
	// turn's own one apart; nil until somebody asks.
	predicted    []*abi.Event
	ownPredicted *abi.Event
	// offered is the body of the newest options, once it is known.
	offered string
	asked   bool
}

// takes reports whether the rule moves, and what it takes.
func (c *choice) takes(r *rule) (takes int, ok bool, err error) {
	if r.kind == atOnce {
		ok, err = c.holds(r, TakesNothing)
		return TakesNothing, ok, err
	}
	for i := range c.waiting {
		if classOf(&c.waiting[i].Event)&r.wants == 0 {
			continue
		}
		if ok, err = c.matches(r, i); ok || err != nil {
			return i, ok, err
		}
	}
	if c.ownClass&r.wants == 0 {
		return 0, false, nil
	}
	ok, err = c.matches(r, TakesEvent)
	return TakesEvent, ok, err
}

// matches tests trigger and conditions with an event of the right class.
func (c *choice) matches(r *rule, i int) (ok bool, err error) {
	switch r.kind {
	case onIntent:
		p := c.seen(i).Prediction
		ok = p != nil && p.Intent == r.word
	case onNoIntent:
		ok = c.seen(i).Prediction == nil
	case onOption:
		ok, err = c.chosen(c.event(i), r.word)
	case onEvent:
		ok = c.event(i).Name == r.word
	case onAfter:
		ok = quietFor(c.event(i)) >= r.after
	default:
		ok = true
	}
	if !ok || err != nil {
		return false, err
	}
	return c.holds(r, i)
}

// holds tests the conditions of a rule: those that cost least first.
func (c *choice) holds(r *rule, i int) (bool, error) {
	for j := range r.when {
		w := &r.when[j]
		if !w.holds(c.oracle.Get(w.name)) {
			return false, nil
		}
	}
	if len(r.types) > 0 && !typed(c.event(i).Files, r.types) {
		return false, nil
	}
	for _, guard := range r.source.Guard {
		if ok, err := c.oracle.Check(guard, c.seen(i)); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// event returns an event as it came.
func (c *choice) event(i int) *abi.Event {
	if i >= 0 {
		return &c.waiting[i].Event
	}
	return c.own
}

// seen returns an event with the intent that it has in this state; nil if i is
// TakesNothing.
func (c *choice) seen(i int) *abi.Event {
	switch {
	case i == TakesNothing || i == TakesEvent && c.own == nil:
		return nil
	case i == TakesEvent:
		if c.ownPredicted == nil {
			c.ownPredicted = c.dialog.predict(c.own, c.state.intents)
		}
		return c.ownPredicted
	}
	if c.predicted == nil {
		c.predicted = make([]*abi.Event, len(c.waiting))
	}
	if c.predicted[i] == nil {
		c.predicted[i] = c.dialog.predict(&c.waiting[i].Event, c.state.intents)
	}
	return c.predicted[i]
}

// predict returns an event with the intent that its text has among those named: a
// copy, or ev itself if it has none.
func (d *Dialog) predict(ev *abi.Event, among []string) *abi.Event {
	if len(among) == 0 || d.classifier == nil || classOf(ev)&texts == 0 {
		return ev
	}
	p, ok := d.classifier.Classify(ev.Text, among)
	if !ok {
		return ev
	}
	both := &struct { // in one piece of memory
		ev abi.Event
		p  abi.Prediction
	}{*ev, p}
	both.ev.Prediction = &both.p
	return &both.ev
}

// chosen reports whether a text is the choice of the option with a value: clients
// send a choice as an option event, or as text that is its value or its label.
func (c *choice) chosen(ev *abi.Event, value string) (bool, error) {
	if ev.Kind == abi.EventOption {
		return ev.Text == value, nil
	}
	text := strings.TrimSpace(ev.Text)
	if text == value {
		return true, nil
	}
	if !c.asked {
		body, err := c.oracle.Offered()
		if err != nil {
			return false, err
		}
		c.offered, c.asked = body, true
	}
	return offers(c.offered, text, value), nil
}

// offers reports whether the body of an options entry has an option with this label
// and value. Bodies are kept in one shape, so that nobody needs to parse them.
func offers(body, label, value string) bool {
	if body == "" {
		return false
	}
	var buf [128]byte
	b := append(buf[:0], `{"label":`...)
	b = abi.AppendString(b, label)
	b = append(b, `,"value":`...)
	b = abi.AppendString(b, value)
	return strings.Contains(body, string(append(b, '}')))
}
