package websocket

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

func TestInvariant_BoundedQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		b, end := inBubble(t, f, Options{SlowTimeout: time.Hour, PingInterval: time.Hour})
		defer end()
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		raw := rawUpgrade(t, conn, native.Protocol)
		// Nobody reads: each of these leaves a frame that waits.
		var sent atomic.Int64
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			bad := appendFrame(nil, opText, true, []byte("no JSON"))
			for {
				if _, err := conn.Write(bad); err != nil {
					return
				}
				sent.Add(1)
			}
		}()
		synctest.Wait()
		c := b.connections(nil)[0]
		c.mu.Lock()
		n := len(c.transient)
		c.mu.Unlock()
		if n > maxTransient+1024 {
			t.Errorf("%d bytes wait, after %d messages", n, sent.Load())
		}
		do(t, raw.conn.Close())
		<-gone
	})
}

func TestInvariant_BackPressure(t *testing.T) {
	gate := make(chan struct{})
	f := newFake()
	f.queue = 4
	f.bot = func(ev *abi.Event) []reply {
		if ev.Text == "slow" {
			<-gate
		}
		return nil
	}
	url, s := serve(t, f, Options{})
	c := dial(t, client.Options{URL: url})
	o := c.Resume()
	helper := dial(t, o)
	do(t, helper.Send(background(t), "s", "slow"))
	go func() {
		// Far more than queue and sockets hold.
		text := strings.Repeat("x", 100_000)
		for i := range 300 {
			if err := c.Send(context.Background(), fmt.Sprint(i), text); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	// Others are served meanwhile.
	other := dial(t, client.Options{URL: url})
	for i := range 50 {
		do(t, other.Send(background(t), fmt.Sprint(i), "x"))
		want(t, other, fmt.Sprintf("accepted %d %d", i, i+1))
	}
	for _, conn := range s.connections(nil) {
		conn.mu.Lock()
		if n := len(conn.unanswered); n > 4+2 {
			t.Errorf("%d events are under way", n)
		}
		conn.mu.Unlock()
	}
	close(gate)
	if n := receiveUntil(t, c, 301); n != 300 {
		t.Errorf("%d accepted, want 300", n)
	}
}

func TestInvariant_Slow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.bot = func(ev *abi.Event) []reply {
			return []reply{{abi.KindText, strings.Repeat("x", 1000)}}
		}
		b, end := inBubble(t, f, Options{PingInterval: 100 * time.Hour})
		defer end()
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		raw := rawUpgrade(t, conn, native.Protocol)
		raw.in.Reset(nil)
		raw.text(`{"type":"hello"}`)
		// A byte every 9 s is slow, but not too slow.
		began := time.Now()
		one := make([]byte, 1)
		for range 1200 {
			time.Sleep(9 * time.Second)
			if _, err := io.ReadFull(conn, one); err != nil {
				t.Fatalf("after %v: %v", time.Since(began), err)
			}
		}
		// None at all is.
		last := time.Now()
		for len(b.connections(nil)) > 0 {
			time.Sleep(100 * time.Millisecond)
		}
		if d := time.Since(last); d < 10*time.Second || d > 13*time.Second {
			t.Errorf("cut after %v, want 10 s to 13 s", d)
		}
		do(t, conn.Close())
		// Nothing is lost.
		var s *fakeSession
		for _, s = range f.sessions {
		}
		o := b.options()
		o.Session, o.Resume = s.key.ID, s.token
		c := dial(t, o)
		receiveUntil(t, c, 1)
		do(t, c.Close())
	})
}

func TestInvariant_Behind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.keep = 10
		f.bot = func(ev *abi.Event) []reply {
			return []reply{{abi.KindText, strings.Repeat("x", 5000)}}
		}
		b, end := inBubble(t, f, Options{PingInterval: time.Hour, SlowTimeout: time.Hour})
		defer end()
		c := dial(t, b.options())
		receiveUntil(t, c, 1)
		late := dial(t, c.Resume())
		// The late one reads nothing while the log moves on beyond what it keeps.
		for i := range 10 {
			do(t, c.Send(t.Context(), fmt.Sprint(i), "x"))
			receiveUntil(t, c, uint64(3+2*i))
		}
		if e := ended(t, late); e.Code != abi.CloseBehind {
			t.Errorf("closed with %v, want behind", e)
		}
		again := dial(t, late.Resume())
		if w := again.Welcome(); w.Resumed || w.Reason != native.ReasonTrimmed || w.Seq != 21 {
			t.Errorf("welcome = %s", short(w))
		}
		do(t, again.Close())
		do(t, c.Close())
	})
}

