package websocket

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/session"
)

// show is a backend's way to show something of a turn that runs.
type show struct {
	mu      sync.Mutex // guards the following
	hear    []func(session.Progress)
	running atomic.Uint64
}

type shownConv struct {
	Conversation
	show *show
}

func (c shownConv) Listen(f func(session.Progress)) {
	c.show.mu.Lock()
	defer c.show.mu.Unlock()
	c.show.hear = append(c.show.hear, f)
}

func (c shownConv) Running() uint64 { return c.show.running.Load() }

func (s *show) tell(p session.Progress) {
	s.mu.Lock()
	hear := s.hear
	s.mu.Unlock()
	for _, f := range hear {
		f(p)
	}
}

func (s *show) delta(turn uint64, part int, text string) {
	s.tell(session.Progress{Turn: turn, Part: part, Text: text})
}

// showing returns a fake whose bot runs do in each message's turn.
func showing(do func(s *show, text string)) (*fake, *show) {
	f, s := newFake(), new(show)
	f.wrap = func(c Conversation) Conversation { return shownConv{c, s} }
	f.bot = func(ev *abi.Event) []reply {
		if ev.Kind == abi.EventMessage {
			do(s, ev.Text)
		}
		return []reply{{abi.KindText, "done"}}
	}
	return f, s
}

// progressOf receives until the next entry of the bot, and returns what was shown
// before, in one line a frame; deltas that follow each other are joined.
func progressOf(tb testing.TB, c *client.Conn) []string {
	tb.Helper()
	var got []string
	last := ""
	for {
		f, err := c.Receive(background(tb))
		do(tb, err)
		switch f.Type {
		case native.Entry:
			return got
		case native.Delta:
			at := fmt.Sprintf("delta %d.%d ", f.Turn, f.Part)
			if at != last {
				got = append(got, at)
			}
			got[len(got)-1] += f.Text
			last = at
			continue
		case native.Withdrawn, native.Typing:
			got = append(got, fmt.Sprintf("%s %d", f.Type, f.Turn))
		}
		last = ""
	}
}

// What turns show reaches the client before the turn ends, in order.
func TestProgress(t *testing.T) {
	reached := make(chan struct{})
	f, _ := showing(func(s *show, text string) {
		s.delta(7, 0, text+"-")
		s.delta(7, 0, "one")
		s.delta(7, 1, "two")
		<-reached // the client has seen it all, and the turn still runs
		s.tell(session.Progress{Turn: 7, Withdrawn: true})
		s.tell(session.Progress{Turn: 7, Withdrawn: true}) // there is nothing more
		s.delta(7, 0, "three")
	})
	url, _ := serve(t, f, Options{})
	c := dial(t, client.Options{URL: url})
	want(t, c, `entry 1 bot text "done"`)
	do(t, c.Send(background(t), "m1", "hi"))
	seen := ""
	for seen != "hi-onetwo" {
		got, err := c.Receive(background(t))
		do(t, err)
		if got.Type != native.Delta || got.Turn != 7 {
			t.Fatalf("Receive() = %s, want deltas of turn 7", short(got))
		}
		seen += got.Text
	}
	close(reached)
	got := strings.Join(progressOf(t, c), ", ")
	if want := "withdrawn 7, delta 7.0 three"; got != want {
		t.Errorf("shown = %q, want %q", got, want)
	}
}

// A client that does not read along is shown a beginning, and never more than fits.
func TestProgress_slow(t *testing.T) {
	const piece = 1000
	text := strings.Repeat("x", piece)
	f, s := showing(nil)
	c := &conn{srv: New(Options{Backend: f}), proto: &speakNative{}, open: true, writing: true}
	c.cond.L = &c.mu
	for i := range 200 {
		c.progress(session.Progress{Turn: 1, Part: i / 150, Text: text})
	}
	if n := len(c.transient) + len(c.shows.text); n > maxTransient+piece {
		t.Errorf("%d bytes wait, want at most %d", n, maxTransient+piece)
	}
	if len(c.shows.text)+len(c.transient) < maxTransient/2 {
		t.Error("nothing was shown of the beginning")
	}
	c.progress(session.Progress{Turn: 1, Withdrawn: true})
	if !strings.HasSuffix(string(c.transient), `{"type":"withdrawn","turn":1}`+"\n") {
		t.Errorf("transient ends in %q, want withdrawn", tail(string(c.transient)))
	}
	s.delta(1, 0, "nobody listens")
}

