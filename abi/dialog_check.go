package abi

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
)

// checkDialog checks the states, intents and entities of a definition. Its errors
// name the place and the rule.
func (d *Definition) checkDialog() error {
	c := dialogCheck{states: make(map[string]bool), intents: make(map[string]bool), entities: make(map[string]bool)}
	if err := c.entitiesOf(d); err != nil {
		return err
	}
	if err := c.intentsOf(d); err != nil {
		return err
	}
	if err := c.namesOf(d); err != nil {
		return err
	}
	for i := range d.States {
		if err := c.state(&d.States[i]); err != nil {
			return fmt.Errorf("%s: %w", place("states", i, d.States[i].Name), err)
		}
	}
	return nil
}

// dialogCheck holds the names that a definition declares.
type dialogCheck struct{ states, intents, entities map[string]bool }

// checkName checks the name of something that is declared.
func checkDeclared(name string, known map[string]bool) error {
	switch err := checkShown("name", name); {
	case err != nil:
		return err
	case name == "":
		return errors.New("name: must not be empty")
	case known[name]:
		return fmt.Errorf("name: %q stands twice", name)
	}
	known[name] = true
	return nil
}

func (c *dialogCheck) entitiesOf(d *Definition) error {
	for i := range d.Entities {
		e := &d.Entities[i]
		if err := c.entity(e); err != nil {
			return fmt.Errorf("%s: %w", place("entities", i, e.Name), err)
		}
	}
	return nil
}

func (c *dialogCheck) entity(e *Entity) error {
	if err := checkDeclared(e.Name, c.entities); err != nil {
		return err
	}
	if strings.ContainsAny(e.Name, "{}:") {
		return errors.New("name: must not have {, } or :")
	}
	if len(e.Values) == 0 {
		return errors.New("values: must not be empty")
	}
	for i, v := range e.Values {
		for _, word := range append([]string{v.Value}, v.Synonyms...) {
			if strings.TrimSpace(word) == "" {
				return fmt.Errorf("values[%d]: must not be empty", i)
			}
		}
	}
	return nil
}

func (c *dialogCheck) intentsOf(d *Definition) error {
	for i := range d.Intents {
		in := &d.Intents[i]
		if err := c.intent(in); err != nil {
			return fmt.Errorf("%s: %w", place("intents", i, in.Name), err)
		}
	}
	return nil
}

func (c *dialogCheck) intent(in *Intent) error {
	if err := checkDeclared(in.Name, c.intents); err != nil {
		return err
	}
	if len(in.Examples) == 0 {
		return errors.New("examples: must not be empty")
	}
	for i, example := range in.Examples {
		slots, err := Slots(example)
		if err == nil && strings.TrimSpace(example) == "" {
			err = errors.New("must not be empty")
		}
		for _, slot := range slots {
			if err == nil && !c.entities[slot.Entity] {
				err = fmt.Errorf("there is no entity %q", slot.Entity)
			}
		}
		if err != nil {
			return fmt.Errorf("examples[%d] %q: %w", i, example, err)
		}
	}
	return nil
}

// Slots returns the slots of an intent's example, in order.
//
// # Errors
//
// A brace without its other half, or a slot without a name.
func Slots(example string) ([]Slot, error) {
	var slots []Slot
	for rest := example; ; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			return slots, nil
		}
		end := strings.IndexByte(rest[i:], '}')
		if rest[i] == '}' || end < 0 || strings.IndexByte(rest[i+1:i+end], '{') >= 0 {
			return nil, errors.New("a { or } has no other half")
		}
		param, entity, named := strings.Cut(rest[i+1:i+end], ":")
		if !named {
			entity = param
		}
		if param == "" || entity == "" {
			return nil, errors.New("a slot has no name")
		}
		slots = append(slots, Slot{param, entity})
		rest = rest[i+end+1:]
	}
}

