package dialog_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/dialog"
)

// define makes a definition of a text, for tables. Each line is a state, the first
// one the initial:
//
//	name (was old) (global intent help) (recheck 500): transition; transition
//
// A transition is a trigger, conditions and a target: "intent hi when x == 1 types
// image/*,text/plain guard g -> b". Without a trigger it has conditions alone. The
// intents are those that are named, each with its name as example.
func define(tb testing.TB, text string) *abi.Definition {
	tb.Helper()
	var d struct {
		States  []abi.State  `json:"states"`
		Intents []abi.Intent `json:"intents"`
	}
	intents := make(map[string]bool)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			d.States = append(d.States, defineState(tb, line, len(d.States) == 0, intents))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(intents)) {
		d.Intents = append(d.Intents, abi.Intent{Name: name, Examples: []string{name}})
	}
	output, err := json.Marshal(d)
	if err != nil {
		tb.Fatal(err)
	}
	def, err := abi.ParseDefinition(output)
	if err != nil {
		tb.Fatalf("%v in %s", err, output)
	}
	return def
}

func defineState(tb testing.TB, line string, initial bool, intents map[string]bool) abi.State {
	tb.Helper()
	head, rules, _ := strings.Cut(line, ":")
	name, options, _ := strings.Cut(head, " (")
	s := abi.State{Name: strings.TrimSpace(name), Initial: initial}
	for option := range strings.SplitSeq(options, "(") {
		option = strings.Trim(option, " )")
		word, rest, _ := strings.Cut(option, " ")
		switch word {
		case "was":
			s.Was = strings.Fields(rest)
		case "global":
			t := defineTransition(tb, rest, intents)
			s.Global = &t
		case "recheck":
			s.RecheckMillis, _ = strconv.ParseInt(rest, 10, 64)
		}
	}
	for rule := range strings.SplitSeq(rules, ";") {
		if rule = strings.TrimSpace(rule); rule != "" {
			s.Transitions = append(s.Transitions, defineTransition(tb, rule, intents))
		}
	}
	return s
}

func defineTransition(tb testing.TB, rule string, intents map[string]bool) (t abi.Transition) {
	tb.Helper()
	rule, t.To, _ = strings.Cut(rule, "->")
	t.To = strings.TrimSpace(t.To)
	words := strings.Fields(rule)
	next := func() string {
		word := words[0]
		words = words[1:]
		return word
	}
	for len(words) > 0 {
		switch word := next(); word {
		case "intent":
			t.Intent = next()
			intents[t.Intent] = true
		case "no_intent":
			t.NoIntent = true
		case "message":
			t.Message = true
		case "option":
			t.Option = next()
		case "file":
			t.File = true
		case "voice":
			t.Voice = true
		case "event":
			t.Event = next()
		case "after":
			t.AfterMillis, _ = strconv.ParseInt(next(), 10, 64)
		case "any":
			t.Any = true
		case "auto":
			t.Auto = true
		case "when":
			c := abi.Condition{Var: next(), Op: abi.Operator(next())}
			c.Value = json.RawMessage(next())
			t.When = append(t.When, c)
		case "types":
			t.FileTypes = strings.Split(next(), ",")
		case "guard":
			t.Guard = append(t.Guard, next())
		default:
			tb.Fatalf("what is %q in %q?", word, rule)
		}
	}
	return t
}

// firstWord is a classifier: the first word of a text is its intent, and the second
// one its parameter.
type firstWord struct{}

func (firstWord) ClassifyAt(text string, among []string, _ time.Time) (p abi.Prediction, ok bool) {
	name, rest, more := strings.Cut(text, " ")
	if !slices.Contains(among, name) {
		return p, false
	}
	p = abi.Prediction{Intent: name, Score: 1}
	if more {
		p.Params = []abi.SlotValue{{Name: "word", Value: rest}}
	}
	return p, true
}

// event makes an event of a text: "say hi" is a human's message, "agent hi" one of
// another agent.
func event(tb testing.TB, text string) *abi.Event {
	tb.Helper()
	kind, rest, _ := strings.Cut(text, " ")
	ev := &abi.Event{Human: true, Time: 1000}
	switch kind {
	case "say":
		ev.Kind, ev.Text = abi.EventMessage, rest
	case "agent":
		ev.Kind, ev.Text, ev.Human = abi.EventMessage, rest, false
	case "option":
		ev.Kind, ev.Text = abi.EventOption, rest
	case "voice":
		ev.Kind, ev.Files = abi.EventVoice, fileList("audio/ogg")
	case "file":
		ev.Kind, ev.Files = abi.EventFile, fileList(rest)
	case "json", "agentjson":
		ev.Kind, ev.Name, ev.Data, ev.Human = abi.EventJSON, abi.NameJSON, rest, kind == "json"
		var message struct{ Message string }
		if err := json.Unmarshal([]byte(rest), &message); err != nil {
			tb.Fatal(err)
		}
		ev.Text = message.Message
	case "event", "timer", "http":
		ev.Kind, ev.Name, ev.Human = abi.EventKind(kind), rest, false
	case "after":
		ev.Kind, ev.Data, ev.Human = abi.EventAfter, rest, false
	case "recheck", "start", "reset":
		ev.Kind, ev.Human = abi.EventKind(kind), false
	default:
		tb.Fatalf("what is the event %q?", text)
	}
	return ev
}

func fileList(types string) (list []abi.File) {
	for typ := range strings.SplitSeq(types, ",") {
		list = append(list, abi.File{Name: "f", Type: typ, Size: 3})
	}
	return list
}

