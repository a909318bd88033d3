package outbound_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/host/outbound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newClient makes a client that may call the servers, and is closed before them.
func newClient(
	tb testing.TB, opts outbound.Options, servers ...*httptest.Server,
) *outbound.Client {
	tb.Helper()
	for _, s := range servers {
		opts.Allow = append(opts.Allow, s.Listener.Addr().String())
	}
	c, err := outbound.New(opts)
	if err != nil {
		tb.Fatalf("New(%v) = %v", opts.Allow, err)
	}
	tb.Cleanup(c.Close)
	return c
}

// serve makes a server on a loopback address.
func serve(tb testing.TB, h http.HandlerFunc) *httptest.Server {
	tb.Helper()
	s := httptest.NewServer(h)
	tb.Cleanup(s.Close)
	return s
}

// rawServer answers each connection by a function, and keeps it open as long as
// that runs. hold ends with the test.
func rawServer(tb testing.TB, each func(nc net.Conn, hold <-chan struct{})) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	hold := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer nc.Close()
				each(nc, hold)
			})
		}
	})
	tb.Cleanup(func() {
		close(hold)
		l.Close()
		wg.Wait()
	})
	return l.Addr().String()
}

// readHead reads a request up to the empty line.
func readHead(nc net.Conn) {
	buf := make([]byte, 64<<10)
	var got []byte
	for len(got) < 4 || string(got[len(got)-4:]) != "\r\n\r\n" {
		n, err := nc.Read(buf)
		if err != nil {
			return
		}
		got = append(got, buf[:n]...)
	}
}

// get sends a GET.
func get(tb testing.TB, c *outbound.Client, url string) outbound.Response {
	tb.Helper()
	return c.Do(tb.Context(), outbound.Request{URL: url, Timeout: 5 * time.Second})
}

// wantCode checks that there is no answer, and why.
func wantCode(tb testing.TB, r outbound.Response, code string) {
	tb.Helper()
	if r.Code != code || r.Err == "" || r.Status != 0 || r.Headers != nil || r.Body != nil {
		tb.Errorf("Do() = %d %q, code %q %q, want code %q alone", r.Status, head(r.Body),
			r.Code, r.Err, code)
	}
}

// wantBody checks an answer.
func wantBody(tb testing.TB, r outbound.Response, status int, body string) {
	tb.Helper()
	if r.Code != "" || r.Err != "" || r.Status != status || string(r.Body) != body || r.Truncated {
		tb.Errorf("Do() = %d %q truncated %v, code %q %q, want %d %q",
			r.Status, head(r.Body), r.Truncated, r.Code, r.Err, status, body)
	}
}

func head(b []byte) []byte { return b[:min(len(b), 80)] }

// port returns the port of a server.
func port(tb testing.TB, s *httptest.Server) string {
	tb.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		tb.Fatal(err)
	}
	return u.Port()
}

// resolver returns a resolver for which all names have the addresses that next
// returns at that moment.
func resolver(next func() []netip.Addr) *net.Resolver {
	return &net.Resolver{PreferGo: true,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go func() { // ends when the resolver closes its end
				defer server.Close()
				for {
					var size [2]byte
					if _, err := io.ReadFull(server, size[:]); err != nil {
						return
					}
					query := make([]byte, binary.BigEndian.Uint16(size[:]))
					if _, err := io.ReadFull(server, query); err != nil {
						return
					}
					reply := dnsReply(query, next())
					if _, err := server.Write(reply); err != nil {
						return
					}
				}
			}()
			return client, nil
		}}
}

// dnsReply answers a query of one question, with its length before it.
func dnsReply(query []byte, addrs []netip.Addr) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	kind := binary.BigEndian.Uint16(query[end+1:])
	end += 5
	out := append([]byte{0, 0}, query[:end]...)
	out[4], out[5] = 0x81, 0x80 // an answer, recursion available, no error
	clear(out[8:14])
	count := 0
	for _, addr := range addrs {
		if addr.Is4() != (kind == 1) || !addr.Is4() && kind != 28 {
			continue
		}
		count++
		out = append(out, 0xc0, 12)
		out = binary.BigEndian.AppendUint16(out, kind)
		out = append(out, 0, 1, 0, 0, 0, 0)
		raw := addr.AsSlice()
		out = binary.BigEndian.AppendUint16(out, uint16(len(raw)))
		out = append(out, raw...)
	}
	binary.BigEndian.PutUint16(out[8:], uint16(count))
	binary.BigEndian.PutUint16(out, uint16(len(out)-2))
	return out
}
