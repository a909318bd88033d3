package turn_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

const (
	notice     = "host notice Something went wrong. Please try again."
	fallback   = "bot text Sorry, I didn't get it"
	errorWords = "wasm error: unreachable\nwasm stack trace: ..."
)

func TestTurn_Echo(t *testing.T) {
	var c clock
	c.ms.Store(1000)
	r := newRunner(t, echo(), turn.Options{Now: c.Now})
	h := newSession(t, r, "s")
	c.ms.Store(2000)
	receipt := accept(t, h, message("m1", "hi"))
	want := []string{"1 bot text hello", "2 user text hi", "3 bot text hi"}
	if got := log(t, h); !slices.Equal(got, want) {
		t.Errorf("log = %q, want %q", got, want)
	}
	if receipt.ID != "m1" || receipt.Epoch != 1 || receipt.Seq != 2 || receipt.Turn != 2 {
		t.Errorf("receipt = %+v, want m1 in epoch 1, seq 2, turn 2", receipt)
	}
	head := h.Head()
	if head.Seq != 3 || head.Turn != 2 || head.Created != 1000 || head.Updated != 2000 {
		t.Errorf("head = %+v, want seq 3, turn 2, created 1000, updated 2000", head)
	}
	page, err := h.Read(t.Context(), 1, 10, nil)
	if err != nil {
		t.Fatalf("Read() = %v", err)
	}
	for _, e := range page.Entries {
		if e.Turn != 2 || e.Time != 2000 || (e.ID == "m1") != (e.From == abi.FromUser) {
			t.Errorf("entry = %+v, want turn 2 at 2000, and the id with the user's only", e)
		}
	}
}

// TestTurn_Event looks at the event as handlers see it, and at the one that was
// submitted.
func TestTurn_Event(t *testing.T) {
	var c clock
	c.ms.Store(5000)
	b := echo()
	var seen abi.Event
	b.handlers[abi.OnMessage] = func(_ string, h abi.Host) (abi.Result, error) {
		c.ms.Add(1000) // now stands still within a turn
		seen = *h.Event()
		return abi.Done, nil
	}
	r := newRunner(t, b, turn.Options{Now: c.Now})
	h := newSession(t, r, "s")
	ev := message("id", "hi")
	ev.User = abi.User{ID: "u", Verified: true}
	before := *ev
	accept(t, h, ev)
	want := before
	want.Bot, want.Session, want.Time = "test", "s", 5000
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("event = %+v, want %+v", seen, want)
	}
	if !reflect.DeepEqual(*ev, before) {
		t.Errorf("the submitted event became %+v", *ev)
	}
}

func TestTurn_KeepsVariables(t *testing.T) {
	b := echo()
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		if input == "forget" {
			return abi.Done, h.Delete([]byte("k"))
		}
		old, _, _ := h.Get([]byte("k"))
		if err := h.Set([]byte("k"), []byte(old+input)); err != nil {
			return 0, err
		}
		return abi.Done, h.Reply([]byte("text"), []byte(old+input))
	}
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	accept(t, h, message("", "a"))
	accept(t, h, message("", "b"))
	h.Close()
	h, err := r.Open(t.Context(), testKey("s"), nil)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	defer h.Close()
	accept(t, h, message("", "c"))
	if got := h.Head().VarBytes; got != 4 {
		t.Errorf("VarBytes = %d, want 4", got)
	}
	accept(t, h, message("", "forget"))
	accept(t, h, message("", "d"))
	if got, want := said(t, h), []string{"hello", "a", "ab", "abc", "d"}; !slices.Equal(got, want) {
		t.Errorf("replies = %q, want %q", got, want)
	}
}

// result returns a handler that writes, moves and replies, and ends so.
func result(reply string, res abi.Result, err error) handler {
	return func(_ string, h abi.Host) (abi.Result, error) {
		if e := h.Set([]byte("k"), []byte(reply)); e != nil {
			return 0, e
		}
		if e := h.Move([]byte("at " + reply)); e != nil {
			return 0, e
		}
		if e := h.Reply([]byte("text"), []byte(reply)); e != nil {
			return 0, e
		}
		return res, err
	}
}