// bot is a session and a scripted bot, which write down what happens.
type bot struct {
	tb     testing.TB
	dialog *dialog.Dialog
	// script is what handlers and guards do, by "enter b" or "enter"; handlers that
	// are not in it are absent.
	script map[string]string
	base   draft.Base
	log    []abi.Entry
	limits abi.Limits

	draft *draft.Draft
	notes []string
}

// newBot makes a bot of a definition and a script such as "enter b = move c, set x
// 1; message = 2; check g = no".
func newBot(tb testing.TB, def *abi.Definition, script string) *bot {
	tb.Helper()
	b := &bot{tb: tb, dialog: dialog.New(def, firstWord{}), script: make(map[string]string)}
	for line := range strings.SplitSeq(script, ";") {
		if on, do, ok := strings.Cut(line, " = "); ok {
			b.script[strings.TrimSpace(on)] = strings.TrimSpace(do)
		}
	}
	b.limits = abi.Limits{}.Defaults()
	b.base = draft.Base{Vars: make(map[string]string), Past: b.past, Target: b.dialog.Target()}
	return b
}

func (b *bot) past(n int) ([]abi.Entry, error) {
	return b.log[max(0, len(b.log)-n):], nil
}

// turn runs an event and commits it. It returns what happened in one line.
func (b *bot) turn(ev *abi.Event) string {
	b.draft, b.notes = new(draft.Draft), nil
	base := b.base
	if ev.Kind == abi.EventReset {
		base = draft.Base{Target: b.dialog.Target()}
	}
	b.draft.Begin(ev, base, &b.limits)
	if err := b.dialog.Run(b.draft, b); err != nil {
		b.note("error %v", err)
		return strings.Join(b.notes, "; ")
	}
	b.commit(base.Vars)
	b.note("at %s", cmp.Or(b.base.State, "-"))
	if len(b.base.Waiting) > 0 {
		var names []string
		for _, w := range b.base.Waiting {
			names = append(names, about(&w.Event))
		}
		b.note("waits %s", strings.Join(names, ","))
	}
	if len(b.base.Back) > 0 {
		b.note("back %s", strings.Join(b.base.Back, ","))
	}
	return strings.Join(b.notes, "; ")
}

func (b *bot) commit(vars map[string]string) {
	b.base.Vars = maps.Clone(vars)
	if b.base.Vars == nil {
		b.base.Vars = make(map[string]string)
	}
	for _, w := range b.draft.Writes() {
		b.base.Vars[w.Key] = w.Value
	}
	b.log = append(b.log, b.draft.Entries()...)
	b.base.State = b.draft.State()
	b.base.Back = slices.Clone(b.draft.Back())
	b.base.Waiting = slices.Clone(b.draft.Waiting())
	for _, e := range b.draft.Entries() {
		if e.From != abi.FromUser && e.Kind == abi.KindText {
			b.note("says %s", e.Body)
		}
	}
}

func (b *bot) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// about is an event in a word or two, with the intent that it has.
func about(ev *abi.Event) string {
	s := ev.Text
	if s == "" {
		s = ev.Name
	}
	if s == "" {
		s = string(ev.Kind)
	}
	if ev.Prediction != nil {
		s += "#" + ev.Prediction.Intent
	}
	return s
}

// Call implements [draft.Handlers].
func (b *bot) Call(e abi.Export, input string) (bool, error) {
	name := strings.TrimPrefix(e.String(), "on_")
	do, ok := b.script[name+" "+input]
	if !ok {
		do, ok = b.script[name]
	}
	if e == abi.OnEnter {
		name += " " + input
	} else {
		name += "(" + about(b.draft.Event()) + ")"
	}
	if !ok {
		if e == abi.OnEnter {
			b.note("%s", name)
		}
		return false, nil
	}
	b.note("%s", name)
	b.draft.Mark()
	for action := range strings.SplitSeq(do, ", ") {
		handled, err := b.act(action)
		if err != nil {
			return false, err
		}
		if !handled {
			b.draft.Rollback()
			return false, nil
		}
	}
	return true, nil
}

func (b *bot) act(action string) (handled bool, err error) {
	word, rest, _ := strings.Cut(action, " ")
	switch word {
	case "ok":
	case "2":
		return false, nil
	case "fail":
		return false, errors.New("failed")
	case "move":
		err = b.draft.Move([]byte(rest))
		b.note("state %s", b.draft.State())
	case "say":
		err = b.draft.Reply([]byte(abi.KindText), []byte(rest))
	case "offer":
		err = b.draft.Reply([]byte(abi.KindOptions), []byte(rest))
	case "set":
		key, value, _ := strings.Cut(rest, " ")
		err = b.draft.Set([]byte(key), []byte(value))
	case "show":
		b.note("sees %s", about(b.draft.Event()))
	default:
		b.tb.Fatalf("what is the action %q?", action)
	}
	return true, err
}

// Check implements [draft.Handlers]: a guard says yes, no or fail, or is the event
// for which it says yes.
func (b *bot) Check(guard string) (bool, error) {
	seen := about(b.draft.Event())
	b.note("check %s(%s)", guard, seen)
	switch do := b.script["check "+guard]; do {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	case "fail":
		return false, errors.New("guard " + guard + " failed")
	default:
		return do == seen, nil
	}
}

// Tell implements [draft.Handlers].
func (b *bot) Tell(message string, args ...any) { b.note("tells %s %v", message, args) }
