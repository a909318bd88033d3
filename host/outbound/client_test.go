package outbound_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bothost/bothost/host/outbound"
)

// echo answers with what it was sent.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Add("X-Two", "a")
	w.Header().Add("X-Two", "b")
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, "%s %s %q\n", r.Method, r.URL, body)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(w, "%s: %s\n", name, r.Header[name])
	}
}

func TestDo(t *testing.T) {
	s := serve(t, echo)
	c := newClient(t, outbound.Options{UserAgent: "bothost/1.2.3"}, s)
	r := c.Do(t.Context(), outbound.Request{
		Method: "post", URL: s.URL + "/a?b=c", Body: "hello", Key: "k1",
		Headers: map[string]string{"authorization": "Bearer x", "Content-Type": "text/plain"},
	})
	wantBody(t, r, 201,
		"POST /a?b=c \"hello\"\nAccept-Encoding: [gzip]\nAuthorization: [Bearer x]\n"+
			"Content-Length: [5]\nContent-Type: [text/plain]\nIdempotency-Key: [k1]\n"+
			"User-Agent: [bothost/1.2.3]\n")
	if got := r.Headers["x-two"]; got != "a, b" {
		t.Errorf("header x-two = %q, want both values", got)
	}
	wantBody(t, c.Do(t.Context(), outbound.Request{
		URL: s.URL, Headers: map[string]string{"User-Agent": "mine"},
	}), 201, "GET / \"\"\nAccept-Encoding: [gzip]\nUser-Agent: [mine]\n")
	wantBody(t, c.Do(t.Context(), outbound.Request{Method: "HEAD", URL: s.URL}), 201, "")
}

func TestDo_BadRequest(t *testing.T) {
	s := serve(t, echo)
	c := newClient(t, outbound.Options{}, s)
	for _, tt := range []struct {
		name string
		r    outbound.Request
	}{
		{"method", outbound.Request{Method: "CONNECT"}},
		{"method that nobody needs", outbound.Request{Method: "OPTIONS"}},
		{"method with a line end", outbound.Request{Method: "GET / HTTP/1.1\r\n"}},
		{"empty header", outbound.Request{Headers: map[string]string{"": "x"}}},
		{"header name", outbound.Request{Headers: map[string]string{"A B": "x"}}},
		{"header name with a line end",
			outbound.Request{Headers: map[string]string{"A\r\nB": "x"}}},
		{"header value with a line end",
			outbound.Request{Headers: map[string]string{"A": "x\r\nB: y"}}},
		{"header value with a zero", outbound.Request{Headers: map[string]string{"A": "\x00"}}},
		{"host", outbound.Request{Headers: map[string]string{"host": "a.example"}}},
		{"connection", outbound.Request{Headers: map[string]string{"Connection": "x-secret"}}},
		{"keep-alive", outbound.Request{Headers: map[string]string{"Keep-Alive": "1"}}},
		{"length", outbound.Request{Headers: map[string]string{"content-length": "1"}}},
		{"transfer encoding",
			outbound.Request{Headers: map[string]string{"Transfer-Encoding": "chunked"}}},
		{"te", outbound.Request{Headers: map[string]string{"TE": "trailers"}}},
		{"trailer", outbound.Request{Headers: map[string]string{"Trailer": "A"}}},
		{"upgrade", outbound.Request{Headers: map[string]string{"Upgrade": "websocket"}}},
		{"expect", outbound.Request{Headers: map[string]string{"Expect": "100-continue"}}},
		{"proxy", outbound.Request{Headers: map[string]string{"proxy-authorization": "x"}}},
		{"key twice", outbound.Request{Key: "a",
			Headers: map[string]string{"idempotency-key": "b"}}},
		{"key", outbound.Request{Key: "a\nb"}},
		{"same header", outbound.Request{Headers: map[string]string{"x-a": "1", "X-A": "2"}}},
		{"long header",
			outbound.Request{Headers: map[string]string{"a": strings.Repeat("b", 64<<10)}}},
		{"URL", outbound.Request{URL: "http://a b/"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.r.URL == "" {
				tt.r.URL = s.URL
			}
			wantCode(t, c.Do(t.Context(), tt.r), outbound.CodeFailed)
		})
	}
}

