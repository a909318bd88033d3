package webui

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bothost/bothost/host/internal/packed"
)

// newServer returns what the page answers; what is not its is answered with 418.
func newServer(tb testing.TB, opts Options) http.Handler {
	tb.Helper()
	if opts.Bots == nil {
		opts.Bots = func() []string { return []string{"cat", "dog"} }
	}
	h, err := New(opts)
	if err != nil {
		tb.Fatal(err)
	}
	return h.Before(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	}))
}

func get(h http.Handler, path string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

const browser = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"

// TestHandler_takes tells which requests are the page's.
func TestHandler_takes(t *testing.T) {
	h := newServer(t, Options{})
	for _, tt := range []struct {
		name, path string
		header     []string
		want       int
	}{
		{"the page", "/", []string{"Accept", browser}, 200},
		{"the page of a bot", "/bots/dog", []string{"Accept", browser}, 200},
		{"the page of a bot that may come", "/bots/cow", []string{"Accept", browser}, 200},
		{"a program", "/", nil, 200},
		{"a program that takes anything", "/", []string{"Accept", "*/*"}, 200},
		{"a program that looks for a bot", "/bots/dog", nil, 200},
		{"a program that looks for no bot", "/bots/cow", nil, 418},
		{"a program elsewhere", "/other", nil, 418},
		{"a socket without its upgrade", "/", []string{"Sec-WebSocket-Key", "x"}, 418},
		{"a socket", "/", []string{"Accept", browser, "Upgrade", "websocket"}, 418},
		{"a session's entries", "/bots/dog/sessions/s/entries", []string{"Accept", browser}, 418},
		{"another path", "/other", []string{"Accept", browser}, 418},
		{"a file", "/ui/main.js", nil, 200},
		{"no file", "/ui/other.js", nil, 404},
		{"the page as a file", "/ui/index.html", nil, 404},
		{"a way up", "/ui/../handler.go", nil, 307},
		{"the widget", "/widget.js", nil, 200},
		{"about", "/ui/about", nil, 200},
		{"no workshop", "/ui/workshop/reloads?after=0", nil, 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := get(h, tt.path, tt.header...).StatusCode; got != tt.want {
				t.Errorf("GET %s = %d, want %d", tt.path, got, tt.want)
			}
		})
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Accept", browser)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 418 {
		t.Errorf("POST / = %d, want it handed on", w.Code)
	}
}

// TestHandler_policy holds the headers that make the page safe.
func TestHandler_policy(t *testing.T) {
	h := newServer(t, Options{Loopback: true, Origins: []string{
		"https://shop.example", "null", "https://x; script-src *", "https://y/",
	}})
	for _, tt := range []struct {
		path       string
		want, none []string
	}{
		{"/", []string{"default-src 'self'", "script-src 'self'", "object-src 'none'",
			"base-uri 'none'",
			"require-trusted-types-for 'script'",
			"frame-ancestors 'self' http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:* " +
				"https://shop.example https://y"},
			[]string{"unsafe", "null", "script-src *"}},
		{"/ui/chart.html", []string{"default-src 'none'", "sandbox allow-scripts",
			"frame-ancestors 'self'"},
			[]string{"connect-src", "allow-same-origin", "unsafe-eval", "script-src 'unsafe"}},
		{"/ui/main.js", []string{"default-src 'none'"}, []string{"unsafe"}},
		{"/ui/about", []string{"default-src 'none'"}, []string{"unsafe"}},
		{"/widget.js", []string{"default-src 'none'"}, []string{"unsafe"}},
		{"/ui/other", []string{"default-src 'none'"}, []string{"unsafe"}},
	} {
		header := get(h, tt.path, "Accept", browser).Header
		policy := header.Get("Content-Security-Policy")
		for _, want := range tt.want {
			if !strings.Contains(policy, want) {
				t.Errorf("policy of %s = %q, want %q in it", tt.path, policy, want)
			}
		}
		for _, none := range tt.none {
			if strings.Contains(policy, none) {
				t.Errorf("policy of %s = %q, want no %q in it", tt.path, policy, none)
			}
		}
		if got := header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("X-Content-Type-Options of %s = %q", tt.path, got)
		}
		if got := header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("Referrer-Policy of %s = %q", tt.path, got)
		}
	}
	res := get(newServer(t, Options{}), "/", "Accept", browser)
	if got := res.Header.Get("Content-Security-Policy"); strings.Contains(got, "localhost") {
		t.Errorf("policy of a listener that others reach = %q, want no localhost in it", got)
	}
}

