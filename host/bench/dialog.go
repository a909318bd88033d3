package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/host/intent"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/turn"

	sessions "github.com/bothost/bothost/host/session"
)

const (
	// dialogFloor is how much longer a turn may take by its dialog, in µs. Intents do
	// not count.
	dialogFloor = 2
	// dialogStates is how many states the dialog has.
	dialogStates = 30
	// dialogTurns is how many turns of a kind run in a slice of a round, and
	// dialogSlices how many slices there are.
	dialogTurns, dialogSlices = 5_000, 5
)

// talk is what a user does in one kind of turn: with each of them the same handler
// works, and says one thing.
type talk struct {
	name string
	// transitions are those of each state, as a template of the next state's name.
	transitions string
	event       abi.Event
	// beyond says that what was promised does not hold it.
	beyond bool
}

func talks() []talk {
	const (
		menu = `{"option":"tea","to":%[1]q},{"option":"coffee","to":%[1]q},`
		when = `{"when":[{"var":"age","op":">=","value":18},
			{"var":"name","op":"matches","value":"^[A-Z]"}],"to":%[1]q},`
		next = `{"message":true,"to":%[1]q}`
		hope = `{"intent":"order","to":%[1]q},{"intent":"leave","to":%[1]q}`
	)
	text := abi.Event{Kind: abi.EventMessage, Text: "i want some tea please", Human: true}
	choice := abi.Event{Kind: abi.EventOption, Text: "coffee", Human: true}
	timer := abi.Event{Kind: abi.EventTimer, Name: "nag"}
	return []talk{
		{"a text moves", next, text, false},
		{"an option moves", menu + next, choice, false},
		{"an option that was typed", menu + next, with(choice, abi.EventMessage), false},
		{"a text, after two options and a condition", menu + when + next, text, false},
		{"a text that no transition takes", menu + strings.TrimSuffix(when, ","), text, false},
		{"a timer that no transition takes", menu + next, timer, false},
		{"an intent by an example", hope, text, true},
	}
}

func with(ev abi.Event, kind abi.EventKind) abi.Event {
	ev.Kind = kind
	return ev
}

// definition makes a dialog in which each state leads to the next. All of them have
// help from everywhere.
func (t *talk) definition() (*abi.Definition, error) {
	var states []string
	for i := range dialogStates {
		next := fmt.Sprint("state ", (i+1)%dialogStates)
		more := ""
		switch i {
		case 0:
			more = `"initial":true,`
		case 1:
			more = `"global":{"option":"help"},`
		}
		states = append(states, fmt.Sprintf(`{"name":"state %d",%s"transitions":[%s]}`,
			i, more, fmt.Sprintf(t.transitions, next)))
	}
	return abi.ParseDefinition([]byte(`{"states":[` + strings.Join(states, ",") + `],
		"entities":[{"name":"drink","values":["tea",{"value":"coffee","synonyms":["espresso"]}]}],
		"intents":[{"name":"order","examples":["i want some {drink} please"]},
			{"name":"leave","examples":["good bye"]}]}`))
}

// dialogBot is a bot in Go with a dialog: all that it does is to count and to reply.
type dialogBot struct {
	counterBot
	dialog *dialog.Dialog
}

func (b dialogBot) Acquire(string) (turn.Generation, error) { return b, nil }
func (b dialogBot) Dialog() turn.Dialog                     { return b.dialog }

// speaking is a session in which one kind of turn runs.
type speaking struct {
	runner *turn.Runner
	handle *turn.Handle
	event  abi.Event
	code   abi.Code
}

func speak(ctx context.Context, d *abi.Definition, ev abi.Event) (*speaking, error) {
	classifier, err := intent.New(ctx, d, intent.Options{})
	if err != nil {
		return nil, err
	}
	s := &speaking{event: ev, runner: turn.New(turn.Options{
		Store: memory.New(memory.Options{}), Source: dialogBot{dialog: dialog.New(d, classifier)},
	})}
	key := sessions.Key{Bot: "bench", Namespace: sessions.NamespaceHost, ID: "s"}
	if s.handle, err = s.runner.Create(ctx, key, turn.CreateOptions{}, nil); err != nil {
		return nil, err
	}
	return s, s.turns(ctx, 100)
}

// turns runs n turns.
func (s *speaking) turns(ctx context.Context, n int) error {
	done := func(o sessions.Outcome) { s.code |= o.Code }
	for range n {
		if err := s.handle.Submit(ctx, &s.event, done); err != nil {
			return err
		}
	}
	if s.code != 0 {
		return fmt.Errorf("a turn ended with %v", s.code)
	}
	return nil
}

func (s *speaking) close(ctx context.Context) {
	s.handle.Close()
	_ = s.runner.Close(ctx)
}

// dialogs measures what a declared dialog costs a turn, beside the same turn of a bot
// that declares none. The guest is apart: its handler is called once in both.
func dialogs(ctx context.Context, s settings, w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tw, "turn, %d states\tno dialog µs\twith it\tmore\tfloor\t\t\n", dialogStates)
	for _, t := range talks() {
		if err := t.measure(ctx, s.rounds, tw); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return tw.Flush()
}

func (t *talk) measure(ctx context.Context, rounds int, w io.Writer) error {
	d, err := t.definition()
	if err != nil {
		return err
	}
	var both [2]*speaking
	for i, d := range []*abi.Definition{new(abi.Definition), d} {
		if both[i], err = speak(ctx, d, t.event); err != nil {
			return err
		}
		defer both[i].close(ctx)
	}
	var plain, whole, more []float64
	for range rounds {
		took, err := alternate(ctx, &both)
		if err != nil {
			return err
		}
		plain, whole = append(plain, took[0]), append(whole, took[1])
		more = append(more, took[1]-took[0])
	}
	floor, judged := fmt.Sprint(dialogFloor), verdict(spreadOf(more).median, dialogFloor)
	if t.beyond {
		floor, judged = "-", ""
	}
	fmt.Fprintf(w, "%s\t%v\t%v\t%v\t%s\t%s\t\n",
		t.name, spreadOf(plain), spreadOf(whole), spreadOf(more), floor, judged)
	return nil
}

// alternate runs slices of both in turn, so that they see the same weather, and
// returns what a turn took of each, in µs.
func alternate(ctx context.Context, both *[2]*speaking) (took [2]float64, err error) {
	for range dialogSlices {
		for i, s := range both {
			begun := time.Now()
			if err := s.turns(ctx, dialogTurns); err != nil {
				return took, err
			}
			took[i] += micros(time.Since(begun)) / (dialogTurns * dialogSlices)
		}
	}
	return took, nil
}