func TestDo_Forbidden(t *testing.T) {
	s := serve(t, echo)
	c := newClient(t, outbound.Options{})
	wantCode(t, get(t, c, s.URL), outbound.CodeForbidden)
	wantCode(t, get(t, c, "http://169.254.169.254/latest/meta-data"), outbound.CodeForbidden)
}

// TestDo_Refused: nobody listens there, or the name is unknown.
func TestDo_Refused(t *testing.T) {
	s := serve(t, echo)
	c := newClient(t, outbound.Options{Allow: []string{"nowhere.example"}}, s)
	c.Resolve(resolver(func() []netip.Addr { return nil }))
	s.Close()
	r := get(t, c, s.URL)
	wantCode(t, r, outbound.CodeRefused)
	if strings.Contains(r.Err, "127.0.0.1") {
		t.Errorf("Err = %q, which holds an address", r.Err)
	}
	wantCode(t, get(t, c, "http://nowhere.example/"), outbound.CodeRefused)
}

// TestDo_Localhost: the name allows the addresses that it stands for.
func TestDo_Localhost(t *testing.T) {
	s := serve(t, echo)
	c := newClient(t, outbound.Options{Allow: []string{"localhost:" + port(t, s)}})
	if r := get(t, c, "http://localhost:"+port(t, s)); r.Status != 201 {
		t.Errorf("Do(localhost) = %d %s %s, want 201", r.Status, r.Code, r.Err)
	}
}

// TestDo_Rebinding: a name that is allowed leads to an address that is not, at
// once, later, or among others.
func TestDo_Rebinding(t *testing.T) {
	var hits atomic.Int64
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	name := "http://api.example:" + port(t, s)
	loopback := netip.MustParseAddr("127.0.0.1")
	c := newClient(t, outbound.Options{Allow: []string{"api.example:" + port(t, s)}})
	for _, addrs := range [][]netip.Addr{
		{loopback},
		{netip.IPv6Loopback()},
		{netip.MustParseAddr("::ffff:127.0.0.1")},
		{netip.MustParseAddr("10.0.0.1"), loopback, netip.MustParseAddr("fd00::1")},
		{netip.MustParseAddr("0.0.0.0")},
		{netip.MustParseAddr("::")},
		{netip.MustParseAddr("64:ff9b::7f00:1")},
	} {
		c.Resolve(resolver(func() []netip.Addr { return addrs }))
		r := get(t, c, name)
		wantCode(t, r, outbound.CodeForbidden)
		if strings.Contains(r.Err, "127.0.0.1") {
			t.Errorf("Err = %q, which holds an address", r.Err)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("the server was called %d times", hits.Load())
	}

	// With the address named as well, the name may lead there.
	c = newClient(t, outbound.Options{Allow: []string{"api.example:" + port(t, s)}}, s)
	c.Resolve(resolver(func() []netip.Addr { return []netip.Addr{loopback} }))
	wantBody(t, get(t, c, name), 200, "")
}

func TestDo_Environment(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter,
		r *http.Request) {
		t.Errorf("the proxy was asked for %s", r.URL)
	})
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		fmt.Fprintf(w, "%s", r.Header.Get("Cookie"))
	})
	c := newClient(t, outbound.Options{Allow: []string{"api.example:" + port(t, s)}}, s)
	c.Resolve(resolver(func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} }))
	for range 2 {
		wantBody(t, get(t, c, "http://api.example:"+port(t, s)), 200, "")
	}
}

// TestDo_Key: the key of the second try is that of the first, whatever happened
// to that.
func TestDo_Key(t *testing.T) {
	var mu sync.Mutex
	var keys []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		first := len(keys) == 1
		mu.Unlock()
		if first {
			_, _ = io.ReadAll(r.Body) // only then the server looks whether the client is there
			<-r.Context().Done()
		}
	})
	c := newClient(t, outbound.Options{}, s)
	r := outbound.Request{Method: "POST", URL: s.URL, Body: "{}", Key: "s/7/weather",
		Timeout: 100 * time.Millisecond}
	wantCode(t, c.Do(t.Context(), r), outbound.CodeTimeout)
	r.Timeout = 0
	wantBody(t, c.Do(t.Context(), r), 200, "")
	if want := []string{"s/7/weather", "s/7/weather"}; !slices.Equal(keys, want) {
		t.Errorf("keys = %q, want %q", keys, want)
	}
}