// TestHandler_allowed refuses who comes from where nobody may.
func TestHandler_allowed(t *testing.T) {
	h := newServer(t, Options{Allowed: func(host, origin string) bool {
		return host == "good.example" && origin == ""
	}})
	for _, tt := range []struct {
		host, path, origin string
		want               int
	}{
		{"good.example", "/ui/about", "", 200},
		{"evil.example", "/ui/about", "", 403},
		{"good.example", "/ui/about", "http://evil.example", 403},
		{"good.example", "/ui/workshop/reloads?after=0", "null", 403},
		{"good.example", "/ui/chart.js", "null", 200},
		{"evil.example", "/ui/chart.js", "", 403},
	} {
		if got := get(h, "http://"+tt.host+tt.path,
			"Origin", tt.origin).StatusCode; got != tt.want {
			t.Errorf("GET %s of %q from %q = %d, want %d", tt.path, tt.host,
				tt.origin, got, tt.want)
		}
	}
}

// TestAsset_serve sends files packed, plain, and not at all to who has them.
func TestAsset_serve(t *testing.T) {
	h := newServer(t, Options{})
	plain, err := pages.ReadFile("page/main.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		accept string
		packed bool
	}{{"", false}, {"br", false}, {"gzip", true}, {"br, gzip;q=0.5", true}, {"*", true}, {"gzip;q=0", false}, {"gzip;q=0.000, br", false}} {
		got := get(h, "/ui/main.js", "Accept-Encoding", tt.accept)
		body, _ := io.ReadAll(got.Body)
		if is := got.Header.Get("Content-Encoding") == "gzip"; is != tt.packed {
			t.Errorf("to %q the file is packed: %t, want %t", tt.accept, is, tt.packed)
		} else if is {
			r, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			body, _ = io.ReadAll(r)
		}
		if !bytes.Equal(body, plain) {
			t.Errorf("to %q the file has %d bytes, want its own %d", tt.accept,
				len(body), len(plain))
		}
		again := get(h, "/ui/main.js", "If-None-Match", `"other", W/`+got.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("to who has it = %d, want 304", again.StatusCode)
		}
	}
}

// A file that is damaged is told so, to who wants it unpacked.
func TestAsset_serve_damaged(t *testing.T) {
	damaged := &packed.File{FS: fstest.MapFS{"a.gz": {Data: []byte("x")}}, Path: "a.gz"}
	gzipped, err := damaged.Packed()
	if err != nil {
		t.Fatal(err)
	}
	a := newAsset("a.js", gzipped, damaged.Unpacked)
	for accept, want := range map[string]int{"": 500, "gzip": 200} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/ui/a.js", nil)
		r.Header.Set("Accept-Encoding", accept)
		if a.serve(w, r); w.Code != want {
			t.Errorf("to %q the status is %d, want %d", accept, w.Code, want)
		}
	}
}

// firstLoad is how many bytes a browser may have to fetch, compressed, before the
// page is there.
const firstLoad = 60_000

// TestFirstLoad counts all files but those that come later.
func TestFirstLoad(t *testing.T) {
	files, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for name, a := range files {
		if slices.Contains(separate, name) || name == "widget.js" {
			continue
		}
		sum += len(a.gzipped)
	}
	t.Logf("%d files, %d bytes", len(files), sum)
	if sum > firstLoad || sum < 1000 {
		t.Errorf("the first load has %d bytes, want at most %d", sum, firstLoad)
	}
}

