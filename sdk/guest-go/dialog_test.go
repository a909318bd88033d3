package guest

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// newDialog begins a dialog as if nothing had been registered before.
func newDialog(t *testing.T) *Dialog {
	t.Helper()
	Forget()
	t.Cleanup(Forget)
	return NewDialog("name", "1")
}

func yes(*Session) (bool, error) { return true, nil }

// condition is one as it stands in a definition.
func condition(name string, op abi.Operator, value string) abi.Condition {
	return abi.Condition{Var: name, Op: op, Value: json.RawMessage(value)}
}

// Everything that can stand behind When, and what a host reads of it.
func TestTransition_Definition(t *testing.T) {
	age := Var("age")
	for _, tt := range []struct {
		name  string
		build func(d *Dialog, s *State) *Transition
		want  abi.Transition
	}{
		{"intent", func(d *Dialog, s *State) *Transition { return s.When(d.Intent("i", "x")) },
			abi.Transition{Intent: "i"}},
		{"no intent", func(_ *Dialog, s *State) *Transition { return s.When(NoIntent()) },
			abi.Transition{NoIntent: true}},
		{"message", func(_ *Dialog, s *State) *Transition { return s.When(AnyText()) },
			abi.Transition{Message: true}},
		{"option", func(_ *Dialog, s *State) *Transition { return s.When(Chosen("a \"b\"")) },
			abi.Transition{Option: "a \"b\""}},
		{"file", func(_ *Dialog, s *State) *Transition { return s.When(AnyFile()) },
			abi.Transition{File: true}},
		{"file types", func(_ *Dialog, s *State) *Transition {
			return s.When(AnyFile("image/*", "text/csv"))
		}, abi.Transition{File: true, FileTypes: []string{"image/*", "text/csv"}}},
		{"voice", func(_ *Dialog, s *State) *Transition { return s.When(AnyVoice()) },
			abi.Transition{Voice: true}},
		{"event", func(_ *Dialog, s *State) *Transition { return s.When(EventNamed("paid")) },
			abi.Transition{Event: "paid"}},
		{"json", func(_ *Dialog, s *State) *Transition { return s.When(AnyJSON()) },
			abi.Transition{Event: abi.NameJSON}},
		{"after", func(_ *Dialog, s *State) *Transition { return s.When(After(5 * Minute)) },
			abi.Transition{AfterMillis: 300_000}},
		{"any", func(_ *Dialog, s *State) *Transition { return s.When(AnyEvent()) },
			abi.Transition{Any: true}},
		{"equal", func(_ *Dialog, s *State) *Transition { return s.When(age.Is("x")) },
			abi.Transition{When: abi.Conditions{condition("age", "==", `"x"`)}}},
		{"not equal", func(_ *Dialog, s *State) *Transition { return s.When(age.IsNot(true)) },
			abi.Transition{When: abi.Conditions{condition("age", "!=", `true`)}}},
		{"numbers", func(_ *Dialog, s *State) *Transition {
			return s.When(age.Above(-17)).And(age.AtLeast(int64(math.MinInt64))).
				And(age.Below(1e21)).And(age.AtMost(0.1))
		}, abi.Transition{When: abi.Conditions{
			condition("age", ">", `-17`), condition("age", ">=", `-9223372036854775808`),
			condition("age", "<", `1e+21`), condition("age", "<=", `0.1`),
		}}},
		{"texts", func(_ *Dialog, s *State) *Transition {
			return s.When(age.Contains("\n")).And(age.Matches(`^\d+$`)).
				And(age.In("a", 1, false, nil)).And(age.In("one"))
		}, abi.Transition{When: abi.Conditions{
			condition("age", "contains", `"\n"`), condition("age", "matches", `"^\\d+$"`),
			condition("age", "in", `["a",1,false,null]`), condition("age", "in", `["one"]`),
		}}},
		{"set", func(_ *Dialog, s *State) *Transition {
			return s.When(age.IsSet()).And(age.IsUnset())
		}, abi.Transition{When: abi.Conditions{
			condition("age", "!=", `null`), condition("age", "==", `null`),
		}}},
		{"guards", func(d *Dialog, s *State) *Transition {
			return s.When(d.Guard("g", yes)).If("h", yes).If("", yes).If("", yes)
		}, abi.Transition{Guard: abi.Names{"g", "h", "start:0:2", "start:0:3"}}},
		{"all at once", func(_ *Dialog, s *State) *Transition {
			return s.When(age.IsSet()).And(AnyText()).If("", yes)
		}, abi.Transition{
			Message: true, Guard: abi.Names{"start:0"},
			When: abi.Conditions{condition("age", "!=", `null`)},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDialog(t)
			start := d.Initial("start")
			tt.build(d, start).GoTo(start)
			tt.want.To = "start"
			if got := parsed(t, d).States[0].Transitions[0]; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("transition = %+v, want %+v", got, tt.want)
			}
		})
	}
}

