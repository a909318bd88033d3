package turn_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// gated is an echo whose on_message waits at the gate.
func gated(g *gate) *bot {
	b := echo()
	answer := b.handlers[abi.OnMessage]
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		g.pass()
		return answer(input, h)
	}
	return b
}

// outcomes collects what happened to events, in order.
type outcomes struct {
	mu  sync.Mutex // guards the following
	all []string
	// turns are the turn numbers of those that were accepted.
	turns []uint64
}

// of returns a done function for the event called name.
func (o *outcomes) of(name string) func(session.Outcome) {
	return func(outcome session.Outcome) {
		o.mu.Lock()
		defer o.mu.Unlock()
		if outcome.Code != 0 {
			name += " " + outcome.Code.String()
		} else {
			o.turns = append(o.turns, outcome.Receipt.Turn)
		}
		o.all = append(o.all, name)
	}
}

func (o *outcomes) list() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.all)
}

// wantConsecutive checks that turns are 2, 3, ... n+1.
func (o *outcomes) wantConsecutive(tb testing.TB, n int) {
	tb.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.turns) != n {
		tb.Fatalf("accepted events = %d, want %d", len(o.turns), n)
	}
	for i, turn := range o.turns {
		if turn != uint64(i+2) {
			tb.Fatalf("turns = %v, want 2 and on without gaps", o.turns)
		}
	}
}

// texts returns n texts: "0", "1", ...
func texts(n int) []string {
	var list []string
	for i := range n {
		list = append(list, strconv.Itoa(i))
	}
	return list
}

// said returns the bodies of the bot's entries.
func said(tb testing.TB, h *turn.Handle) []string {
	tb.Helper()
	page, err := h.Read(tb.Context(), 0, 10_000, nil)
	if err != nil {
		tb.Fatalf("Read() = %v", err)
	}
	var list []string
	for _, e := range page.Entries {
		if e.From != abi.FromUser {
			list = append(list, e.Body)
		}
	}
	return list
}

func mustSubmit(tb testing.TB, h *turn.Handle, text string, done func(session.Outcome)) {
	tb.Helper()
	if err := h.Submit(tb.Context(), message("", text), done); err != nil {
		tb.Errorf("Submit(%s) = %v", text, err)
	}
}

// TestGuarantee_Order: the events of one session run one at a time, in order of
// arrival.
func TestGuarantee_Order(t *testing.T) {
	t.Run("parallel", func(t *testing.T) {
		const n = 20
		r := newRunner(t, echo(), turn.Options{})
		h := newSession(t, r, "s")
		var o outcomes
		var senders sync.WaitGroup
		var answered sync.WaitGroup
		answered.Add(n)
		for _, text := range texts(n) {
			senders.Go(func() {
				done := o.of(text)
				mustSubmit(t, h, text, func(out session.Outcome) { done(out); answered.Done() })
			})
		}
		senders.Wait()
		answered.Wait()
		o.wantConsecutive(t, n)
		if got, want := said(t, h)[1:], o.list(); !slices.Equal(got, want) {
			t.Errorf("replies = %v, want the order of the outcomes, %v", got, want)
		}
	})
	t.Run("arrival", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGate(t)
			r := newRunner(t, gated(g), turn.Options{})
			h := newSession(t, r, "s")
			var o outcomes
			go mustSubmit(t, h, "0", o.of("0"))
			<-g.entered
			for _, text := range texts(20)[1:] {
				mustSubmit(t, h, text, o.of(text))
			}
			g.Open()
			synctest.Wait()
			o.wantConsecutive(t, 20)
			if got := o.list(); !slices.Equal(got, texts(20)) {
				t.Errorf("outcomes = %v, want the order of arrival", got)
			}
		})
	})
	t.Run("pipelined", func(t *testing.T) {
		const n = 1000
		r := newRunner(t, echo(), turn.Options{Limits: abi.Limits{Queue: 4}})
		h := newSession(t, r, "s")
		other, err := r.Open(t.Context(), testKey("s"), nil)
		if err != nil {
			t.Fatalf("Open() = %v", err)
		}
		defer other.Close()
		var mine, theirs outcomes
		var senders, answered sync.WaitGroup
		answered.Add(2 * n)
		send := func(h *turn.Handle, o *outcomes) {
			for _, text := range texts(n) {
				done := o.of(text)
				mustSubmit(t, h, text, func(out session.Outcome) { done(out); answered.Done() })
			}
		}
		senders.Go(func() { send(h, &mine) })
		senders.Go(func() { send(other, &theirs) })
		senders.Wait()
		answered.Wait()
		for _, o := range []*outcomes{&mine, &theirs} {
			if got := o.list(); !slices.Equal(got, texts(n)) || !slices.IsSorted(o.turns) {
				t.Errorf("outcomes are not in the order of submission: %v", got)
			}
		}
		if turn := h.Head().Turn; turn != 2*n+1 {
			t.Errorf("turn = %d, want %d", turn, 2*n+1)
		}
	})
}

