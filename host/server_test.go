package host

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// knock connects from an address, asks for something if path is not empty, and
// returns the answer.
func knock(tb testing.TB, from, host, path string) (net.Conn, *http.Response) {
	tb.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := dialer.DialContext(tb.Context(), "tcp", host)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	if path != "" {
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		tb.Fatalf("no answer: %v", err)
	}
	_ = res.Body.Close()
	return c, res
}

// TestHost_connections: an address has so many connections that are no WebSockets, and
// keeps them from nobody else; WebSockets have places of their own.
func TestHost_connections(t *testing.T) {
	const most = 4
	h := serve(t, makeBot(t, "bot", "", ""),
		Options{Limits: abi.Limits{AddressConnections: most}})
	host, local := h.Addr().String(), "127.0.0.1"
	talker := dial(t, h)
	talker.ask("1", "hello")
	var held []net.Conn
	for range most {
		c, res := knock(t, local, host, "/healthz")
		if res.StatusCode != 200 {
			t.Fatalf("GET = %d, want 200", res.StatusCode)
		}
		held = append(held, c)
	}
	_, res := knock(t, local, host, "")
	if res.StatusCode != 429 || !res.Close || res.Header.Get("Retry-After") == "" {
		t.Errorf("one too many = %d, %v, want 429 and the end", res.StatusCode, res.Header)
	}
	if runtime.GOOS == "linux" { // others have but one loopback address
		if _, res := knock(t, "127.0.0.2", host, "/healthz"); res.StatusCode != 200 {
			t.Errorf("GET from another address = %d, want 200", res.StatusCode)
		}
	}
	talker.ask("2", "still there?")
	if err := held[0].Close(); err != nil {
		t.Fatal(err)
	}
	waitForOr(t, func() bool {
		c, err := net.Dial("tcp", host)
		if err != nil {
			return false
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", host)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		return err == nil && res.StatusCode == 200
	}, func() string { return "the place of who left does not come free" })
}

// TestVisits_body: a body that nobody reads, and that does not come, holds a connection
// for so long only.
func TestVisits_body(t *testing.T) {
	v := newVisits(10, 10)
	v.bodyTime = 50 * time.Millisecond
	server := v.server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "ok")
	}), slog.New(slog.DiscardHandler))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n")
	all, err := io.ReadAll(c)
	if err != nil || !strings.Contains(string(all), "ok\n") {
		t.Errorf("the answer is %q, %v, want ok and the end", all, err)
	}
	_ = c.Close()
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	<-done
	waitForOr(t, func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		return len(v.at) == 0
	}, func() string { return "connections that ended have places" })
}