func tail(s string) string { return s[max(0, len(s)-60):] }

// Who is shown nothing has nothing withdrawn.
func TestProgress_beforeOpen(t *testing.T) {
	f, _ := showing(nil)
	c := &conn{srv: New(Options{Backend: f}), proto: &speakNative{}, writing: true}
	c.cond.L = &c.mu
	c.progress(session.Progress{Turn: 1, Text: "early"})
	c.open = true
	c.progress(session.Progress{Turn: 1, Text: "late"})
	c.progress(session.Progress{Turn: 1, Withdrawn: true})
	if len(c.transient)+len(c.shows.text) != 0 {
		t.Errorf("transient = %q %q, want nothing", c.transient, c.shows.text)
	}
	c.progress(session.Progress{Turn: 2, Text: "next"})
	if string(c.shows.text) != "next" {
		t.Errorf("text = %q, want that of the next turn", c.shows.text)
	}
}

// BESSER clients are shown nothing.
func TestProgress_besser(t *testing.T) {
	f, _ := showing(func(s *show, text string) { s.delta(7, 0, "shown"); s.running.Store(7) })
	url, _ := serve(t, f, Options{TypingAfter: time.Millisecond})
	c, _, err := ws.Dial(background(t), url, nil)
	do(t, err)
	defer c.CloseNow()
	for range 2 {
		_, frame, err := c.Read(background(t))
		do(t, err)
		if !strings.Contains(string(frame), `"done"`) {
			t.Errorf("frame = %s, want the reply", frame)
		}
		do(t, c.Write(background(t), ws.MessageText,
			[]byte(`{"action":"user_message","message":"hi"}`)))
	}
}

// A turn that takes long is told of once, unless it shows something.
func TestProgress_typing(t *testing.T) {
	told := make(chan struct{})
	f, _ := showing(func(s *show, text string) {
		s.running.Store(9)
		if text == "shown" {
			s.running.Store(10)
			s.delta(10, 0, "x")
		} else {
			<-told
		}
		s.running.Store(0)
	})
	url, _ := serve(t, f, Options{TypingAfter: 2 * time.Millisecond})
	c := dial(t, client.Options{URL: url})
	want(t, c, `entry 1 bot text "done"`)
	do(t, c.Send(background(t), "m1", "hi"))
	got, err := c.Receive(background(t))
	do(t, err)
	if got.Type != native.Typing || got.Turn != 9 {
		t.Errorf("Receive() = %s %d, want typing 9", short(got), got.Turn)
	}
	close(told)
	if got := progressOf(t, c); len(got) > 0 {
		t.Errorf("shown = %q, want typing once", got)
	}
}

// That a turn takes long is taken back when it ended without an entry: nothing else
// would say so. One that said something has no need of it.
func TestProgress_typingEnds(t *testing.T) {
	told := make(chan struct{})
	f, s := showing(nil)
	turn := uint64(0)
	f.bot = func(ev *abi.Event) []reply {
		if turn++; turn == 1 {
			return []reply{{abi.KindText, "said"}}
		}
		s.running.Store(turn)
		defer s.running.Store(0)
		<-told
		if ev.Kind == abi.EventMessage {
			return []reply{{abi.KindText, "said"}}
		}
		return nil
	}
	url, _ := serve(t, f, Options{TypingAfter: 2 * time.Millisecond})
	c := dial(t, client.Options{URL: url})
	want(t, c, `entry 1 bot text "said"`)
	do(t, c.Event(background(t), "e2", "tick", ""))
	want(t, c, "typing")
	told <- struct{}{}
	want(t, c, "accepted e2 1", "withdrawn")
	do(t, c.Send(background(t), "m3", "hi"))
	want(t, c, "typing")
	told <- struct{}{}
	want(t, c, "accepted m3 2", `entry 3 bot text "said"`)
	do(t, c.Event(background(t), "e4", "tick", ""))
	want(t, c, "typing")
	told <- struct{}{}
	want(t, c, "accepted e4 3", "withdrawn")
}
