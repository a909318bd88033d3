package host

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/wat/wattest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := runChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// patience is how long a test waits for what must happen.
const patience = 60 * time.Second

// running is a host that serves one file over loopback.
type running struct {
	*Host
	path    string
	reloads chan Reload
	log     *logBuffer
	stop    func() error
}

// serve runs a host for the module until the test ends.
func serve(tb testing.TB, module []byte, opts Options) *running {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "bot.wasm")
	if err := os.WriteFile(path, module, 0o600); err != nil {
		tb.Fatal(err)
	}
	return serveFile(tb, path, opts)
}

// serveFile runs a host for the file of a module or a manifest until the test ends.
func serveFile(tb testing.TB, path string, opts Options) *running {
	tb.Helper()
	r := &running{path: path, reloads: make(chan Reload, 1024), log: new(logBuffer)}
	opts.Files, opts.Addr = []string{r.path}, "127.0.0.1:0"
	opts.Logger = slog.New(slog.NewTextHandler(r.log,
		&slog.HandlerOptions{Level: slog.LevelDebug}))
	opts.Reloaded = func(reload Reload) { r.reloads <- reload }
	if opts.Quiet == 0 {
		opts.Quiet = 10 * time.Millisecond
	}
	var err error
	if r.Host, err = New(opts); err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := r.Load(ctx); err != nil {
		tb.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	tb.Cleanup(func() {
		if err := r.stop(); err != nil {
			tb.Errorf("Run: %v", err)
		}
	})
	if first := <-r.reloads; first.Err != nil || first.New == "" {
		tb.Fatalf("first load: %+v", first)
	}
	return r
}

// logBuffer keeps the log for tests to read.
type logBuffer struct {
	mu sync.Mutex
	// guards the following
	text bytes.Buffer
}

// Write implements io.Writer.
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// talker is a client that a test drives.
type talker struct {
	*client.Conn
	tb testing.TB
}

func dial(tb testing.TB, h *running) *talker {
	tb.Helper()
	return dialWith(tb, h, client.Options{})
}

func dialWith(tb testing.TB, h *running, opts client.Options) *talker {
	tb.Helper()
	opts.URL = "ws://" + h.Addr().String()
	return connect(tb, opts)
}

// connect dials, and hangs up when the test ends.
func connect(tb testing.TB, opts client.Options) *talker {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := client.Dial(ctx, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.CloseNow() })
	return &talker{c, tb}
}

// Receive returns the next frame that is sure to come: on a machine that is late, any
// turn may take long enough for another one.
func (c *talker) Receive(ctx context.Context) (client.Frame, error) {
	for {
		f, err := c.Conn.Receive(ctx)
		if err != nil || f.Type != native.Typing {
			return f, err
		}
	}
}

// receive returns the next frame, or fails the test.
func (c *talker) receive() client.Frame {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	f, err := c.Receive(ctx)
	if err != nil {
		c.tb.Fatalf("Receive: %v", err)
	}
	return f
}

func (c *talker) say(id, text string) {
	c.tb.Helper()
	if err := c.Send(context.Background(), id, text); err != nil {
		c.tb.Fatal(err)
	}
}

// entry returns the next frame, which must be an entry.
func (c *talker) entry() abi.Entry {
	c.tb.Helper()
	f := c.receive()
	if f.Type != native.Entry {
		c.tb.Fatalf("Receive() = %+v, want an entry", f)
	}
	e, err := f.LogEntry()
	if err != nil {
		c.tb.Fatal(err)
	}
	return e
}

// ask says something and returns the one answer that it must get.
func (c *talker) ask(id, text string) abi.Entry {
	c.tb.Helper()
	c.say(id, text)
	if f := c.receive(); f.Type != native.Accepted || f.ID != id {
		c.tb.Fatalf("answer to %q = %+v, want accepted", text, f)
	}
	return c.entry()
}

// botSource is a bot in the text format that answers with its name, a colon and
// what it was told.
const botSource = `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  %s
  (memory (export "memory") 2)
  (data (i32.const 0) "%s")
  %s
  (func (export "on_message")
    (call $reply (i32.const 0)
      (i32.add (i32.const %d) (call $input (i32.const %d) (i32.const 65536))))))`

// makeBot assembles a bot called name; imports and functions are added to it.
func makeBot(tb testing.TB, name, imports, functions string) []byte {
	tb.Helper()
	prefix := name + ":"
	return assemble(tb,
		fmt.Sprintf(botSource, imports, prefix, functions, len(prefix), len(prefix)))
}

var assemble = wattest.Assemble

// replace puts a new module in the place of the old one.
func (r *running) replace(tb testing.TB, module []byte) {
	tb.Helper()
	next := r.path + ".next"
	if err := os.WriteFile(next, module, 0o600); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(next, r.path); err != nil {
		tb.Fatal(err)
	}
}

// awaitReload returns the next reload.
func (r *running) awaitReload(tb testing.TB) Reload {
	tb.Helper()
	select {
	case reload := <-r.reloads:
		return reload
	case <-time.After(patience):
		tb.Fatal("no reload came")
	}
	return Reload{}
}

// session returns what the store has of a session.
func (r *running) session(tb testing.TB, id string) (session.Head, map[string]string) {
	tb.Helper()
	rec, err := r.opts.Store.Load(context.Background(),
		session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: id})
	if err != nil {
		tb.Fatal(err)
	}
	return rec.Head, rec.Vars
}

// logged fails the test unless the log holds all of the texts.
func (r *running) logged(tb testing.TB, texts ...string) {
	tb.Helper()
	all := r.log.String()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			tb.Errorf("the log does not hold %q:\n%s", text, all)
		}
	}
}
