package dialog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/dialog"
)

// answers are an oracle.
type answers struct {
	vars    map[string]string
	offered string
	err     error
	asked   int
	checked int
	gets    int
}

func (a *answers) Get(name string) (string, bool) {
	a.gets++
	v, ok := a.vars[name]
	return v, ok
}

func (a *answers) Offered() (string, error) { a.asked++; return a.offered, a.err }

func (a *answers) Check(string, *abi.Event) (bool, error) {
	a.checked++
	return a.err == nil, a.err
}

// TestNext_Operators has each operator compare what variables can be with what
// operands can be.
func TestNext_Operators(t *testing.T) {
	const unset = "(unset)"
	rows := []struct {
		op, operand string
		holds, not  string // values of the variable, separated by commas
	}{
		{"==", `"x"`, "x", "X,xx,1,null," + unset},
		{"==", `""`, "(empty)", "x," + unset},
		{"==", `"1"`, "1", "1.0,01," + unset},
		{"==", `1`, "1,1.0,1e0,+1", "2,x,(empty),true,NaN,Inf," + unset},
		{"==", `-0.5`, "-0.5,-.5,-5e-1", "0.5," + unset},
		{"==", `0`, "0,-0,0.0", "(empty),false,x," + unset},
		{"==", `true`, "true", "false,TRUE,1,(empty)," + unset},
		{"==", `false`, "false", "true,0,(empty)," + unset},
		{"==", `null`, unset, "null,(empty),x,0"},
		{"!=", `"x"`, "X,xx,(empty)," + unset, "x"},
		{"!=", `1`, "2,0,-1,1.5", "1,1.0,x,(empty),NaN,Infinity,1e999," + unset},
		{"!=", `true`, "false,x,1,(empty)," + unset, "true"},
		{"!=", `null`, "null,(empty),x", unset},
		{"<", `2`, "1,-5,1.99,1e-3", "2,3,10,x,(empty),-Inf,NaN," + unset},
		{"<=", `2`, "1,2,2.0", "2.01,3,x,-Inf," + unset},
		{">", `2`, "3,10,2.5,1e300", "2,1,x,Inf,1e999," + unset},
		{">=", `2`, "2,2.0,3", "1.99,x,Inf," + unset},
		{"<", `"b"`, "a,(empty),B,10", "b,c,ba," + unset},
		{"<=", `"b"`, "a,b,(empty)", "c,ba," + unset},
		{">", `"b"`, "c,ba", "b,a,(empty)," + unset},
		{">=", `"b"`, "b,c,ba", "a,(empty)," + unset},
		{"<", `"9"`, "10,8", "9," + unset},
		{"contains", `"ell"`, "hello,ell", "HELLO,el,(empty)," + unset},
		{"contains", `""`, "(empty),x", unset},
		{"in", `["x",1,true,null]`, "x,1,1.0,true," + unset, "y,2,false,null,(empty)"},
		{"in", `["x","y"]`, "x,y", "xy,(empty)," + unset},
		{"in", `[2]`, "2,2.0", "x,3," + unset},
		{"in", `[]`, "", "x,(empty)," + unset},
		{"matches", `"^a+$"`, "a,aaa", "b,ab,(empty)," + unset},
		{"matches", `"b"`, "abc", "a,B," + unset},
		{"matches", `"(?i)^yes"`, "YES!,yes", "no," + unset},
		{"matches", `""`, "(empty),x", unset},
	}
	seen := make(map[string]bool)
	for _, row := range rows {
		seen[row.op] = true
		d := dialog.New(define(t, "a: when v "+row.op+" "+row.operand+" -> b\nb:"), nil)
		for i, values := range []string{row.holds, row.not} {
			for value := range strings.SplitSeq(values, ",") {
				if values == "" {
					continue
				}
				o := &answers{vars: map[string]string{"v": strings.Replace(value, "(empty)", "",
					1)}}
				if value == unset {
					o.vars = nil
				}
				step, err := d.Next(dialog.View{State: "a"}, nil, o)
				if want := i == 0; err != nil || (step.Transition != nil) != want {
					t.Errorf("%s %s %s: %v, %v, want %v",
						value, row.op, row.operand, step.Transition != nil, err, want)
				}
			}
		}
	}
	if len(seen) != 9 {
		t.Errorf("%d operators have rows, there are 9", len(seen))
	}
}