// TestGuarantee_Bounded: a queue holds Limits.Queue events besides the one that
// runs; Submit waits for room, first come, first served.
func TestGuarantee_Bounded(t *testing.T) {
	for _, test := range []struct{ queued, waiting int }{{63, 0}, {64, 0}, {64, 1}, {64, 9}} {
		t.Run(fmt.Sprintf("queued=%d,waiting=%d", test.queued, test.waiting), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGate(t)
				r := newRunner(t, gated(g), turn.Options{})
				h := newSession(t, r, "s")
				var o, taken outcomes
				n := 1 + test.queued + test.waiting
				for _, text := range texts(n) {
					go func() {
						mustSubmit(t, h, text, o.of(text))
						taken.of(text)(session.Outcome{})
					}()
					synctest.Wait()
				}
				if got := len(taken.list()); got != test.queued {
					t.Errorf("taken while one runs = %d, want %d", got, test.queued)
				}
				g.Open()
				synctest.Wait()
				if got := o.list(); !slices.Equal(got, texts(n)) {
					t.Errorf("outcomes = %v, want the order of arrival", got)
				}
				if got := len(taken.list()); got != n {
					t.Errorf("taken = %d, want %d", got, n)
				}
			})
		})
	}
}

// full makes a session whose queue of one is full while the gate is closed, and
// returns the outcomes of its two events, "0" and "1".
func full(t *testing.T, r *turn.Runner, g *gate) (*turn.Handle, *outcomes) {
	h, o := newSession(t, r, "s"), new(outcomes)
	go mustSubmit(t, h, "0", o.of("0"))
	<-g.entered
	mustSubmit(t, h, "1", o.of("1"))
	return h, o
}

func TestSubmit_WithdrawnByContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		r := newRunner(t, gated(g), turn.Options{Limits: abi.Limits{Queue: 1}})
		h, o := full(t, r, g)
		cause := errors.New("the connection is gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		refused := make(chan error, 1)
		go func() { refused <- h.Submit(ctx, message("", "2"), o.of("2")) }()
		synctest.Wait()
		go mustSubmit(t, h, "3", o.of("3"))
		synctest.Wait()
		cancel(cause)
		if err := <-refused; !errors.Is(err, cause) {
			t.Errorf("Submit() = %v, want %v", err, cause)
		}
		g.Open()
		synctest.Wait()
		if got, want := o.list(), []string{"0", "1", "3"}; !slices.Equal(got, want) {
			t.Errorf("outcomes = %v, want %v", got, want)
		}
	})
}

// TestSubmit_ContextOfTaken ends the contexts of events that were taken: they
// run to their end.
func TestSubmit_ContextOfTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t)
		r := newRunner(t, gated(g), turn.Options{})
		h := newSession(t, r, "s")
		var o outcomes
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = h.Submit(ctx, message("", "0"), o.of("0")) }()
		<-g.entered
		if err := h.Submit(ctx, message("", "1"), o.of("1")); err != nil {
			t.Errorf("Submit(1) = %v", err)
		}
		cancel()
		g.Open()
		synctest.Wait()
		if got, want := o.list(), texts(2); !slices.Equal(got, want) {
			t.Errorf("outcomes = %v, want %v", got, want)
		}
	})
}