// TestDo_Hostile: servers that do what they should not.
func TestDo_Hostile(t *testing.T) {
	say := func(text string) func(net.Conn, <-chan struct{}) {
		return func(nc net.Conn, _ <-chan struct{}) {
			readHead(nc)
			io.WriteString(nc, text)
		}
	}
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, tt := range []struct {
		name      string
		server    func(nc net.Conn, hold <-chan struct{})
		code      string
		truncated bool
	}{
		{"closes at once", func(net.Conn, <-chan struct{}) {}, outbound.CodeFailed, false},
		{"closes before the answer", say(""), outbound.CodeFailed, false},
		{"is no HTTP", say("SSH-2.0-OpenSSH_9.9\r\n"), outbound.CodeFailed, false},
		{"closes within the header", say(ok + "A: b\r\n"), outbound.CodeFailed, false},
		{"closes within the body", say(ok + "Content-Length: 10\r\n\r\n12345"),
			outbound.CodeFailed, false},
		{"lengths that differ", say(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n12"),
			outbound.CodeFailed, false},
		{"chunks of garbage", say(ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
			outbound.CodeFailed, false},
		{"chunk too long", say(ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc"),
			outbound.CodeFailed, false},
		{"no last chunk", say(ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
			outbound.CodeFailed, false},
		{"gzip that is none", say(ok + "Content-Encoding: gzip\r\n\r\nhello"),
			outbound.CodeFailed, false},
		{"no status", say("HTTP/1.1 000 X\r\n\r\n"), outbound.CodeFailed, false},
		{"changes the protocol",
			say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
			outbound.CodeFailed, false},
		{"one huge header", say(ok + "A: " + strings.Repeat("b", 256<<10) + "\r\n\r\n"),
			outbound.CodeFailed, false},
		{"many headers", say(ok + strings.Repeat("Abc: d\r\n", 32<<10) + "\r\n"),
			outbound.CodeFailed, false},
		{"preliminary answers without end", func(nc net.Conn, _ <-chan struct{}) {
			readHead(nc)
			for {
				if _, err := io.WriteString(nc,
					"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"); err != nil {
					return
				}
			}
		}, outbound.CodeFailed, false},
		{"hangs before the header", func(nc net.Conn, hold <-chan struct{}) {
			readHead(nc)
			<-hold
		}, outbound.CodeTimeout, false},
		{"hangs within the header", func(nc net.Conn, hold <-chan struct{}) {
			say(ok+"A: b\r\n")(nc, hold)
			<-hold
		}, outbound.CodeTimeout, false},
		{"hangs within the body", func(nc net.Conn, hold <-chan struct{}) {
			say(ok+"Content-Length: 10\r\n\r\n12345")(nc, hold)
			<-hold
		}, outbound.CodeTimeout, false},
		{"drips", func(nc net.Conn, hold <-chan struct{}) {
			say(ok+"Content-Length: 100000\r\n\r\n")(nc, hold)
			for {
				if _, err := io.WriteString(nc, "a"); err != nil {
					return
				}
				select {
				case <-hold:
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		}, outbound.CodeTimeout, false},
		{"body without end", func(nc net.Conn, _ <-chan struct{}) {
			readHead(nc)
			io.WriteString(nc, ok+"\r\n")
			for {
				if _, err := nc.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		}, "", true},
		{"gzip bomb", func(nc net.Conn, _ <-chan struct{}) {
			readHead(nc)
			io.WriteString(nc, ok+"Content-Encoding: gzip\r\n\r\n")
			z := gzip.NewWriter(nc)
			for range 1 << 12 {
				if _, err := z.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
			z.Close()
		}, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			addr := rawServer(t, tt.server)
			limit := 10 * time.Second
			if tt.code == outbound.CodeTimeout {
				limit = 300 * time.Millisecond
			}
			c := newClient(t,
				outbound.Options{Allow: []string{addr}, MaxBody: 10_000, MaxTime: limit})
			r := c.Do(t.Context(), outbound.Request{URL: "http://" + addr})
			if tt.code != "" {
				wantCode(t, r, tt.code)
				return
			}
			if r.Code != "" || r.Status != 200 || len(r.Body) != 10_000 ||
				r.Truncated != tt.truncated {
				t.Errorf("Do() = %d, %d bytes, truncated %v, code %q %q, want 200, 10 000 bytes, "+
					"truncated %v",
					r.Status, len(r.Body), r.Truncated, r.Code, r.Err, tt.truncated)
			}
		})
	}
}

// TestDo_BodySize: one below, at and one above.
func TestDo_BodySize(t *testing.T) {
	for _, size := range []int{0, 9, 10, 11, 100} {
		s := serve(t, func(w http.ResponseWriter,
			_ *http.Request) {
			io.WriteString(w, strings.Repeat("x", size))
		})
		r := get(t, newClient(t, outbound.Options{MaxBody: 10}, s), s.URL)
		if r.Code != "" || len(r.Body) != min(size, 10) || r.Truncated != (size > 10) {
			t.Errorf("a body of %d bytes = %d bytes, truncated %v, %s, want %d, %v",
				size, len(r.Body), r.Truncated, r.Code, min(size, 10), size > 10)
		}
	}
}

// TestDo_CutBetweenCharacters: text stays text.
func TestDo_CutBetweenCharacters(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{"123456789ü", "123456789"},
		{"12345678üx", "12345678ü"},
		{"1234567€€", "1234567€"},
		{"12345678€", "12345678"},
		{"123456789€", "123456789"},
		{"1234567😀x", "1234567"},
		{"123456😀x", "123456😀"},
		{"123456789\xffx", "123456789\xff"},
		{"1234567\x80\x80\x80\x80", "1234567\x80\x80\x80"},
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, tt.body) })
		r := get(t, newClient(t, outbound.Options{MaxBody: 10}, s), s.URL)
		if string(r.Body) != tt.want || !r.Truncated {
			t.Errorf("%q cut = %q, truncated %v, want %q", tt.body, r.Body, r.Truncated, tt.want)
		}
	}
}

func TestDo_TLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		io.WriteString(w, r.Proto)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newClient(t, outbound.Options{}, s)
	wantCode(t, get(t, c, s.URL), outbound.CodeFailed) // nobody trusts this certificate

	c = newClient(t, outbound.Options{}, s)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c.Trust(roots)
	for range 2 {
		wantBody(t, get(t, c, s.URL), 200, "HTTP/2.0")
	}

	old := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	t.Cleanup(old.Close)
	c = newClient(t, outbound.Options{}, old)
	roots.AddCert(old.Certificate())
	c.Trust(roots)
	wantCode(t, get(t, c, old.URL), outbound.CodeFailed)
}

func TestDo_Timeout(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for _, tt := range []struct{ max, own time.Duration }{
		{50 * time.Millisecond, 0}, {50 * time.Millisecond, time.Hour},
		{time.Hour, 50 * time.Millisecond},
		{50 * time.Millisecond, -1},
	} {
		c := newClient(t, outbound.Options{MaxTime: tt.max}, s)
		wantCode(t, c.Do(t.Context(), outbound.Request{URL: s.URL, Timeout: tt.own}),
			outbound.CodeTimeout)
	}
	c := newClient(t, outbound.Options{}, s)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantCode(t, c.Do(ctx, outbound.Request{URL: s.URL}), outbound.CodeTimeout)
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	wantCode(t, c.Do(ctx, outbound.Request{URL: s.URL}), outbound.CodeFailed)
}

// TestDo_Parallel: so many run, the others wait within their time.
func TestDo_Parallel(t *testing.T) {
	entered, open := make(chan struct{}, 10), make(chan struct{})
	s := serve(t, func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-open
	})
	c := newClient(t, outbound.Options{Parallel: 2}, s)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { wantBody(t, get(t, c, s.URL), 200, "") })
		<-entered
	}
	wantCode(t, c.Do(t.Context(), outbound.Request{URL: s.URL, Timeout: 50 * time.Millisecond}),
		outbound.CodeTimeout)
	wg.Go(func() { wantBody(t, get(t, c, s.URL), 200, "") })
	close(open)
	wg.Wait()
	if n := len(entered); n != 1 {
		t.Errorf("%d more requests came, want 1", n)
	}
}

