package conversation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/conversation"
)

// actor plays a small bot, which does what it is told in one word.
type actor struct {
	// welcome is the bot's first word; empty if it has none.
	welcome string
	now     time.Duration
	timers  []timer
	// asked are the URLs that were requested and not answered yet.
	asked  []request
	stubs  []conversation.Stub
	states map[string]string
	vars   map[string]string
	// swapped are the files, and users the sessions, in order.
	swapped, sessions []string
}

type timer struct {
	due           time.Duration
	session, text string
}

type request struct{ session, url string }

func newActor() *actor {
	return &actor{states: make(map[string]string), vars: make(map[string]string)}
}

func says(kind abi.Kind, body string) abi.Entry {
	return abi.Entry{From: abi.FromBot, Kind: kind, Body: body}
}

func texts(lines ...string) (entries []abi.Entry) {
	for _, line := range lines {
		entries = append(entries, says(abi.KindText, line))
	}
	return entries
}

func (a *actor) Begin(_ context.Context, session string) (conversation.Turn, error) {
	a.sessions = append(a.sessions, session)
	t := conversation.Turn{Session: session, Fuel: 10, Calls: 1}
	t.Event.Kind = abi.EventStart
	if a.welcome != "" {
		t.Entries = texts(a.welcome)
	}
	a.states[session] = "initial"
	return t, nil
}

func (a *actor) Send(_ context.Context, session string, ev abi.Event) (conversation.Turn, error) {
	t := conversation.Turn{Session: session, Event: ev, Fuel: 1000, Calls: 2}
	t.Entries = []abi.Entry{{From: abi.FromUser, Kind: abi.KindText, Body: ev.Text}}
	word, rest, _ := strings.Cut(ev.Text, " ")
	switch ev.Kind {
	case abi.EventMessage:
		if err := a.told(&t, word, rest); err != nil {
			return t, err
		}
	case abi.EventOption:
		t.Entries = append(t.Entries, texts("You chose "+ev.Text+".")...)
	case abi.EventReset:
		a.states[session] = "initial"
		clear(a.vars)
		t.Entries = append(t.Entries, texts("From the beginning.")...)
	default:
		t.Entries = append(t.Entries, texts(describe(ev))...)
	}
	return t, nil
}

// describe says what an event is.
func describe(ev abi.Event) string {
	words := []string{string(ev.Kind), ev.Name, ev.Text, ev.Data}
	for _, f := range ev.Files {
		words = append(words, fmt.Sprintf("%s (%s, %d)", f.Name, f.Type, f.Size))
	}
	return strings.Join(words, "|")
}

// told does what a message says.
func (a *actor) told(t *conversation.Turn, word, rest string) error {
	var out []abi.Entry
	switch word {
	case "hello":
		out = append(texts("Hi! How are you?"), says(abi.KindOptions,
			`[{"label":"Good","value":"Good"},{"label":"Not [so] good","value":"bad"}]`))
		a.states[t.Session] = "asked"
	case "say":
		out = texts(rest)
	case "lines":
		out = texts(strings.Fields(rest)...)
	case "markdown":
		out = []abi.Entry{says(abi.KindMarkdown, rest)}
	case "who":
		out = texts(fmt.Sprintf("%q, human: %v", t.Event.User.ID, t.Event.Human))
	case "offer": // what nobody can write as an option
		body := append(jsontext.AppendString([]byte(`[{"label":`), rest), `,"value":"x"}]`...)
		out = []abi.Entry{says(abi.KindOptions, string(body))}
	case "set":
		name, value, _ := strings.Cut(rest, " ")
		a.vars[t.Session+"/"+name] = value
	case "remind":
		a.timers = append(a.timers, timer{a.now + 5*time.Minute, t.Session, rest})
	case "fetch":
		a.asked = append(a.asked, request{t.Session, rest})
		out = texts("One moment.")
	case "weather":
		t.Prediction = &abi.Prediction{Intent: "weather", Score: 0.8}
		for city := range strings.FieldsSeq(rest) {
			t.Prediction.Params = append(t.Prediction.Params,
				abi.SlotValue{Name: "city", Value: city})
		}
	case "boom":
		t.Failure = "boom.wasm: unreachable\n  main.answer (main.go:42)\n  main.main (main.go:7)\n"
		out = []abi.Entry{{From: abi.FromHost, Kind: abi.KindNotice, Body: abi.WordsFailed}}
	case "gone":
		return errors.New("the store is gone")
	}
	t.Entries = append(t.Entries, out...)
	return nil
}

