package abi

import (
	"encoding/json"
	"fmt"
	"iter"
)

// Previous is the target that leads back to where the session stood before it
// came to a global state; to the initial state if that is not known.
const Previous = "@previous"

// MaxWaiting is the number of events of a session that wait for a state in which
// a transition takes them.
const MaxWaiting = 32

// How many states a definition has at most, and how many of them are global. Each
// state has the transitions to all global ones.
const (
	MaxStates  = 4096
	MaxGlobals = 32
)

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

// Trigger returns the name of the transition's trigger as it stands in the
// definition; empty if it has none.
func (t *Transition) Trigger() string {
	for i := range triggers {
		if triggers[i].set(t) {
			return triggers[i].Name
		}
	}
	return ""
}

// TriggerInfo is one row of the table of triggers.
type TriggerInfo struct {
	// Name is that of the field of a transition.
	Name string
	// Takes is what the field's value is, Says what the transition moves on, both in
	// the words of abi/README.md.
	Takes, Says string

	set func(*Transition) bool
}

// triggers are the fields of a transition of which it has one at most.
var triggers = []TriggerInfo{
	{"intent", "an intent's name", "a text that has this intent",
		func(t *Transition) bool { return t.Intent != "" }},
	{"no_intent", "`true`", "a text that has none of the intents that transitions name here",
		func(t *Transition) bool { return t.NoIntent }},
	{"message", "`true`", "any text",
		func(t *Transition) bool { return t.Message }},
	{"option", "an option's value",
		"this option, chosen; or a text that says its value or its label",
		func(t *Transition) bool { return t.Option != "" }},
	{"file", "`true`", "the event `file`",
		func(t *Transition) bool { return t.File }},
	{"voice", "`true`", "the event `voice`",
		func(t *Transition) bool { return t.Voice }},
	{"event", "a name",
		"a `timer`, `http` or custom event of this name; `json` for JSON messages, " +
			"`feedback` for feedback",
		func(t *Transition) bool { return t.Event != "" }},
	{"after_ms", "milliseconds", "the user being quiet here for so long",
		func(t *Transition) bool { return t.AfterMillis != 0 }},
	{"any", "`true`", "any event that a user, a program or the bot itself caused",
		func(t *Transition) bool { return t.Any }},
	{"auto", "`true`", "nothing: it moves at once",
		func(t *Transition) bool { return t.Auto }},
}

// Triggers returns the table of triggers.
func Triggers() []TriggerInfo { return triggers }

// conditions counts the transition's conditions.
func (t *Transition) conditions() int { return len(t.When) + len(t.FileTypes) + len(t.Guard) }

// Guards returns the names of all guards of a definition, each once, in order of
// appearance.
func (d *Definition) Guards() []string {
	var names []string
	seen := make(map[string]bool)
	for t := range d.rules() {
		for _, name := range t.Guard {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// rules ranges over all transitions, those to a global state after its own ones.
func (d *Definition) rules() iter.Seq[*Transition] {
	return func(yield func(*Transition) bool) {
		for i := range d.States {
			s := &d.States[i]
			for j := range s.Transitions {
				if !yield(&s.Transitions[j]) {
					return
				}
			}
			if s.Global != nil && !yield(s.Global) {
				return
			}
		}
	}
}

// place says where in a definition something stands.
func place(list string, i int, name string) string {
	if name == "" {
		return fmt.Sprintf("%s[%d]", list, i)
	}
	return fmt.Sprintf("%s[%d] %.128q", list, i, name)
}