func TestInvariant_Heartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		gate := make(chan struct{})
		f.bot = func(ev *abi.Event) []reply {
			if ev.Text == "slow" {
				<-gate
			}
			return nil
		}
		b, end := inBubble(t, f, Options{})
		defer end()

		// Who answers, stays.
		alive := dial(t, b.options())
		go func() { _, _ = alive.Receive(context.Background()) }()
		time.Sleep(time.Hour)
		if n := len(b.connections(nil)); n != 1 {
			t.Fatalf("%d connections after an hour, want 1", n)
		}

		// Who is half dead, goes: it was opened now, pinged within 20 s to 30 s, and
		// had 10 s.
		began := time.Now()
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		raw := rawUpgrade(t, conn, native.Protocol)
		raw.text(`{"type":"hello"}`)
		raw.await("ping", 1)
		if d := time.Since(began); d < 20*time.Second || d > 31*time.Second {
			t.Errorf("ping after %v, want 20 s to 30 s", d)
		}
		pinged := time.Now()
		raw.await(`"silent"`, 1)
		if d := time.Since(pinged); d < 10*time.Second || d > 13*time.Second {
			t.Errorf("closing after %v, want 10 s to 13 s", d)
		}
		op, payload, err := raw.frame()
		if op != opClose || int(payload[0])<<8|int(payload[1]) != int(abi.CloseSilent) {
			t.Errorf("frame = %d %x %v, want close 4002", op, payload, err)
		}
		_ = conn.Close()

		// While its turn runs nobody reads, so nobody is silent.
		busy := dial(t, b.options())
		do(t, busy.Send(t.Context(), "s", "slow"))
		time.Sleep(5 * time.Minute)
		close(gate)
		want(t, busy, "accepted s 1")
		do(t, busy.Close())
		do(t, alive.CloseNow())
	})
}

func TestInvariant_MessageSize(t *testing.T) {
	const limit = 4000
	o := Options{Limits: abi.Limits{FrameBytes: limit}}
	message := func(size int) []byte {
		frame := `{"type":"message","id":"m","text":""}`
		return []byte(strings.Replace(frame, `""`, `"`+strings.Repeat("x", size-len(frame))+`"`, 1))
	}
	for _, tc := range []struct {
		size int
		want string
	}{
		{limit - 1, `"accepted"`},
		{limit, `"accepted"`},
		{limit + 1, `"too_large"`},
		{2 * limit, `"too_large"`},
		{2*limit + 1, `"frame_too_large"`},
		{20 * limit, `"frame_too_large"`},
	} {
		for _, pieces := range []int{1, 7} {
			t.Run(fmt.Sprintf("size=%d/pieces=%d", tc.size, pieces), func(t *testing.T) {
				_, s := serve(t, newFake(), o)
				raw := rawServe(t, s, native.Protocol)
				raw.text(`{"type":"hello"}`)
				raw.await("Welcome", 1)
				raw.out = appendPieces(nil, message(tc.size), pieces)
				raw.flush()
				raw.await(tc.want, 1)
				if tc.want == `"frame_too_large"` {
					raw.wantClose(abi.CloseTooLarge)
					return
				}
				raw.text(`{"type":"message","id":"n","text":"still here"}`)
				raw.await("still here", 1)
			})
		}
	}
}

// appendPieces appends a message in so many frames.
func appendPieces(b, msg []byte, pieces int) []byte {
	op := byte(opText)
	for i := range pieces {
		b = appendFrame(b, op, i == pieces-1, msg[len(msg)*i/pieces:len(msg)*(i+1)/pieces])
		op = opContinuation
	}
	return b
}

func (c *rawClient) wantClose(code abi.Code) {
	c.tb.Helper()
	for {
		op, payload, err := c.frame()
		switch {
		case err != nil:
			c.tb.Fatalf("no close frame: %v", err)
		case op == opClose:
			if got := abi.Code(int(payload[0])<<8 | int(payload[1])); got != code {
				c.tb.Errorf("closed with %v, want %v", got, code)
			}
			return
		}
	}
}

func TestInvariant_Flood(t *testing.T) {
	empty := appendFrame(nil, opContinuation, false, nil)
	for _, tc := range []struct {
		name    string
		preface []byte
		frame   []byte
	}{
		{"empty continuations", appendFrame(nil, opText, false, []byte("{")), empty},
		{"pings", nil, appendFrame(nil, opPing, true, []byte("x"))},
		{"pongs", nil, appendFrame(nil, opPong, true, []byte("x"))},
		{"pings within a message", appendFrame(nil, opText, false, nil),
			appendFrame(nil, opPing, true, nil)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			url, s := serve(t, newFake(), Options{Limits: abi.Limits{FrameBytes: 4000}})
			raw := rawServe(t, s, native.Protocol)
			raw.text(`{"type":"hello"}`)
			raw.await("Welcome", 1)
			raw.out = append(raw.out[:0], tc.preface...)
			for range 20000 {
				raw.out = append(raw.out, tc.frame...)
			}
			go func() { _, _ = raw.conn.Write(raw.out) }()
			raw.await(`"flood"`, 1)
			raw.wantClose(abi.CloseFlood)
			greeted(t, url)
		})
	}
}
