package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// cut says where the connection of a dialogue breaks, once.
type cut struct {
	// fromHost says that frames of the host are counted, else those of the client.
	fromHost bool
	// frame is the number of the frame, from 1 over all connections; before says
	// that the frame does not arrive any more.
	frame  int
	before bool
	// hostFirst says which side sees the end first.
	hostFirst bool
}

func (c cut) String() string {
	side, when, first := "client", "after", "client"
	if c.fromHost {
		side = "host"
	}
	if c.before {
		when = "before"
	}
	if c.hostFirst {
		first = "host"
	}
	return fmt.Sprintf("%s frame %d of the %s, %s first", when, c.frame, side, first)
}

// breaker stands between a client and a host, passes their frames on one by one,
// and breaks the connection once.
type breaker struct {
	cut cut
	// restart, if not nil, replaces the host when the connection breaks, and returns
	// the URL of the new one.
	restart func() string

	mu sync.Mutex // guards the following
	// url is where the host is.
	url string
	// frames counts those of the client and of the host.
	frames      [2]int
	connections int
	broken      bool
}

// ServeHTTP passes one connection on.
func (b *breaker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	options := &ws.AcceptOptions{Subprotocols: []string{native.Protocol}}
	near, err := ws.Accept(w, r, options)
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.mu.Lock()
	url := b.url
	b.mu.Unlock()
	far, _, err := ws.Dial(ctx, url, &ws.DialOptions{Subprotocols: options.Subprotocols})
	if err != nil {
		_ = near.CloseNow()
		return
	}
	near.SetReadLimit(-1)
	far.SetReadLimit(-1)
	b.mu.Lock()
	b.connections++
	b.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { b.pass(ctx, far, near, true) })
	b.pass(ctx, near, far, false)
	cancel()
	wg.Wait()
	_, _ = near.CloseNow(), far.CloseNow()
}

// pass copies frames until the connection ends, which ends both of its sides.
func (b *breaker) pass(ctx context.Context, from, to *ws.Conn, fromHost bool) {
	for {
		_, msg, err := from.Read(ctx)
		if err != nil {
			_ = to.CloseNow()
			return
		}
		for line := range bytes.SplitSeq(bytes.TrimSpace(msg), []byte{'\n'}) {
			breaks := b.count(fromHost)
			if !breaks || !b.cut.before {
				if to.Write(ctx, ws.MessageText, line) != nil {
					breaks = true
				}
			}
			if breaks {
				first, second := from, to
				if fromHost != b.cut.hostFirst {
					first, second = to, from
				}
				_, _ = first.CloseNow(), second.CloseNow()
				b.mu.Lock()
				defer b.mu.Unlock()
				if b.broken && b.restart != nil {
					b.url, b.restart = b.restart(), nil
				}
				return
			}
		}
	}
}

// count reports whether the connection breaks at this frame.
func (b *breaker) count(fromHost bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	side := 0
	if fromHost {
		side = 1
	}
	b.frames[side]++
	if b.broken || b.cut.fromHost != fromHost || b.frames[side] != b.cut.frame {
		return false
	}
	b.broken = true
	return true
}

// dialogueMessages is how many messages the user of TestResumeAtEveryPoint sends.
// With the welcome, two answers to each, and a reset in the midst, more than 40
// frames come from the host.
const dialogueMessages = 14

