package host

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin/extism/guests"
	"github.com/bothost/bothost/host/plugin/extism/manifest"
)

// extismSource is an Extism plug-in in the text format. To a message it answers with
// the configured greeting, to "fetch" with what the configured url answers.
const extismSource = `
(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input (param i64) (result i32)))
  (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
  (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error (param i64)))
  (import "extism:host/env" "http_request" (func $http (param i64 i64) (result i64)))
  (import "extism:host/user" "reply" (func $reply (param i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "greeting")
  (data (i32.const 16) "request")
  (data (i32.const 32) "mark")
  (func $text (param $at i32) (param $n i32) (result i64) (local $h i64) (local $i i32)
    (local.set $h (call $alloc (i64.extend_i32_u (local.get $n))))
    (loop $next
      (call $store (i64.add (local.get $h) (i64.extend_i32_u (local.get $i)))
        (i32.load8_u (i32.add (local.get $at) (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $h))
  (func (export "on_message") (result i32) (local $first i32)
    (local.set $first (call $input (i64.const 0)))
    (if (i32.eq (local.get $first) (i32.const 102)) ;; f: fetch
      (then (call $reply (call $http (call $config (call $text (i32.const 16) (i32.const 7))) (i64.const 0)))
        (return (i32.const 0))))
    (if (i32.eq (local.get $first) (i32.const 109)) ;; m: set the mark
      (then (call $var_set (call $text (i32.const 32) (i32.const 4)) (call $text (i32.const 0) (i32.const 8)))))
    (if (i32.eq (local.get $first) (i32.const 120)) ;; x: set the mark, and fail
      (then (call $var_set (call $text (i32.const 32) (i32.const 4)) (call $text (i32.const 16) (i32.const 7)))
        (call $error (call $text (i32.const 0) (i32.const 8)))))
    (if (i32.eq (local.get $first) (i32.const 63)) ;; ?: what is the mark
      (then (call $reply (call $var_get (call $text (i32.const 32) (i32.const 4))))
        (return (i32.const 0))))
    (call $reply (call $config (call $text (i32.const 0) (i32.const 8))))
    (i32.const 0)))`

// manifestOf writes a module and a manifest for it, to which more is added, into a
// folder, and returns the manifest's path.
func manifestOf(tb testing.TB, dir string, module []byte, more string) string {
	tb.Helper()
	write(tb, filepath.Join(dir, "code", "plug.wasm"), string(module))
	path := filepath.Join(dir, "bot.json")
	write(tb, path, `{"wasm":[{"path":"code/plug.wasm"}]`+more+`}`)
	return path
}

// write puts a file in place in one step.
func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path+".next", []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(path+".next", path); err != nil {
		tb.Fatal(err)
	}
}

// A manifest is served; a change of it, or of its module, is a reload, and what is
// wrong is refused with its place while the old one goes on.
func TestManifest(t *testing.T) {
	module := assemble(t, extismSource)
	path := manifestOf(t, t.TempDir(), module, `,"config":{"greeting":"Hello"}`)
	h := serveFile(t, path, Options{})
	c := dial(t, h)
	c.want("1", "hi", "Hello")

	write(t, path, `{"wasm":[{"path":"code/plug.wasm"}],"config":{"greeting":"Good day"}}`)
	if r := h.awaitReload(t); r.Err != nil || r.Old == r.New || r.New == "" {
		t.Fatalf("change of the manifest: %+v, want a new generation", r)
	}
	c.want("2", "hi", "Good day")

	// A module with one more section is another one that does the same.
	code := filepath.Join(filepath.Dir(path), "code", "plug.wasm")
	write(t, code, string(module)+"\x00\x03\x01n.")
	if r := h.awaitReload(t); r.Err != nil || r.New == "" {
		t.Fatalf("change of the module: %+v, want a new generation", r)
	}
	c.want("3", "hi", "Good day")

	for _, bad := range []struct{ name, text, want string }{
		{"not JSON", `{"wasm":[`, path + ": manifest: unexpected"},
		{"a URL", `{"wasm":[{"url":"https://example.org/b.wasm"}]}`,
			"wasm[0].url: is not supported"},
		{"two modules", `{"wasm":[{"path":"code/plug.wasm"},{"path":"b"}]}`,
			"wasm: has 2 modules"},
		{"paths", `{"wasm":[{"path":"code/plug.wasm"}],"allowed_paths":{}}`,
			"allowed_paths: is not supported"},
		{"no file", `{"wasm":[{"path":"code/none.wasm"}]}`, filepath.Join("code", "none.wasm")},
		{"another hash", `{"wasm":[{"path":"code/plug.wasm","hash":"` + strings.Repeat("00", 32) +
			`"}]}`, "wasm[0].hash: is 0000"},
		{"no host", `{"wasm":[{"path":"code/plug.wasm"}],"allowed_hosts":["a.*.example.org"]}`,
			"manifest: allowed_hosts: "},
		{"less memory than it begins with",
			`{"wasm":[{"path":"code/plug.wasm"}],"memory":{"max_pages":1},"x":1}`,
			`"x": is unknown`},
	} {
		write(t, path, bad.text)
		if r := h.awaitReload(t); r.Err == nil ||
			!strings.Contains(r.Err.Error(), bad.want) || r.Old == "" {
			t.Errorf("%s: %+v, want an error with %q", bad.name, r, bad.want)
		}
		c.want("bad "+bad.name, "hi", "Good day")
	}

	sum := sha256.Sum256([]byte(string(module) + "\x00\x03\x01n."))
	write(t, path,
		fmt.Sprintf(`{"wasm":[{"path":"code/plug.wasm","hash":"%X"}],"config":{"greeting":"Back"}}`,
			sum))
	if r := h.awaitReload(t); r.Err != nil {
		t.Fatal(r.Err)
	}
	c.want("4", "hi", "Back")
}

