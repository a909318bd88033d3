package turn_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// script is a dialog that does what messages say, one word after the other, and
// that says what else happens. Its bot has only a check.
type script struct {
	// after and recheck are those of states.
	after   map[string][]int64
	recheck map[string]int64
	// gone says that no state waits for anything any more.
	gone atomic.Bool
	// event, if set, runs for events that are no messages, after they were said.
	event func(d *draft.Draft, h draft.Handlers) error
}

func (s *script) Target() func(string, []string) (string, error) { return nil }

func (s *script) Timing(state string, elapsed int64) (after, recheck int64) {
	if s.gone.Load() {
		return 0, 0
	}
	for _, ms := range s.after[state] {
		if ms > elapsed {
			return ms, s.recheck[state]
		}
	}
	return 0, s.recheck[state]
}

func (s *script) Run(d *draft.Draft, h draft.Handlers) error {
	ev := d.Event()
	if ev.Kind == abi.EventMessage {
		for word := range strings.FieldsSeq(ev.Text) {
			if err := s.do(word, d, h); err != nil {
				return err
			}
		}
		return nil
	}
	if ev.Kind != abi.EventRecheck && ev.Kind != abi.EventStart {
		say(d, "%s %s%s in %s", ev.Kind, ev.Name, ev.Data, d.State())
	}
	if s.event != nil {
		return s.event(d, h)
	}
	return nil
}

func say(d *draft.Draft, format string, args ...any) {
	d.Add(abi.FromBot, abi.KindText, fmt.Sprintf(format, args...))
}

func (s *script) do(word string, d *draft.Draft, h draft.Handlers) error {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "enter":
		d.Enter(value)
	case "rename":
		d.Rename(value)
	case "wait":
		ev := *d.Event()
		ev.Text = value
		d.Wait(&ev)
	case "take":
		for i, w := range d.Waiting() {
			if w.Event.Text == value {
				d.Take(i)
				break
			}
		}
	case "blame":
		for _, w := range d.Waiting() {
			if w.Event.Text == value {
				d.Blame(w.ID)
			}
		}
	case "push":
		d.SetBack(append(slices.Clone(d.Back()), value))
	case "pop":
		d.SetBack(d.Back()[:len(d.Back())-1])
	case "check":
		holds, err := h.Check(value)
		say(d, "%s is %v", value, holds)
		return err
	case "tell":
		h.Tell("it was said", "what", value)
	case "fail":
		return errors.New("told to fail")
	}
	say(d, "at %q back %v waiting %v", d.State(), d.Back(), names(d.Waiting()))
	return nil
}

func names(waiting []draft.Waiting) []string {
	var list []string
	for i := range waiting {
		list = append(list, waiting[i].Event.Text)
	}
	return list
}

// newScript makes a runner of a scripted bot, and a session that has begun.
func newScript(tb testing.TB, s *script, opts turn.Options) (*turn.Runner, *turn.Handle) {
	tb.Helper()
	r := newRunner(tb, &bot{dialog: s}, opts)
	return r, newSession(tb, r, "s")
}

// last returns what was said last.
func last(tb testing.TB, h *turn.Handle) string {
	tb.Helper()
	lines := said(tb, h)
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1]
}

// TestDialog_Kept: where the session stands, what it came from and what waits are
// there in the next turn, also if the session is read from the store again.
func TestDialog_Kept(t *testing.T) {
	for _, warm := range []int{0, 1000} {
		r, h := newScript(t, new(script), turn.Options{Warm: warm})
		for _, test := range []struct{ text, want string }{
			{"enter=a push=x", `at "a" back [x] waiting []`},
			{"push=y wait=1 wait=2", `at "a" back [x y] waiting [1 2]`},
			{"wait=3", `at "a" back [x y] waiting [1 2 3]`},
			{"take=2", `at "a" back [x y] waiting [1 3]`},
			{"take=1 wait=4 take=4", `at "a" back [x y] waiting [3]`},
			{"rename=b pop", `at "b" back [x] waiting [3]`},
			{"pop take=3", `at "b" back [] waiting []`},
		} {
			accept(t, h, message("", test.text))
			if got := last(t, h); got != test.want {
				t.Errorf("warm %d: after %q it stands %s, want %s", warm, test.text, got, test.want)
			}
			h.Close()
			var err error
			if h, err = r.Open(t.Context(), testKey("s"), nil); err != nil {
				t.Fatal(err)
			}
		}
		h.Close()
	}
}

// TestDialog_WaitingOrder: events wait in the order in which they came, over many
// turns, several of one turn among them, also after the session was read again.
func TestDialog_WaitingOrder(t *testing.T) {
	r, h := newScript(t, new(script), turn.Options{})
	var want []string
	for i := range 12 {
		text := ""
		for j := range 12 {
			number := fmt.Sprint(i*12 + j)
			text += " wait=" + number
			want = append(want, number)
		}
		accept(t, h, message("", text))
	}
	h.Close()
	h, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	accept(t, h, message("", "show"))
	if got := last(t, h); got != fmt.Sprintf("at %q back [] waiting %v", "", want) {
		t.Errorf("%s, want %v", got, want)
	}
}

