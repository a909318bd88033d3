package webui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/bothost/bothost/host/webui"
)

// fake is a host of which a test plays each connection: frames that a real one
// sends rarely, or would take long to.
type fake struct {
	tb    testing.TB
	url   string
	conns chan *fakeConn
}

type fakeConn struct {
	tb testing.TB
	ws *websocket.Conn
	// frames come from the client, until it is gone.
	frames chan map[string]any
	// hello is the client's.
	hello map[string]any
}

func serveFake(tb testing.TB, opts webui.Options) *fake {
	tb.Helper()
	browse(tb) // or there is nothing to serve
	if opts.Bots == nil {
		opts.Bots = func() []string { return []string{"bot"} }
	}
	opts.Loopback = true
	page, err := webui.New(opts)
	if err != nil {
		tb.Fatal(err)
	}
	f := &fake{tb: tb, conns: make(chan *fakeConn, 16)}
	ctx, cancel := context.WithCancel(context.Background())
	s := httptest.NewServer(page.Before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r,
			&websocket.AcceptOptions{Subprotocols: []string{"bothost.v1"}})
		if err != nil {
			return
		}
		c := &fakeConn{tb: tb, ws: ws, frames: make(chan map[string]any, 1024)}
		f.conns <- c
		c.read(ctx)
	})))
	tb.Cleanup(func() {
		cancel()
		s.CloseClientConnections()
		s.Close()
	})
	f.url = s.URL
	return f
}

// accept waits for a connection and its hello.
func (f *fake) accept() *fakeConn {
	f.tb.Helper()
	select {
	case c := <-f.conns:
		c.hello = c.receive("hello")
		return c
	case <-time.After(patience):
		f.tb.Fatal("nobody connected")
		return nil
	}
}

// receive waits for a frame of a type.
func (c *fakeConn) receive(kind string) map[string]any {
	c.tb.Helper()
	for {
		frame, ok := c.next(patience)
		if !ok {
			c.tb.Fatalf("no frame of type %s came", kind)
		}
		if frame["type"] == kind {
			return frame
		}
	}
}

// read reads frames until the connection or the test ends.
func (c *fakeConn) read(ctx context.Context) {
	defer close(c.frames)
	defer c.ws.CloseNow()
	for {
		_, data, err := c.ws.Read(ctx)
		if err != nil {
			return
		}
		var frame map[string]any
		if json.Unmarshal(data, &frame) == nil {
			c.frames <- frame
		}
	}
}

// next returns the client's next frame; it reports false if none comes in time.
func (c *fakeConn) next(within time.Duration) (frame map[string]any, ok bool) {
	select {
	case frame, ok = <-c.frames:
	case <-time.After(within):
	}
	return frame, ok
}

// send sends frames as one message.
func (c *fakeConn) send(frames ...string) {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var b []byte
	for _, f := range frames {
		b = append(append(b, f...), '\n')
	}
	if err := c.ws.Write(ctx, websocket.MessageText, b); err != nil {
		c.tb.Fatal(err)
	}
}

// welcome answers the hello.
func (c *fakeConn) welcome(seq int, resumed bool) {
	c.tb.Helper()
	c.send(fmt.Sprintf(`{"type":"welcome","session":"s","resume":"r","epoch":1,"seq":%d,"resumed":%t,"bot":"bot",`+
		`"limits":{"frame_bytes":1048576,"id_bytes":64,"history":256,"file_bytes":1000000,"event_file_bytes":4000000}}`, seq, resumed))
}

func entry(seq int, from, kind, body string, more string) string {
	return fmt.Sprintf(`{"type":"entry","seq":%d,"from":%q,"kind":%q,"body":%s,"time":%d,"turn":%d%s}`,
		seq, from, kind, body, time.Now().UnixMilli(), seq, more)
}

func text(seq int, from, words string) string { return entry(seq, from, "text", quote(words), "") }