// parsed is what a host reads of the definition.
func parsed(t *testing.T, d *Dialog) *abi.Definition {
	t.Helper()
	h := install(t, new(recordingHost))
	if got := describe(); got != resultDone {
		t.Fatalf("describe = %d, %v, want done", got, h.pushed)
	}
	definition, err := abi.ParseDefinition([]byte(h.pushed[0].a))
	if err != nil {
		t.Fatalf("%v in %s", err, h.pushed[0].a)
	}
	return definition
}

func TestDialog_Definition(t *testing.T) {
	d := newDialog(t)
	d.Language, d.TurnFuel, d.ClientVariables = "de", 1000, []string{"profile"}
	d.Entity("city").Value("Graz").Value("Vienna", "Wien", "\"W\"")
	where := d.Intent("where", "where is {city}", "{x:city}?")
	start := d.Initial("start").Was("begin", "first").Recheck(Second)
	help := d.State("help")
	start.When(where).GoTo(help)
	start.GoTo(start)
	help.Global(d.Intent("help", "help")).And(Var("x").IsSet()).If("", yes)
	help.When(AnyText()).GoBack()
	help.GoBack()
	want := &abi.Definition{
		Name: "name", Version: "1", ABI: abiVersion, Language: "de", Limits: abi.DefinitionLimits{TurnFuel: 1000},
		ClientVariables: []string{"profile"},
		States: []abi.State{
			{Name: "start", Initial: true, Was: []string{"begin", "first"}, RecheckMillis: 1000,
				Transitions: []abi.Transition{{Intent: "where", To: "help"}, {Auto: true, To: "start"}}},
			{Name: "help", Global: &abi.Transition{
				Intent: "help", Guard: abi.Names{"help:global"},
				When: abi.Conditions{condition("x", "!=", "null")},
			}, Transitions: []abi.Transition{
				{Message: true, To: abi.Previous}, {Auto: true, To: abi.Previous},
			}},
		},
		Intents: []abi.Intent{
			{Name: "where", Examples: []string{"where is {city}", "{x:city}?"}},
			{Name: "help", Examples: []string{"help"}},
		},
		Entities: []abi.Entity{{Name: "city", Values: []abi.EntityValue{
			{Value: "Graz"}, {Value: "Vienna", Synonyms: []string{"Wien", `"W"`}},
		}}},
	}
	if got := parsed(t, d); !reflect.DeepEqual(got, want) {
		t.Errorf("definition = %+v, want %+v", got, want)
	}
}

// A dialog of intents alone has no states.
func TestDialog_WithoutStates(t *testing.T) {
	d := newDialog(t)
	d.Intent("bye", "bye")
	if got := parsed(t, d); len(got.Intents) != 1 || len(got.States) != 0 {
		t.Errorf("definition = %+v, want one intent and no state", got)
	}
}

