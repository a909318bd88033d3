package turn_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// handler is one export of a bot in Go.
type handler func(input string, h abi.Host) (abi.Result, error)

// bot is a source with one bot, called "test", in one generation. It counts what
// is pinned and checked out.
type bot struct {
	handlers map[abi.Export]handler
	// dialog, if set, decides what runs; else it is plain.
	dialog turn.Dialog
	// output is what the last call gave to output.
	output string
	// settable are the variables that clients may set.
	settable []string
	// checkout, if set, says why there is no instance.
	checkout func(ctx context.Context) error
	// acquire, if set, runs first.
	acquire func()
	// said is what the last call gave to fail.
	said string

	calls     atomic.Int64
	pinned    atomic.Int64
	instances atomic.Int64
}

func sameEntry(a, b abi.Entry) bool { return a.Equal(&b) }

var errNoBot = errors.New("no such bot")

func (b *bot) Acquire(name string) (turn.Generation, error) {
	if b.acquire != nil {
		b.acquire()
	}
	if name != "test" {
		return nil, errNoBot
	}
	b.pinned.Add(1)
	return b, nil
}

func (b *bot) Name() string              { return "abc#1" }
func (b *bot) Handles(e abi.Export) bool { return b.handlers[e] != nil }
func (b *bot) Release()                  { b.pinned.Add(-1) }

func (b *bot) ClientVariables() []string { return b.settable }

func (b *bot) Dialog() turn.Dialog {
	if b.dialog == nil {
		return plain{}
	}
	return b.dialog
}

// plain is the dialog of a bot that declares no states.
type plain struct{}

func (plain) Target() func(string, []string) (string, error) { return nil }
func (plain) Timing(string, int64) (after, recheck int64)    { return 0, 0 }

func (plain) Run(d *draft.Draft, h draft.Handlers) error {
	ev := d.Event()
	info, _ := ev.Kind.Info()
	if info.Export == abi.ExportCount {
		return nil
	}
	handled, err := h.Call(info.Export, ev.Text)
	if handled || err != nil || !ev.Human {
		return err
	}
	if handled, err = h.Call(abi.OnFallback, ev.Text); err == nil && !handled {
		d.Add(abi.FromBot, abi.KindText, abi.WordsFallback)
	}
	return err
}

func (b *bot) Checkout(ctx context.Context) (turn.Instance, error) {
	if b.checkout != nil {
		if err := b.checkout(ctx); err != nil {
			return nil, err
		}
	}
	b.instances.Add(1)
	return (*instance)(b), nil
}

// instance is a bot as an instance of itself.
type instance bot

func (in *instance) Call(e abi.Export, input string, now int64, h abi.Host) (abi.Result, error) {
	in.calls.Add(1)
	if h.Event().Time != now {
		return 0, fmt.Errorf("now is %d, the event's time %d", now, h.Event().Time)
	}
	return in.handlers[e](input, h)
}

func (in *instance) Output() []byte { return []byte(in.output) }

func (in *instance) Said() string { return in.said }
func (in *instance) Fuel() int64  { return 77 }
func (in *instance) Release()     { in.instances.Add(-1) }

// echo is a bot that greets, and says what it hears.
func echo() *bot {
	return &bot{handlers: map[abi.Export]handler{
		abi.OnStart: func(_ string, h abi.Host) (abi.Result, error) {
			return abi.Done, h.Reply([]byte("text"), []byte("hello"))
		},
		abi.OnMessage: func(input string, h abi.Host) (abi.Result, error) {
			return abi.Done, h.Reply([]byte("text"), []byte(input))
		},
	}}
}

// newRunner makes a runner that is closed with the test, and checks then that
// nothing is pinned any more.
func newRunner(tb testing.TB, b *bot, opts turn.Options) *turn.Runner {
	tb.Helper()
	if opts.Store == nil {
		opts.Store = memory.New(memory.Options{})
	}
	opts.Source = b
	r := turn.New(opts)
	tb.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			tb.Errorf("Close() = %v, want nil", err)
		}
		if b.pinned.Load() != 0 || b.instances.Load() != 0 {
			tb.Errorf("pinned generations, instances = %d, %d, want 0, 0",
				b.pinned.Load(), b.instances.Load())
		}
	})
	return r
}

func testKey(id string) session.Key {
	return session.Key{Bot: "test", Namespace: session.NamespaceHost, ID: id}
}

// newSession makes a session and gives it its start event.
func newSession(tb testing.TB, r *turn.Runner, id string) *turn.Handle {
	tb.Helper()
	h, err := r.Create(context.Background(), testKey(id), turn.CreateOptions{Resume: [32]byte{1}}, nil)
	if err != nil {
		tb.Fatalf("Create(%s) = %v", id, err)
	}
	tb.Cleanup(h.Close)
	accept(tb, h, &abi.Event{Kind: abi.EventStart})
	return h
}

// message is a human's text.
func message(id, text string) *abi.Event {
	return &abi.Event{Kind: abi.EventMessage, ID: id, Text: text, Human: true}
}

// submit hands in an event and waits for its outcome.
func submit(tb testing.TB, h *turn.Handle, ev *abi.Event) session.Outcome {
	tb.Helper()
	done := make(chan session.Outcome, 1)
	if err := h.Submit(tb.Context(), ev, func(o session.Outcome) { done <- o }); err != nil {
		tb.Fatalf("Submit(%s %q) = %v", ev.Kind, ev.Text, err)
	}
	return <-done
}

// accept submits an event that must be accepted.
func accept(tb testing.TB, h *turn.Handle, ev *abi.Event) session.Receipt {
	tb.Helper()
	outcome := submit(tb, h, ev)
	if outcome.Code != 0 {
		tb.Fatalf("outcome of %s %q = %v, want accepted", ev.Kind, ev.Text, outcome.Code)
	}
	return outcome.Receipt
}

// log returns the session's entries, each as "seq from kind body".
func log(tb testing.TB, h *turn.Handle) []string {
	tb.Helper()
	page, err := h.Read(tb.Context(), 0, 10_000, nil)
	if err != nil {
		tb.Fatalf("Read() = %v", err)
	}
	var lines []string
	for _, e := range page.Entries {
		lines = append(lines, fmt.Sprintf("%d %s %s %s", e.Seq, e.From, e.Kind, e.Body))
	}
	return lines
}

// gate holds handlers until it is opened, and tells when one has come.
type gate struct {
	entered chan struct{}
	open    chan struct{}
	once    sync.Once
}

func newGate(tb testing.TB) *gate {
	g := &gate{entered: make(chan struct{}, 10_000), open: make(chan struct{})}
	tb.Cleanup(g.Open)
	return g
}

func (g *gate) Open() { g.once.Do(func() { close(g.open) }) }

func (g *gate) pass() {
	g.entered <- struct{}{}
	<-g.open
}

// newLogger writes its lines to w, without the time.
func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// clock is a clock that tests set.
type clock struct{ ms atomic.Int64 }

func (c *clock) Now() time.Time { return time.UnixMilli(c.ms.Load()) }
