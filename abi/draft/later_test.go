package draft_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// written returns changes of timers as text: +a is set, -a is canceled.
func written(d *draft.Draft) []string {
	var list []string
	for _, w := range d.Timers() {
		sign := "+"
		if w.Cancel {
			sign = "-"
		}
		list = append(list, sign+w.Name)
	}
	return list
}

// apply does what such a text says.
func apply(t *testing.T, d *draft.Draft, step string) {
	t.Helper()
	name := []byte(step[1:])
	var err error
	switch step[0] {
	case '+':
		err = d.TimerSet(name, abi.MinDelay, nil)
	case '-':
		err = d.TimerCancel(name)
	case '!':
		err = d.HTTPStart(name, []byte(`{"url":"http://h"}`))
	case '|':
		d.Mark()
	case '<':
		d.Rollback()
	}
	if err != nil {
		t.Fatalf("%s: %v", step, err)
	}
}

// The base has the timers x and y.
func TestDraft_Timers(t *testing.T) {
	for _, test := range []struct {
		steps, want []string
	}{
		{nil, nil},
		{[]string{"+a", "+b"}, []string{"+a", "+b"}},
		{[]string{"+a", "+b", "+a"}, []string{"+b", "+a"}},
		{[]string{"-a"}, nil},
		{[]string{"+a", "-a"}, nil},
		{[]string{"-x"}, []string{"-x"}},
		{[]string{"-x", "-x"}, []string{"-x"}},
		{[]string{"+x"}, []string{"+x"}},
		{[]string{"+x", "-x"}, []string{"-x"}},
		{[]string{"-x", "+x"}, []string{"+x"}},
		{[]string{"+a", "|", "-a"}, []string{"+a", "-a"}},
		{[]string{"+a", "|", "-a", "+a"}, []string{"+a", "+a"}},
		{[]string{"+a", "|", "-a", "<"}, []string{"+a"}},
		{[]string{"+a", "|", "+b", "+a", "<"}, []string{"+a"}},
		{[]string{"-x", "|", "+x", "-x"}, []string{"-x"}},
		{[]string{"+a", "<", "+b"}, []string{"+b"}},
	} {
		t.Run(fmt.Sprint(test.steps), func(t *testing.T) {
			d := begin(start(), draft.Base{Timers: []string{"x", "y"}}, abi.Limits{}.Defaults())
			for _, step := range test.steps {
				apply(t, d, step)
			}
			if got := written(d); !slices.Equal(got, test.want) {
				t.Errorf("%v = %v, want %v", test.steps, got, test.want)
			}
		})
	}
}

// What is undone counts towards no limit, also more often than limits allow.
func TestDraft_RollbackLater(t *testing.T) {
	base := draft.Base{Timers: []string{"x"}}
	d := begin(start(), base, small)
	apply(t, d, "+a")
	apply(t, d, "!r")
	apply(t, d, "|")
	for range 10 {
		for _, step := range []string{"-x", "+b", "-a", "+c", "!s", "<"} {
			apply(t, d, step)
		}
		if got, n := written(d), len(d.Requests()); !slices.Equal(got, []string{"+a"}) || n != 1 {
			t.Fatalf("after a rollback: timers %v, %d requests, want [+a], 1", got, n)
		}
	}
	apply(t, d, "+b")
	if err := d.TimerSet([]byte("c"), abi.MinDelay, nil); err == nil {
		t.Error("TimerSet(a fourth) = nil, want an error")
	}
	if d.Begin(start(), base, &small); len(d.Timers())+len(d.Requests()) != 0 {
		t.Errorf("Begin left timers %v, requests %v", d.Timers(), d.Requests())
	}
	apply(t, d, "+b")
	apply(t, d, "+c")
}

// A turn in which a guest sets and cancels ever other timers stays small.
func TestDraft_TimersAreFew(t *testing.T) {
	d := begin(start(), draft.Base{}, abi.Limits{}.Defaults())
	for i := range 10_000 {
		apply(t, d, fmt.Sprintf("+%d", i))
		apply(t, d, fmt.Sprintf("-%d", i))
	}
	if got := d.Timers(); len(got) != 0 || cap(got) > 100 {
		t.Errorf("%d changes in room for %d, want none", len(got), cap(got))
	}
}

// The timer whose event it is has gone: there is nothing to cancel, and there is
// room for another one.
func TestDraft_TimerOfTheEvent(t *testing.T) {
	for _, timers := range [][]string{{"a", "b", "x"}, {"a", "b"}} {
		d := begin(&abi.Event{Kind: abi.EventTimer, Name: "x"}, draft.Base{Timers: timers}, small)
		apply(t, d, "-x")
		if got := written(d); len(got) != 0 {
			t.Errorf("timers %v: changes = %v, want none", timers, got)
		}
		apply(t, d, "+c")
		if err := d.TimerSet([]byte("x"), abi.MinDelay, nil); err == nil {
			t.Errorf("timers %v: TimerSet(a fourth) = nil, want an error", timers)
		}
		apply(t, d, "-a")
		apply(t, d, "+x")
		if got := written(d); !slices.Equal(got, []string{"+c", "-a", "+x"}) {
			t.Errorf("timers %v: changes = %v, want [+c -a +x]", timers, got)
		}
	}
}

// A limit that was lowered does not hold what is there already.
func TestDraft_TimersAboveLimit(t *testing.T) {
	d := begin(start(), draft.Base{Timers: []string{"a", "b", "c", "d", "e"}}, small)
	apply(t, d, "+e")
	apply(t, d, "-a")
	apply(t, d, "-b")
	if err := d.TimerSet([]byte("f"), abi.MinDelay, nil); err == nil {
		t.Error("TimerSet(f) = nil, want an error: 3 are set")
	}
	apply(t, d, "-c")
	apply(t, d, "+f")
}

// Errors name the argument that is at fault.
func TestDraft_LaterErrors(t *testing.T) {
	d := begin(start(), draft.Base{Timers: []string{"x", "y", "z"}}, small)
	name, request := []byte("n"), []byte(`{"url":"http://h"}`)
	for _, test := range []struct {
		err      error
		function abi.Function
		argument string
	}{
		{d.TimerSet(nil, 100, nil), abi.FuncTimerSet, "name"},
		{d.TimerSet(name, 0, nil), abi.FuncTimerSet, "delay_ms"},
		{d.TimerSet(name, 100, notUTF8), abi.FuncTimerSet, "data"},
		{d.TimerSet(name, 100, make([]byte, 9)), abi.FuncTimerSet, "data"},
		{d.TimerSet(name, 100, nil), abi.FuncTimerSet, "name"},
		{d.HTTPStart(nil, request), abi.FuncHTTPStart, "name"},
		{d.HTTPStart(name, nil), abi.FuncHTTPStart, "request"},
		{d.HTTPStart(name, make([]byte, 21)), abi.FuncHTTPStart, "request"},
	} {
		got, ok := errors.AsType[*abi.ArgumentError](test.err)
		if !ok || got.Function != test.function || got.Argument != test.argument {
			t.Errorf("error = %v, want one of %s: %s", test.err, test.function, test.argument)
		}
	}
}