// TestGuarantee_Inline: a turn of an idle session runs in its caller's
// goroutine, and that caller is never held by the events of others.
func TestGuarantee_Inline(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		r := newRunner(t, echo(), turn.Options{})
		h := newSession(t, r, "s")
		for _, text := range texts(100) {
			answered := false
			mustSubmit(t, h, text, func(session.Outcome) { answered = true })
			if !answered {
				t.Fatalf("Submit(%s) returned before its turn had ended", text)
			}
		}
	})
	t.Run("hand-over", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			first, rest := newGate(t), newGate(t)
			b := gated(rest)
			held := b.handlers[abi.OnMessage]
			b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
				if input == "0" {
					first.pass()
					return abi.Done, nil
				}
				return held(input, h)
			}
			r := newRunner(t, b, turn.Options{})
			h := newSession(t, r, "s")
			var o outcomes
			returned := make(chan struct{})
			go func() {
				mustSubmit(t, h, "0", o.of("0"))
				close(returned)
			}()
			<-first.entered
			for _, text := range texts(10)[1:] {
				mustSubmit(t, h, text, o.of(text))
			}
			first.Open()
			<-returned
			<-rest.entered
			if got := o.list(); !slices.Equal(got, texts(1)) {
				t.Errorf("outcomes when Submit returned = %v, want [0]", got)
			}
			rest.Open()
			synctest.Wait()
			o.wantConsecutive(t, 10)
		})
	})
}

// TestSubmit_Panic: a caller that recovers from a panic, as HTTP servers do,
// does not leave the events of others lying.
func TestSubmit_Panic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := echo()
		g := newGate(t)
		panics := true
		b.acquire = func() {
			if panics {
				panics = false
				g.pass()
				panic("a mistake of ours")
			}
		}
		r := turn.New(turn.Options{Store: newStore(), Source: b})
		h, err := r.Create(t.Context(), testKey("s"), turn.CreateOptions{Resume: [32]byte{}}, nil)
		if err != nil {
			t.Fatalf("Create() = %v", err)
		}
		var o outcomes
		recovered := make(chan any, 1)
		go func() {
			defer func() { recovered <- recover() }()
			mustSubmit(t, h, "0", o.of("0"))
		}()
		<-g.entered
		mustSubmit(t, h, "1", o.of("1"))
		g.Open()
		if got := <-recovered; got == nil {
			t.Error("Submit swallowed the panic")
		}
		synctest.Wait()
		if got := o.list(); !slices.Equal(got, []string{"1"}) {
			t.Errorf("outcomes = %v, want [1]", got)
		}
		h.Close()
		if err := r.Close(t.Context()); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
}

// TestHandle_SubmitApart: the caller does not wait for the turn, Close does, and the
// order is that of all events.
func TestHandle_SubmitApart(t *testing.T) {
	b := echo()
	release := make(chan struct{})
	on := b.handlers[abi.OnMessage]
	b.handlers[abi.OnMessage] = func(input string, h abi.Host) (abi.Result, error) {
		<-release
		return on(input, h)
	}
	r := newRunner(t, b, turn.Options{})
	h := newSession(t, r, "s")
	var order []string
	for _, text := range []string{"1", "2", "3"} {
		err := h.SubmitApart(t.Context(), message("", text),
			func(session.Outcome) { order = append(order, text) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.SubmitApart(t.Context(), &abi.Event{Kind: abi.EventRecheck}, nil); !errors.Is(err, turn.ErrKind) {
		t.Errorf("SubmitApart(recheck) = %v, want ErrKind", err)
	}
	close(release)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(order, []string{"1", "2", "3"}) {
		t.Errorf("outcomes came as %q", order)
	}
	if err := h.SubmitApart(t.Context(), message("", "4"), nil); !errors.Is(err, turn.ErrClosed) {
		t.Errorf("SubmitApart() after Close = %v, want ErrClosed", err)
	}
}
