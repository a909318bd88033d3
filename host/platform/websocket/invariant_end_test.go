package websocket

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

func TestInvariant_Hello(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, end := inBubble(t, newFake(), Options{HelloTimeout: 3 * time.Second})
		defer end()
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		began := time.Now()
		raw := rawUpgrade(t, conn, native.Protocol)
		// Whatever is said before hello is answered, and does not count.
		raw.text(`{"type":"message","id":"m1","text":"hi"}`)
		raw.await("hello_expected", 1)
		raw.await("hello_missing", 1)
		raw.wantClose(abi.CloseHelloMissing)
		if d := time.Since(began); d < 3*time.Second || d > 4*time.Second {
			t.Errorf("closing after %v, want 3 s to 4 s", d)
		}
		do(t, conn.Close())
	})
}

func TestInvariant_CloseAfterCommitted(t *testing.T) {
	gate := make(chan struct{})
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		if ev.Kind == abi.EventStart {
			return nil
		}
		<-gate
		return []reply{{abi.KindText, ev.Text}}
	}
	url, s := serve(t, f, Options{})
	c := dial(t, client.Options{URL: url})
	do(t, c.Send(background(t), "m1", "hi"))
	for _, conn := range s.connections(nil) {
		conn.end(abi.CloseRestart)
		conn.end(abi.CloseSlow)
	}
	close(gate)
	// If the message was not read before the end, it is not answered, and was not
	// run: the client sends it again.
	f1, err := c.Receive(background(t))
	do(t, err)
	if f1.Type == native.Accepted {
		want(t, c, `entry 2 bot text "hi"`, "closing restart")
	}
	if e := ended(t, c); e.Code != abi.CloseRestart || e.Retry != time.Second {
		t.Errorf("closed with %v, %v, want restart", e, e.Retry)
	}
}

func TestInvariant_Shutdown(t *testing.T) {
	f := newFake()
	url, s := serve(t, f, Options{})
	var wg sync.WaitGroup
	for range 20 {
		c := greeted(t, url)
		wg.Go(func() {
			if e := ended(t, c); e.Code != abi.CloseRestart || e.Retry != time.Second {
				t.Errorf("closed with %v, want restart", e)
			}
		})
	}
	do(t, s.Shutdown(background(t)))
	wg.Wait()
	if n := len(s.connections(nil)); n != 0 || f.closed != 20 {
		t.Errorf("%d connections left, %d conversations closed, want 0, 20", n, f.closed)
	}
	if _, err := client.Dial(background(t), client.Options{URL: url}); err == nil {
		t.Error("Dial after Shutdown = nil error")
	}
	do(t, s.Shutdown(background(t)))
}

// When time runs out, turns that run do not hold a shutdown up, nor do clients
// that say nothing.
func TestInvariant_Shutdown_Cut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.queue = 1
		gate := make(chan struct{})
		f.bot = func(ev *abi.Event) []reply {
			if ev.Kind != abi.EventStart {
				<-gate
			}
			return nil
		}
		b, end := inBubble(t, f, Options{})
		defer end()
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		mute := rawUpgrade(t, conn, native.Protocol)
		c := dial(t, b.options())
		other := dial(t, c.Resume())
		do(t, c.Send(t.Context(), "1", "x"))
		synctest.Wait()
		for i := range 2 {
			do(t, other.Send(t.Context(), fmt.Sprint("o", i), "x"))
			synctest.Wait()
		}
		time.AfterFunc(2*time.Second, func() { close(gate) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := b.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown = %v, want deadline exceeded", err)
		}
		if d := time.Since(began); d > 3*time.Second {
			t.Errorf("Shutdown took %v", d)
		}
		_ = mute.conn.Close()
		_ = c.CloseNow()
		_ = other.CloseNow()
	})
}

// rawServe connects a raw client to a server of its own listener.
func rawServe(tb testing.TB, s *Server, protocol string) *rawClient {
	tb.Helper()
	ours, theirs := socketPair(tb)
	server := oneRequest(s, theirs)
	tb.Cleanup(func() { _ = server.Close() })
	return rawUpgrade(tb, ours, protocol)
}
