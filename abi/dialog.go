package abi

import (
	"encoding/json"
	"fmt"
)

// Previous is the target that leads back to where the session stood before it
// came to a global state; to the initial state if that is not known.
const Previous = "@previous"

// MaxWaiting is the number of events of a session that wait for a state in which
// a transition takes them.
const MaxWaiting = 32

// State is a place in a declared dialog.
type State struct {
	// Name is of 1 to [MaxName] bytes without control characters, and does not
	// begin with @.
	Name string `json:"name"`
	// Initial marks the state in which sessions begin.
	Initial bool `json:"initial,omitempty"`
	// Was are names that the state had in former versions of the bot: sessions
	// that stand there stand here.
	Was []string `json:"was,omitempty"`
	// Global, if set, is a transition to this state that every other state has,
	// after its own ones. It has no target. From this state, and from where it
	// leads, Previous leads back.
	Global *Transition `json:"global,omitempty"`
	// RecheckMillis is how often the conditions of transitions without a trigger
	// are looked at while nothing happens. If zero, they are not.
	RecheckMillis int64        `json:"recheck_ms,omitempty"`
	Transitions   []Transition `json:"transitions,omitempty"`
}

// Transition leads from one state to another. It has one trigger, or none: then
// it has conditions, and moves as soon as they hold.
type Transition struct {
	// Intent is the name of an intent that a text must have.
	Intent string `json:"intent,omitempty"`
	// NoIntent: a text has none of the intents that the state's transitions name.
	NoIntent bool `json:"no_intent,omitempty"`
	// Message: any text, or any chosen option.
	Message bool `json:"message,omitempty"`
	// Option is the value of an option that was chosen, or sent as text.
	Option string `json:"option,omitempty"`
	// File: one file or more.
	File bool `json:"file,omitempty"`
	// Voice: audio.
	Voice bool `json:"voice,omitempty"`
	// Event is the name of a custom event, of a timer or of a request that was
	// answered; EventJSON for a JSON message.
	Event string `json:"event,omitempty"`
	// AfterMillis: the session's user was quiet for so long in this state.
	AfterMillis int64 `json:"after_ms,omitempty"`
	// Any: any event.
	Any bool `json:"any,omitempty"`
	// Auto: at once. Nothing can come after such a transition.
	Auto bool `json:"auto,omitempty"`

	// When, FileTypes and Guard are conditions; all of them must hold.
	When Conditions `json:"when,omitempty"`
	// FileTypes are MIME types, such as image/*: each file must have one of them.
	FileTypes []string `json:"file_types,omitempty"`
	// Guard are the names of guards, which check decides.
	Guard Names `json:"guard,omitempty"`

	// To is the name of a state, or [Previous].
	To string `json:"to,omitempty"`
}

// Condition compares a session variable.
type Condition struct {
	Var string   `json:"var"`
	Op  Operator `json:"op"`
	// Value is JSON: a string, a number, a boolean or null; for in an array of them.
	Value json.RawMessage `json:"value"`
}

// Operator is how a [Condition] compares.
type Operator string

// Operators. With a number, numbers are compared: a variable that is none is
// false. With null, == holds for a variable that is not set.
const (
	OpEqual        Operator = "=="
	OpNotEqual     Operator = "!="
	OpLess         Operator = "<"
	OpLessEqual    Operator = "<="
	OpGreater      Operator = ">"
	OpGreaterEqual Operator = ">="
	// OpContains: the variable contains a text.
	OpContains Operator = "contains"
	// OpIn: the variable is one of several values.
	OpIn Operator = "in"
	// OpMatches: a regular expression in RE2's syntax finds something in it.
	OpMatches Operator = "matches"
)

// Conditions are written as one object or as an array of them.
type Conditions []Condition

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Conditions) UnmarshalJSON(data []byte) error { return oneOrMore(data, (*[]Condition)(c)) }

// Names are written as one string or as an array of them.
type Names []string

// UnmarshalJSON implements [json.Unmarshaler].
func (n *Names) UnmarshalJSON(data []byte) error { return oneOrMore(data, (*[]string)(n)) }

func oneOrMore[T any](data []byte, list *[]T) error {
	if len(data) > 0 && data[0] == '[' || string(data) == "null" {
		return json.Unmarshal(data, list)
	}
	var one T
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*list = []T{one}
	return nil
}

// Intent is something that users mean, and examples of how they say it.
type Intent struct {
	Name string `json:"name"`
	// Examples may have slots: "weather in {city}" has one for a value of the
	// entity city; {from:city} calls it from.
	Examples []string `json:"examples"`
}

// Entity is a kind of thing that users name, as a list of values.
type Entity struct {
	Name   string        `json:"name"`
	Values []EntityValue `json:"values"`
}

// EntityValue is written as a string, or as an object if it has synonyms.
type EntityValue struct {
	Value    string   `json:"value"`
	Synonyms []string `json:"synonyms,omitempty"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *EntityValue) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &v.Value)
	}
	type plain EntityValue // without this method
	return json.Unmarshal(data, (*plain)(v))
}

// Slot is a slot of an intent's example: the place of a value.
type Slot struct {
	// Param is the name that the value gets; Entity is what it is.
	Param, Entity string
}

// Prediction is the intent that a text has.
type Prediction struct {
	Intent string
	// Score is from 0 to 1.
	Score float64
	// Params are the values of the slots, in the order of their places.
	Params []SlotValue
}

// SlotValue is what stood in the place of a slot.
type SlotValue struct{ Name, Value string }

// Param returns the first value of a slot.
func (p *Prediction) Param(name string) (value string, ok bool) {
	for _, param := range p.Params {
		if param.Name == name {
			return param.Value, true
		}
	}
	return "", false
}

// Trigger returns the name of the transition's trigger as it stands in the
// definition; empty if it has none.
func (t *Transition) Trigger() string {
	for _, row := range triggers {
		if row.set(t) {
			return row.name
		}
	}
	return ""
}

// triggers are the fields of a transition of which it has one at most.
var triggers = []struct {
	name string
	set  func(*Transition) bool
}{
	{"intent", func(t *Transition) bool { return t.Intent != "" }},
	{"no_intent", func(t *Transition) bool { return t.NoIntent }},
	{"message", func(t *Transition) bool { return t.Message }},
	{"option", func(t *Transition) bool { return t.Option != "" }},
	{"file", func(t *Transition) bool { return t.File }},
	{"voice", func(t *Transition) bool { return t.Voice }},
	{"event", func(t *Transition) bool { return t.Event != "" }},
	{"after_ms", func(t *Transition) bool { return t.AfterMillis != 0 }},
	{"any", func(t *Transition) bool { return t.Any }},
	{"auto", func(t *Transition) bool { return t.Auto }},
}

// conditions counts the transition's conditions.
func (t *Transition) conditions() int { return len(t.When) + len(t.FileTypes) + len(t.Guard) }

// Guards returns the names of all guards of a definition, each once, in order of
// appearance.
func (d *Definition) Guards() []string {
	var names []string
	seen := make(map[string]bool)
	add := func(t *Transition) {
		for _, name := range t.Guard {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	for i := range d.States {
		s := &d.States[i]
		for j := range s.Transitions {
			add(&s.Transitions[j])
		}
		if s.Global != nil {
			add(s.Global)
		}
	}
	return names
}

// place says where in a definition something stands.
func place(list string, i int, name string) string {
	if name == "" {
		return fmt.Sprintf("%s[%d]", list, i)
	}
	return fmt.Sprintf("%s[%d] %q", list, i, name)
}