// talk holds the dialogue through a breaker, and returns what the client saw: all
// but the answers to resets, which have no place in the log.
func talk(tb testing.TB, b *breaker) []string {
	tb.Helper()
	server := httptest.NewServer(b)
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s := open(tb, ctx, server.URL)
	defer func() { _ = s.Close() }()
	var all []string
	ids := map[string]string{}
	hear := func() client.Frame {
		f, err := s.Receive(ctx)
		if err != nil {
			tb.Fatalf("%v: %v, after %q", b.cut, err, all)
		}
		switch name := ids[f.ID]; f.Type {
		case native.Accepted:
			if name != "reset" {
				all = append(all, fmt.Sprintf("%s %s %d", f.Type, name, f.Seq))
			}
		case native.Entry:
			all = append(all, fmt.Sprintf("%d %s %s", f.Seq, f.From, f.Body))
		case native.Welcome:
			all = append(all, fmt.Sprint(f.Type, f.Epoch, f.Seq))
		default:
			all = append(all, fmt.Sprint(f.Type, f.Epoch))
		}
		return f
	}
	for i := range dialogueMessages {
		send, name := s.Send, fmt.Sprint("m", i)
		if i == dialogueMessages/2 {
			send, name = func(ctx context.Context, _ string) (string,
				error) {
				return s.Reset(ctx)
			}, "reset"
		}
		id, err := send(ctx, name)
		if err != nil {
			tb.Fatalf("%v: %v", b.cut, err)
		}
		ids[id] = name
		if err := s.Sync(ctx); err != nil {
			tb.Fatalf("%v: %v", b.cut, err)
		}
		if i%3 == 0 {
			// The next one is not sent before the answer came.
			for hear().Type != native.History {
			}
		}
	}
	for syncs := 0; syncs < dialogueMessages-(dialogueMessages+2)/3; {
		if hear().Type == native.History {
			syncs++
		}
	}
	return all
}

// open opens a session. What breaks before the first welcome is the caller's to
// try again.
func open(tb testing.TB, ctx context.Context, url string) *client.Session {
	tb.Helper()
	for range 3 {
		s, err := client.Open(ctx, client.SessionOptions{
			Options: client.Options{URL: url}, MinWait: time.Millisecond,
			MaxWait: 5 * time.Millisecond,
		})
		if err == nil {
			return s
		}
		var closed *client.ClosedError
		if !errors.As(err, &closed) {
			tb.Fatal(err)
		}
	}
	tb.Fatal("the session cannot be opened")
	return nil
}

// talkative is a bot that says two things to each message.
func talkative(tb testing.TB) []byte {
	tb.Helper()
	return assemble(tb, `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "again: ")
  (data (i32.const 100000) "Welcome!")
  (func (export "on_start")
    (call $reply (i32.const 100000) (i32.const 8)))
  (func (export "on_message")
    (local $len i32)
    (local.set $len (call $input (i32.const 7) (i32.const 65536)))
    (call $reply (i32.const 7) (local.get $len))
    (call $reply (i32.const 0) (i32.add (i32.const 7) (local.get $len)))))`)
}

// TestResumeAtEveryPoint breaks the connection at each frame of a dialogue, of
// either side, before and after it, with either side the first to see it. What
// the client sees is always the same.
func TestResumeAtEveryPoint(t *testing.T) {
	h := serve(t, talkative(t), Options{})
	url := "ws://" + h.Addr().String()
	whole := &breaker{url: url}
	want := talk(t, whole)
	if n := whole.frames[1]; n < 40 || whole.connections != 1 {
		t.Fatalf("an unbroken dialogue has %d frames over %d connections: %q", n,
			whole.connections, want)
	}
	t.Logf("%d frames of the client, %d of the host; the client sees %q",
		whole.frames[0], whole.frames[1], want)
	for _, before := range []bool{false, true} {
		for _, hostFirst := range []bool{false, true} {
			for side, frames := range whole.frames {
				for frame := 1; frame <= frames; frame++ {
					b := &breaker{url: url, cut: cut{side == 1, frame, before, hostFirst}}
					got := talk(t, b)
					if !reflect.DeepEqual(got, want) {
						t.Errorf("%v: the client saw\n%q, want\n%q", b.cut, got, want)
					}
					// After the last frame nobody needs another connection; after
					// the client's last one, whoever has the answer by then.
					last := frame == frames && !before
					if !b.broken || b.connections < 2 && !last {
						t.Errorf("%v: %d connections, broken %v", b.cut, b.connections, b.broken)
					}
				}
			}
		}
	}
}

