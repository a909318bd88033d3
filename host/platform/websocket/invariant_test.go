package websocket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

func TestInvariant_OneReader(t *testing.T) {
	var order []string
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		order = append(order, ev.Text)
		return nil
	}
	url, _ := serve(t, f, Options{})
	c := dial(t, client.Options{URL: url})
	const n = 500
	go func() {
		for i := range n {
			if err := c.Send(context.Background(), fmt.Sprint("m", i), fmt.Sprint(i)); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for i := range n {
		want(t, c, fmt.Sprintf("accepted m%d %d", i, i+1))
	}
	for i := range n {
		if order[i+1] != fmt.Sprint(i) {
			t.Fatalf("event %d = %s", i, order[i+1])
		}
	}
}

// watched counts writes that overlap.
type watched struct {
	net.Conn
	writers, overlaps, writes *atomic.Int64
}

func (w *watched) Write(p []byte) (int, error) {
	if w.writers.Add(1) > 1 {
		w.overlaps.Add(1)
	}
	defer w.writers.Add(-1)
	w.writes.Add(1)
	return w.Conn.Write(p)
}

type watchedListener struct {
	net.Listener
	w watched
}

func (l *watchedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &watched{c, new(atomic.Int64), l.w.overlaps, l.w.writes}, err
}

func TestInvariant_OneWriter(t *testing.T) {
	f := newFake()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	do(t, err)
	w := watched{overlaps: new(atomic.Int64), writes: new(atomic.Int64)}
	url, _ := serveOn(t, &watchedListener{l, w}, f, Options{})
	c := greeted(t, url)
	other := dial(t, c.Resume())
	var wg sync.WaitGroup
	for i, conn := range []*client.Conn{c, other} {
		wg.Go(func() {
			for j := range 200 {
				if err := conn.Send(context.Background(), fmt.Sprint(i, "-", j), "x"); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() { receiveUntil(t, conn, 401+400) })
	}
	wg.Wait()
	if w.overlaps.Load() != 0 || w.writes.Load() == 0 {
		t.Errorf("%d of %d writes overlap", w.overlaps.Load(), w.writes.Load())
	}
}

// receiveUntil receives until the log has come up to seq, without gaps, and
// returns how many of its lines came as accepted.
func receiveUntil(tb testing.TB, c *client.Conn, seq uint64) (accepted int) {
	tb.Helper()
	for at := c.Resume().After; at < seq; {
		f, err := c.Receive(background(tb))
		if err != nil {
			tb.Errorf("Receive() after %d = %v", at, err)
			return accepted
		}
		if f.Type == native.Accepted && !f.Duplicate {
			accepted++
		}
		if f.Type == native.Accepted || f.Type == native.Entry {
			if at++; f.Seq != at {
				tb.Errorf("Receive() = %s, want seq %d", short(f), at)
				return accepted
			}
		}
	}
	return accepted
}

func TestInvariant_TurnInOneWrite(t *testing.T) {
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		if ev.Kind == abi.EventStart {
			return nil
		}
		return []reply{{abi.KindText, "one"}, {abi.KindMarkdown, "*two*"}, {abi.KindText, "three"}}
	}
	_, s := serve(t, f, Options{})
	c := rawServe(t, s, native.Protocol)
	c.text(`{"type":"hello"}`)
	c.await("welcome", 1)
	c.text(`{"type":"message","id":"m1","text":"hi"}`)
	_, payload, err := c.frame()
	do(t, err)
	lines := strings.Split(string(payload), "\n")
	if len(lines) != 4 || !strings.Contains(lines[0], `"accepted"`) ||
		!strings.Contains(lines[3], `"three"`) {
		t.Errorf("frame = %q, want one with 4 lines", payload)
	}
}

// Neither the frames that BESSER clients get one reply each in, nor long ones,
// are written piece by piece.
func TestInvariant_TurnInOneWrite_Writes(t *testing.T) {
	for _, tc := range []struct {
		protocol, greet, sent string
	}{
		{native.Protocol, `{"type":"hello"}`, `{"type":"message","id":"m1","text":"hi"}`},
		{"", `{"action":"user_message","message":"hi"}`, `{"action":"user_message","message":"hi"}`},
	} {
		f := newFake()
		f.bot = func(ev *abi.Event) []reply {
			if ev.Kind == abi.EventStart {
				return nil
			}
			long := strings.Repeat("x", 9000)
			return []reply{{abi.KindText, "one"}, {abi.KindText, long}, {abi.KindText, "end"}}
		}
		_, s := serve(t, f, Options{})
		ours, theirs := socketPair(t)
		w := &watched{theirs, new(atomic.Int64), new(atomic.Int64), new(atomic.Int64)}
		server := oneRequest(s, w)
		raw := rawUpgrade(t, ours, tc.protocol)
		raw.text(tc.greet)
		if tc.protocol != "" {
			raw.await("welcome", 1)
		} else {
			raw.await("end", 1)
		}
		before := w.writes.Load()
		raw.text(tc.sent)
		raw.await(`"end"`, 1)
		if n := w.writes.Load() - before; n != 1 {
			t.Errorf("%q: %d writes, want 1", tc.protocol, n)
		}
		_ = server.Close()
	}
}

// A turn is not cut where pages of the log are.
func TestInvariant_TurnInOneWrite_Pages(t *testing.T) {
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		return make([]reply, 99)
	}
	url, s := serve(t, f, Options{})
	c := dial(t, client.Options{URL: url})
	for i := range 9 {
		do(t, c.Send(background(t), fmt.Sprint(i), ""))
	}
	receiveUntil(t, c, 99+9*100)
	o := c.Resume()
	raw := rawServe(t, s, native.Protocol)
	raw.text(fmt.Sprintf(`{"type":"hello","session":%q,"resume":%q}`, o.Session, o.Resume))
	for turns := 0; turns < 10; {
		_, payload, err := raw.frame()
		do(t, err)
		for line := range strings.SplitSeq(string(payload), "\n") {
			frame, err := native.ParseFrame([]byte(line))
			do(t, err)
			if frame.Seq >= 99 && (frame.Seq-99)%100 == 0 {
				turns++
			}
		}
		last := payload[strings.LastIndexByte(string(payload), '\n')+1:]
		frame, err := native.ParseFrame(last)
		do(t, err)
		if (frame.Seq-99)%100 != 0 {
			t.Fatalf("a frame ends within a turn, at %d", frame.Seq)
		}
	}
}

func TestInvariant_AcceptedInPlace(t *testing.T) {
	url, _ := serve(t, newFake(), Options{})
	c := greeted(t, url)
	other := dial(t, c.Resume())
	do(t, c.Send(background(t), "m1", "hi"))
	want(t, c, "accepted m1 2", `entry 3 bot text "hi"`)
	want(t, other, `entry 2 user text "hi"`, `entry 3 bot text "hi"`)
	// The same id with other words is not the other's.
	do(t, other.Send(background(t), "m1", "ho"))
	want(t, other, "rejected m1 id_reused")
	// Nobody gets two answers.
	do(t, other.Send(background(t), "m2", "ho"))
	want(t, other, "accepted m2 4", `entry 5 bot text "ho"`)
	want(t, c, `entry 4 user text "ho"`, `entry 5 bot text "ho"`)
}

// A reset takes the log with it, and the answers to what came before all the
// same come.
func TestInvariant_AcceptedInPlace_Reset(t *testing.T) {
	f := newFake()
	url, s := serve(t, f, Options{})
	c := greeted(t, url)
	o := c.Resume()
	raw := rawServe(t, s, native.Protocol)
	raw.text(fmt.Sprintf(`{"type":"hello","session":%q,"resume":%q,"after":1,"epoch":1}`,
		o.Session, o.Resume))
	raw.await("welcome", 1)
	raw.out = appendFrame(raw.out[:0], opText, true, []byte(`{"type":"message","id":"a","text":"x"}`+
		"\n"+`{"type":"reset","id":"b"}`+"\n"+`{"type":"message","id":"a","text":"x"}`))
	raw.flush()
	got := make(map[string]int)
	for got["accepted a"] < 2 || got["accepted b"] < 1 || got["reset 2"] < 1 {
		_, payload, err := raw.frame()
		do(t, err)
		for line := range strings.SplitSeq(string(payload), "\n") {
			frame, err := native.ParseFrame([]byte(line))
			do(t, err)
			switch frame.Type {
			case native.Accepted:
				got["accepted "+frame.ID]++
			case native.Reset:
				got[fmt.Sprint("reset ", frame.Epoch)]++
			}
		}
	}
	if len(got) != 3 || got["accepted a"] != 2 {
		t.Errorf("answers = %v", got)
	}
}

func TestInvariant_EveryConnectionGetsAll(t *testing.T) {
	for _, first := range []int{0, 1} {
		url, _ := serve(t, newFake(), Options{})
		c := greeted(t, url)
		both := []*client.Conn{c, dial(t, c.Resume())}
		do(t, both[0].Send(background(t), "m1", "a"))
		for _, c := range both {
			receiveUntil(t, c, 3)
		}
		do(t, both[first].Close())
		stays := both[1-first]
		do(t, stays.Send(background(t), "m2", "b"))
		want(t, stays, "accepted m2 4", `entry 5 bot text "b"`)
	}
}

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