// TestClose: it waits for what runs, and nothing begins any more.
func TestClose(t *testing.T) {
	entered, open := make(chan struct{}), make(chan struct{})
	s := serve(t, func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-open
	})
	c := newClient(t, outbound.Options{}, s)
	done := make(chan outbound.Response, 1)
	go func() { done <- get(t, c, s.URL) }()
	<-entered
	closed := make(chan struct{})
	go func() {
		c.Close()
		close(closed)
	}()
	select {
	case <-closed:
		t.Error("Close returned while a request ran")
	case <-time.After(20 * time.Millisecond):
	}
	close(open)
	<-closed
	wantBody(t, <-done, 200, "")
	wantCode(t, get(t, c, s.URL), outbound.CodeFailed)
	c.Close()
}

// TestClose_Handshake: net/http goes on with a handshake for which nobody waits;
// Close ends it.
func TestClose_Handshake(t *testing.T) {
	gone := make(chan struct{})
	addr := rawServer(t, func(nc net.Conn, _ <-chan struct{}) {
		_, _ = io.Copy(io.Discard, nc)
		close(gone)
	})
	c := newClient(t, outbound.Options{Allow: []string{addr}})
	wantCode(t, c.Do(t.Context(), outbound.Request{URL: "https://" + addr,
		Timeout: 50 * time.Millisecond}), outbound.CodeTimeout)
	c.Close()
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Error("the connection outlives the client")
	}
}

