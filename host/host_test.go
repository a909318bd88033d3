package host

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// get fetches a page of the host.
func (r *running) get(tb testing.TB, path string) (status int, body string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet,
		"http://"+r.Addr().String()+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	// Without a connection that is kept, nothing of it is left after the test.
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(text))
}

func TestHealth(t *testing.T) {
	h := serve(t, makeBot(t, "bot", "", ""), Options{Gone: -1})
	for _, row := range []struct {
		path   string
		status int
		body   string
	}{
		{"/healthz", 200, "ok"},
		{"/readyz", 200, "ready"},
	} {
		if status, body := h.get(t, row.path); status != row.status || body != row.body {
			t.Errorf("GET %s = %d %q, want %d %q", row.path, status, body, row.status, row.body)
		}
	}
	if err := os.Remove(h.path); err != nil {
		t.Fatal(err)
	}
	if r := h.awaitReload(t); r.Err != nil || r.New != "" || r.Old == "" {
		t.Fatalf("reload after the removal of the file: %+v, want the bot removed", r)
	}
	if status, body := h.get(t, "/readyz"); status != 503 || body != "no bot is served" {
		t.Errorf("GET /readyz without a bot = %d %q, want 503", status, body)
	}
	if status, _ := h.get(t, "/healthz"); status != 200 {
		t.Errorf("GET /healthz without a bot = %d, want 200", status)
	}
}

// TestFolder serves a folder: bots come and go with their files.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	h := serve(t, makeBot(t, "bot", "", ""), Options{Folders: []string{dir}, Gone: -1})
	put := func(name string) {
		t.Helper()
		path := filepath.Join(dir, name+".wasm")
		if err := os.WriteFile(path, makeBot(t, name, "", ""), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := h.awaitReload(t); r.Err != nil || r.Bot != name {
			t.Fatalf("reload after %s came: %+v", name, r)
		}
	}
	put("cat")
	put("dog")
	if got, want := h.Bots(), []string{"bot", "cat", "dog"}; !slices.Equal(got, want) {
		t.Errorf("Bots() = %v, want %v", got, want)
	}
	if status, body := h.get(t, "/"); status != 200 || !strings.Contains(body, "/bots/dog") {
		t.Errorf("GET / = %d %q, want 200 and the list of bots", status, body)
	}
	if status, body := h.get(t, "/other"); status != 404 || !strings.Contains(body, "/bots/dog") {
		t.Errorf("GET /other = %d %q, want 404 and the list of bots", status, body)
	}
	ctx := context.Background()
	c, err := client.Dial(ctx, client.Options{URL: "ws://" + h.Addr().String() + "/bots/dog"})
	if err != nil {
		t.Fatal(err)
	}
	dog := &talker{c, t}
	if got := dog.ask("1", "who?"); got.Body != "dog:who?" {
		t.Errorf("the dog answered %q", got.Body)
	}
	if err := os.Remove(filepath.Join(dir, "dog.wasm")); err != nil {
		t.Fatal(err)
	}
	if r := h.awaitReload(t); r.Bot != "dog" || r.New != "" {
		t.Fatalf("reload after the dog went: %+v", r)
	}
	dog.say("2", "still there?")
	if f := dog.receive(); f.Type != native.Rejected || f.Code != abi.CodeUnknownBot.String() {
		t.Errorf("answer of a bot that is gone = %+v, want rejected", f)
	}
	if err := dog.Close(); err != nil {
		t.Error(err)
	}
}

