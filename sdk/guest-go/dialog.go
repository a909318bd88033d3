package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// Dialog is what a bot declares about its conversations: states, the transitions
// between them, and the intents that users have. The host runs it: an event goes
// to the transitions of the state where the session stands, and only what none of
// them takes goes to the handlers, [OnMessage] and the others.
//
// A Dialog is declared in init, and does not change after that. What is declared
// wrongly is found when the host loads the bot, or a test begins a conversation,
// with the place in the bot's source.
type Dialog struct {
	// Definition are the bot's name, version and limits, and what clients may set.
	Definition

	states   []*State
	byName   map[string]*State
	intents  []*Intent
	entities []*Entity
	guards   map[string]*Guard
	initial  *State
	// fault is what was declared wrongly first; empty if nothing was.
	fault string
}

// NewDialog begins the declaration of the bot's dialog, in the place of
// [Describe]. A bot has one at most. Without states it is one of intents alone:
// [OnMessage] handles all texts, and asks [Session.Intent].
func NewDialog(name, version string) *Dialog {
	d := &Dialog{
		Definition: Definition{Name: name, Version: version},
		byName:     make(map[string]*State), guards: make(map[string]*Guard),
	}
	if registered.dialog != nil {
		d.wrong(here(), "NewDialog: the bot has a dialog already")
	}
	// As variables, so that a bot without a dialog does not have all this in its
	// module.
	registered.dialog = d
	registered.describe, registered.enter, registered.check = d.describe, d.enter, d.check
	return d
}

// State declares a state. Its name has 1 to 128 bytes and does not begin with @.
// Sessions keep the name of the state where they stand: see [State.Was] before
// you change one.
func (d *Dialog) State(name string) *State { return d.state(here(), name) }

// Initial declares the state in which sessions begin. There must be one, if there
// is any state.
func (d *Dialog) Initial(name string) *State {
	s := d.state(here(), name)
	if d.initial != nil {
		d.wrong(s.at, "Initial: state "+quoted(d.initial.name)+" is the initial one already")
	}
	d.initial = s
	return s
}

func (d *Dialog) state(at place, name string) *State {
	s := &State{dialog: d, at: at, name: name}
	switch {
	case name == "":
		d.wrong(at, "a state needs a name")
	case d.byName[name] != nil:
		d.wrong(at, "state "+quoted(name)+" is declared twice")
	}
	d.states = append(d.states, s)
	d.byName[name] = s
	return s
}

// Fallback sets what answers a human's text that nothing took, in states without
// a fallback of their own. It is [OnFallback] by another name.
func (d *Dialog) Fallback(h Handler) { OnFallback(h) }

// Guard is a condition that the bot decides itself.
type Guard struct {
	dialog *Dialog
	name   string
	holds  func(*Session) (bool, error)
}

// Guard declares a guard, for [State.When] and [Transition.And] of several
// transitions; for one of them there is [Transition.If]. Operators read the name.
func (d *Dialog) Guard(name string, holds func(*Session) (bool, error)) *Guard {
	return d.guard(here(), name, holds)
}

func (d *Dialog) guard(at place, name string, holds func(*Session) (bool, error)) *Guard {
	g := &Guard{d, name, holds}
	switch {
	case name == "":
		d.wrong(at, "a guard needs a name")
	case holds == nil:
		d.wrong(at, "guard "+quoted(name)+" has no function")
	case d.guards[name] != nil:
		d.wrong(at, "guard "+quoted(name)+
			" is declared twice; Dialog.Guard makes one for several transitions")
	}
	d.guards[name] = g
	return g
}

// enter runs what happens when a state is entered; the input is its name.
func (d *Dialog) enter() int32 {
	s := d.byName[session.Text()]
	if s == nil {
		return resultNotHandled
	}
	return call(s.body)
}

// check decides a guard; the input is its name.
func (d *Dialog) check() int32 {
	g := d.guards[session.Text()]
	if g == nil {
		return resultNotHandled
	}
	holds, err := g.holds(&session)
	if err != nil {
		wire.Fail("guard " + quoted(g.name) + ": " + err.Error())
		return resultFailed
	}
	wire.Output(strconv.AppendBool(nil, holds))
	return resultDone
}

// describe outputs the definition, if nothing was declared wrongly.
func (d *Dialog) describe() int32 {
	d.finish()
	if d.fault != "" {
		wire.Fail(d.fault)
		return resultFailed
	}
	wire.Output(d.appendJSON(nil))
	return resultDone
}

// finish looks for what is only wrong when nothing more is declared.
func (d *Dialog) finish() {
	if registered.definition != nil {
		d.wrong(nowhere, "Describe: the dialog has the bot's name and version")
	}
	for _, e := range d.entities {
		if len(e.values) == 0 {
			d.wrong(e.at, "entity "+quoted(e.name)+" needs values")
		}
	}
	for _, s := range d.states {
		s.finish()
	}
	if d.initial == nil && len(d.states) > 0 {
		d.wrong(d.states[0].at, "no state is the initial one: declare it with Initial")
	}
}

// wrong remembers the first fault.
func (d *Dialog) wrong(at place, words string) {
	if d.fault == "" {
		d.fault = at.String() + words
	}
}

func (d *Dialog) appendJSON(b []byte) []byte {
	b = d.Definition.appendFields(append(b, '{'))
	b = appendList(b, `,"states":[`, d.states)
	b = appendList(b, `,"intents":[`, d.intents)
	b = appendList(b, `,"entities":[`, d.entities)
	return append(b, '}')
}

// appendList appends a member whose value is a list, if it has anything in it.
func appendList[T interface{ appendJSON([]byte) []byte }](b []byte, open string, list []T) []byte {
	if len(list) == 0 {
		return b
	}
	for i, element := range list {
		if i == 0 {
			b = append(b, open...)
		} else {
			b = append(b, ',')
		}
		b = element.appendJSON(b)
	}
	return append(b, ']')
}

// appendText appends a member whose value is a text.
func appendText(b []byte, open, text string) []byte {
	return jsontext.AppendString(append(b, open...), text)
}

// appendTexts appends a list of texts.
func appendTexts(b []byte, texts []string) []byte {
	b = append(b, '[')
	for i, text := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, text)
	}
	return append(b, ']')
}
