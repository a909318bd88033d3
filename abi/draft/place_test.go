package draft_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// waiting returns the names of the events that wait, with their ids.
func waiting(d *draft.Draft) string {
	var list []string
	for _, w := range d.Waiting() {
		list = append(list, w.ID+":"+w.Event.Name)
	}
	return strings.Join(list, " ")
}

func custom(name string) *abi.Event {
	return &abi.Event{Kind: abi.EventCustom, Name: name, Time: 7}
}

// Handlers see the event that they are called for; the turn's time and the entry
// of its own event stay.
func TestDraft_Use(t *testing.T) {
	own := &abi.Event{Kind: abi.EventMessage, Text: "hi", Time: 1000}
	d := begin(own, draft.Base{}, small)
	other := custom("paid")
	if d.Use(other); d.Event() != other {
		t.Errorf("Event() = %+v, want %+v", d.Event(), other)
	}
	if err := d.Reply([]byte("text"), []byte("ho")); err != nil {
		t.Fatal(err)
	}
	if got := d.Entries(); len(got) != 2 || got[0].Body != "hi" || got[1].Time != 1000 {
		t.Errorf("entries = %+v, want hi and ho of the turn's time", got)
	}
	d.Rollback()
	if d.Event() != other {
		t.Errorf("Event() after Rollback = %+v, want %+v", d.Event(), other)
	}
	if d.Begin(own, draft.Base{}, &small); d.Event() != own {
		t.Errorf("Event() after Begin = %+v, want %+v", d.Event(), own)
	}
}

// A timer that has gone off is gone, whatever event handlers see; another one is
// not gone because a handler sees the event of its name.
func TestDraft_UseTimers(t *testing.T) {
	base := draft.Base{Timers: []string{"a", "b", "c"}}
	d := begin(&abi.Event{Kind: abi.EventTimer, Name: "a"}, base, small)
	d.Use(custom("x"))
	apply(t, d, "-a") // nothing to cancel
	apply(t, d, "+d")
	if got := written(d); !slices.Equal(got, []string{"+d"}) {
		t.Errorf("changes = %v, want [+d]", got)
	}
	d = begin(custom("x"), base, small)
	d.Use(&abi.Event{Kind: abi.EventTimer, Name: "a"}) // one that waited
	if err := d.TimerSet([]byte("d"), abi.MinDelay, nil); err == nil {
		t.Error("TimerSet(a fourth) = nil, want an error")
	}
	apply(t, d, "-a")
	if got := written(d); !slices.Equal(got, []string{"-a"}) {
		t.Errorf("changes = %v, want [-a]", got)
	}
}

func TestDraft_Enter(t *testing.T) {
	for _, test := range []struct {
		name    string
		do      func(*draft.Draft)
		state   string
		entered bool
		moved   bool
	}{
		{"nothing", func(*draft.Draft) {}, "here", false, false},
		{"enter", func(d *draft.Draft) { d.Enter("there") }, "there", true, true},
		{"enter again", func(d *draft.Draft) { d.Enter("there"); d.Enter("here") },
			"here", true, true},
		{"enter the same", func(d *draft.Draft) { d.Enter("here") }, "here", true, true},
		{"rename", func(d *draft.Draft) { d.Rename("there") }, "there", false, true},
		{"rename, then enter",
			func(d *draft.Draft) { d.Rename("x"); d.Enter("y") }, "y", true, true},
	} {
		d := begin(start(), draft.Base{State: "here"}, small)
		test.do(d)
		_, moved := d.Moved()
		if d.State() != test.state || d.Entered() != test.entered || moved != test.moved {
			t.Errorf("%s: state %q, entered %t, moved %t, want %q, %t, %t", test.name,
				d.State(), d.Entered(), moved, test.state, test.entered, test.moved)
		}
		if _, asked := d.Asked(); asked {
			t.Errorf("%s: Asked() is true, want false: no handler moved", test.name)
		}
		if d.Begin(start(), draft.Base{}, &small); d.Entered() || d.State() != "" {
			t.Errorf("%s: entered %t, state %q after Begin, want a new turn", test.name,
				d.Entered(), d.State())
		}
	}
}