// namesOf checks names, former names and which state is the initial one.
func (c *dialogCheck) namesOf(d *Definition) error {
	initial := -1
	for i := range d.States {
		s := &d.States[i]
		err := checkDeclared(s.Name, c.states)
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

func (c *dialogCheck) formerNames(d *Definition) error {
	former := make(map[string]bool)
	for i := range d.States {
		for _, was := range d.States[i].Was {
			at := place("states", i, d.States[i].Name)
			switch {
			case was == "":
				return fmt.Errorf("%s: was: must not be empty", at)
			case c.states[was]:
				return fmt.Errorf("%s: was: there is still a state %q", at, was)
			case former[was]:
				return fmt.Errorf("%s: was: %q stands twice", at, was)
			}
			former[was] = true
		}
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
	switch {
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
		return fmt.Errorf("to: there is no state %q", t.To)
	}
	return c.rule(t)
}

// rule checks trigger and conditions.
func (c *dialogCheck) rule(t *Transition) error {
	var set []string
	for _, row := range triggers {
		if row.set(t) {
			set = append(set, row.name)
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
		return fmt.Errorf("intent: there is no intent %q", t.Intent)
	case len(t.FileTypes) > 0 && !t.File && !t.Any:
		return errors.New("file_types: only for file")
	}
	if err := checkMillis("after_ms", t.AfterMillis); err != nil {
		return err
	}
	return t.checkConditions()
}

func (t *Transition) checkConditions() error {
	for i := range t.When {
		if err := t.When[i].check(); err != nil {
			return fmt.Errorf("when[%d]: %w", i, err)
		}
	}
	for i, typ := range t.FileTypes {
		if base, _, err := mime.ParseMediaType(typ); err != nil || base != strings.ToLower(typ) || !strings.Contains(base, "/") {
			return fmt.Errorf("file_types[%d]: %q is no MIME type such as image/* or text/plain", i, typ)
		}
	}
	for i, name := range t.Guard {
		if name == "" || len(name) > MaxName {
			return fmt.Errorf("guard[%d]: has 1 to %d bytes, this one has %d", i, MaxName, len(name))
		}
	}
	return nil
}

// checkMillis checks a time that is waited for; zero is none.
func checkMillis(field string, ms int64) error {
	if ms != 0 && (ms < MinDelay || ms > MaxDelay) {
		return fmt.Errorf("%s: must be %d to %d, is %d", field, MinDelay, MaxDelay, ms)
	}
	return nil
}

var operators = []Operator{OpEqual, OpNotEqual, OpLess, OpLessEqual, OpGreater, OpGreaterEqual,
	OpContains, OpIn, OpMatches}

func (c *Condition) check() error {
	if c.Var == "" {
		return errors.New("var: must not be empty")
	}
	if !slices.Contains(operators, c.Op) {
		return fmt.Errorf("op: %q is none of %v", c.Op, operators)
	}
	value, err := c.Operand()
	if err != nil {
		return fmt.Errorf("value: %w", err)
	}
	return c.checkOperand(value)
}

func (c *Condition) checkOperand(value any) error {
	_, isText := value.(string)
	_, isNumber := value.(float64)
	_, isList := value.([]any)
	switch c.Op {
	case OpEqual, OpNotEqual:
		if isList {
			return fmt.Errorf("value: %s compares one value; in takes an array", c.Op)
		}
	case OpLess, OpLessEqual, OpGreater, OpGreaterEqual:
		if !isText && !isNumber {
			return fmt.Errorf("value: %s needs a number or a string", c.Op)
		}
	case OpIn:
		if !isList {
			return errors.New("value: in needs an array")
		}
	case OpContains, OpMatches:
		if !isText {
			return fmt.Errorf("value: %s needs a string", c.Op)
		}
	}
	if c.Op == OpMatches {
		if _, err := regexp.Compile(value.(string)); err != nil {
			return fmt.Errorf("value: %w", err)
		}
	}
	return nil
}

// Operand returns the value: a string, a float64, a bool, nil, or a []any of
// them.
//
// # Errors
//
// A value that is none of these.
func (c *Condition) Operand() (any, error) {
	if len(c.Value) == 0 {
		return nil, errors.New("is missing; null stands for a variable that is not set")
	}
	var value any
	if err := json.Unmarshal(c.Value, &value); err != nil {
		return nil, err
	}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, v := range list {
		switch v.(type) {
		case nil, string, float64, bool:
		default:
			return nil, errors.New("must be a string, a number, a boolean or null, or an array of them")
		}
	}
	return value, nil
}
