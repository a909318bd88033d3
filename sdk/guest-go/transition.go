package guest

import "strconv"

// previous is the target that leads back to where the session stood before it came
// to a global state.
const previous = "@previous"

// Transition leads from a state to another one. It begins with [State.When].
type Transition struct {
	state *State
	at    place
	// index is its place among the state's, -1 for the global one.
	index   int
	trigger *Trigger
	when    []Condition
	guards  []string
	to      string
}

// Clause is what [State.When] and [Transition.And] take: a trigger (an *[Intent],
// or one that a function such as [Chosen] returns), a [Condition] or a *[Guard].
type Clause interface{ join(*Transition) }

// And adds a condition that must hold too, or a trigger, if there is none yet.
func (t *Transition) And(c Clause) *Transition {
	t.add(c)
	return t
}

func (t *Transition) add(c Clause) {
	if c == nil {
		t.wrong("waits for nil")
		return
	}
	c.join(t)
}

// If adds a guard in place: a condition that the bot decides itself. Operators
// read the name, which no other guard has; if it is empty, it is made of those of
// the state and the transition. A guard may read everything, and change nothing.
func (t *Transition) If(name string, holds func(*Session) (bool, error)) *Transition {
	if name == "" {
		name = t.guardName()
	}
	return t.And(t.state.dialog.guard(t.at, name, holds))
}

func (t *Transition) guardName() string {
	name := t.state.name + ":global"
	if t.index >= 0 {
		name = t.state.name + ":" + strconv.Itoa(t.index)
	}
	if n := len(t.guards); n > 0 {
		name += ":" + strconv.Itoa(n)
	}
	return name
}

// GoTo ends the transition: it leads to target, a state of the same dialog.
func (t *Transition) GoTo(target *State) { t.goTo(target) }

func (t *Transition) goTo(target *State) {
	switch {
	case target == nil:
		t.wrong("goes to nil, which is no state")
	case target.dialog != t.state.dialog:
		t.wrong("goes to " + target.title() + " of another dialog")
	default:
		t.end(target.name)
	}
}

// GoBack ends the transition: it leads back to the state in which the session
// stood before it came to a global one ([State.Global]), or to the initial state
// if that is not known.
func (t *Transition) GoBack() { t.end(previous) }

func (t *Transition) end(to string) {
	switch {
	case t.index < 0:
		t.wrong("leads to its own state, and has no other target")
	case t.to != "":
		t.wrong("has two targets")
	}
	t.to = to
}

func (t *Transition) isAuto() bool { return t.trigger != nil && t.trigger.field == "auto" }

// wrong remembers a fault of the transition.
func (t *Transition) wrong(words string) {
	which := ": the global transition "
	if t.index >= 0 {
		which = ": transition " + strconv.Itoa(t.index+1) + " "
	}
	t.state.dialog.wrong(t.at, t.state.title()+which+words)
}

func (g *Guard) join(t *Transition) {
	switch {
	case g == nil:
		t.wrong("has nil for a guard")
	case g.dialog != t.state.dialog:
		t.wrong("has guard " + quoted(g.name) + " of another dialog")
	default:
		t.guards = append(t.guards, g.name)
	}
}

func (t *Transition) appendJSON(b []byte) []byte {
	b = append(b, '{')
	start := len(b)
	if t.trigger != nil {
		b = t.trigger.appendFields(b)
	}
	b = appendList(b, `,"when":[`, t.when)
	if len(t.guards) > 0 {
		b = appendTexts(append(b, `,"guard":`...), t.guards)
	}
	if t.to != "" {
		b = appendText(b, `,"to":`, t.to)
	}
	// Each member has a comma before it, also the first.
	if len(b) > start {
		b = append(b[:start], b[start+1:]...)
	}
	return append(b, '}')
}