// line is the line that calls it, less back.
func line(back int) int {
	_, _, n, _ := runtime.Caller(1)
	return n - back
}

// What is declared wrongly is told with its line, and nothing is described.
func TestDialog_Misuse(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(d *Dialog, s *State) (line int)
		want string
	}{
		{"two initial states", func(d *Dialog, _ *State) int { d.Initial("b"); return line(0) },
			`Initial: state "start" is the initial one already`},
		{"state twice", func(d *Dialog, _ *State) int { d.State("start"); return line(0) },
			`state "start" is declared twice`},
		{"state without a name", func(d *Dialog, _ *State) int { d.State(""); return line(0) },
			"a state needs a name"},
		{"no target", func(_ *Dialog, s *State) int { s.When(AnyText()); return line(0) },
			`state "start": transition 1 has no target: end it with GoTo or GoBack`},
		{"no target, in its order", func(_ *Dialog, s *State) int {
			s.When(AnyVoice()).GoTo(s)
			s.When(
				AnyText())
			return line(2)
		}, `state "start": transition 2 has no target`},
		{"two targets", func(_ *Dialog, s *State) int {
			open := s.When(AnyText())
			open.GoTo(s)
			open.GoBack()
			return line(3)
		}, "has two targets"},
		{"nil target", func(_ *Dialog, s *State) int { s.When(AnyText()).GoTo(nil); return line(0) },
			"goes to nil"},
		{"nil target at once", func(_ *Dialog, s *State) int { s.GoTo(nil); return line(0) },
			"goes to nil"},
		{"another dialog's state", func(_ *Dialog, s *State) int {
			other := &State{dialog: new(Dialog), name: "far"}
			s.When(AnyText()).GoTo(other)
			return line(1)
		}, `goes to state "far" of another dialog`},
		{"another dialog's intent", func(_ *Dialog, s *State) int {
			s.When(new(Dialog).Intent("far", "x")).GoTo(s)
			return line(1)
		}, `waits for intent "far" of another dialog`},
		{"another dialog's guard", func(_ *Dialog, s *State) int {
			s.When(&Guard{name: "far"}).GoTo(s)
			return line(1)
		}, `has guard "far" of another dialog`},
		{"nil", func(_ *Dialog, s *State) int { s.When(nil).GoTo(s); return line(0) }, "waits for nil"},
		{"nil intent", func(_ *Dialog, s *State) int { s.When((*Intent)(nil)).GoTo(s); return line(0) },
			"waits for nil, which is no intent"},
		{"nil guard", func(_ *Dialog, s *State) int { s.When((*Guard)(nil)).GoTo(s); return line(0) },
			"has nil for a guard"},
		{"two triggers", func(_ *Dialog, s *State) int {
			s.When(AnyText()).And(Chosen("x")).GoTo(s)
			return line(1)
		}, "waits for two things: message and option"},
		{"zero trigger", func(_ *Dialog, s *State) int { s.When(Trigger{}).GoTo(s); return line(0) },
			"waits for the zero Trigger"},
		{"option without value", func(_ *Dialog, s *State) int {
			s.When(Chosen("")).GoTo(s)
			return line(1)
		}, "needs the option for which it waits"},
		{"event without name", func(_ *Dialog, s *State) int {
			s.When(EventNamed("")).GoTo(s)
			return line(1)
		}, "needs the event for which it waits"},
		{"no time", func(_ *Dialog, s *State) int { s.When(After(0)).GoTo(s); return line(0) },
			"needs the time for which it waits"},
		{"after auto", func(_ *Dialog, s *State) int {
			s.GoTo(s)
			s.When(AnyText()).GoTo(s)
			return line(1)
		}, "transition 2 comes after a GoTo of the state"},
		{"intent twice in a state", func(d *Dialog, s *State) int {
			in := d.Intent("i", "x")
			s.When(in).GoTo(s)
			s.When(in).GoTo(s)
			return line(1)
		}, `transition 2 waits for intent "i" as one before it does`},
		{"intent declared twice", func(d *Dialog, _ *State) int {
			d.Intent("i", "x")
			d.Intent("i", "y")
			return line(1)
		}, `intent "i" is declared twice`},
		{"intent without examples", func(d *Dialog, _ *State) int { d.Intent("i"); return line(0) },
			`intent "i" needs examples`},
		{"intent without a name", func(d *Dialog, _ *State) int { d.Intent("", "x"); return line(0) },
			"an intent needs a name"},
		{"entity twice", func(d *Dialog, _ *State) int {
			d.Entity("e").Value("x")
			d.Entity("e").Value("y")
			return line(1)
		}, `entity "e" is declared twice`},
		{"entity without a name", func(d *Dialog, _ *State) int { d.Entity(""); return line(0) },
			"an entity needs a name"},
		{"entity without values", func(d *Dialog, _ *State) int { d.Entity("e"); return line(0) },
			`entity "e" needs values`},
		{"guard twice", func(_ *Dialog, s *State) int {
			s.When(AnyText()).If("g", yes).GoTo(s)
			s.When(AnyText()).If("g", yes).GoTo(s)
			return line(1)
		}, `guard "g" is declared twice; Dialog.Guard makes one for several transitions`},
		{"guard without a function", func(d *Dialog, _ *State) int { d.Guard("g", nil); return line(0) },
			`guard "g" has no function`},
		{"guard without a name", func(d *Dialog, _ *State) int { d.Guard("", yes); return line(0) },
			"a guard needs a name"},
		{"condition without a variable", func(_ *Dialog, s *State) int {
			s.When(Var("").IsSet()).GoTo(s)
			return line(1)
		}, "a condition without the name of a variable"},
		{"condition with a list", func(_ *Dialog, s *State) int {
			s.When(Var("x").Is([]string{"a"})).GoTo(s)
			return line(1)
		}, `compares variable "x" with what is neither`},
		{"condition with no number", func(_ *Dialog, s *State) int {
			s.When(Var("x").In(1, math.Inf(1))).GoTo(s)
			return line(1)
		}, `compares variable "x" with what is neither`},
		{"global twice", func(_ *Dialog, s *State) int {
			s.Global(AnyVoice())
			s.Global(AnyFile())
			return line(1)
		}, "the global transition Global is set twice"},
		{"global with a target", func(_ *Dialog, s *State) int {
			s.Global(AnyVoice()).GoTo(s)
			return line(1)
		}, `state "start": the global transition leads to its own state, and has no other target`},
		{"two bodies", func(_ *Dialog, s *State) int {
			body := func(*Session) error { return nil }
			s.Enter(body)
			s.Enter(body)
			return line(1)
		}, `state "start": Enter is set twice`},
		{"two fallbacks", func(_ *Dialog, s *State) int {
			body := func(*Session) error { return nil }
			s.Fallback(body).Fallback(body)
			return line(1)
		}, `state "start": Fallback is set twice`},
		{"the first of two", func(d *Dialog, s *State) int {
			d.State("")
			s.When(nil)
			return line(2)
		}, "a state needs a name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDialog(t)
			n := tt.do(d, d.Initial("start"))
			wantFault(t, d, "dialog_test.go:"+strconv.Itoa(n)+": ", tt.want)
		})
	}
}

