package dialog

import (
	"fmt"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// maxWork is how much the conditions of a turn may take, in steps of [condition.cost].
// The host tests them, not the guest, so that no other limit holds them. It is about
// a second.
const maxWork = 100_000_000

// choice is the work space of one choice.
type choice struct {
	dialog   *Dialog
	state    *state
	waiting  []draft.Waiting
	own      candidate
	ownClass class
	oracle   Oracle
	work     *int64
	// others are the candidates that wait; nil until somebody asks.
	others []candidate
	// offered is the body of the newest options, once it is known.
	offered string
	asked   bool
}

// candidate is an event that a transition could take, and what was found out about
// it.
type candidate struct {
	ev *abi.Event
	// seen is the event with the intent that it has in this state; nil until somebody
	// asks.
	seen *abi.Event
	// values are those of the options that were offered with its text as their label,
	// once it was matched.
	values  []string
	matched bool
}

// takes reports whether the rule moves, and what it takes. With an error it is the
// event that was looked at.
func (c *choice) takes(r *rule) (takes int, ok bool, err error) {
	if r.kind == atOnce {
		if ok, err = c.compares(r); ok {
			ok, err = c.holds(r, TakesNothing)
		}
		return TakesNothing, ok, err
	}
	compared := len(r.when) == 0
	for i := range len(c.waiting) + 1 {
		takes, is := i, c.ownClass
		if i < len(c.waiting) {
			is = classOf(&c.waiting[i].Event)
		} else {
			takes = TakesEvent
		}
		if is&r.wants == 0 {
			continue
		}
		if ok, err = c.matches(r, takes); err != nil {
			return takes, false, err
		} else if !ok {
			continue
		}
		if !compared { // once: the answer has nothing to do with the event
			if ok, err = c.compares(r); !ok {
				return TakesNothing, false, err
			}
			compared = true
		}
		if ok, err = c.holds(r, takes); ok || err != nil {
			return takes, ok, err
		}
	}
	return 0, false, nil
}

// matches tests the trigger with an event of the right class.
func (c *choice) matches(r *rule, i int) (bool, error) {
	switch r.kind {
	case onIntent:
		p := c.seen(i).Prediction
		return p != nil && p.Intent == r.word, nil
	case onNoIntent:
		return c.seen(i).Prediction == nil, nil
	case onOption:
		return c.chosen(r, i)
	case onEvent:
		return c.candidate(i).ev.Name == r.word, nil
	case onAfter:
		return c.candidate(i).ev.Quiet() >= r.after, nil
	}
	return true, nil
}

// compares tests the conditions on variables.
func (c *choice) compares(r *rule) (bool, error) {
	for i := range r.when {
		w := &r.when[i]
		value, ok := c.oracle.Get(w.name)
		if *c.work += w.cost(len(value)); *c.work > maxWork {
			return false, fmt.Errorf("conditions take too much work, that on %.40q the last",
				w.name)
		}
		if !w.holds(value, ok) {
			return false, nil
		}
	}
	return true, nil
}

// holds tests the conditions that depend on the event, the guards last.
func (c *choice) holds(r *rule, i int) (bool, error) {
	if len(r.types) > 0 && !typed(c.candidate(i).ev.Files, r.types) {
		return false, nil
	}
	for _, guard := range r.source.Guard {
		if ok, err := c.oracle.Check(guard, c.seen(i)); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// candidate returns an event that waits, or the turn's own one.
func (c *choice) candidate(i int) *candidate {
	if i < 0 {
		return &c.own
	}
	if c.others == nil {
		c.others = make([]candidate, len(c.waiting))
	}
	c.others[i].ev = &c.waiting[i].Event
	return &c.others[i]
}

// seen returns an event with the intent that it has in this state; nil if i is
// TakesNothing.
func (c *choice) seen(i int) *abi.Event {
	if i == TakesNothing {
		return nil
	}
	e := c.candidate(i)
	if e.seen == nil && e.ev != nil {
		e.seen = c.dialog.predict(e.ev, c.state.intents)
	}
	return e.seen
}

// predict returns an event with the intent that its text has among those named: a
// copy, or ev itself if it has none.
func (d *Dialog) predict(ev *abi.Event, among []string) *abi.Event {
	if len(among) == 0 || d.classifier == nil || classOf(ev)&texts == 0 {
		return ev
	}
	p, ok := d.classifier.ClassifyAt(ev.Text, among, time.UnixMilli(ev.Time).UTC())
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
