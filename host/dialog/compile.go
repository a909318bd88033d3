package dialog

import (
	"slices"

	"github.com/bothost/bothost/abi"
)

// state is a declared state, ready to run.
type state struct {
	name string
	// global says that the state has a global transition.
	global bool
	// rules are the state's transitions, and then the global ones that apply in it.
	rules []*rule
	// intents are those that the rules name.
	intents []string
	// after are the times of the rules, the shortest first.
	after   []int64
	recheck int64
}

// rule is a transition, ready to run.
type rule struct {
	source *abi.Transition
	// wants are the classes of events that the trigger can match; none if the rule
	// needs no event.
	wants class
	kind  trigger
	// word is the name of the intent or event, or the option's value.
	word string
	// option is how the option ends in the body of an entry.
	option string
	after  int64
	when   []condition
	types  []fileType
	// to is the state that the rule leads to; toPrevious for where the session came
	// from.
	to int
	// global says that it is the global transition of the state that it leads to.
	global bool
}

const toPrevious = -1

// trigger is what a rule waits for.
type trigger uint8

const (
	atOnce trigger = iota // auto, or conditions alone
	onIntent
	onNoIntent
	onOption
	onEvent
	onAfter
	onClass // all of a class, such as any file
)

// globals returns the global transitions, in the order of their states. All states
// share them: a definition can have many states, and some of these in each.
func (d *Dialog) globals(def *abi.Definition) []*rule {
	var list []*rule
	for i := range def.States {
		if t := def.States[i].Global; t != nil {
			r := d.rule(t)
			r.to, r.global = i, true
			list = append(list, r)
		}
	}
	return list
}

func (d *Dialog) compile(def *abi.Definition, i int, globals []*rule) state {
	source := &def.States[i]
	s := state{name: source.Name, global: source.Global != nil, recheck: source.RecheckMillis}
	own := make(map[string]bool)
	for j := range source.Transitions {
		t := &source.Transitions[j]
		own[t.Intent] = true
		s.add(d.rule(t))
	}
	for _, r := range globals {
		if r.to != i && (r.kind != onIntent || !own[r.word]) {
			s.add(r)
		}
	}
	slices.Sort(s.after)
	return s
}

func (s *state) add(r *rule) {
	s.rules = append(s.rules, r)
	switch {
	case r.kind == onIntent && !slices.Contains(s.intents, r.word):
		s.intents = append(s.intents, r.word)
	case r.kind == onAfter:
		s.after = append(s.after, r.after)
	}
}

func (d *Dialog) rule(t *abi.Transition) *rule {
	r := &rule{source: t, to: toPrevious}
	switch {
	case t.Intent != "":
		r.kind, r.wants, r.word = onIntent, texts, t.Intent
	case t.NoIntent:
		r.kind, r.wants = onNoIntent, texts
	case t.Option != "":
		r.kind, r.wants, r.word = onOption, texts, t.Option
		r.option = optionEnd(t.Option)
	case t.Event != "":
		r.kind, r.wants, r.word = onEvent, named, t.Event
	case t.AfterMillis != 0:
		r.kind, r.wants, r.after = onAfter, quiet, t.AfterMillis
	case t.Message:
		r.kind, r.wants = onClass, texts
	case t.File:
		r.kind, r.wants = onClass, files
	case t.Voice:
		r.kind, r.wants = onClass, voices
	case t.Any:
		r.kind, r.wants = onClass, anything
	}
	if t.To != abi.Previous {
		r.to = d.index[t.To]
	}
	for i := range t.When {
		r.when = append(r.when, compileCondition(&t.When[i]))
	}
	for _, typ := range t.FileTypes {
		r.types = append(r.types, compileType(typ))
	}
	return r
}