// TestNext_Step holds what a step says.
func TestNext_Step(t *testing.T) {
	def := define(t, `a: event e -> b; intent hi -> b; when x == 1 -> a
		b: message -> @previous
		h (global intent help):`)
	d := dialog.New(def, firstWord{})
	waiting := []draft.Waiting{{Event: *event(t, "event q")}, {Event: *event(t, "event e")}}
	view := dialog.View{State: "a", Back: []string{"b"}, Waiting: waiting}
	show := func(s dialog.Step) string {
		if s.Transition == nil {
			return "stays"
		}
		ev := "nothing"
		if s.Event != nil {
			ev = about(s.Event)
		}
		return fmt.Sprintf("to %s with %s, takes %d, back %s", s.To, ev, s.Takes, s.Back)
	}
	for _, row := range []struct {
		name string
		view dialog.View
		ev   string
		vars map[string]string
		want string
	}{
		{"what waits", view, "say hi", nil, "to b with e, takes 1, back [b]"},
		{"the turn's own event", dialog.View{State: "a"}, "say hi you", nil,
			"to b with hi you#hi, takes -1, back []"},
		{"a condition", dialog.View{State: "a"}, "say ho", map[string]string{"x": "1"},
			"to a with nothing, takes -2, back []"},
		{"no event", dialog.View{State: "a"}, "", map[string]string{"x": "1"},
			"to a with nothing, takes -2, back []"},
		{"the state's own before a global one", dialog.View{State: "b", Back: []string{"a"}},
			"say help", nil, "to a with help#help, takes -1, back []"},
		{"a global state", dialog.View{State: "a", Back: []string{"a"}}, "say help", nil,
			"to h with help#help, takes -1, back [a a]"},
		{"back", dialog.View{State: "b", Back: []string{"a", "h"}}, "say x", nil,
			"to h with x, takes -1, back [a]"},
		{"nothing", dialog.View{State: "a"}, "say ho", nil, "stays"},
		{"nothing at all", dialog.View{State: "a"}, "", nil, "stays"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var ev *abi.Event
			if row.ev != "" {
				ev = event(t, row.ev)
			}
			step, err := d.Next(row.view, ev, &answers{vars: row.vars})
			if got := show(step); err != nil || got != row.want {
				t.Errorf("Next() = %s, %v, want %s", got, err, row.want)
			}
			if step.Transition != nil && !slices.Contains(transitions(def), step.Transition) {
				t.Error("the transition is not one of the definition's")
			}
		})
	}
}

// transitions returns all of a definition.
func transitions(def *abi.Definition) (all []*abi.Transition) {
	for i := range def.States {
		s := &def.States[i]
		for j := range s.Transitions {
			all = append(all, &s.Transitions[j])
		}
		if s.Global != nil {
			all = append(all, s.Global)
		}
	}
	return all
}

func TestNext_Errors(t *testing.T) {
	d := dialog.New(define(t, "a: option y -> b; option n -> b; message guard g -> b\nb:"), nil)
	_, err := d.Next(dialog.View{State: "c"}, nil, &answers{})
	if err == nil || err.Error() != `there is no state "c"` {
		t.Errorf("a state that is not declared: %v", err)
	}
	broken := errors.New("broken")
	view, o := dialog.View{State: "a"}, &answers{err: broken}
	if _, err := d.Next(view, event(t, "say maybe"), o); !errors.Is(err, broken) || o.checked > 0 {
		t.Errorf("a log that cannot be read: %v", err)
	}
	_, err = d.Next(view, event(t, "option maybe"), o)
	if !errors.Is(err, broken) || o.checked == 0 {
		t.Errorf("a guard that cannot be decided: %v", err)
	}
}

// TestNext_Offered holds that the log is read once a choice, and only for texts that
// are no option's value.
func TestNext_Offered(t *testing.T) {
	d := dialog.New(define(t, "a: option y -> b; option n -> b; option m -> b\nb:"), nil)
	for text, want := range map[string]int{
		"say what": 1, "say y": 0, "option what": 0, "event e": 0, "say n": 1,
	} {
		o := &answers{offered: `[{"label":"Q","value":"q"}]`}
		if _, err := d.Next(dialog.View{State: "a"}, event(t, text), o); err != nil ||
			o.asked != want {
			t.Errorf("%s: the log is read %d times, %v, want %d", text, o.asked, err, want)
		}
	}
}