func TestClient_Hammer(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, "/x", http.StatusTemporaryRedirect)
			return
		}
		_, _ = io.Copy(w, r.Body)
	})
	c := newClient(t, outbound.Options{Parallel: 8}, s)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			for j := range 30 {
				body := fmt.Sprint(i, j)
				path := []string{"/", "/redirect"}[j%2]
				r := c.Do(t.Context(),
					outbound.Request{Method: "POST", URL: s.URL + path, Body: body, Key: body})
				if closed := r.Code == outbound.CodeFailed && i == 0; !closed &&
					string(r.Body) != body {
					t.Errorf("Do(%s) = %d %q %s %s", body, r.Status, r.Body, r.Code, r.Err)
				}
			}
		})
	}
	wg.Wait()
	for range 8 {
		wg.Go(func() { get(t, c, s.URL) })
		wg.Go(c.Close)
	}
	wg.Wait()
}

// FuzzDo: whatever a bot asks for, and whatever a server says, there is an answer
// or a code.
func FuzzDo(f *testing.F) {
	f.Add("GET", "/", "A", "b", "", "", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
	f.Add("POST", "/?a", "Content-Type", "x/y", "body", "key",
		"HTTP/1.1 307 X\r\nLocation: /\r\n\r\n")
	f.Add("HEAD", "//", "X", "", "", "k", "HTTP/1.1 302 X\r\nLocation: http://10.0.0.1/\r\n\r\n")
	f.Add("PUT", "", "Host", "b", "", "", "HTTP/1.0 204\r\n\r\n")
	f.Add("GET", "/", "A", "b", "", "",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
	var answer atomic.Pointer[string]
	addr := rawServer(f, func(nc net.Conn, _ <-chan struct{}) {
		_, _ = nc.Read(make([]byte, 64<<10))
		_, _ = io.WriteString(nc, *answer.Load())
	})
	c := newClient(f,
		outbound.Options{Allow: []string{addr}, MaxTime: 500 * time.Millisecond, MaxBody: 100})
	codes := []string{outbound.CodeTimeout, outbound.CodeRefused, outbound.CodeRedirect,
		outbound.CodeForbidden, outbound.CodeFailed}
	f.Fuzz(func(t *testing.T, method, path, name, value, body, key, says string) {
		answer.Store(&says)
		r := c.Do(t.Context(), outbound.Request{
			Method: method, URL: "http://" + addr + path, Headers: map[string]string{name: value},
			Body: body, Key: key,
		})
		if answered := r.Code == "" && r.Err == "" && r.Status >= 100 &&
			len(r.Body) <= 100; !answered {
			if !slices.Contains(codes, r.Code) || r.Err == "" || r.Status != 0 || r.Body != nil {
				t.Errorf("Do() = %+v, neither an answer nor a code", r)
			}
		}
	})
}
