package host

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// dialogBot assembles the bot that says what happens in its dialog. A version has
// four characters.
func dialogBot(tb testing.TB, version, definition string) []byte {
	tb.Helper()
	source, err := os.ReadFile(filepath.Join("..", "testdata", "bots", "dialog.wat"))
	if err != nil {
		tb.Fatal(err)
	}
	var asset strings.Builder
	for i := range len(definition) {
		fmt.Fprintf(&asset, `\%02x`, definition[i])
	}
	text := strings.Replace(strings.TrimSpace(string(source)), "@ver", version, 1)
	return assemble(tb, fmt.Sprintf(`%s (@custom "bothost.asset" "%s"))`,
		strings.TrimSuffix(text, ")"), &asset))
}

// menu is a dialog with most of what one can declare. What texts mean is asked in one
// state only, and there nothing is said but an example: how well others are understood
// is not what is tested here.
const menu = `{"states":[
 {"name":"menu","initial":true,"transitions":[
  {"option":"ask","to":"ask"},
  {"option":"tea","to":"tea"},
  {"event":"paid","to":"paid"}]},
 {"name":"ask","transitions":[{"intent":"order","to":"order"}]},
 {"name":"order","transitions":[
  {"when":{"var":"v","op":"==","value":"now"},"to":"tea"},
  {"event":"paid","to":"paid"},
  {"option":"guarded","guard":["yes","set"],"to":"tea"},
  {"option":"neither","guard":"maybe","to":"tea"}]},
 {"name":"tea","transitions":[{"message":true,"guard":"no","to":"order"},
  {"option":"back","to":"menu"}]},
 {"name":"paid","transitions":[{"auto":true,"to":"menu"}]},
 {"name":"help","global":{"option":"help"},"transitions":[{"option":"done","to":"@previous"}]}],
 "entities":[{"name":"drink","values":["tea","coffee"]}],
 "intents":[{"name":"order","examples":["I want {drink}"]}]}`

// visitor talks to a bot without a socket.
type visitor struct {
	*turn.Handle
	tb   testing.TB
	seen uint64
	id   string
}

var visitors atomic.Int64

// visit begins a session.
func visit(tb testing.TB, h *running) *visitor {
	tb.Helper()
	id := fmt.Sprint("c", visitors.Add(1))
	key := session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: id}
	handle, err := h.runner.Create(tb.Context(), key, turn.CreateOptions{}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(handle.Close)
	c := &visitor{Handle: handle, tb: tb, id: id}
	c.do(&abi.Event{Kind: abi.EventStart})
	return c
}

// do lets an event happen and returns what was said.
func (c *visitor) do(ev *abi.Event) []string {
	c.tb.Helper()
	done := make(chan session.Outcome, 1)
	err := c.Submit(c.tb.Context(), ev, func(o session.Outcome) { done <- o })
	if err != nil {
		c.tb.Fatalf("Submit(%s %q) = %v", ev.Kind, ev.Text, err)
	}
	if outcome := <-done; outcome.Code != 0 {
		c.tb.Fatalf("%s %q: %v", ev.Kind, ev.Text, outcome.Code)
	}
	if ev.Kind == abi.EventReset {
		c.seen = 0
	}
	return c.heard()
}

// heard returns what bot and host said since it was asked last.
func (c *visitor) heard() (bodies []string) {
	c.tb.Helper()
	page, err := c.Read(c.tb.Context(), c.seen, 10_000, nil)
	if err != nil {
		c.tb.Fatal(err)
	}
	for _, e := range page.Entries {
		if c.seen = e.Seq; e.From != abi.FromUser {
			bodies = append(bodies, e.Body)
		}
	}
	return bodies
}

func (c *visitor) say(text string) []string {
	c.tb.Helper()
	return c.do(&abi.Event{Kind: abi.EventMessage, Text: text, Human: true})
}

func (c *visitor) choose(value string) []string {
	c.tb.Helper()
	return c.do(&abi.Event{Kind: abi.EventOption, Text: value, Human: true})
}

func (c *visitor) news(name string) []string {
	c.tb.Helper()
	return c.do(&abi.Event{Kind: abi.EventCustom, Name: name})
}

// wants compares what was said.
func (c *visitor) wants(after string, got []string, want ...string) {
	c.tb.Helper()
	if !slices.Equal(got, want) {
		c.tb.Errorf("after %s the bot said\n%q, want\n%q", after, got, want)
	}
}

