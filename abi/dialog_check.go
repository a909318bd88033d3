package abi

import (
	"errors"
	"fmt"
	"mime"
	"strings"
)

// checkDialog checks the states, intents and entities of a definition. Its errors
// name the place and the rule.
func (d *Definition) checkDialog() error {
	c := dialogCheck{
		states: make(map[string]bool), intents: make(map[string]bool),
		entities: make(map[string]bool),
	}
	if err := c.entitiesOf(d); err != nil {
		return err
	}
	if err := c.intentsOf(d); err != nil {
		return err
	}
	if err := c.statesOf(d); err != nil {
		return err
	}
	for i := range d.States {
		if err := c.state(&d.States[i]); err != nil {
			return fmt.Errorf("%s: %w", place("states", i, d.States[i].Name), err)
		}
	}
	return nil
}

// dialogCheck holds the names that a definition declares, the size of the patterns
// so far, and the number of global states.
type dialogCheck struct {
	states, intents, entities map[string]bool
	patterns, globals         int
}

// declare checks the name of something, and adds it to those that are known.
func declare(name string, known map[string]bool) error {
	if err := checkNamed("name", name); err != nil {
		return err
	}
	if known[name] {
		return fmt.Errorf("name: %q stands twice", name)
	}
	known[name] = true
	return nil
}

// statesOf checks how many states there are, their names and former names, and
// which one is the initial one.
func (c *dialogCheck) statesOf(d *Definition) error {
	if len(d.States) > MaxStates {
		return fmt.Errorf("states: at most %d, these are %d", MaxStates, len(d.States))
	}
	initial := -1
	for i := range d.States {
		s := &d.States[i]
		err := declare(s.Name, c.states)
		switch {
		case err == nil && strings.HasPrefix(s.Name, "@"):
			err = errors.New("name: must not begin with @")
		case err == nil && s.Initial && initial >= 0:
			err = fmt.Errorf("initial: %q is the initial state already", d.States[initial].Name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", place("states", i, s.Name), err)
		}
		if s.Initial {
			initial = i
		}
	}
	if len(d.States) > 0 && initial < 0 {
		return errors.New("states: one of them must be initial")
	}
	return c.formerNames(d)
}

// formerNames checks those of all states, of which each belongs to one.
func (c *dialogCheck) formerNames(d *Definition) error {
	former := make(map[string]bool)
	for i := range d.States {
		s := &d.States[i]
		for j, was := range s.Was {
			if err := c.formerName(was, former); err != nil {
				return fmt.Errorf("%s: was[%d]: %w", place("states", i, s.Name), j, err)
			}
			former[was] = true
		}
	}
	return nil
}

func (c *dialogCheck) formerName(was string, former map[string]bool) error {
	switch {
	case was == "":
		return errors.New("must not be empty")
	case c.states[was]:
		return fmt.Errorf("there is still a state %q", was)
	case former[was]:
		return fmt.Errorf("%.128q stands twice", was)
	}
	return nil
}

func (c *dialogCheck) state(s *State) error {
	if err := checkMillis("recheck_ms", s.RecheckMillis); err != nil {
		return err
	}
	if s.Global != nil {
		if err := c.global(s); err != nil {
			return fmt.Errorf("global: %w", err)
		}
	}
	return c.transitions(s)
}

func (c *dialogCheck) transitions(s *State) error {
	intents := make(map[string]bool)
	for i := range s.Transitions {
		t := &s.Transitions[i]
		err := c.transition(t)
		switch {
		case err != nil:
		case intents[t.Intent]:
			err = fmt.Errorf("intent: %q is used twice in this state", t.Intent)
		case i > 0 && s.Transitions[i-1].Auto:
			err = errors.New("comes after an auto transition, so that it can never move")
		}
		if err != nil {
			return fmt.Errorf("transitions[%d]: %w", i, err)
		}
		if t.Intent != "" {
			intents[t.Intent] = true
		}
	}
	return nil
}

func (c *dialogCheck) global(s *State) error {
	c.globals++
	switch {
	case c.globals > MaxGlobals:
		return fmt.Errorf("at most %d states are global", MaxGlobals)
	case s.Global.To != "":
		return errors.New("to: leads to this state, so that it must be empty")
	case s.Global.Auto || s.Global.AfterMillis != 0 || s.Global.Trigger() == "":
		return errors.New("needs an event as its trigger")
	}
	return c.rule(s.Global)
}

func (c *dialogCheck) transition(t *Transition) error {
	switch {
	case t.To == "":
		return errors.New("to: must not be empty")
	case t.To != Previous && !c.states[t.To]:
		return fmt.Errorf("to: there is no state %.128q", t.To)
	}
	return c.rule(t)
}

// rule checks trigger and conditions.
func (c *dialogCheck) rule(t *Transition) error {
	var set []string
	for _, row := range triggers {
		if row.set(t) {
			set = append(set, row.Name)
		}
	}
	switch {
	case len(set) > 1:
		return fmt.Errorf("has the triggers %s; one at most", strings.Join(set, " and "))
	case len(set) == 0 && t.conditions() == 0:
		return errors.New("needs a trigger or a condition")
	case t.Auto && t.conditions() > 0:
		return errors.New("auto moves at once; leave it out where there are conditions")
	case t.Intent != "" && !c.intents[t.Intent]:
		return fmt.Errorf("intent: there is no intent %.128q", t.Intent)
	case len(t.FileTypes) > 0 && !t.File && !t.Voice && !t.Any:
		return errors.New("file_types: needs the trigger file, voice or any")
	}
	if err := checkMillis("after_ms", t.AfterMillis); err != nil {
		return err
	}
	return c.conditions(t)
}

func (c *dialogCheck) conditions(t *Transition) error {
	for i := range t.When {
		size, err := t.When[i].check()
		if err != nil {
			return fmt.Errorf("when[%d]: %w", i, err)
		}
		if c.patterns += size; c.patterns > MaxPatterns {
			return fmt.Errorf("when[%d]: value: all patterns together have at most the size %d",
				i, MaxPatterns)
		}
	}
	for i, typ := range t.FileTypes {
		if !isFileType(typ) {
			return fmt.Errorf("file_types[%d]: %.40q is no MIME type such as image/* or text/plain",
				i, typ)
		}
	}
	for i, name := range t.Guard {
		if err := checkNamed(fmt.Sprintf("guard[%d]", i), name); err != nil {
			return err
		}
	}
	return nil
}

// isFileType reports whether text is a MIME type without parameters, in which *
// may stand for the second half or for both.
func isFileType(text string) bool {
	base, _, err := mime.ParseMediaType(text)
	if err != nil || base != strings.ToLower(text) {
		return false
	}
	first, second, _ := strings.Cut(base, "/")
	if second == "*" {
		return first == "*" || !strings.Contains(first, "*")
	}
	return second != "" && !strings.Contains(base, "*")
}

// checkMillis checks a time that is waited for as if a timer were set; zero is none.
func checkMillis(field string, ms int64) error {
	if ms == 0 {
		return nil
	}
	if err := CheckDelay(ms); err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return nil
}