// TestFolder_sameName: of two files with a bot of one name the first is served, and
// nothing that becomes of the second changes that. It follows when the first goes.
func TestFolder_sameName(t *testing.T) {
	dir := t.TempDir()
	second := filepath.Join(dir, "bot.wasm")
	h := serve(t, makeBot(t, "first", "", ""), Options{Folders: []string{dir}, Gone: -1})
	c := dial(t, h)
	put := func(module []byte, want ...string) {
		t.Helper()
		if err := os.WriteFile(second+".next", module, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(second+".next", second); err != nil {
			t.Fatal(err)
		}
		r := h.awaitReload(t)
		for _, text := range want {
			if r.Err == nil || r.Path != second || !strings.Contains(r.Err.Error(), text) {
				t.Fatalf("reload after the second file came: %+v, want %q", r, text)
			}
		}
	}
	asks := func(want string) {
		t.Helper()
		if got := c.ask(rand.Text(), "who?"); got.Body != want+":who?" {
			t.Errorf("the bot answered %q, want %s", got.Body, want)
		}
	}
	put(makeBot(t, "second", "", ""), "bot called bot", h.path, second)
	asks("first")
	put([]byte("none"), "WebAssembly")
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	h.replace(t, makeBot(t, "newer", "", ""))
	if r := h.awaitReload(t); r.Err != nil || r.Path != h.path || r.New == "" {
		t.Fatalf("reload after the first file changed: %+v", r)
	}
	asks("newer")
	put(makeBot(t, "third", "", ""), h.path, second)
	asks("newer")
	if err := os.Remove(h.path); err != nil {
		t.Fatal(err)
	}
	if r := h.awaitReload(t); r.Err != nil || r.Path != second || r.Old == "" || r.New == "" {
		t.Fatalf("reload after the first file went: %+v, want the second loaded", r)
	}
	asks("third")
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	if r := h.awaitReload(t); r.Err != nil || r.Path != second || r.New != "" {
		t.Fatalf("reload after the last file went: %+v, want the bot removed", r)
	}
}

// TestConfig wants the operator's values readable by the bot, and generations of
// other values to have other names.
func TestConfig(t *testing.T) {
	const source = `
(module
  (import "bothost_v1" "config_get" (func $get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "greeting")
  (func (export "on_message")
    (call $reply (i32.const 64)
      (call $get (i32.const 0) (i32.const 8) (i32.const 64) (i32.const 64)))))`
	names := make(map[string]bool)
	for _, greeting := range []string{"Hello", "Bonjour"} {
		h := serve(t, assemble(t, source),
			Options{Config: map[string]string{"greeting": greeting}})
		if got := dial(t, h).ask("1", "hi"); got.Body != greeting {
			t.Errorf("answer with greeting=%s = %q", greeting, got.Body)
		}
		names[h.bots.get("bot").generationName()] = true
	}
	if len(names) != 2 {
		t.Errorf("two configurations gave the generations %v", names)
	}
}

// TestShutdown wants the turn that runs to end and be answered, the client told
// to come back, and Run to return without an error.
func TestShutdown(t *testing.T) {
	slow := assemble(t, `
(module
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "done")
  (func (export "on_message")
    (local $n i32)
    (local.set $n (i32.const 30000000))
    (loop $again
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (call $reply (i32.const 0) (i32.const 4))))`)
	h := serve(t, slow, Options{})
	c := dial(t, h)
	c.say("1", "work")
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	module := h.bots.get("bot").current.Load().module
	for s := module.Stats(); s.Instances == s.Idle; s = module.Stats() {
		<-tick.C
	}
	stopped := make(chan error, 1)
	go func() { stopped <- h.stop() }()
	if f := c.receive(); f.Type != native.Accepted {
		t.Errorf("first frame = %+v, want accepted", f)
	}
	if e := c.entry(); e.Body != "done" {
		t.Errorf("answer = %+v, want done", e)
	}
	if f := c.receive(); f.Type != native.Closing || f.Code != abi.CloseRestart.String() {
		t.Errorf("last frame = %+v, want closing", f)
	}
	var closed *client.ClosedError
	if _, err := c.Receive(context.Background()); !errors.As(err, &closed) ||
		closed.Code != abi.CloseRestart {
		t.Errorf("Receive() error = %v, want closed with restart", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
}

// TestShutdown_loading: a host that ends while it loads a module leaves none open.
func TestShutdown_loading(t *testing.T) {
	slow := makeBot(t, "slow", `(import "bothost_v1" "log" (func $log (param i32 i32 i32)))`, `
  (func (export "describe")
    (local $n i32)
    (call $log (i32.const 1) (i32.const 0) (i32.const 4))
    (local.set $n (i32.const 300000000))
    (loop $again
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n))))`)
	h := serve(t, makeBot(t, "old", "", ""), Options{})
	h.replace(t, slow)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(h.log.String(), "line=slow") {
		<-tick.C
	}
	if err := h.stop(); err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
	if r := h.awaitReload(t); r.Err != nil {
		t.Fatalf("the module came too late to tell: %v", r.Err)
	}
	if bots := h.Bots(); len(bots) != 0 {
		t.Errorf("%v is still there after Run()", bots)
	}
}

func TestNew_Refuses(t *testing.T) {
	for _, row := range []struct {
		name string
		opts Options
		want string
	}{
		{"open address", Options{Addr: "0.0.0.0:0"}, "anybody could reach this address"},
		{"bad address", Options{Addr: "nowhere"}, "listen"},
		{"two bots of one name",
			Options{Files: []string{"a/x.wasm", "b/x.wasm"}, Addr: "127.0.0.1:0"},
			"two files hold a bot called x: a/x.wasm and b/x.wasm"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := New(row.opts); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("New() error = %v, want %q", err, row.want)
			}
		})
	}
}

// TestLoad_NoBot wants a host without a single good module to say so, and to
// leave nothing behind.
func TestLoad_NoBot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.wasm")
	if err := os.WriteFile(path, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := New(Options{Files: []string{path}, Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Load(t.Context()); !errors.Is(err, ErrNoBot) {
		t.Errorf("Load() error = %v, want ErrNoBot", err)
	}
	if err := h.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
}