// TestDialog goes through a declared dialog, as a guest sees it.
func TestDialog(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", menu), Options{})
	const sorry = abi.WordsFallback
	c := visit(t, h)
	if got := c.Head().State; got != "menu" {
		t.Errorf("the session begins in %q, want menu", got)
	}
	c.wants("an option", c.choose("ask"), "1000 enters ask: ask")
	c.wants("an example", c.say("I want TEA!"), "1000 enters order: I want TEA!")
	c.wants("no example here", c.say("I want tea"), "1000 hears in order: I want tea")
	c.wants("what nothing takes", c.say("?"), sorry)
	c.wants("a guard that does not hold", c.choose("guarded"), "1000 hears in order: guarded")
	c.wants("a variable", c.say("set later"), "1000 hears in order: set later")
	c.wants("guards that hold", c.choose("guarded"), "1000 enters tea: guarded")
	c.wants("a global option", c.choose("help"), "1000 enters help: help")
	c.wants("the way back", c.choose("done"), "1000 enters tea: done")
	c.wants("an option as text", c.say(" back "), "1000 enters menu:  back ")
	c.wants("a move", c.say("move order"),
		"1000 hears in menu: move order", "1000 enters order: move order")
	c.wants("a condition", c.say("set now"),
		"1000 hears in order: set now", "1000 enters tea: set now")
	c.wants("a move to the same state", c.say("move tea"),
		"1000 hears in tea: move tea", "1000 enters tea: move tea")
	c.wants("reset", c.do(&abi.Event{Kind: abi.EventReset}), "1000 enters menu: ")
	c.wants("an event", c.news("paid"), "1000 enters paid: ", "1000 enters menu: ")
	c.wants("another one", c.news("late"), "1000 gets in menu: late")
}

// TestDialog_Fails: a turn that fails keeps nothing of where it went, and the
// operator is told why.
func TestDialog_Fails(t *testing.T) {
	for _, test := range []struct {
		name  string
		state string
		event *abi.Event
		want  string // in the log
	}{
		{"a guard that is neither", "order", &abi.Event{Kind: abi.EventOption, Text: "neither"},
			`guard \"maybe\": must be true or false, is \"truefalse\"`},
		{"a state that is not declared", "tea",
			&abi.Event{Kind: abi.EventMessage, Text: "move away"},
			`there is no state \"away\"`},
		{"a trap", "tea", &abi.Event{Kind: abi.EventMessage, Text: "trap"}, "unreachable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := serve(t, dialogBot(t, "1000", menu), Options{})
			c := visit(t, h)
			c.say("move " + test.state)
			test.event.Human = true
			c.wants(test.event.Text, c.do(test.event), abi.WordsFailed)
			if got := c.Head().State; got != test.state {
				t.Errorf("the session stands at %q, want %q", got, test.state)
			}
			h.logged(t, test.want, "turn failed", "session="+c.id)
			c.wants("another message", c.say("hi"), "1000 hears in "+test.state+": hi")
		})
	}
}

// circle is a dialog that does not come to rest.
const circle = `{"states":[
 {"name":"a","initial":true,"transitions":[{"option":"go","to":"b"}]},
 {"name":"b","transitions":[{"auto":true,"to":"c"}]},
 {"name":"c","transitions":[{"auto":true,"to":"b"}]}]}`

// TestDialog_Circle: a turn that moves in a circle ends, and the error names it.
func TestDialog_Circle(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", circle), Options{})
	c := visit(t, h)
	c.wants("going round", c.choose("go"), abi.WordsFailed)
	if got := c.Head().State; got != "a" {
		t.Errorf("the session stands at %q, want a", got)
	}
	h.logged(t, "more than 32 moves in a turn: ", "b -> c -> b")
}

// TestDialog_Unreachable: a state to which no transition leads is no error, but the
// operator is told.
func TestDialog_Unreachable(t *testing.T) {
	const lost = `{"states":[{"name":"a","initial":true},{"name":"island"},
		{"name":"help","global":{"option":"help"}}]}`
	h := serve(t, dialogBot(t, "1000", lost), Options{})
	h.logged(t, `level=WARN msg="no transition leads to some states" bot=bot`, "states=[island]")
	c := visit(t, h)
	c.wants("a move there", c.say("move island"),
		"1000 hears in a: move island", "1000 enters island: move island")
}