// TestResume_Restart: the same where the host ends with the connection, and
// another one goes on with what it left on disk.
func TestResume_Restart(t *testing.T) {
	module := talkative(t)
	address := func(h *running) string { return "ws://" + h.Addr().String() }
	whole := &breaker{url: address(serve(t, module, Options{}))}
	want := talk(t, whole)
	// A session of which nobody said anything yet is in memory only.
	const said = 9
	for frame := said; frame < whole.frames[1]; frame += 5 {
		o := Options{Data: t.TempDir()}
		h := serve(t, module, o)
		b := &breaker{url: address(h), cut: cut{fromHost: true, frame: frame}}
		b.restart = func() string {
			if err := h.stop(); err != nil {
				t.Errorf("Run: %v", err)
			}
			return address(serve(t, module, o))
		}
		if got := talk(t, b); !reflect.DeepEqual(got, want) || b.connections < 2 {
			t.Errorf("%v, host restarted: the client saw\n%q, want\n%q", b.cut, got, want)
		}
	}
}

// TestResume_Kill: the same where the host is killed, at each frame of either side.
func TestResume_Kill(t *testing.T) {
	whole := &breaker{url: "ws://" + serve(t, talkative(t), Options{}).Addr().String()}
	want := talk(t, whole)
	dir, addr := t.TempDir(), freeAddr(t)
	if err := os.WriteFile(filepath.Join(dir, "bot.wasm"), talkative(t), 0o600); err != nil {
		t.Fatal(err)
	}
	host := startChild(t, dir, addr)
	defer func() { host.kill() }()
	// A session of which nobody said anything yet is in memory only: it is stored
	// with the turn of the first message, whose frames are these.
	said := [2]int{3, 9}
	for side, frames := range whole.frames {
		for frame := said[side]; frame < frames; frame++ {
			b := &breaker{url: "ws://" + addr, cut: cut{fromHost: side == 1, frame: frame}}
			b.restart = func() string {
				host.kill()
				host = startChild(t, dir, addr)
				return "ws://" + addr
			}
			if got := talk(t, b); !reflect.DeepEqual(got, want) || b.connections < 2 {
				t.Errorf("%v, host killed: the client saw\n%q, want\n%q", b.cut, got, want)
			}
		}
	}
}

// TestResume_Tabs: two connections of one session, each with its own messages,
// see the same log whichever of them breaks.
func TestResume_Tabs(t *testing.T) {
	h := serve(t, talkative(t), Options{})
	direct := "ws://" + h.Addr().String()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	one := open(t, ctx, direct)
	defer func() { _ = one.Close() }()
	if f, err := one.Receive(ctx); err != nil || f.Type != native.Welcome {
		t.Fatalf("Receive() = %+v, %v", f, err)
	}
	server := httptest.NewServer(&breaker{url: direct, cut: cut{fromHost: true, frame: 9}})
	defer server.Close()
	options := one.Options()
	options.URL = server.URL
	two, err := client.Open(ctx,
		client.SessionOptions{Options: options, MinWait: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = two.Close() }()
	const each = 10
	var wg sync.WaitGroup
	saw := make([][]string, 2)
	for i, s := range []*client.Session{one, two} {
		wg.Go(func() {
			for j := range each {
				if _, err := s.Send(ctx, fmt.Sprint(i, "-", j)); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for len(saw[i]) < 1+2*each*3 {
				f, err := s.Receive(ctx)
				if err != nil {
					t.Errorf("Receive() = %v after %q", err, saw[i])
					return
				}
				from := f.From
				if f.Type == native.Accepted {
					from = abi.FromUser
				}
				saw[i] = append(saw[i], fmt.Sprintf("%d %s %d", f.Seq, from, f.Turn))
			}
		})
	}
	wg.Wait()
	if !reflect.DeepEqual(saw[0], saw[1]) {
		t.Errorf("the tabs saw\n%q\n%q", saw[0], saw[1])
	}
}