// TestTurn_Route goes through the fallback chain.
func TestTurn_Route(t *testing.T) {
	trap := errors.New(errorWords)
	done, not := result("message", abi.Done, nil), result("message", abi.NotHandled, nil)
	failed, trapped := result("message", abi.Failed, nil), result("message", 0, trap)
	fall, fallNot := result("fallback", abi.Done, nil), result("fallback", abi.NotHandled, nil)
	fallFailed := result("fallback", abi.Failed, nil)
	human, option := message("", "hi"), &abi.Event{Kind: abi.EventOption, Text: "hi", Human: true}
	machine := &abi.Event{Kind: abi.EventMessage, Text: "hi"}
	const user, choice = "user text hi", "user option hi"
	for _, test := range []struct {
		name              string
		message, fallback handler
		event             *abi.Event
		wantState         string
		wantVar           string
		want              []string
	}{
		{"message", done, fall, human, "at message", "message",
			[]string{user, "bot text message"}},
		{"option", done, fall, option, "at message", "message",
			[]string{choice, "bot text message"}},
		{"machine", done, fall, machine, "at message", "message",
			[]string{user, "bot text message"}},
		{"absent", nil, fall, human, "at fallback", "fallback",
			[]string{user, "bot text fallback"}},
		{"not handled", not, fall, human, "at fallback", "fallback",
			[]string{user, "bot text fallback"}},
		{"option not handled", not, fall, option, "at fallback", "fallback",
			[]string{choice, "bot text fallback"}},
		{"both absent", nil, nil, human, "", "", []string{user, fallback}},
		{"neither handles", not, fallNot, human, "", "", []string{user, fallback}},
		{"not handled, absent", not, nil, human, "", "", []string{user, fallback}},
		{"absent, not handled", nil, fallNot, human, "", "", []string{user, fallback}},
		{"neither handles an option", not, fallNot, option, "", "", []string{choice, fallback}},
		{"neither handles a machine", not, fall, machine, "", "", []string{user}},
		{"nothing for a machine", nil, nil, machine, "", "", []string{user}},
		{"failed", failed, fall, human, "", "", []string{user, notice}},
		{"trapped", trapped, fall, human, "", "", []string{user, notice}},
		{"fallback failed", not, fallFailed, human, "", "", []string{user, notice}},
		{"machine failed", failed, fall, machine, "", "", []string{user, notice}},
		{"unknown result", result("message", 7, nil), fall, human, "", "", []string{user, notice}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &bot{handlers: map[abi.Export]handler{
				abi.OnMessage: test.message, abi.OnFallback: test.fallback,
			}}
			r := newRunner(t, b, turn.Options{})
			h := newSession(t, r, "s")
			accept(t, h, test.event)
			var got []string
			for _, line := range log(t, h) {
				_, line, _ = strings.Cut(line, " ")
				got = append(got, line)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("log = %q, want %q", got, test.want)
			}
			if state := h.Head().State; state != test.wantState {
				t.Errorf("state = %q, want %q", state, test.wantState)
			}
			if got, want := h.Head().VarBytes, int64(len(test.wantVar)); want > 0 && got != want+1 {
				t.Errorf("VarBytes = %d, want %d", got, want+1)
			} else if want == 0 && got != 0 {
				t.Errorf("VarBytes = %d, want 0", got)
			}
		})
	}
}

// TestTurn_Inputs checks what each handler is given.
func TestTurn_Inputs(t *testing.T) {
	var got []string
	record := func(name string) handler {
		return func(input string, _ abi.Host) (abi.Result, error) {
			got = append(got, name+":"+input)
			return abi.NotHandled, nil
		}
	}
	b := &bot{handlers: map[abi.Export]handler{
		abi.OnStart: record("start"), abi.OnMessage: record("message"),
		abi.OnFallback: record("fallback"),
	}}
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	accept(t, h, message("", "hi"))
	accept(t, h, &abi.Event{Kind: abi.EventOption, Text: "yes", Human: true})
	accept(t, h, &abi.Event{Kind: abi.EventReset})
	want := []string{"start:", "message:hi", "fallback:hi", "message:yes", "fallback:yes", "start:"}
	if !slices.Equal(got, want) {
		t.Errorf("calls = %q, want %q", got, want)
	}
}