// TestDialog_WaitingRestart: events wait over an end of the host, and have no time at
// which they happen.
func TestDialog_WaitingRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := turn.Options{Store: newStore()}
		b := &bot{dialog: new(script)}
		r := newRunner(t, b, opts)
		accept(t, newSession(t, r, "s"), message("", "wait=1 wait=2"))
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		r, h := restarted(t, r, b, opts)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := r.Alarms(); n != 0 || h.Head().Turn != 2 {
			t.Errorf("%d alarms, %d turns, want none and 2", n, h.Head().Turn)
		}
		accept(t, h, message("", "take=1"))
		if got, want := last(t, h), `at "" back [] waiting [2]`; got != want {
			t.Errorf("it stands %s, want %s", got, want)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestDialog_Failed: of a turn that failed nothing stays.
func TestDialog_Failed(t *testing.T) {
	s := &script{recheck: map[string]int64{"b": 1000}}
	store := newStore()
	_, h := newScript(t, s, turn.Options{Store: store})
	accept(t, h, message("", "enter=a push=x wait=1"))
	before := jobsOf(t, store)
	accept(t, h, message("", "enter=b push=y wait=2 take=1 fail"))
	if got := log(t, h); !strings.HasSuffix(got[len(got)-1], notice) {
		t.Errorf("log = %q, want a notice at the end", got)
	}
	accept(t, h, message("", "show"))
	if got, want := last(t, h), `at "a" back [x] waiting [1]`; got != want {
		t.Errorf("it stands %s, want %s", got, want)
	}
	if after := jobsOf(t, store); !slices.Equal(after, before) {
		t.Errorf("jobs = %v, want %v", after, before)
	}
}

// TestDialog_Blamed: the event that waited and made a turn fail does so once.
func TestDialog_Blamed(t *testing.T) {
	_, h := newScript(t, new(script), turn.Options{})
	accept(t, h, message("", "wait=1 wait=2"))
	accept(t, h, message("", "blame=1 take=1 take=2 fail"))
	if got := log(t, h); !strings.HasSuffix(got[len(got)-1], notice) {
		t.Errorf("log = %q, want a notice at the end", got)
	}
	accept(t, h, message("", "show"))
	if got, want := last(t, h), `at "" back [] waiting [2]`; got != want {
		t.Errorf("it stands %s, want %s", got, want)
	}
}

// TestDialog_Reset: the session begins without what it stood for.
func TestDialog_Reset(t *testing.T) {
	s := &script{after: map[string][]int64{"a": {5000}}, recheck: map[string]int64{"a": 1000}}
	store := newStore()
	_, h := newScript(t, s, turn.Options{Store: store})
	accept(t, h, message("", "enter=a push=x wait=1"))
	if got := len(jobsOf(t, store)); got != 3 {
		t.Errorf("%d jobs, want 3", got)
	}
	accept(t, h, &abi.Event{Kind: abi.EventReset})
	if head := h.Head(); head.State != "" || head.Back != nil {
		t.Errorf("head = %+v, want no state and none to return to", head)
	}
	if got := jobsOf(t, store); len(got) != 0 {
		t.Errorf("jobs = %v, want none", got)
	}
	accept(t, h, message("", "show"))
	if got, want := last(t, h), `at "" back [] waiting []`; got != want {
		t.Errorf("it stands %s, want %s", got, want)
	}
	s.event = func(d *draft.Draft, _ draft.Handlers) error {
		d.Enter("a")
		d.Wait(d.Event())
		return nil
	}
	accept(t, h, &abi.Event{Kind: abi.EventReset})
	if got := jobsOf(t, store); len(got) != 3 {
		t.Errorf("jobs = %v, want those of the turn that began it anew", got)
	}
}

// jobsOf returns what the store has of the session's jobs.
func jobsOf(tb testing.TB, store session.Store) []session.Job {
	tb.Helper()
	rec, err := store.Load(context.Background(), testKey("s"))
	if err != nil {
		tb.Fatal(err)
	}
	return rec.Jobs
}

// TestDialog_WaitingEvent: what waits is what came.
func TestDialog_WaitingEvent(t *testing.T) {
	var got []abi.Event
	s := &script{event: func(d *draft.Draft, _ draft.Handlers) error {
		if d.Event().Name == "show" {
			for _, w := range d.Waiting() {
				got = append(got, w.Event)
			}
		} else if d.Event().Kind != abi.EventStart {
			d.Wait(d.Event())
		}
		return nil
	}}
	c := new(clock)
	r, h := newScript(t, s, turn.Options{Now: c.Now})
	want := []abi.Event{
		{Kind: abi.EventCustom, ID: "e1", Name: "paid", Data: `{"order":"\u2028<&>ä"}`},
		{Kind: abi.EventFile, Human: true,
			Files: []abi.File{{Name: "ä/b", Type: "image/png", Size: 1 << 40}}},
		{Kind: abi.EventJSON, Name: abi.NameJSON, Text: "hi", Data: "[1]"},
		{Kind: abi.EventVoice, User: abi.User{ID: "u", Verified: true}},
		{Kind: abi.EventTimer, Name: "tea", Data: "\x00\n", Late: true},
	}
	for i := range want {
		c.ms.Add(1000)
		accept(t, h, &want[i])
		want[i].Session, want[i].Bot, want[i].Time = "s", "test", c.ms.Load()
	}
	h.Close()
	h, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	accept(t, h, &abi.Event{Kind: abi.EventCustom, Name: "show"})
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("events that wait:\n%+v, want\n%+v", got, want)
	}
}