// Of several moves the last one counts, in the words of the handler, once.
func TestDraft_Asked(t *testing.T) {
	target := func(asked string, back []string) (string, error) {
		if asked == "back" {
			return back[len(back)-1], nil
		}
		return strings.ToUpper(asked), nil
	}
	d := begin(start(), draft.Base{Back: []string{"x", "y"}, Target: target}, small)
	if to, ok := d.Asked(); ok || to != "" {
		t.Errorf("Asked() = %q, %t, want none", to, ok)
	}
	for _, to := range []string{"a", "back"} {
		if err := d.Move([]byte(to)); err != nil {
			t.Fatalf("Move(%s) = %v", to, err)
		}
	}
	if d.State() != "y" {
		t.Errorf("State() = %q, want y", d.State())
	}
	if to, ok := d.Asked(); !ok || to != "back" {
		t.Errorf("Asked() = %q, %t, want back", to, ok)
	}
	if to, ok := d.Asked(); ok || to != "" {
		t.Errorf("Asked() again = %q, %t, want none", to, ok)
	}
	if d.State() != "y" {
		t.Errorf("State() = %q after Asked, want y", d.State())
	}
	d.Begin(start(), draft.Base{}, &small)
	_ = d.Move([]byte("a"))
	d.Begin(start(), draft.Base{}, &small)
	if to, ok := d.Asked(); ok {
		t.Errorf("Asked() after Begin = %q, want none", to)
	}
}

// The limit of moves is that between two looks of the one who takes them.
func TestDraft_AskedMoves(t *testing.T) {
	move := func(d *draft.Draft, n int) (err error) {
		for range n {
			err = d.Move([]byte("s"))
		}
		return err
	}
	for n, ok := range map[int]bool{3: true, 4: true, 5: false} {
		d := begin(start(), draft.Base{}, small)
		for range 3 {
			if err := move(d, n); (err == nil) != ok {
				t.Errorf("%d moves = %v, want success: %t", n, err, ok)
			}
			d.Asked()
		}
	}
}

// A target that Target refuses is the error of Move, and leaves nothing.
func TestDraft_Target(t *testing.T) {
	unknown := errors.New("there is no such state")
	target := func(asked string, _ []string) (string, error) {
		if asked == "bad" {
			return "never", unknown
		}
		return asked + "!", nil
	}
	d := begin(start(), draft.Base{State: "here", Target: target}, small)
	if err := d.Move([]byte("bad")); !errors.Is(err, unknown) || d.State() != "here" {
		t.Errorf("Move(bad) = %v, state %q, want %v, here", err, d.State(), unknown)
	}
	if _, ok := d.Asked(); ok {
		t.Error("Asked() after a move that was refused is true, want false")
	}
	if err := d.Move([]byte("ok")); err != nil || d.State() != "ok!" {
		t.Errorf("Move(ok) = %v, state %q, want ok!", err, d.State())
	}
	if err := d.Move([]byte("bad")); !errors.Is(err, unknown) || d.State() != "ok!" {
		t.Errorf("Move(bad) = %v, state %q, want %v, ok!", err, d.State(), unknown)
	}
	if to, ok := d.Asked(); !ok || to != "ok" {
		t.Errorf("Asked() = %q, %t, want ok", to, ok)
	}
	called := false
	d = begin(start(), draft.Base{Target: func(string, []string) (string, error) {
		called = true
		return "", nil
	}}, small)
	for _, name := range []string{"", "longer", string(notUTF8)} {
		if err := d.Move([]byte(name)); err == nil || called {
			t.Errorf("Move(%q) = %v, asked for its target: %t, want an error before", name, err,
				called)
		}
	}
}

// Rollback undoes a move, and what was asked for with it.
func TestDraft_RollbackMove(t *testing.T) {
	d := begin(start(), draft.Base{State: "here"}, small)
	move := func(to string) {
		t.Helper()
		if err := d.Move([]byte(to)); err != nil {
			t.Fatalf("Move(%s) = %v", to, err)
		}
	}
	move("a")
	d.Rollback()
	if to, ok := d.Asked(); ok || d.State() != "here" {
		t.Errorf("Asked() = %q, %t, state %q, want none, here", to, ok, d.State())
	}
	move("b")
	d.Mark()
	for range 9 { // more often than the limit allows
		move("c")
		d.Rollback()
	}
	if to, ok := d.Asked(); !ok || to != "b" || d.State() != "b" {
		t.Errorf("Asked() = %q, %t, state %q, want b, b", to, ok, d.State())
	}
	d.Enter("e")
	d.Mark()
	move("f")
	d.Rollback()
	if to, ok := d.Asked(); ok || d.State() != "e" || !d.Entered() {
		t.Errorf("Asked() = %q, %t, state %q, entered %t, want e", to, ok, d.State(), d.Entered())
	}
}

