package outbound_test

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/outbound"
)

// redirects answers /CODE?to=URL with a redirect, /hops/N with one to N-1, /loop
// with one to itself, and everything else with what it was sent.
func redirects(w http.ResponseWriter, r *http.Request) {
	path := strings.Trim(r.URL.Path, "/")
	if path == "loop" {
		http.Redirect(w, r, "/loop", http.StatusTemporaryRedirect)
		return
	}
	if n, ok := strings.CutPrefix(path, "hops/"); ok && n != "0" {
		count, _ := strconv.Atoi(n)
		http.Redirect(w, r, fmt.Sprint("/hops/", count-1), http.StatusFound)
		return
	}
	if code, err := strconv.Atoi(path); err == nil && code >= 300 {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(code)
		return
	}
	echo(w, r)
}

func TestDo_Redirect(t *testing.T) {
	a, b, stranger := serve(t, redirects), serve(t, redirects), serve(t, redirects)
	c := newClient(t, outbound.Options{Allow: []string{"api.example:" + port(t, stranger)}}, a, b)
	c.Resolve(resolver(func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} }))
	for _, tt := range []struct {
		name, path string
		code       string
	}{
		{"to a path", "/302?to=/x", ""},
		{"to another allowed host", "/302?to=" + b.URL, ""},
		{"back again", "/302?to=" + b.URL + "/302%3Fto%3D" + a.URL, ""},
		{"without a place", "/304", ""},
		{"to a host that is not allowed", "/302?to=http://evil.example/", outbound.CodeRedirect},
		{"to loopback", "/302?to=" + stranger.URL, outbound.CodeRedirect},
		{"to a name that leads to loopback", "/302?to=http://api.example:" + port(t, stranger),
			outbound.CodeForbidden},
		{"to the metadata of a cloud", "/307?to=http://169.254.169.254/", outbound.CodeRedirect},
		{"to another host, at the second hop", "/302?to=" + b.URL + "/302%3Fto%3D" + stranger.URL,
			outbound.CodeRedirect},
		{"to another scheme", "/302?to=file:///etc/passwd", outbound.CodeRedirect},
		{"to a user", "/302?to=" + strings.Replace(b.URL, "://", "://me:secret@", 1),
			outbound.CodeRedirect},
		{"to nonsense", "/302?to=http://[", outbound.CodeFailed},
		{"in a circle", "/loop", outbound.CodeRedirect},
		{"five hops", "/hops/5", ""},
		{"six hops", "/hops/6", outbound.CodeRedirect},
		{"twenty hops", "/hops/20", outbound.CodeRedirect},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := get(t, c, a.URL+tt.path)
			if tt.code != "" {
				wantCode(t, r, tt.code)
				return
			}
			if r.Code != "" || r.Status != 201 && r.Status != 304 {
				t.Errorf("Do() = %d %s %s, want an answer", r.Status, r.Code, r.Err)
			}
		})
	}
}

// TestDo_RedirectCount: none, and one.
func TestDo_RedirectCount(t *testing.T) {
	s := serve(t, redirects)
	for _, tt := range []struct {
		max, hops int
		code      string
	}{
		{-1, 0, ""}, {-1, 1, outbound.CodeRedirect}, {1, 1, ""}, {1, 2, outbound.CodeRedirect},
	} {
		c := newClient(t, outbound.Options{MaxRedirects: tt.max}, s)
		if r := get(t, c, fmt.Sprint(s.URL, "/hops/", tt.hops)); r.Code != tt.code {
			t.Errorf("%d hops, %d allowed: code %q %s, want %q", tt.hops, tt.max,
				r.Code, r.Err, tt.code)
		}
	}
}

// TestDo_RedirectHeaders: what goes along, by the kind of redirect.
func TestDo_RedirectHeaders(t *testing.T) {
	a, b := serve(t, redirects), serve(t, redirects)
	c := newClient(t, outbound.Options{UserAgent: "bothost/1"}, a, b)
	const common = "Accept-Encoding: [gzip]\n"
	for _, tt := range []struct {
		name, path string
		want       string
	}{
		{"307 on the same host", "/307?to=/x",
			"POST /x \"body\"\n" + common + "Authorization: [secret]\n" +
				"Content-Length: [4]\nContent-Type: [text/x]\nCookie: [c=d]\n" +
				"Idempotency-Key: [k]\n" +
				"User-Agent: [mine]\nX-Api-Key: [secret]\n"},
		{"308 to another host", "/308?to=" + b.URL + "/x", "POST /x \"body\"\n" + common +
			"Content-Length: [4]\nContent-Type: [text/x]\nIdempotency-Key: [k]\n" +
			"User-Agent: [bothost/1]\n"},
		{"302 on the same host", "/302?to=/x", "GET /x \"\"\n" + common +
			"Authorization: [secret]\nCookie: [c=d]\nIdempotency-Key: [k]\nUser-Agent: [mine]\n" +
			"X-Api-Key: [secret]\n"},
		{"303 to another host", "/303?to=" + b.URL + "/x", "GET /x \"\"\n" + common +
			"Idempotency-Key: [k]\nUser-Agent: [bothost/1]\n"},
		{"307 to another host and back", "/307?to=" + b.URL + "/307%3Fto%3D" + a.URL + "/x",
			"POST /x \"body\"\n" + common +
				"Content-Length: [4]\nContent-Type: [text/x]\nIdempotency-Key: [k]\n" +
				"User-Agent: [bothost/1]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantBody(t, c.Do(t.Context(), outbound.Request{
				Method: "POST", URL: a.URL + tt.path, Body: "body", Key: "k",
				Headers: map[string]string{
					"Authorization": "secret", "Cookie": "c=d", "X-Api-Key": "secret",
					"Content-Type": "text/x", "User-Agent": "mine",
				},
			}), 201, tt.want)
		})
	}
}

// TestDo_RedirectDowngrade: from https to http only where the port is named.
func TestDo_RedirectDowngrade(t *testing.T) {
	plain := serve(t, redirects)
	secure := httptest.NewTLSServer(http.HandlerFunc(redirects))
	t.Cleanup(secure.Close)
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())

	c := newClient(t, outbound.Options{}, plain, secure)
	c.Trust(roots)
	if r := get(t, c, secure.URL+"/302?to="+plain.URL); r.Status != 201 {
		t.Errorf("Do(to a port that is named) = %d %s %s, want 201", r.Status, r.Code, r.Err)
	}
	c = newClient(t, outbound.Options{Allow: []string{"127.0.0.1"}}, secure)
	c.Trust(roots)
	wantCode(t, get(t, c, secure.URL+"/302?to=http://127.0.0.1/"), outbound.CodeRedirect)
}