// TestDialog_WaitingBroken: an event that cannot be read is left out, and removed
// by the next turn.
func TestDialog_WaitingBroken(t *testing.T) {
	store := newStore()
	r, h := newScript(t, new(script), turn.Options{Store: store})
	accept(t, h, message("", "wait=1"))
	h.Close()
	head := h.Head()
	head.Turn++
	err := store.Commit(t.Context(), &session.Commit{Key: testKey("s"), Head: head,
		Jobs: []session.JobChange{{Job: session.Job{ID: "w:9:9", Kind: session.JobWaiting, Data: "{"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if h, err = r.Open(t.Context(), testKey("s"), nil); err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	accept(t, h, message("", "show"))
	if got, want := last(t, h), `at "" back [] waiting [1]`; got != want {
		t.Errorf("it stands %s, want %s", got, want)
	}
	if got := jobsOf(t, store); len(got) != 1 || got[0].ID != "w:2:0" {
		t.Errorf("jobs = %+v, want the one that can be read", got)
	}
}

// TestDialog_Check: a guard says true or false, and nothing else.
func TestDialog_Check(t *testing.T) {
	for _, test := range []struct {
		name   string
		check  handler
		output string
		want   string // what is said, or what the failed turn's log says
	}{
		{"true", answer(abi.Done, nil), "true", "g is true"},
		{"false", answer(abi.Done, nil), "false", "g is false"},
		{"nothing", answer(abi.Done, nil), "", `guard \"g\": must be true or false, is \"\"`},
		{"blanks", answer(abi.Done, nil), " true", "must be true or false"},
		{"case", answer(abi.Done, nil), "True", "must be true or false"},
		{"a number", answer(abi.Done, nil), "1", "must be true or false"},
		{"not known", answer(abi.NotHandled, nil), "true", `guard \"g\": the bot does not know it`},
		{"failed", answer(abi.Failed, nil), "true", `guard \"g\": failed: out of luck`},
		{"another result", answer(7, nil), "true", `guard \"g\": `},
		{"trap", answer(0, errors.New("unreachable")), "true", `guard \"g\": unreachable`},
		{"no export", nil, "true", `guard \"g\": the module has no export check`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var lines strings.Builder
			b := &bot{dialog: new(script), output: test.output, said: "out of luck",
				handlers: map[abi.Export]handler{abi.Check: test.check}}
			r := newRunner(t, b, turn.Options{Logger: newLogger(&lines)})
			h := newSession(t, r, "s")
			accept(t, h, message("", "check=g"))
			got := last(t, h)
			if got == abi.WordsFailed {
				got = lines.String()
			}
			if !strings.Contains(got, test.want) {
				t.Errorf("check: %s, want %s", got, test.want)
			}
		})
	}
}

func answer(result abi.Result, err error) handler {
	return func(input string, _ abi.Host) (abi.Result, error) {
		if input != "g" {
			return 0, fmt.Errorf("input is %q, want the guard's name", input)
		}
		return result, err
	}
}

// TestDialog_Instance: all handlers and guards of a turn run on one instance.
func TestDialog_Instance(t *testing.T) {
	checkouts := 0
	b := &bot{dialog: new(script), output: "true",
		checkout: func(context.Context) error {
			checkouts++
			return nil
		},
		handlers: map[abi.Export]handler{abi.Check: answer(abi.Done, nil)}}
	h := newSession(t, newRunner(t, b, turn.Options{}), "s")
	accept(t, h, message("", "check=g check=g check=g"))
	if checkouts != 1 || b.calls.Load() != 3 {
		t.Errorf("%d calls of %d instances, want 3 of 1", b.calls.Load(), checkouts)
	}
}

// TestDialog_Tell: the operator is told of whom it is.
func TestDialog_Tell(t *testing.T) {
	var lines strings.Builder
	_, h := newScript(t, new(script), turn.Options{Logger: newLogger(&lines)})
	accept(t, h, message("", "tell=all"))
	const want = `level=WARN msg="it was said" bot=test generation=abc#1 session=s what=all`
	if !strings.Contains(lines.String(), want) {
		t.Errorf("log = %s, want %s", lines.String(), want)
	}
}

// TestDialog_Kinds: what only the runner makes cannot be submitted.
func TestDialog_Kinds(t *testing.T) {
	_, h := newScript(t, new(script), turn.Options{})
	for _, kind := range []abi.EventKind{abi.EventAfter, abi.EventRecheck, "", "unknown"} {
		err := h.Submit(t.Context(), &abi.Event{Kind: kind}, nil)
		if !errors.Is(err, turn.ErrKind) {
			t.Errorf("Submit(%q) = %v, want ErrKind", kind, err)
		}
	}
}
