package host

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/plugin"
)

// badDefinitions have an error each, with the place and the rule that the refusal
// must name.
var badDefinitions = []struct{ name, definition, place, rule string }{
	{"unknown target", `{"states":[{"name":"a","initial":true},
		{"name":"b","transitions":[{"message":true,"to":"a"},{"message":true,"to":"away"}]}]}`,
		`states[1] "b": transitions[1]`, `to: there is no state "away"`},
	{"no initial state", `{"states":[{"name":"a"},{"name":"b"}]}`,
		"states", "one of them must be initial"},
	{"two initial states", `{"states":[{"name":"a","initial":true},{"name":"b","initial":true}]}`,
		`states[1] "b"`, `initial: "a" is the initial state already`},
	{"a transition after auto", `{"states":[{"name":"a","initial":true,
		"transitions":[{"auto":true,"to":"a"},{"message":true,"to":"a"}]}]}`,
		`states[0] "a": transitions[1]`, "comes after an auto transition"},
	{"an intent twice in a state", `{"states":[{"name":"a","initial":true,
		"transitions":[{"intent":"hi","to":"a"},{"message":true,"to":"a"},{"intent":"hi","to":"a"}]}],
		"intents":[{"name":"hi","examples":["hi"]}]}`,
		`states[0] "a": transitions[2]`, `intent: "hi" is used twice in this state`},
	{"a state twice", `{"states":[{"name":"a","initial":true},{"name":"b"},{"name":"a"}]}`,
		`states[2] "a"`, `"a" stands twice`},
	{"an intent declared twice", `{"intents":[{"name":"hi","examples":["hi"]},
		{"name":"hi","examples":["ho"]}]}`, `intents[1] "hi"`, `"hi" stands twice`},
	{"an entity twice",
		`{"entities":[{"name":"city","values":["a"]},{"name":"city","values":["b"]}]}`,
		`entities[1] "city"`, `"city" stands twice`},
	{"a former name that is still there", `{"states":[{"name":"a","initial":true,"was":["b"]},
		{"name":"b"}]}`, `states[0] "a"`, `there is still a state "b"`},
	{"no JSON", `{"states":[`, "definition", ""},
}

// TestDialog_Refused: a definition with an error is refused with the file, the place
// and the rule, and the old one serves.
func TestDialog_Refused(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", menu), Options{})
	c := visit(t, h)
	c.choose("tea")
	for _, test := range badDefinitions {
		t.Run(test.name, func(t *testing.T) {
			h.replace(t, dialogBot(t, "2000", test.definition))
			got := h.awaitReload(t)
			if got.Err == nil || got.Path != h.path || got.New != "" {
				t.Fatalf("reload = %+v, want it refused", got)
			}
			for _, want := range []string{test.place, test.rule} {
				if !strings.Contains(got.Err.Error(), want) {
					t.Errorf("error = %v, want it to say %q", got.Err, want)
				}
			}
			h.report(t.Context(), got)
			h.logged(t, `msg="module refused" bot=bot path=`+h.path)
			c.wants("a refusal", c.say("hi"), "1000 hears in tea: hi")
		})
	}
}

// TestDialog_NoCheck: guards that nobody can decide are found at load.
func TestDialog_NoCheck(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", menu), Options{})
	const guarded = `{\22states\22:[{\22name\22:\22a\22,\22initial\22:true,` +
		`\22transitions\22:[{\22guard\22:\22vip\22,\22to\22:\22a\22}]}]}`
	bad := assemble(t, fmt.Sprintf(`(module
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "%s")
  (func (export "on_message"))
  (func (export "describe") (call $output (i32.const 0) (i32.const %d))))`,
		guarded, len(strings.ReplaceAll(guarded, `\22`, `"`))))
	h.refuse(t, bad, `guard "vip": the module has no export check`, false)
	c := visit(t, h)
	c.wants("a refusal", c.say("hi"), "1000 hears in menu: hi")
}

// The load of TestDialog_SwapUnderLoad.
const (
	dialogClients  = 64
	dialogMessages = 2000
	dialogSwaps    = 30
)

// definitionAt returns the definition of a swap. Of every two, the second calls
// another state by another name, and has one state less.
func definitionAt(swap int) string {
	const all = `{"option":"chat","to":"chat"},{"option":"fine","to":"fine"},
		{"option":"gone","to":"gone"}`
	if swap%2 == 0 {
		return `{"states":[{"name":"start","initial":true,"transitions":[` + all + `]},
			{"name":"chat"},{"name":"fine","was":["good"]},{"name":"gone"}]}`
	}
	return `{"states":[{"name":"good","was":["fine"]},{"name":"chat"},
		{"name":"start","initial":true,"transitions":[{"option":"chat","to":"chat"},
		{"option":"fine","to":"good"}]}]}`
}

