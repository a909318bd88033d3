package dialog

import (
	"fmt"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
)

// maxBack is how many states to return to a session remembers.
const maxBack = 8

// Classifier knows what texts mean. It must be safe for concurrent use.
type Classifier interface {
	// ClassifyAt returns the intent that a text has, among those named; ok is false if
	// it has none of them. The list must not be changed. Now is when the text was said:
	// tomorrow is the day after that.
	ClassifyAt(text string, among []string, now time.Time) (p abi.Prediction, ok bool)
}

// Dialog is a definition, ready to run. The zero value is not usable: call [New].
type Dialog struct {
	classifier Classifier
	states     []state
	// index finds states by their names, and former by those that they had.
	index, former map[string]int
	initial       int
	// intents are all that the definition declares.
	intents []string
	target  func(asked string, back []string) (string, error)
}

// New makes a dialog of a definition, which must come from [abi.ParseDefinition]
// and must not change any more. c may be nil if it declares no intents.
func New(def *abi.Definition, c Classifier) *Dialog {
	d := &Dialog{
		classifier: c,
		index:      make(map[string]int, len(def.States)), former: make(map[string]int),
	}
	for i := range def.Intents {
		d.intents = append(d.intents, def.Intents[i].Name)
	}
	for i := range def.States {
		s := &def.States[i]
		d.index[s.Name] = i
		for _, was := range s.Was {
			d.former[was] = i
		}
		if s.Initial {
			d.initial = i
		}
	}
	globals := d.globals(def)
	for i := range def.States {
		d.states = append(d.states, d.compile(def, i, globals))
	}
	if len(d.states) > 0 {
		d.target = d.find
	}
	return d
}

// Target returns what finds the state that a move asks for; nil if the bot
// declares no states, so that any name will do.
func (d *Dialog) Target() func(asked string, back []string) (state string, err error) {
	return d.target
}

func (d *Dialog) find(asked string, back []string) (string, error) {
	i, _, err := d.resolve(asked, back)
	if err != nil {
		return "", err
	}
	return d.states[i].name, nil
}

// resolve finds the state that asked means, and the states to return to from
// there.
func (d *Dialog) resolve(asked string, back []string) (int, []string, error) {
	if asked == abi.Previous {
		i, rest := d.previous(back)
		return i, rest, nil
	}
	i, ok := d.index[asked]
	if !ok {
		return 0, nil, fmt.Errorf("there is no state %.40q", asked)
	}
	return i, back, nil
}

// previous takes the newest of the states to return to that still exists; the
// initial one if there is none.
func (d *Dialog) previous(back []string) (int, []string) {
	for len(back) > 0 {
		last := len(back) - 1
		name := back[last]
		back = back[:last]
		if i, ok := d.place(name); ok {
			return i, back
		}
	}
	return d.initial, back
}

// place finds a state by the name that it has, or had.
func (d *Dialog) place(name string) (int, bool) {
	i, ok := d.index[name]
	if !ok {
		i, ok = d.former[name]
	}
	return i, ok
}

// remembered returns the states to return to without those that are gone, each by
// the name that it has now. The slice is back itself where nothing changed.
func (d *Dialog) remembered(back []string) []string {
	known := func(name string) bool {
		_, ok := d.index[name]
		return ok
	}
	first := slices.IndexFunc(back, func(name string) bool { return !known(name) })
	if first < 0 {
		return back
	}
	kept := slices.Clone(back[:first])
	for _, name := range back[first:] {
		if i, ok := d.place(name); ok {
			kept = append(kept, d.states[i].name)
		}
	}
	return kept
}

// Timing returns, in milliseconds, the next time after elapsed at which a
// transition of the state waits for a user who is quiet, and how often the state's
// conditions are looked at. Zero is never.
func (d *Dialog) Timing(state string, elapsed int64) (after, recheck int64) {
	i, ok := d.index[state]
	if !ok {
		return 0, 0
	}
	s := &d.states[i]
	for _, ms := range s.after {
		if ms > elapsed {
			return ms, s.recheck
		}
	}
	return 0, s.recheck
}
