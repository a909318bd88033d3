package plugin

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/gobot"
	"github.com/bothost/bothost/host/wat/wattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sample is 60 bytes, the size of a chat message.
var sample = strings.Repeat("0123456789", 6)

// assembleFile assembles a file below testdata.
func assembleFile(tb testing.TB, path string) []byte {
	tb.Helper()
	return wattest.AssembleFile(tb, filepath.Join("..", "..", "testdata", path))
}

var assemble = wattest.Assemble

// bot is a module that passes, around the fields of a test.
func bot(fields string) string {
	return "(module " + fields + `
		(memory (export "memory") 1)
		(func (export "on_message")))`
}

// goGuest returns the module of testdata/guest.
func goGuest(tb testing.TB) []byte {
	tb.Helper()
	return gobot.Must(tb, filepath.Join("testdata", "guest"))
}

func newModule(tb testing.TB, data []byte, opts Options) *Module {
	tb.Helper()
	m, err := Compile(tb.Context(), data, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := m.Close(tb.Context()); err != nil {
			tb.Error(err)
		}
	})
	return m
}

// newWAT compiles a module in the text format.
func newWAT(tb testing.TB, source string, opts Options) *Module {
	tb.Helper()
	return newModule(tb, assemble(tb, source), opts)
}

// message is the event of all tests.
func message(text string) *abi.Event {
	return &abi.Event{
		Kind: abi.EventMessage, Text: text, Human: true,
		Session: "s1", Bot: "tester", Time: 1763712000000,
	}
}

// turn is what one call left behind.
type turn struct {
	draft  draft.Draft
	result abi.Result
	output string
	said   string
	err    error
}

// play runs one call in a turn of its own.
func play(tb testing.TB, m *Module, e abi.Export, text string, base draft.Base) *turn {
	tb.Helper()
	in, err := m.Checkout(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	defer in.Release()
	var t turn
	ev := message(text)
	t.draft.Begin(ev, base, &m.opts.Limits)
	t.result, t.err = in.Call(e, text, ev.Time, &t.draft)
	t.output, t.said = string(in.Output()), in.Said()
	return &t
}

// replies returns the bodies of the turn's replies.
func (t *turn) replies() []string {
	var all []string
	for _, entry := range t.draft.Entries() {
		if entry.From == abi.FromBot {
			all = append(all, entry.Body)
		}
	}
	return all
}

// callError asserts that err is a *CallError.
func callError(tb testing.TB, err error) *CallError {
	tb.Helper()
	e, ok := errors.AsType[*CallError](err)
	if !ok {
		tb.Fatalf("error = %v, want a *CallError", err)
	}
	return e
}

// logLines collects the lines of a bot's log.
type logLines struct {
	strings.Builder
}

func (l *logLines) logger() *slog.Logger {
	level := &slog.HandlerOptions{Level: slog.LevelDebug}
	return slog.New(slog.NewTextHandler(&l.Builder, level))
}

// within returns limits with a turn of so long.
func within(turn time.Duration) abi.Limits {
	return abi.Limits{TurnTime: turn, StartTime: turn, WaitTime: 10 * time.Second}
}