// want says something and wants one answer.
func (c *talker) want(id, text, answer string) {
	c.tb.Helper()
	if e := c.ask(id, text); e.Body != answer {
		c.tb.Errorf("answer to %q = %q (%s), want %q", text, e.Body, e.Kind, answer)
	}
}

// The command line's configuration is before the manifest's, and limits of either
// hold.
func TestManifest_settings(t *testing.T) {
	path := manifestOf(t, t.TempDir(), assemble(t, extismSource),
		`,"config":{"greeting":"Hello"},"memory":{"max_pages":2,"max_var_bytes":0},"timeout_ms":1234`)
	h := serveFile(t, path, Options{Config: map[string]string{"greeting": "Hi"}})
	c := dial(t, h)
	c.want("1", "hi", "Hi")
	c.want("2", "mark", abi.WordsFailed)
	if log := h.log.String(); !strings.Contains(log, "max_var_bytes is 0") {
		t.Errorf("log %s\nwant the reason why the variable was not set", log)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	opts, _, client, err := h.bots.settings("bot", source{manifest: m})
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	if l := opts.Limits; l.TurnTime != 1234*time.Millisecond || l.MemoryBytes != 2*pageBytes {
		t.Errorf("turn time %v, memory %d, want those of the manifest", l.TurnTime, l.MemoryBytes)
	}
}

// Variables are the session's: they last over turns and reloads, nobody else has
// them, and a turn that fails leaves none.
func TestManifest_vars(t *testing.T) {
	module := assemble(t, extismSource)
	path := manifestOf(t, t.TempDir(), module, `,"config":{"greeting":"Hello"}`)
	h := serveFile(t, path, Options{})
	a, b := dial(t, h), dial(t, h)
	a.want("1", "mark", "Hello")
	a.want("2", "?", "greeting")
	a.want("3", "x", abi.WordsFailed)
	a.want("4", "?", "greeting")
	if log := h.log.String(); !strings.Contains(log, "failed: greeting") {
		t.Errorf("log %s\nwant the words of error_set", log)
	}
	b.want("1", "?", "")
	write(t, path, `{"wasm":[{"path":"code/plug.wasm"}]}`)
	if r := h.awaitReload(t); r.Err != nil {
		t.Fatal(r.Err)
	}
	a.want("5", "?", "greeting")
}

// http_request goes to the hosts that the manifest allows and nowhere else.
func TestManifest_hosts(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		fmt.Fprint(w, "the answer")
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, hosts, log string
	}{
		{"allowed", `["127.0.0.1"]`, ""},
		{"allowed with its port", `["127.0.0.1:` + port + `"]`, ""},
		{"another port", `["127.0.0.1:1"]`, "http_request: request: forbidden: "},
		{"another host", `["example.org"]`, "http_request: request: forbidden: "},
		{"every public one", `["*"]`, "an address that bots may not call"},
		{"none", `[]`, "http_request: request: forbidden: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := manifestOf(t, t.TempDir(), assemble(t, extismSource),
				fmt.Sprintf(`,"config":{"request":"{\"url\":\"%s\"}"},"allowed_hosts":%s`,
					server.URL, test.hosts))
			h := serveFile(t, path, Options{})
			c := dial(t, h)
			if test.log == "" {
				c.want("1", "fetch", "the answer")
				return
			}
			c.want("1", "fetch", abi.WordsFailed)
			if log := h.log.String(); !strings.Contains(log, test.log) {
				t.Errorf("log %s\nwant %q in it", log, test.log)
			}
		})
	}
}

// The bots of the specification run as it says.
func TestExtismBots(t *testing.T) {
	skipWithRace(t)
	for _, test := range []struct {
		name  string
		build guests.Builder
	}{{"go", guests.GoBot}, {"assemblyscript", guests.AssemblyScriptBot}} {
		t.Run(test.name, func(t *testing.T) {
			path := manifestOf(t, t.TempDir(), test.build.Must(t), `,"config":{"greeting":"Hi"}`)
			c := dial(t, serveFile(t, path, Options{}))
			c.want("1", "one", `Hi! Message 1 is "one", after "".`)
			c.want("2", "zwölf", `Hi! Message 2 is "zwölf", after "one".`)
			c.want("3", "drei", `Hi! Message 3 is "drei", after "zwölf".`)
		})
	}
}
