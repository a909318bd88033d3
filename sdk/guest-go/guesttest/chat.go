package guesttest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/dialog"
)

// Conversation is one session with the bot. It ends with its test.
type Conversation struct {
	tb    testing.TB
	world *world
	pair  *pair
	// which instance has the next turn.
	which      int
	now        time.Time
	definition *abi.Definition
	turns      []*Turn
	mostTurns  int
}

// Chat begins a session, whose start is its first turn: [Conversation.Welcome].
// A bot whose definition a host would refuse fails the test.
func Chat(tb testing.TB, opts Options) *Conversation {
	tb.Helper()
	opts = opts.defaults()
	if !hooked && !opts.InProcess {
		tb.Fatalf("guesttest: add to the test: func TestMain(m *testing.M) { guesttest.Main(m) }")
	}
	c := &Conversation{tb: tb, now: opts.Start, mostTurns: mostTurns}
	if !opts.InProcess {
		c.pair = pairOf(tb)
	}
	c.describe(opts)
	tb.Cleanup(func() {
		tb.Helper()
		if !tb.Failed() {
			c.settle()
		}
	})
	c.send("Welcome()", abi.Event{Kind: abi.EventStart})
	return c
}

// describe asks the bot for its definition and obeys it. The log tells what of the
// dialog can never be reached.
func (c *Conversation) describe(opts Options) {
	c.tb.Helper()
	r := c.run(&request{Describe: true, Limits: opts.Limits})
	if r.Failure != "" {
		c.tb.Fatalf("describe failed: %s", r.Failure)
	}
	definition, d, err := newDialog(r.Definition)
	if err != nil {
		c.tb.Fatalf("%v", err)
	}
	for _, state := range dialog.Unreachable(definition) {
		c.tb.Logf("state %q can never be reached", state)
	}
	c.definition = definition
	opts.Limits.TurnTime = definition.TurnTime(opts.Limits.TurnTime)
	c.world = newWorld(opts, r.Definition, d)
}

// run runs a turn on the instance whose turn it is.
func (c *Conversation) run(q *request) *result {
	c.tb.Helper()
	if c.pair == nil {
		return q.run()
	}
	r, err := c.pair.run(c.which, q)
	if err != nil {
		c.tb.Fatalf("guesttest: %v", err)
	}
	if testing.CoverMode() != "" && !r.Broken {
		q.run() // the counts of the other process are lost
	}
	return r
}

// Say sends a text, as a human does.
func (c *Conversation) Say(text string) *Turn {
	c.tb.Helper()
	return c.send(fmt.Sprintf("Say(%q)", text),
		abi.Event{Kind: abi.EventMessage, Text: text, Human: true})
}

// Choose takes one of the options that the bot offered last, by its label or its
// value. The test fails if the bot did not offer it.
func (c *Conversation) Choose(option string) *Turn {
	c.tb.Helper()
	value, err := c.world.option(option)
	if err != nil {
		c.tb.Fatalf("Choose: %v", err)
	}
	return c.send(fmt.Sprintf("Choose(%q)", option),
		abi.Event{Kind: abi.EventOption, Text: value, Human: true})
}

// Reset begins the session anew: it is emptied, and the bot's start runs again.
func (c *Conversation) Reset() *Turn {
	c.tb.Helper()
	return c.send("Reset()", abi.Event{Kind: abi.EventReset})
}

// Send sends any event. Bot, session and time are filled in, and the user if
// there is none.
func (c *Conversation) Send(ev abi.Event) *Turn {
	c.tb.Helper()
	return c.send(fmt.Sprintf("event %s", ev.Kind), ev)
}

func (c *Conversation) send(what string, ev abi.Event) *Turn {
	c.tb.Helper()
	c.settle()
	if fault := eventFault(&ev); fault != "" {
		c.tb.Fatalf("%s: %s", what, fault)
	}
	t := c.newTurn(what)
	c.turn(t, ev)
	return c.add(t)
}

func (c *Conversation) newTurn(what string) *Turn {
	return &Turn{
		conversation: c, index: len(c.turns), what: what, outcome: newOutcome(c.world),
	}
}

// turn runs the turn of an event, which is all of t or a part of it.
func (c *Conversation) turn(t *Turn, ev abi.Event) {
	c.tb.Helper()
	ev = c.world.opts.fill(ev, c.now)
	r := c.run(c.world.request(ev))
	c.which = 1 - c.which
	c.world.commit(r, c.now)
	t.events = append(t.events, ev)
	t.outcome.add(c.world, r)
}

// add ends a turn.
func (c *Conversation) add(t *Turn) *Turn {
	t.time = c.now
	c.turns = append(c.turns, t)
	return t
}

// settle checks of the turn before what the test did not ask about.
func (c *Conversation) settle() {
	c.tb.Helper()
	if len(c.turns) > 0 {
		c.turns[len(c.turns)-1].settle()
	}
}

// replay holds the conversation up to and with turn n again, on one new
// instance, and returns how that turn ended there.
func (c *Conversation) replay(n int) (outcome, error) {
	instance, err := openProcess()
	if err != nil {
		return outcome{}, err
	}
	defer instance.close()
	w := newWorld(c.world.opts, c.world.definition, c.world.dialog)
	var last outcome
	for _, t := range c.turns[:n+1] {
		last = newOutcome(w)
		for i, ev := range t.events {
			r := instance.run(w.request(ev))
			w.commit(r, time.UnixMilli(ev.Time))
			last.add(w, r)
			if r.Broken && (t.index < n || i < len(t.events)-1) {
				return outcome{}, fmt.Errorf("turn %d cost the instance", t.index+1)
			}
		}
	}
	return last, nil
}

// Advance moves the clock of the turns to come, as if the host had not run
// meanwhile: nothing is due. Within a turn, and from one turn to the next, the clock
// stands still. For time that passes, see [Conversation.Wait].
func (c *Conversation) Advance(d time.Duration) { c.now = c.now.Add(d) }

// Welcome returns the turn in which the session began.
func (c *Conversation) Welcome() *Turn { return c.turns[0] }

// State returns where the session stands; empty before the first move of a bot that
// declares no states.
func (c *Conversation) State() string { return c.world.state }

// Get returns a variable of the session; ok is false if it is not set.
func (c *Conversation) Get(key string) (value string, ok bool) {
	value, ok = c.world.vars[key]
	return value, ok
}

// Keys returns the names of the session's variables, sorted.
func (c *Conversation) Keys() []string {
	return slices.Sorted(maps.Keys(c.world.vars))
}

// Entries returns the session's log, oldest first. The slice belongs to the
// conversation.
func (c *Conversation) Entries() []abi.Entry { return c.world.entries }

// Definition returns what the bot declared about itself.
func (c *Conversation) Definition() *abi.Definition { return c.definition }