func TestDraft_Back(t *testing.T) {
	base := []string{"a", "b"}
	d := begin(start(), draft.Base{Back: base}, small)
	if got := d.Back(); !slices.Equal(got, base) {
		t.Errorf("Back() = %q, want %q", got, base)
	}
	d.SetBack([]string{"c"})
	d.Rollback()
	if got := d.Back(); !slices.Equal(got, []string{"c"}) {
		t.Errorf("Back() = %q, want c: what a dialog does is not undone", got)
	}
	var seen []string
	d.Begin(start(), draft.Base{Back: base, Target: func(_ string, back []string) (string, error) {
		seen = back
		return "s", nil
	}}, &small)
	if err := d.Move([]byte("s")); err != nil || !slices.Equal(seen, base) {
		t.Errorf("Move(s) = %v, Target saw %q, want %q", err, seen, base)
	}
	d.SetBack(nil)
	if err := d.Move([]byte("s")); err != nil || len(seen) != 0 {
		t.Errorf("Move(s) = %v, Target saw %q, want none", err, seen)
	}
	if d.Begin(start(), draft.Base{}, &small); len(d.Back()) != 0 {
		t.Errorf("Back() after Begin = %q, want none", d.Back())
	}
}

// The base's events are not touched, even where there is room behind them.
func TestDraft_Waiting(t *testing.T) {
	list := func(n int) []draft.Waiting {
		list := make([]draft.Waiting, 0, n+5)
		for i := range n {
			list = append(list, draft.Waiting{ID: strconv.Itoa(i), Event: *custom("e")})
		}
		return list
	}
	wait := func(d *draft.Draft) { d.Wait(custom("x")) }
	take := func(i int) func(*draft.Draft) { return func(d *draft.Draft) { d.Take(i) } }
	for _, test := range []struct {
		name  string
		base  int
		steps []func(*draft.Draft)
		want  string
	}{
		{"none", 0, nil, ""},
		{"as they were", 2, nil, "0:e 1:e"},
		{"one more", 2, []func(*draft.Draft){wait}, "0:e 1:e :x"},
		{"the first", 0, []func(*draft.Draft){wait}, ":x"},
		{"oldest", 3, []func(*draft.Draft){take(0)}, "1:e 2:e"},
		{"newest", 3, []func(*draft.Draft){take(2)}, "0:e 1:e"},
		{"all", 2, []func(*draft.Draft){take(1), take(0)}, ""},
		{"in and out", 1, []func(*draft.Draft){wait, take(0), wait, take(0)}, ":x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := list(test.base)
			d := begin(start(), draft.Base{Waiting: base}, small)
			for _, step := range test.steps {
				step(d)
			}
			d.Rollback()
			if got := waiting(d); got != test.want {
				t.Errorf("waiting = %q, want %q", got, test.want)
			}
			whole := base[:cap(base)]
			if want := append(list(test.base), make([]draft.Waiting, 5)...); !same(whole, want) {
				t.Errorf("the base became %+v", whole)
			}
			d.Begin(start(), draft.Base{Waiting: base}, &small)
			if got := waiting(d); got != waiting(begin(start(), draft.Base{Waiting: base}, small)) {
				t.Errorf("waiting after Begin = %q, want those of the base", got)
			}
		})
	}
}

func same(a, b []draft.Waiting) bool {
	return slices.EqualFunc(a, b, func(x, y draft.Waiting) bool {
		return x.ID == y.ID && x.Event.Name == y.Event.Name
	})
}

// An event that waits is a copy: the caller may use its own again.
func TestDraft_WaitCopies(t *testing.T) {
	d := begin(start(), draft.Base{}, small)
	ev := custom("a")
	d.Wait(ev)
	ev.Name = "b"
	if got := d.Waiting()[0].Event; got.Name != "a" || got.Time != 7 {
		t.Errorf("the event that waits = %+v, want a", got)
	}
}
