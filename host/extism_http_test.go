package host

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// fetching is a plug-in under a manifest that is told what to fetch.
func fetching(tb testing.TB, target, hosts, more string, opts Options) (*running, *talker) {
	tb.Helper()
	path := manifestOf(tb, tb.TempDir(), assemble(tb, extismSource),
		fmt.Sprintf(`,"config":{"request":"{\"url\":\"%s\"}"},"allowed_hosts":%s%s`,
			target, hosts, more))
	h := serveFile(tb, path, opts)
	return h, dial(tb, h)
}

// What hosts do to a plug-in that calls them ends its turn, says why, and harms
// nobody: the session goes on.
func TestExtismHTTP_hostile(t *testing.T) {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter,
			r *http.Request) {
			http.Redirect(w, r, to, http.StatusFound)
		}
	}
	mux.HandleFunc("/forbidden", redirect("http://forbidden.example/"))
	mux.HandleFunc("/loopback", redirect("http://localhost:"+at.Port()+"/hello"))
	mux.HandleFunc("/link-local", redirect("http://169.254.169.254/latest/meta-data/"))
	mux.HandleFunc("/file", redirect("file:///etc/passwd"))
	mux.HandleFunc("/circle", redirect("/circle"))
	mux.HandleFunc("/twice", redirect("/hello"))
	mux.HandleFunc("/hello",
		func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/large",
		func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 1001)) })
	mux.HandleFunc("/exact",
		func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 1000)) })
	for _, test := range []struct {
		name, path string
		// log is what it says; empty if the answer is want.
		log, want string
	}{
		{"redirect to a forbidden host", "/forbidden",
			"redirect: a redirect was not followed: forbidden.example is not among", ""},
		{"redirect to loopback", "/loopback",
			"redirect: a redirect was not followed: localhost", ""},
		{"redirect to link-local", "/link-local",
			"redirect: a redirect was not followed: 169.254.169.254", ""},
		{"redirect to a file", "/file", "redirect: a redirect was not followed: only http", ""},
		{"redirect in a circle", "/circle", "redirect: more than 5 redirects", ""},
		{"redirect to an allowed host", "/twice", "", "hello"},
		{"answer without end", "/endless", "the answer has more than 1000 bytes", ""},
		{"answer a byte too large", "/large", "the answer has more than 1000 bytes", ""},
		{"answer that just fits", "/exact", "", strings.Repeat("x", 1000)},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, c := fetching(t, server.URL+test.path, `["127.0.0.1"]`,
				`,"memory":{"max_http_response_bytes":1000}`, Options{})
			if test.log == "" {
				c.want("1", "fetch", test.want)
				return
			}
			c.want("1", "fetch", abi.WordsFailed)
			if log := h.log.String(); !strings.Contains(log, test.log) {
				t.Errorf("log %s\nwant %q in it", log, test.log)
			}
			c.want("2", "?", "")
		})
	}
}

// A host that never answers does not keep ours from ending: who waits for it has the
// grace of all turns and no more, though its own time is not running out.
func TestExtismHTTP_silent(t *testing.T) {
	asked, released := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		select {
		case <-released:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(released) })
	h, c := fetching(t, server.URL, `["127.0.0.1"]`, `,"timeout_ms":1`,
		Options{Grace: 100 * time.Millisecond})
	c.say("1", "fetch")
	<-asked
	begun := time.Now()
	if err := h.stop(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run: %v, want the end of the grace", err)
	}
	h.stop = func() error { return nil } // it was as it had to be
	if took := time.Since(begun); took > patience/2 {
		t.Errorf("the host ended after %v while a plug-in waited for an answer", took)
	}
}
