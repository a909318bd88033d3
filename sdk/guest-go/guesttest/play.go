package guesttest

import (
	"fmt"
	"strings"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
)

// Play holds a conversation in this process and prints it, for examples in
// documentation: the bot's welcome, then each message and its answer. Causes of
// failed turns are printed in brackets.
func Play(messages ...string) {
	events := make([]abi.Event, len(messages))
	for i, text := range messages {
		events[i] = abi.Event{Kind: abi.EventMessage, Text: text, Human: true}
	}
	PlayEvents(events...)
}

// PlayEvents is [Play] for events of any kind. A timer has the data with which the
// bot set it, unless it has others.
func PlayEvents(events ...abi.Event) {
	opts := Options{}.defaults()
	described := (&request{Describe: true, Limits: opts.Limits}).run()
	if described.Failure != "" {
		fmt.Printf("(%s)\n", described.Failure)
		return
	}
	_, d, err := newDialog(described.Definition)
	if err != nil {
		fmt.Printf("(%v)\n", err)
		return
	}
	w := newWorld(opts, described.Definition, d)
	w.play(abi.Event{Kind: abi.EventStart}, opts.Start)
	for _, ev := range events {
		if i := w.timer(ev.Name); ev.Kind == abi.EventTimer && i >= 0 && ev.Data == "" {
			ev.Data = w.timers[i].Data
		}
		switch ev.Kind {
		case abi.EventMessage, abi.EventOption:
			fmt.Println("user:", ev.Text)
		default:
			fmt.Printf("(%s)\n", strings.TrimSpace(string(ev.Kind)+" "+ev.Name))
		}
		w.play(ev, opts.Start)
	}
}

// play runs one turn and prints what it says.
func (w *world) play(ev abi.Event, now time.Time) {
	r := w.request(w.opts.fill(ev, now)).run()
	w.commit(r, now)
	for _, e := range r.Entries {
		if e.From != abi.FromUser {
			fmt.Printf("%s: %s\n", e.From, printed(&e))
		}
	}
	if r.Failure != "" {
		cause, _, _ := strings.Cut(r.Failure, "\n")
		fmt.Printf("(%s)\n", cause)
	}
}

// printed returns an entry on one line: options as [Good] [Bad].
func printed(e *abi.Entry) string {
	options, err := bodies.ParseOptions(e.Body)
	if e.Kind != abi.KindOptions || err != nil {
		return e.Text()
	}
	labels := make([]string, len(options))
	for i, o := range options {
		labels[i] = "[" + o.Label + "]"
	}
	return strings.Join(labels, " ")
}