// TestTurn_NoHandler checks that a bot without a handler is not asked for an
// instance.
func TestTurn_NoHandler(t *testing.T) {
	b := &bot{checkout: func(context.Context) error { return errors.New("not to be called") }}
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	if got := log(t, h); got != nil {
		t.Errorf("log = %q, want none", got)
	}
	if got := h.Head().Turn; got != 1 {
		t.Errorf("turn = %d, want 1", got)
	}
}

// TestTurn_Failure checks that the next turn works, that the cause reaches the
// operator, and that it does not reach the user.
func TestTurn_Failure(t *testing.T) {
	for _, test := range []struct {
		name string
		fail handler
		want []string
	}{
		{"trap", result("x", 0, fmt.Errorf("on_message: %w", errors.New(errorWords))),
			[]string{"err=", "unreachable"}},
		{"result 1", result("x", abi.Failed, nil), []string{"failed", "no such table"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, ok := echo(), echo().handlers[abi.OnMessage]
			b.said = "no such table"
			b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
				if input == "fail" {
					return test.fail(input, h)
				}
				return ok(input, h)
			}
			var lines strings.Builder
			r := newRunner(t, b, turn.Options{Logger: newLogger(&lines)})
			h := newSession(t, r, "s")
			receipt := accept(t, h, message("f", "fail"))
			if receipt.Seq != 2 || receipt.Turn != 2 {
				t.Errorf("receipt = %+v, want seq 2, turn 2", receipt)
			}
			accept(t, h, message("ok", "again"))
			want := []string{"1 bot text hello", "2 user text fail", "3 " + notice,
				"4 user text again", "5 bot text again"}
			if got := log(t, h); !slices.Equal(got, want) {
				t.Errorf("log = %q, want %q", got, want)
			}
			for _, want := range append(test.want, "level=WARN", "bot=test",
				"generation=abc#1", "session=s", "func=on_message") {
				if !strings.Contains(lines.String(), want) {
					t.Errorf("log lacks %s: %s", want, lines.String())
				}
			}
			if n := strings.Count(lines.String(), "\n"); n != 1 {
				t.Errorf("%d lines were logged, want 1: %s", n, lines.String())
			}
		})
	}
}

// TestTurn_CheckoutFailed: a bot that cannot be instantiated fails its turns.
func TestTurn_CheckoutFailed(t *testing.T) {
	b := echo()
	b.checkout = func(context.Context) error { return errors.New("start function trapped") }
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	if got, want := log(t, h), []string{"1 " + notice}; !slices.Equal(got, want) {
		t.Errorf("log = %q, want %q", got, want)
	}
}

func TestTurn_Busy(t *testing.T) {
	b := echo()
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	before := h.Head()
	b.checkout = func(context.Context) error { return fmt.Errorf("bot test: %w", turn.ErrBusy) }
	outcome := submit(t, h, message("m", "hi"))
	if outcome.Code != abi.CodeBusy || outcome.Retry <= 0 {
		t.Errorf("outcome = %+v, want busy with a time to retry", outcome)
	}
	if after := h.Head(); !after.Equal(&before) {
		t.Errorf("head = %+v, want %+v", h.Head(), before)
	}
	b.checkout = nil
	if receipt := accept(t, h, message("m", "hi")); receipt.Turn != 2 {
		t.Errorf("turn = %d, want 2: the id was not consumed", receipt.Turn)
	}
}

func TestTurn_UnknownBot(t *testing.T) {
	r := newRunner(t, echo(), turn.Options{})
	h, err := r.Create(t.Context(), session.Key{Bot: "other", ID: "s"}, turn.CreateOptions{Resume: [32]byte{}}, nil)
	if err != nil {
		t.Fatalf("Create() = %v", err)
	}
	defer h.Close()
	outcome := submit(t, h, &abi.Event{Kind: abi.EventStart})
	if outcome.Code != abi.CodeUnknownBot || outcome.Retry != 0 {
		t.Errorf("outcome = %+v, want unknown_bot", outcome)
	}
	if got := h.Head().Turn; got != 0 {
		t.Errorf("turn = %d, want 0", got)
	}
}

