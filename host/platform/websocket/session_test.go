package websocket

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// open opens a session that outlives its connections.
func open(tb testing.TB, o client.Options) *client.Session {
	tb.Helper()
	s, err := client.Open(background(tb), client.SessionOptions{
		Options: o, MinWait: time.Millisecond, MaxWait: 10 * time.Millisecond,
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// hear receives a frame of a session, as a line.
func hear(tb testing.TB, s *client.Session) string {
	tb.Helper()
	f, err := s.Receive(background(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return short(f)
}

func wantHeard(tb testing.TB, s *client.Session, lines ...string) {
	tb.Helper()
	for _, line := range lines {
		if got := hear(tb, s); got != line {
			tb.Fatalf("Receive() = %s, want %s", got, line)
		}
	}
}

// sendAway ends the connections of now.
func sendAway(s *Server) {
	for _, c := range s.connections(nil) {
		c.end(abi.CloseRestart)
	}
}

// A session that sends more than it may is refused for a while, and everything
// is taken in the end, in order.
func TestSession_Busy(t *testing.T) {
	url, _ := serve(t, newFake(), Options{Rates: &Rates{Messages: 200, MessageBurst: 4}})
	s := open(t, client.Options{URL: url})
	wantHeard(t, s, "welcome 1 0 false ", `entry 1 bot text "Welcome!"`)
	const n = 60
	go func() {
		for i := range n {
			if _, err := s.Send(context.Background(), fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		}
	}()
	for i := range n {
		if got := hear(t, s); !strings.HasPrefix(got, "accepted ") {
			t.Fatalf("Receive() = %s, want accepted", got)
		}
		wantHeard(t, s, fmt.Sprintf(`entry %d bot text "%d"`, 3+2*i, i))
	}
}

// What a session missed that was away for long, it fetches: what the log still
// holds of it, also if it is more than comes at once, and also after a reset.
func TestSession_Away(t *testing.T) {
	for _, tc := range []struct {
		name  string
		body  string
		reset bool
		n     int
		first string
	}{
		{"trimmed", "x", false, 500, "welcome 1 %d false trimmed"},
		{"trimmed, long", strings.Repeat("x", 100_000), false, 200, "welcome 1 %d false trimmed"},
		{"reset", "x", true, 100, "reset 2 %d"},
		{"reset and trimmed", "x", true, 500, "reset 2 %d"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFake()
			f.keep = 300
			if len(tc.body) > 1 {
				f.keep = 50
			}
			url, server := serve(t, f, Options{Retry: 10 * time.Millisecond})
			s := open(t, client.Options{URL: url})
			wantHeard(t, s, "welcome 1 0 false ", `entry 1 bot text "Welcome!"`)
			var fs *fakeSession
			for _, fs = range f.sessions {
			}
			// The log goes on while it is away, at a stroke: it is held up by the lock.
			fs.hold.Lock()
			sendAway(server)
			if tc.reset {
				fs.commit(&abi.Event{Kind: abi.EventReset}, nil)
			}
			for range tc.n {
				fs.commit(&abi.Event{Kind: abi.EventMessage, Text: tc.body}, nil)
			}
			fs.mu.Lock()
			at, last := fs.first-1, fs.head.Seq
			fs.mu.Unlock()
			fs.hold.Unlock()
			wantHeard(t, s, fmt.Sprintf(tc.first, at))
			for seq := at + 1; seq <= last; seq++ {
				got, want := hear(t, s), fmt.Sprintf("entry %d user text ", seq)
				if !strings.HasPrefix(got, want) || strings.Contains(got, "history") {
					t.Fatalf("Receive() = %.60s, want %s", got, want)
				}
			}
			// And it goes on.
			id, err := s.Send(background(t), "y")
			do(t, err)
			wantHeard(t, s, fmt.Sprintf("accepted %s %d", id, last+1),
				fmt.Sprintf(`entry %d bot text "y"`, last+2))
		})
	}
}

// TestSession_Hammer: sessions of several tabs each, whose connections break all
// the time, while each sends its own. Each tab sees the whole log, and its own
// messages answered once and in order.
func TestSession_Hammer(t *testing.T) {
	const sessions, tabs, each = 3, 3, 60
	f := newFake()
	f.bot = func(ev *abi.Event) []reply { return []reply{{abi.KindText, ev.Text}} }
	url, server := serve(t, f,
		Options{Retry: time.Millisecond, Limits: abi.Limits{AddressConnections: 1000}})
	ctx, cancel := context.WithCancel(context.Background())
	var breaker, wg sync.WaitGroup
	breaker.Go(func() {
		for ctx.Err() == nil {
			time.Sleep(time.Millisecond)
			if all := server.connections(nil); len(all) > 0 {
				c := all[rand.IntN(len(all))]
				if rand.IntN(2) == 0 {
					c.end(abi.CloseRestart)
				} else {
					c.socket.Abort()
				}
			}
		}
	})
	for range sessions {
		var first *client.Session
		for first == nil {
			s, err := client.Open(ctx, client.SessionOptions{
				Options: client.Options{URL: url}, MinWait: time.Millisecond,
				MaxWait: 2 * time.Millisecond,
			})
			if err == nil {
				first = s
			}
		}
		fr, err := first.Receive(ctx)
		do(t, err)
		o := client.Options{URL: url, Session: fr.Session, Resume: fr.Resume,
			Epoch: fr.Epoch, After: fr.Seq}
		do(t, first.Close())
		for range tabs {
			wg.Go(func() { hammerTab(t, ctx, o, each, uint64(1+tabs*each*2)) })
		}
	}
	wg.Wait()
	cancel()
	breaker.Wait()
}

// hammerTab sends each messages and receives until the log has come up to last.
func hammerTab(tb testing.TB, ctx context.Context, o client.Options, each int, last uint64) {
	var s *client.Session
	for s == nil {
		// The first connection may break like any other.
		s, _ = client.Open(ctx, client.SessionOptions{
			Options: o, MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond,
		})
	}
	ids := make(chan string, each)
	var sender sync.WaitGroup
	sender.Go(func() {
		for i := range each {
			id, err := s.Send(ctx, fmt.Sprint(i))
			if err != nil {
				tb.Error(err)
			}
			ids <- id
		}
	})
	bounded, stop := context.WithTimeout(ctx, 2*patience)
	defer stop()
	seq, answered := uint64(0), 0
	for seq < last {
		f, err := s.Receive(bounded)
		if err != nil {
			tb.Errorf("Receive() = %v at %d of %d", err, seq, last)
			break
		}
		if f.Type != native.Entry && f.Type != native.Accepted || f.Seq != seq+1 {
			tb.Errorf("heard %s after %d", short(f), seq)
			break
		}
		seq++
		if f.Type == native.Accepted {
			if want := <-ids; f.ID != want {
				tb.Errorf("accepted %s, want %s", f.ID, want)
			}
			answered++
		}
	}
	if answered != each {
		tb.Errorf("%d of %d answered", answered, each)
	}
	do(tb, s.Close())
	sender.Wait()
}

// One byte below, at and one above what the host takes; the session goes on.
func TestSession_TooLarge(t *testing.T) {
	const limit = 1000
	url, _ := serve(t, newFake(), Options{Limits: abi.Limits{FrameBytes: limit}})
	s := open(t, client.Options{URL: url})
	wantHeard(t, s, "welcome 1 0 false ", `entry 1 bot text "Welcome!"`)
	id, err := s.Send(background(t), "")
	do(t, err)
	wantHeard(t, s, "accepted "+id+" 2", `entry 3 bot text ""`)
	empty := len(fmt.Sprintf(`{"type":"message","id":%q,"text":""}`, id))
	for _, tc := range []struct {
		size int
		ok   bool
	}{{limit - 1, true}, {limit, true}, {limit + 1, false}, {10 * limit, false}} {
		_, err := s.Send(background(t), strings.Repeat("x", tc.size-empty))
		if (err == nil) != tc.ok || err != nil && !errors.Is(err, client.ErrTooLarge) {
			t.Errorf("Send() of %d bytes = %v, want ok %v", tc.size, err, tc.ok)
		}
		if tc.ok {
			hear(t, s)
			hear(t, s)
		}
	}
}
