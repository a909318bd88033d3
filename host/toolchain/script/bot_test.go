package script_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/needed"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/toolchain/script"
)

// cacheDir keeps the compiled engine from test to test: all bots have the same.
var cacheDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "bothost-script-")
	if err != nil {
		panic(err)
	}
	cacheDir = dir
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// needEngine ends a test where there is no engine.
func needEngine(tb testing.TB) {
	tb.Helper()
	_, err := script.Engine()
	if errors.Is(err, script.ErrMissing) {
		needed.Guests.Skip(tb, "no JavaScript engine: make js-engine")
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// write puts files into a new folder: names and contents in turn.
func write(tb testing.TB, files ...string) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// build makes the module of a bot of files, of which the first is the entry.
func build(tb testing.TB, files ...string) []byte {
	tb.Helper()
	needEngine(tb)
	dir := write(tb, files...)
	module, _, err := script.Build(tb.Context(), filepath.Join(dir, files[0]))
	if err != nil {
		tb.Fatal(err)
	}
	return module
}

// bot is a module that runs, and its log.
type bot struct {
	tb     testing.TB
	module *plugin.Module
	limits abi.Limits

	mu  sync.Mutex // guards the following
	log bytes.Buffer
}

func (b *bot) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

// logged returns the log, without times.
func (b *bot) logged() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.String()
}

// load compiles a module.
func load(tb testing.TB, module []byte, opts plugin.Options) *bot {
	tb.Helper()
	b := &bot{tb: tb, limits: opts.Limits.Defaults()}
	cache, err := plugin.OpenCache(cacheDir, 64<<20, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	opts.Name, opts.Cache = "test", cache
	opts.Logger = slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	if b.module, err = plugin.Compile(tb.Context(), module, opts); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.module.Close(context.WithoutCancel(tb.Context())); err != nil {
			tb.Error(err)
		}
	})
	return b
}

// newBot makes a bot of a script.
func newBot(tb testing.TB, code string) *bot {
	tb.Helper()
	return load(tb, build(tb, "bot.js", `import * as bothost from "bothost"; import { bot } from "bothost"; `+code), plugin.Options{})
}

// newBots makes a bot of many handlers: which one runs says the state, see row. To
// load a bot for each would take longer than all that they do.
func newBots(tb testing.TB, code []string) *bot {
	tb.Helper()
	return newBot(tb, "const handlers = [(s) => {"+strings.Join(code, "}, (s) => {")+
		"}]; bot.onMessage((s) => handlers[s.state](s))")
}

// row is a message for one of the handlers of newBots.
func row(i int, words string) heard {
	h := text(words)
	h.base.State = strconv.Itoa(i)
	return h
}

// heard is one call: the export, its event and the session before.
type heard struct {
	export abi.Export
	input  string
	event  *abi.Event
	base   draft.Base
}

// text is a message that arrives.
func text(words string) heard {
	return heard{export: abi.OnMessage, input: words, event: &abi.Event{
		Kind: abi.EventMessage, Text: words, Human: true,
		Session: "s1", Bot: "test", Time: 1763712000000,
	}}
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
func (b *bot) play(h heard) *turn {
	b.tb.Helper()
	in, err := b.module.Checkout(b.tb.Context())
	if err != nil {
		b.tb.Fatal(err)
	}
	defer in.Release()
	t := &turn{}
	var host abi.Host
	if h.event != nil {
		t.draft.Begin(h.event, h.base, &b.limits)
		host = &t.draft
	}
	t.result, t.err = in.Call(h.export, h.input, 1763712000000, host)
	t.output, t.said = string(in.Output()), in.Said()
	return t
}

// says plays a text, and returns what the bot replied.
func (b *bot) says(words string) string {
	b.tb.Helper()
	t := b.play(text(words))
	if t.err != nil || t.result != abi.Done {
		b.tb.Fatalf("a turn failed: %v %v %s", t.result, t.err, t.said)
	}
	return t.replies()
}

// replies returns the bodies of the turn's replies, one a line.
func (t *turn) replies() string {
	var all []string
	for _, entry := range t.draft.Entries() {
		if entry.From == abi.FromBot {
			all = append(all, entry.Body)
		}
	}
	return strings.Join(all, "\n")
}

// files reads files by their contents.
func files(contents ...string) (refs []abi.File, read func(string, []byte, int64) (int, error)) {
	for i, c := range contents {
		refs = append(refs, abi.File{
			Name: "f" + string(rune('0'+i)), Type: "text/plain", Size: int64(len(c)), Ref: c,
		})
	}
	return refs, func(ref string, dst []byte, offset int64) (int, error) {
		n := copy(dst, ref[offset:])
		if n < len(dst) {
			return n, io.EOF
		}
		return n, nil
	}
}

// must returns the engine.
func must(tb testing.TB) []byte {
	tb.Helper()
	engine, err := script.Engine()
	if err != nil {
		tb.Fatal(err)
	}
	return engine
}