// wantFault wants describe to fail, with words that begin with prefix.
func wantFault(t *testing.T, d *Dialog, prefix, words string) {
	t.Helper()
	h := install(t, new(recordingHost))
	if got := d.describe(); got != resultFailed || len(h.pushed) != 1 || h.pushed[0].name != "fail" {
		t.Fatalf("describe = %d, %v, want a failure", got, h.pushed)
	}
	got := h.pushed[0].a
	if !strings.HasPrefix(got, prefix) || !strings.Contains(got, words) {
		t.Errorf("describe failed with %q, want %q", got, prefix+words)
	}
}

func TestDialog_MisuseAtTheEnd(t *testing.T) {
	d := newDialog(t)
	d.State("a")
	n := line(1)
	wantFault(t, d, "dialog_test.go:"+strconv.Itoa(n)+": ", "no state is the initial one")
	newDialog(t)
	second := NewDialog("other", "1")
	wantFault(t, second, "dialog_test.go:"+strconv.Itoa(line(1))+": ", "the bot has a dialog already")
	d = newDialog(t)
	Describe(Definition{Name: "x"})
	wantFault(t, d, "Describe: ", "the dialog has the bot's name and version")
}

// Bodies, fallbacks and guards are found by the state and by their names.
func TestDialog_Handlers(t *testing.T) {
	var done []string
	note := func(what string) Handler {
		return func(*Session) error { done = append(done, what); return nil }
	}
	d := newDialog(t)
	a := d.Initial("a").Enter(note("enter a"))
	b := d.State("b").Enter(note("enter b")).Fallback(note("fallback b"))
	d.State("c")
	a.When(AnyText()).If("no", func(*Session) (bool, error) { return false, nil }).GoTo(b)
	a.When(AnyText()).If("bad", func(*Session) (bool, error) { return true, errors.New("oh") }).GoTo(b)
	a.When(AnyText()).If("yes", yes).GoTo(b)
	for _, tt := range []struct {
		export, value string
		want          int32
		done          string
		pushed        []push
	}{
		{"on_enter", "a", resultDone, "enter a", nil},
		{"on_enter", "b", resultDone, "enter b", nil},
		{"on_enter", "c", resultNotHandled, "", nil},
		{"on_enter", "gone", resultNotHandled, "", nil},
		{"on_fallback", "a", resultNotHandled, "", nil},
		{"on_fallback", "b", resultDone, "fallback b", nil},
		{"on_fallback", "gone", resultNotHandled, "", nil},
		{"check", "yes", resultDone, "", []push{{"output", "true", "", 0}}},
		{"check", "no", resultDone, "", []push{{"output", "false", "", 0}}},
		{"check", "bad", resultFailed, "", []push{{"fail", `guard "bad": oh`, "", 0}}},
		{"check", "gone", resultNotHandled, "", nil},
	} {
		h := install(t, &recordingHost{value: tt.value})
		done = nil
		got := wire.Exports()[tt.export]()
		if got != tt.want || strings.Join(done, ",") != tt.done || !slices.Equal(h.pushed, tt.pushed) {
			t.Errorf("%s of %q = %d, %q, %v, want %d, %q, %v", tt.export, tt.value,
				got, done, h.pushed, tt.want, tt.done, tt.pushed)
		}
	}
	d.Fallback(note("fallback"))
	install(t, &recordingHost{value: "a"})
	if done = nil; fallback() != resultDone || strings.Join(done, ",") != "fallback" {
		t.Errorf("fallback of a: %q, want that of all states", done)
	}
}

// Without a dialog its exports handle nothing.
func TestDialog_None(t *testing.T) {
	Forget()
	h := install(t, new(recordingHost))
	for _, export := range []string{
		"describe", "on_enter", "check", "on_fallback", "on_voice", "on_file",
	} {
		if got := wire.Exports()[export](); got != resultNotHandled || h.reads+len(h.pushed) > 0 {
			t.Errorf("%s = %d, want not handled and no host call", export, got)
		}
	}
}

func TestSession_GoTo(t *testing.T) {
	h := install(t, new(recordingHost))
	session.GoTo(newDialog(t).State("there"))
	session.GoBack()
	want := []push{{"move", "there", "", 0}, {"move", abi.Previous, "", 0}}
	if !slices.Equal(h.pushed, want) {
		t.Errorf("calls = %v, want %v", h.pushed, want)
	}
}