// TestNext_Work holds what the conditions of a turn may take: 100 of them, each on
// a million bytes.
func TestNext_Work(t *testing.T) {
	def := define(t, "a: "+strings.Repeat("when x contains \"z\" -> b;", 100)+"auto -> c\nb:\nc:")
	d := dialog.New(def, nil)
	for size, want := range map[int]string{999_998: "c", 999_999: "c", 1_000_000: ""} {
		o := &answers{vars: map[string]string{"x": strings.Repeat("y", size)}}
		step, err := d.Next(dialog.View{State: "a"}, nil, o)
		if step.To != want || (err != nil) != (want == "") {
			t.Errorf("%d bytes: to %q, %v, want %q", size, step.To, err, want)
		}
		const words = `conditions take too much work, that on "x" the last`
		if err != nil && err.Error() != words {
			t.Errorf("%v, want %s", err, words)
		}
	}
}

// TestRun_Work holds that work is counted over all choices of a turn, and that a
// pattern's size counts.
func TestRun_Work(t *testing.T) {
	var bot strings.Builder
	for i := range 20 {
		fmt.Fprintf(&bot, "s%d: when x matches \"(a{200}|b)z\" -> s0; auto -> s%d\n", i, i+1)
	}
	bot.WriteString("s20:\n")
	def := define(t, bot.String())
	for size, want := range map[int]bool{10: true, 4_000: true, 60_000: false} {
		b := newBot(t, def, "")
		b.base.Vars["x"] = strings.Repeat("y", size)
		got := b.turn(event(t, "start"))
		if strings.HasSuffix(got, "at s20") != want ||
			strings.Contains(got, "too much work") == want {
			t.Errorf("%d bytes: %s", size, got)
		}
	}
}

// TestNext_Once holds that a condition on a variable is tested once for all events,
// and not at all if the trigger matches none.
func TestNext_Once(t *testing.T) {
	d := dialog.New(define(t, "a: event e when x == 1 guard g -> b\nb:"), nil)
	for text, want := range map[string]int{"event e": 1, "event f": 1, "say e": 1} {
		o := &answers{vars: map[string]string{"x": "2"}}
		view := dialog.View{State: "a", Waiting: make([]draft.Waiting, 3)}
		for i := range view.Waiting {
			view.Waiting[i].Event = *event(t, "event e")
		}
		if _, err := d.Next(view, event(t, text), o); err != nil || o.gets != want {
			t.Errorf("%s: the variable is read %d times, %v, want %d", text, o.gets, err, want)
		}
		o.vars["x"], o.gets = "1", 0
		guarded := noGuard{o}
		if _, err := d.Next(view, event(t, text), guarded); err != nil || o.gets != want {
			t.Errorf("%s: it is read %d times for guards, %v, want %d", text, o.gets, err, want)
		}
		o.gets = 0
		if _, err := d.Next(dialog.View{State: "a"}, event(t, "event f"), o); err != nil ||
			o.gets > 0 {
			t.Errorf("it is read %d times for another event, %v", o.gets, err)
		}
	}
}

// noGuard is an oracle whose guards hold for nothing.
type noGuard struct{ *answers }

func (noGuard) Check(string, *abi.Event) (bool, error) { return false, nil }

// listed is a classifier that keeps what it is asked.
type listed struct{ asked []string }

func (l *listed) ClassifyAt(text string, among []string, _ time.Time) (p abi.Prediction, ok bool) {
	l.asked = append(l.asked, text+" "+strings.Join(among, ","))
	return p, false
}

// TestNext_Among holds which intents a text is looked for, and that it is once.
func TestNext_Among(t *testing.T) {
	def := define(t, `
		a: message when x == 1 -> b; intent hi -> b; intent ho -> b; no_intent guard g -> b
		b: message -> a
		h (global intent help): intent ho -> a
		i (global intent help): intent help -> a
		j (global intent hi): event e -> a`)
	for state, want := range map[string]string{
		"a": "hi,ho,help", "b": "help,hi", "h": "ho,help,hi", "i": "help,hi", "j": "help",
	} {
		c := new(listed)
		d := dialog.New(def, c)
		o := noGuard{&answers{}}
		if _, err := d.Next(dialog.View{State: state}, event(t, "say q"), o); err != nil {
			t.Fatal(err)
		}
		if want := []string{"q " + want}; !slices.Equal(c.asked, want) {
			t.Errorf("in %s it is asked %q, want %q", state, c.asked, want)
		}
	}
}