// TestNoMarkup holds the page to its rule: one module makes HTML of text.
func TestNoMarkup(t *testing.T) {
	err := fs.WalkDir(pages, "page", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := pages.ReadFile(name)
		for _, banned := range []string{
			"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
			"new Function",
			"createContextualFragment", "setHTMLUnsafe", ` style="`, "javascript:", "onclick=",
		} {
			if bytes.Contains(text, []byte(banned)) {
				t.Errorf("%s has %s", name, banned)
			}
		}
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasSuffix(name, ".js") && len(line) > 120 {
				t.Errorf("line %d of %s has %d bytes", i+1, name, len(line))
			}
		}
		if bytes.Contains(text, []byte("DOMParser")) && path.Base(name) != "markup.js" {
			t.Errorf("%s reads HTML", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bench is a workshop of which a test knows what is in it.
type bench struct{}

func (bench) Reloads(after int) ([]Reload, int) {
	all := []Reload{{Bot: "cat", New: "a"},
		{Bot: "cat", Old: "a", Err: "no module", Time: time.Unix(0, 0)}}
	return all[min(after, len(all)):], len(all)
}

func (bench) Dialog(_ context.Context, bot string) (string, bool, error) {
	if bot != "cat" {
		return "", false, ErrNone
	}
	return "<svg></svg>", true, nil
}

func (bench) Inside(_ context.Context, _, session, resume string) (Inside, error) {
	if session != "s" || resume != "r" {
		return Inside{}, ErrNone
	}
	return Inside{State: "asleep", Variables: map[string]string{"name": "Tom"}}, nil
}

// TestHandler_workshop shows the inside to whom it may.
func TestHandler_workshop(t *testing.T) {
	h := newServer(t, Options{Workshop: bench{},
		Admitted: func(token string) bool { return token == "good" }})
	for _, tt := range []struct {
		path, token string
		status      int
		want        string
	}{
		{"reloads?after=1", "good", 200,
			`{"newest":2,"reloads":[{"bot":"cat","old":"a","error":"no module","time":"1970-01-01T00:00:00Z","took_ms":0}]}`},
		{"reloads?after=2", "good", 200, `{"newest":2,"reloads":[]}`},
		{"reloads?after=x", "good", 400, `{"error":"after must be a whole number."}`},
		{"reloads?after=1", "bad", 401, `{"error":"A valid bearer token is needed."}`},
		{"reloads?after=1", "", 401, `{"error":"A valid bearer token is needed."}`},
		{"bots/cat/dialog", "good", 200, `{"svg":"\u003csvg\u003e\u003c/svg\u003e"}`},
		{"bots/dog/dialog", "good", 404, `{"error":"There is none."}`},
		{"bots/cat/dialog", "", 401, `{"error":"A valid bearer token is needed."}`},
		{"bots/cat/sessions/s", "r", 200,
			`{"state":"asleep","back":null,"turn":0,"variables":{"name":"Tom"},"timers":null}`},
		{"bots/cat/sessions/s", "good", 404, `{"error":"There is none."}`},
		{"bots/cat/sessions/s", "", 401, `{"error":"A valid bearer token is needed."}`},
	} {
		var header []string
		if tt.token != "" {
			header = []string{"Authorization", "Bearer " + tt.token}
		}
		got := get(h, "/ui/workshop/"+tt.path, header...)
		body, _ := io.ReadAll(got.Body)
		if text := strings.TrimSpace(string(body)); got.StatusCode != tt.status ||
			text != tt.want {
			t.Errorf("GET %s as %q = %d %s, want %d %s", tt.path, tt.token, got.StatusCode, text,
				tt.status, tt.want)
		}
	}
}

func TestAbout(t *testing.T) {
	var got about
	body := get(newServer(t, Options{Workshop: bench{}}), "/ui/about").Body
	if err := json.NewDecoder(body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Bots, []string{"cat", "dog"}) || !got.Workshop {
		t.Errorf("about = %+v", got)
	}
}