func (a *actor) Advance(
	_ context.Context, d time.Duration,
) (turns []conversation.Turn, err error) {
	a.now += d
	var left []timer
	for _, timer := range a.timers {
		if timer.due > a.now {
			left = append(left, timer)
			continue
		}
		turns = append(turns, conversation.Turn{
			Session: timer.session, Entries: texts(timer.text), Fuel: 5, Calls: 1,
		})
	}
	a.timers = left
	return turns, nil
}

func (a *actor) Settle(context.Context) (turns []conversation.Turn, err error) {
	for _, r := range a.asked {
		response := abi.Response{Code: abi.ResponseForbidden}
		for _, stub := range a.stubs {
			if stub.Match("GET", r.url) {
				response = stub.Response()
			}
		}
		text := fmt.Sprintf("%d %s", response.Status, response.Body)
		if response.Code != "" {
			text = string(response.Code)
		}
		turns = append(turns, conversation.Turn{
			Session: r.session, Entries: texts(text), Fuel: 7, Calls: 1,
		})
	}
	a.asked = nil
	return turns, nil
}

func (a *actor) Swap(_ context.Context, file string) error {
	if strings.Contains(file, "broken") {
		return errors.New("compile broken.wasm: no magic")
	}
	a.swapped = append(a.swapped, file)
	return nil
}

func (a *actor) Attach(_ context.Context, session string, f abi.File,
	content *string, path string) (
	abi.File, error) {
	switch {
	case path == "gone.txt":
		return f, errors.New("gone.txt: no such file")
	case path != "":
		f.Ref, f.Size = "content of "+path, int64(len("content of "+path))
	case content != nil:
		f.Ref = *content
	}
	a.vars[session+"/sent "+f.Name] = f.Ref
	return f, nil
}

func (a *actor) Content(session, name string) (string, bool) {
	content, ok := a.vars[session+"/sent "+name]
	return content, ok
}

func (a *actor) Stub(s conversation.Stub)    { a.stubs = append(a.stubs, s) }
func (a *actor) State(session string) string { return a.states[session] }
func (a *actor) Var(session, name string) (string, bool) {
	value, ok := a.vars[session+"/"+name]
	return value, ok
}

// parse reads a file that must be well-formed.
func parse(tb testing.TB, name, text string) *conversation.File {
	tb.Helper()
	f, err := conversation.Parse(name, []byte(text))
	if err != nil {
		tb.Fatalf("Parse(%s) = %v", text, err)
	}
	return f
}

// play runs all conversations of a file, each with an actor of its own.
func play(tb testing.TB, f *conversation.File, welcome string) (reports []conversation.Report) {
	tb.Helper()
	for _, c := range f.Conversations {
		a := newActor()
		a.welcome = welcome
		reports = append(reports, conversation.Run(tb.Context(), c, a, conversation.Options{}))
	}
	return reports
}

// failures are those of all reports, in order.
func failures(reports []conversation.Report) (all []string) {
	for _, r := range reports {
		for _, result := range r.Results {
			for _, text := range result.Failures {
				all = append(all, fmt.Sprintf("%d: %s", result.Step.Line, text))
			}
		}
		if r.Err != nil {
			all = append(all, fmt.Sprintf("%d: %v", r.Line, r.Err))
		}
	}
	return all
}
