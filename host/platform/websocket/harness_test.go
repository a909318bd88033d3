package websocket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/render/rendertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds everything that a test waits for on real sockets.
const patience = 20 * time.Second

func background(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	tb.Cleanup(cancel)
	return ctx
}

// serve serves a fake on a loopback socket, until the test ends.
func serve(tb testing.TB, f *fake, o Options) (url string, s *Server) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	do(tb, err)
	return serveOn(tb, l, f, o)
}

func serveOn(tb testing.TB, l net.Listener, f *fake, o Options) (url string, s *Server) {
	tb.Helper()
	o.Backend, o.Loopback, o.Renderer = f, true, rendertest.Fake{}
	s = New(o)
	server := httptest.NewUnstartedServer(s)
	_ = server.Listener.Close()
	server.Listener = l
	server.Start()
	tb.Cleanup(func() {
		server.Close()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			tb.Errorf("Shutdown: %v", err)
		}
		f.wg.Wait()
	})
	return "ws" + strings.TrimPrefix(server.URL, "http"), s
}

// dial connects a client and takes the welcome; after hello it has read the
// greeting, if there is one to come.
func dial(tb testing.TB, o client.Options) *client.Conn {
	tb.Helper()
	c, err := client.Dial(background(tb), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.CloseNow() })
	return c
}

// greeted is dial to a new session whose bot said its one word of welcome.
func greeted(tb testing.TB, url string) *client.Conn {
	tb.Helper()
	c := dial(tb, client.Options{URL: url})
	want(tb, c, `entry 1 bot text "Welcome!"`)
	return c
}

// short writes a frame in a line.
func short(f client.Frame) string {
	switch f.Type {
	case native.Entry:
		mark := ""
		if f.History {
			mark = " history"
		}
		return fmt.Sprintf("entry %d %s %s %s%s", f.Seq, f.From, f.Kind, f.Body, mark)
	case native.Accepted:
		mark := ""
		if f.Duplicate {
			mark = " duplicate"
		}
		return fmt.Sprintf("accepted %s %d%s", f.ID, f.Seq, mark)
	case native.Rejected:
		return strings.TrimSpace(fmt.Sprintf("rejected %s %s %s", f.ID, f.Code, f.Field))
	case native.Reset:
		return fmt.Sprintf("reset %d %d", f.Epoch, f.Seq)
	case native.History:
		return fmt.Sprintf("history %d %d %v", f.Before, f.Count, f.More)
	case native.Closing:
		return "closing " + f.Code
	case native.Welcome:
		return fmt.Sprintf("welcome %d %d %v %s", f.Epoch, f.Seq, f.Resumed, f.Reason)
	}
	return string(f.Type)
}

// want receives frames and compares them.
func want(tb testing.TB, c *client.Conn, lines ...string) {
	tb.Helper()
	for _, line := range lines {
		f, err := c.Receive(background(tb))
		if err != nil {
			tb.Fatalf("Receive() = %v, want %s", err, line)
		}
		if got := short(f); got != line {
			tb.Fatalf("Receive() = %s, want %s", got, line)
		}
	}
}

// ended receives until the connection ends, and returns how.
func ended(tb testing.TB, c *client.Conn) *client.ClosedError {
	tb.Helper()
	for {
		if _, err := c.Receive(background(tb)); err != nil {
			var e *client.ClosedError
			if !errors.As(err, &e) {
				tb.Fatalf("Receive() = %v, want a ClosedError", err)
			}
			return e
		}
	}
}

func do(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// pipes is a listener of in-memory connections.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// bubble is a server on pipes, for tests within synctest.
type bubble struct {
	*Server
	pipes  *pipes
	client *http.Client
}

// inBubble serves on pipes. end, to be called before the bubble ends, shuts
// everything down.
func inBubble(tb testing.TB, f *fake, o Options) (b *bubble, end func()) {
	tb.Helper()
	o.Backend, o.Loopback = f, true
	b = &bubble{Server: New(o), pipes: newPipes()}
	server := &http.Server{Handler: b.Server}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(b.pipes)
	}()
	transport := &http.Transport{DialContext: b.pipes.dial}
	b.client = &http.Client{Transport: transport}
	return b, func() {
		if err := b.Shutdown(context.Background()); err != nil {
			tb.Errorf("Shutdown: %v", err)
		}
		transport.CloseIdleConnections()
		_ = server.Close()
		<-served
		f.wg.Wait()
	}
}

func (b *bubble) options() client.Options {
	return client.Options{URL: "ws://localhost", HTTPClient: b.client}
}

// socketPair returns both ends of a loopback connection.
func socketPair(tb testing.TB) (ours, theirs net.Conn) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	do(tb, err)
	defer func() { _ = l.Close() }()
	ours, err = net.Dial("tcp", l.Addr().String())
	do(tb, err)
	tb.Cleanup(func() { _ = ours.Close() })
	theirs, err = l.Accept()
	do(tb, err)
	// A test that waits for a frame which does not come is to fail, not to hang.
	do(tb, ours.SetDeadline(time.Now().Add(patience)))
	return ours, theirs
}

// oneRequest serves one connection.
func oneRequest(h http.Handler, conn net.Conn) *http.Server {
	server := &http.Server{Handler: h}
	l := newPipes()
	go func() { _ = server.Serve(l) }()
	l.conns <- conn
	return server
}