// TestDialog_SwapUnderLoad changes the definition while 64 clients are in the midst
// of its dialog: each message is answered once and in order. Who stands at a state
// that is kept stands there; who stands at one with another name stands at that; who
// stands at one that is gone comes to the initial one, once, and the operator hears
// of it. Definitions that cannot be served change nothing.
func TestDialog_SwapUnderLoad(t *testing.T) {
	h := serve(t, dialogBot(t, "1000", definitionAt(0)), Options{
		Limits: abi.Limits{AddressConnections: 2 * dialogClients},
	})
	old := []weak.Pointer[plugin.Module]{weak.Make(h.bots.get("bot").current.Load().module)}
	var swapped atomic.Bool
	talkers := make([]*dialogTalker, dialogClients)
	var wg sync.WaitGroup
	for i := range talkers {
		talkers[i] = &dialogTalker{talker: dial(t, h), swapped: &swapped,
			at: []string{"start", "chat", "fine", "gone"}[i%4]}
		wg.Go(talkers[i].talk)
	}
	for i := 1; i <= dialogSwaps; i++ {
		version := fmt.Sprint(1000 + i)
		if i%4 == 3 {
			bad := &badDefinitions[i/4%len(badDefinitions)]
			h.refuse(t, dialogBot(t, version, bad.definition), bad.place, i%8 == 3)
			continue
		}
		h.replace(t, dialogBot(t, version, definitionAt(i)))
		if r := h.awaitReload(t); r.Err != nil || r.New == "" {
			t.Fatalf("swap %d: %+v, want a new generation", i, r)
		}
		old = append(old, weak.Make(h.bots.get("bot").current.Load().module))
	}
	swapped.Store(true)
	wg.Wait()
	lost, renamed, sent := 0, 0, 0
	for i, c := range talkers {
		if c.err != nil {
			t.Errorf("client %d, at %s: %v", i, c.at, c.err)
		}
		lost, renamed, sent = lost+c.lost, renamed+c.renamed, sent+c.sent
		if err := c.CloseNow(); err != nil {
			t.Error(err)
		}
	}
	told := strings.Count(h.log.String(), `msg="a session stood at a state that is gone"`)
	if told != lost || lost == 0 || renamed == 0 {
		t.Errorf("%d sessions lost their state, %d times the operator was told; %d were renamed",
			lost, told, renamed)
	}
	t.Logf("%d messages over %d swaps, %d states renamed, %d gone", sent,
		dialogSwaps, renamed, lost)
	awaitNothingLeft(t, h, old[:len(old)-1])
}

// dialogTalker goes to a state, and sends numbered messages there, one in flight.
type dialogTalker struct {
	*talker
	swapped *atomic.Bool
	// at is where it wants to be, and stands where it is; version was last seen.
	at, stands    string
	version       string
	sent          int
	lost, renamed int
	err           error
}

func (c *dialogTalker) talk() {
	if c.err = c.enters("start"); c.err != nil {
		return
	}
	for c.err == nil && (c.sent < dialogMessages || !c.swapped.Load()) {
		c.sent++
		if c.sent%2 == 1 && c.stands == "start" && c.at != "start" {
			c.err = c.choose()
		} else {
			c.err = c.exchange(fmt.Sprint("m", c.sent))
		}
	}
}

// enters wants the session to enter a state by itself.
func (c *dialogTalker) enters(state string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	words, err := c.words(ctx)
	if err != nil {
		return err
	}
	if len(words) != 2 || words[0] != "enters" || words[1] != state+": " {
		return fmt.Errorf("got %q, want that %s is entered", words, state)
	}
	c.stands = state
	return nil
}

// choose chooses the option that leads to where the client wants to be. It may not be
// there any more: then the option is but a text.
func (c *dialogTalker) choose() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Option(ctx, fmt.Sprint("o", c.sent), c.at); err != nil {
		return err
	}
	words, err := c.answer(ctx)
	if err != nil {
		return err
	}
	state, text, _ := strings.Cut(strings.TrimPrefix(words[1], "in "), ": ")
	if text != c.at || !c.may(state) && state != "start" {
		return fmt.Errorf("option %s was answered with %q", c.at, words)
	}
	c.stands = state
	return nil
}

// may reports whether a state is the one where the client wants to be, by the name
// that it has in the version that was seen last.
func (c *dialogTalker) may(state string) bool {
	if c.at == "fine" && c.version[3]%2 == 1 {
		return state == "good"
	}
	return state == c.at
}

// exchange wants one answer to a message, in the state in which the client stands.
func (c *dialogTalker) exchange(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Send(ctx, text, text); err != nil {
		return err
	}
	words, err := c.answer(ctx)
	if err != nil {
		return err
	}
	if words[0] == "enters" { // the state was gone; the answer follows
		if c.at != "gone" || c.stands != "gone" || c.version[3]%2 == 0 {
			return fmt.Errorf("%s entered %q from %s", c.version, words[1], c.stands)
		}
		c.lost++
		c.stands = "start"
		if words, err = c.words(ctx); err != nil {
			return err
		}
	}
	state, heard, _ := strings.Cut(strings.TrimPrefix(words[1], "in "), ": ")
	if words[0] != "hears" || heard != text {
		return fmt.Errorf("message %s was answered with %q", text, words)
	}
	if c.stands != "start" && !c.may(state) || c.stands == "start" && state != "start" {
		return fmt.Errorf("%s stands at %s after %s", c.version, state, c.stands)
	}
	if state != c.stands {
		c.renamed++
	}
	c.stands = state
	return nil
}

// answer is accepted, and what the bot said first.
func (c *dialogTalker) answer(ctx context.Context) ([]string, error) {
	f, err := c.Receive(ctx)
	if err != nil {
		return nil, err
	}
	if f.Type != native.Accepted {
		return nil, fmt.Errorf("got %+v, want accepted", f)
	}
	return c.words(ctx)
}

// words returns what the bot does, and the rest of what it says next.
func (c *dialogTalker) words(ctx context.Context) ([]string, error) {
	f, err := c.Receive(ctx)
	if err != nil {
		return nil, err
	}
	e, err := f.LogEntry()
	if err != nil || f.Type != native.Entry {
		return nil, fmt.Errorf("got %+v, %v, want an entry", f, err)
	}
	version, rest, _ := strings.Cut(e.Body, " ")
	does, rest, ok := strings.Cut(rest, " ")
	if !ok || version < c.version {
		return nil, fmt.Errorf("got %q after version %s", e.Body, c.version)
	}
	c.version = version
	return []string{does, rest}, nil
}
