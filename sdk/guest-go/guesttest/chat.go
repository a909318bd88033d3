package guesttest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
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
}

// Chat begins a session, whose start is its first turn: [Conversation.Welcome].
// A bot whose definition a host would refuse fails the test.
func Chat(tb testing.TB, opts Options) *Conversation {
	tb.Helper()
	opts = opts.defaults()
	if !hooked && !opts.InProcess {
		tb.Fatalf("guesttest: add to the test: func TestMain(m *testing.M) { guesttest.Main(m) }")
	}
	c := &Conversation{tb: tb, world: newWorld(opts), now: opts.Start}
	if !opts.InProcess {
		c.pair = pairOf(tb)
	}
	c.describe()
	tb.Cleanup(func() {
		tb.Helper()
		if !tb.Failed() {
			c.settle()
		}
	})
	c.send("Welcome()", abi.Event{Kind: abi.EventStart})
	return c
}

// describe asks the bot for its definition and obeys it.
func (c *Conversation) describe() {
	c.tb.Helper()
	r := c.run(&request{Describe: true, Limits: c.world.opts.Limits})
	if r.Failure != "" {
		c.tb.Fatalf("describe failed: %s", r.Failure)
	}
	definition, err := abi.ParseDefinition(r.Definition)
	if err != nil {
		c.tb.Fatalf("a host refuses %s: %v", r.Definition, err)
	}
	c.definition = definition
	limits := &c.world.opts.Limits
	limits.TurnTime = definition.TurnTime(limits.TurnTime)
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
	if _, ok := ev.Kind.Info(); !ok {
		c.tb.Fatalf("%s: there is no such kind of event", what)
	}
	if !utf8.ValidString(ev.Text) {
		c.tb.Fatalf("%s: a host takes nothing but UTF-8", what)
	}
	if !utf8.ValidString(ev.Name) || !utf8.ValidString(ev.Data) {
		c.tb.Fatalf("%s: a host gives nothing but UTF-8", what)
	}
	if fault := dataFault(&ev); fault != "" {
		c.tb.Fatalf("%s: %s", what, fault)
	}
	ev = c.world.opts.fill(ev, c.now)
	r := c.run(c.world.request(ev))
	c.which = 1 - c.which
	c.world.commit(r, c.now)
	t := &Turn{
		conversation: c, index: len(c.turns), what: what, event: ev,
		outcome: newOutcome(c.world, r),
	}
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
	w := newWorld(c.world.opts)
	var last outcome
	for _, t := range c.turns[:n+1] {
		r := instance.run(w.request(t.event))
		w.commit(r, time.UnixMilli(t.event.Time))
		if r.Broken && t.index < n {
			return outcome{}, fmt.Errorf("turn %d cost the instance", t.index+1)
		}
		last = newOutcome(w, r)
	}
	return last, nil
}

// Advance moves the clock of the turns to come. Within a turn, and from one turn
// to the next, the clock stands still.
func (c *Conversation) Advance(d time.Duration) { c.now = c.now.Add(d) }

// Welcome returns the turn in which the session began.
func (c *Conversation) Welcome() *Turn { return c.turns[0] }

// State returns where the session stands; empty before the first move.
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