// TestTurn_Moves: the last move wins, and the next turn sees it.
func TestTurn_Moves(t *testing.T) {
	b := echo()
	var states []string
	b.handlers[abi.OnMessage] = func(_ string, h abi.Host) (abi.Result, error) {
		states = append(states, h.State())
		for _, to := range []string{"first", "last"} {
			if err := h.Move([]byte(to)); err != nil {
				return 0, err
			}
			states = append(states, h.State())
		}
		return abi.Done, nil
	}
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	accept(t, h, message("", "1"))
	accept(t, h, message("", "2"))
	want := []string{"", "first", "last", "last", "first", "last"}
	if !slices.Equal(states, want) || h.Head().State != "last" {
		t.Errorf("states = %q, head %q, want %q", states, h.Head().State, want)
	}
}

func TestTurn_Reset(t *testing.T) {
	b := echo()
	greet := b.handlers[abi.OnStart]
	b.handlers[abi.OnStart] = func(input string, h abi.Host) (abi.Result, error) {
		past, err := h.History(100)
		if _, ok, _ := h.Get([]byte("k")); ok || h.State() != "" || len(past) != 0 || err != nil {
			t.Errorf("on_start sees k %v, state %q, history %v, %v", ok, h.State(), past, err)
		}
		return greet(input, h)
	}
	b.handlers[abi.OnMessage] = result("message", abi.Done, nil)
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	accept(t, h, message("m", "hi"))
	before := h.Head()
	receipt := accept(t, h, &abi.Event{Kind: abi.EventReset, ID: "reset"})
	if receipt.Epoch != 2 || receipt.Seq != 1 || receipt.Turn != 3 {
		t.Errorf("receipt = %+v, want epoch 2, seq 1, turn 3", receipt)
	}
	after := h.Head()
	if after.Epoch != 2 || after.Seq != 1 || after.Turn != 3 || after.State != "" ||
		after.VarBytes != 0 || after.Resume != before.Resume || after.Created != before.Created {
		t.Errorf("head = %+v after %+v", after, before)
	}
	if got, want := log(t, h), []string{"1 bot text hello"}; !slices.Equal(got, want) {
		t.Errorf("log = %q, want %q", got, want)
	}
	if !submit(t, h, message("m", "hi")).Duplicate {
		t.Error("the id of a message before the reset was forgotten")
	}
}

// TestTurn_ResetFails: the reset is the host's and stands; only what on_start
// did is dropped.
func TestTurn_ResetFails(t *testing.T) {
	b := &bot{handlers: map[abi.Export]handler{abi.OnMessage: result("message", abi.Done, nil)}}
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	accept(t, h, message("", "hi"))
	b.handlers[abi.OnStart] = result("start", abi.Failed, nil)
	accept(t, h, &abi.Event{Kind: abi.EventReset})
	head := h.Head()
	if head.Epoch != 2 || head.Seq != 1 || head.State != "" || head.VarBytes != 0 {
		t.Errorf("head = %+v, want an empty session in epoch 2", head)
	}
	if got, want := log(t, h), []string{"1 " + notice}; !slices.Equal(got, want) {
		t.Errorf("log = %q, want %q", got, want)
	}
}

// TestTurn_History reads the log from within a turn.
func TestTurn_History(t *testing.T) {
	b := echo()
	var bodies []string
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		if err := h.Reply([]byte("text"), []byte("re "+input)); err != nil {
			return 0, err
		}
		bodies = nil
		past, err := h.History(4)
		for _, e := range past {
			bodies = append(bodies, e.Body)
		}
		return abi.Done, err
	}
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	for _, test := range []struct {
		text string
		want []string
	}{
		{"1", []string{"hello", "1", "re 1"}},
		{"2", []string{"1", "re 1", "2", "re 2"}},
		{"3", []string{"2", "re 2", "3", "re 3"}},
	} {
		accept(t, h, message("", test.text))
		if !slices.Equal(bodies, test.want) {
			t.Errorf("history in turn %s = %q, want %q", test.text, bodies, test.want)
		}
	}
}
