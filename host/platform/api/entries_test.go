package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/session"
)

// logOf makes a session with a log: so many entries, each turn its number.
func logOf(tb testing.TB, n int) *fake {
	f := newFake(tb, "s1")
	f.bot = func(*abi.Event) []string { return nil }
	s := f.sessions["s1"]
	for i := range n {
		s.commit(&abi.Event{Kind: abi.EventMessage, Text: fmt.Sprint(i + 1)}, nil)
	}
	return f
}

func TestEntries(t *testing.T) {
	f := logOf(t, 300)
	f.sessions["s1"].first = 1
	s, _ := newServer(t, f, api.Options{})
	for _, tt := range []struct {
		query, first string
		n            int
	}{
		{"", "1", 100}, {"?limit=1", "1", 1}, {"?limit=256", "1", 256}, {"?limit=257", "1", 256},
		{"?limit=18446744073709551615", "1", 256}, {"?after=0", "1", 100},
		{"?after=299", "300", 1},
		{"?after=300", "", 0}, {"?after=18446744073709551615&wait=30000", "", 0},
		{"?after=17&limit=17", "18", 17},
		{"?epoch=1&after=298", "299", 2}, {"?after=299&wait=0", "300", 1},
		{"?after=299&wait=99999999", "300", 1},
		{"?after=300&wait=1", "", 0},
	} {
		r := get(t, s, tt.query)
		bodies := strings.Fields(r.bodies())
		if r.status != 200 || len(bodies) != tt.n || tt.n > 0 && bodies[0] != tt.first ||
			r.field("epoch") != "1" || r.field("first") != "1" || r.field("last") != "300" {
			t.Errorf("GET %s = %d, %d entries %.80s, want %d from %s", tt.query, r.status,
				len(bodies), r.doc, tt.n, tt.first)
		}
	}
	want := `{"epoch":1,"first":1,"last":300,"entries":[{"seq":300,"from":"user","kind":"text","body":"300","time":7,"turn":300}]}`
	if r := get(t, s, "?after=299"); r.doc != want || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("GET = %s %v, want %s", r.doc, r.header, want)
	}
	if r := do(t, s, http.MethodHead, entriesPath, ""); r.status != 200 || r.doc != "" {
		t.Errorf("HEAD = %d %q, want 200", r.status, r.doc)
	}
}

func TestEntries_Refused(t *testing.T) {
	f := logOf(t, 3)
	s, _ := newServer(t, f, api.Options{})
	for _, tt := range []struct {
		query  string
		status int
		want   string
	}{
		{"?after=-1", 400, `"bad_value" "after"`},
		{"?after=", 400, `"bad_value" "after"`},
		{"?after=1.5", 400, `"bad_value" "after"`},
		{"?after=1&after=2", 400, `"bad_value" "after"`},
		{"?limit=0", 400, `"bad_value" "limit"`},
		{"?limit=x", 400, `"bad_value" "limit"`},
		{"?wait=true", 400, `"bad_value" "wait"`},
		{"?epoch=0", 400, `"bad_value" "epoch"`},
		{"?before=1", 400, `"unknown_field" "before"`},
		{"?%zz", 400, `"bad_value" `},
		{"?a;b", 400, `"bad_value" `},
		{"?epoch=2", 409, `"epoch" "epoch"`},
	} {
		r := get(t, s, tt.query)
		if got := r.field("code") + " " +
			r.field("field"); r.status != tt.status || got != tt.want {
			t.Errorf("GET %s = %d %s, want %d %s", tt.query, r.status, r.doc, tt.status, tt.want)
		}
	}
	if r := get(t, s, "?epoch=2"); r.field("epoch") != "1" {
		t.Errorf("another epoch = %s, want the one there is", r.doc)
	}
	if r := do(t, s, http.MethodPost, entriesPath, "{}"); r.status != 405 ||
		r.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST = %d %v, want 405", r.status, r.header)
	}
	if r := do(t, s, http.MethodGet, "/bots/echo/sessions/s9/entries", ""); r.status != 404 {
		t.Errorf("unknown session = %d, want 404", r.status)
	}
	f.readErr = session.ErrUnavailable
	if r := get(t, s, ""); r.status != 503 || r.header.Get("Retry-After") != "1" {
		t.Errorf("without a store = %d %s, want 503", r.status, r.doc)
	}
	f.readErr = session.ErrNotFound
	if r := get(t, s, ""); r.status != 404 {
		t.Errorf("session gone = %d %s, want 404", r.status, r.doc)
	}
}

// TestEntries_Size: an answer of large entries is cut, and goes on after it.
func TestEntries_Size(t *testing.T) {
	f := newFake(t, "s1")
	for range 64 {
		f.sessions["s1"].commit(&abi.Event{Kind: abi.EventMessage,
			Text: strings.Repeat("x", 128<<10)}, nil)
	}
	s, _ := newServer(t, f, api.Options{})
	after := 0
	for after < 64 {
		r := get(t, s, fmt.Sprintf("?limit=64&after=%d", after))
		n := len(strings.Fields(r.bodies()))
		if r.status != 200 || n == 0 || len(r.doc) > 4<<20 {
			t.Fatalf("GET after %d = %d, %d entries, %d bytes", after, r.status, n, len(r.doc))
		}
		after += n
	}
}

// TestEntries_Wait: news are answered when they come, also when the log begins
// anew.
func TestEntries_Wait(t *testing.T) {
	f := logOf(t, 3)
	s, _ := newServer(t, f, api.Options{})
	ask := func(query string) <-chan result {
		before := reads(f)
		got := make(chan result, 1)
		go func() { got <- get(t, s, query) }()
		eventually(t, func() bool { return reads(f) > before })
		return got
	}
	got := ask("?after=3&wait=20000")
	post(t, s, `{"type":"message","text":"new"}`)
	if r := <-got; r.status != 200 || r.bodies() != "new" {
		t.Errorf("GET = %d %s, want the new entry", r.status, r.doc)
	}
	got = ask("?after=4&wait=20000&epoch=1")
	post(t, s, `{"type":"reset"}`)
	if r := <-got; r.status != 409 || r.field("epoch") != "2" {
		t.Errorf("GET of an epoch that ends = %d %s, want 409 with the next", r.status, r.doc)
	}
	if r := get(t, s, "?after=4&wait=20000"); r.status != 200 || r.field("last") != "0" {
		t.Errorf("GET after the end of the log = %d %s, want where it ends", r.status, r.doc)
	}
	got = ask("?wait=20000")
	post(t, s, `{"type":"reset"}`)
	if r := <-got; r.status != 200 || r.field("epoch") != "3" {
		t.Errorf("GET of any epoch = %d %s, want the next", r.status, r.doc)
	}
}

// reads returns how often the log was read.
func reads(f *fake) int {
	s := f.sessions["s1"]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

// TestClose: whoever waits for entries is answered.
func TestClose(t *testing.T) {
	f := logOf(t, 3)
	s, h := newServer(t, f, api.Options{})
	got := make(chan result, 1)
	go func() { got <- get(t, s, "?after=3&wait=30000") }()
	eventually(t, func() bool { return reads(f) == 1 })
	h.Close()
	h.Close()
	select {
	case r := <-got:
		if r.status != 200 || r.bodies() != "" || r.field("last") != "3" {
			t.Errorf("GET = %d %s, want no entries", r.status, r.doc)
		}
	case <-time.After(5 * time.Second):
		t.Error("Close does not end the wait")
	}
}
