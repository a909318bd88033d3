package websocket

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

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
		{"", `{"action":"user_message","message":"hi"}`,
			`{"action":"user_message","message":"hi"}`},
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
	raw.out = appendFrame(raw.out[:0], opText, true,
		[]byte(`{"type":"message","id":"a","text":"x"}`+
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
