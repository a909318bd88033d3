package intent

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
)

// reviewed is a definition whose examples are good enough.
func reviewed() *abi.Definition {
	return &abi.Definition{Intents: []abi.Intent{
		{Name: "light", Examples: []string{
			"turn the light on", "light on", "switch the light on please",
			"light please", "the light"}},
		{Name: "table", Examples: []string{
			"book a table", "I would like to book a table",
			"can I book a table for two", "book table",
			"a table please"}},
		{Name: "count", Examples: []string{
			"count to {number}", "count up to {number}",
			"can you count to {number}", "count {number}",
			"please count to {number}"}},
	}}
}

func TestReview(t *testing.T) {
	more := func(in int, example string) func(*abi.Definition) {
		return func(d *abi.Definition) {
			examples := &d.Intents[in].Examples
			*examples = append(slices.Clone(*examples), example)
		}
	}
	add := func(name string, examples ...string) func(*abi.Definition) {
		return func(d *abi.Definition) {
			d.Intents = append(d.Intents, abi.Intent{Name: name, Examples: examples})
		}
	}
	// state names the intents of a new state.
	state := func(names ...string) func(*abi.Definition) {
		return func(d *abi.Definition) {
			var s abi.State
			for _, name := range names {
				s.Transitions = append(s.Transitions, abi.Transition{Intent: name})
			}
			d.States = append(d.States, s)
		}
	}
	global := func(d *abi.Definition) {
		d.States = append(d.States, abi.State{Global: &abi.Transition{Intent: "table"}})
	}
	all := func(changes ...func(*abi.Definition)) func(*abi.Definition) {
		return func(d *abi.Definition) {
			for _, change := range changes {
				change(d)
			}
		}
	}
	const astray = "may I book a table"
	tests := []struct {
		name   string
		change func(*abi.Definition)
		intent string
		want   Opinion
	}{
		{"nothing to say", func(*abi.Definition) {}, "light", Opinion{Examples: 5}},
		{"slots", func(*abi.Definition) {}, "count", Opinion{Examples: 5}},
		{"of another intent", more(0, astray), "light",
			Opinion{Examples: 6, Doubts: []Doubt{{Example: astray, Taken: "table"}}}},
		{"with a slot", more(0, "count to {number} please"), "light",
			Opinion{Examples: 6,
				Doubts: []Doubt{{Example: "count to {number} please", Taken: "count"}}}},
		{"of two intents", all(more(0, "the table"), more(1, "The table!")), "light",
			Opinion{Examples: 6, Doubts: []Doubt{{Example: "the table", Taken: "table"}}}},
		{"one, and of another intent", add("greet", "light on"), "greet",
			Opinion{Examples: 1, Few: true,
				Doubts: []Doubt{{Example: "light on", Taken: "light"}}}},
		{"like none", more(0, "xyzzy"), "light",
			Opinion{Examples: 6, Doubts: []Doubt{{Example: "xyzzy"}}}},
		{"in one state", all(more(0, astray), state("light", "table")), "light",
			Opinion{Examples: 6, Doubts: []Doubt{{Example: astray, Taken: "table"}}}},
		{"beside a global transition", all(more(0, astray), state("light"), global), "light",
			Opinion{Examples: 6, Doubts: []Doubt{{Example: astray, Taken: "table"}}}},
		{"never in one state",
			all(more(0, astray), state("light", "count"), state("table")), "light",
			Opinion{Examples: 6, Doubts: []Doubt{{Example: astray}}}},
		{"few", add("greet", "hello", "good morning"), "greet", Opinion{Examples: 2, Few: true}},
		{"few, and astray", add("greet", "hello", "turn the light on please"), "greet",
			Opinion{Examples: 2, Few: true,
				Doubts: []Doubt{{"turn the light on please", "light", 0}}}},
		{"one", add("greet", "hello"), "greet", Opinion{Examples: 1, Few: true}},
		{"the same again", add("greet", "hello", "Hello!", " HELLO", "hello?", "hello..."),
			"greet",
			Opinion{Examples: 1, Few: true}},
		{"anything", add("name", "{any}"), "name", Opinion{Examples: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := reviewed()
			test.change(d)
			list, err := Review(t.Context(), d)
			if err != nil || len(list) != len(d.Intents) {
				t.Fatalf("Review() = %d opinions, %v, want %d", len(list), err, len(d.Intents))
			}
			i := slices.IndexFunc(list, func(o Opinion) bool { return o.Intent == test.intent })
			got := list[i]
			for j := range got.Doubts {
				if sure := got.Doubts[j].Score; (sure > 0) != (got.Doubts[j].Taken != "") ||
					sure > 1 {
					t.Errorf("%+v: a score that cannot be", got.Doubts[j])
				}
				got.Doubts[j].Score = 0
			}
			test.want.Intent = test.intent
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("Review() = %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestReview_errors(t *testing.T) {
	if list, err := Review(t.Context(), new(abi.Definition)); err != nil || len(list) > 0 {
		t.Errorf("Review of no intents = %+v, %v, want nothing", list, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := Review(ctx, reviewed()); !errors.Is(err, cause) {
		t.Errorf("Review after the end = %v, want %v", err, cause)
	}
}
