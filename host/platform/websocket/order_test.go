package websocket

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/session"
)

// meanwhile is what happens while a connection is about to read the log, once.
type meanwhile struct{ hook atomic.Pointer[func()] }

func (m *meanwhile) next(f func()) { m.hook.Store(&f) }

type meanwhileConv struct {
	shownConv
	*meanwhile
}

func (c meanwhileConv) Read(
	ctx context.Context, after uint64, limit int, dst []abi.Entry,
) (session.Page, error) {
	if f := c.hook.Swap(nil); f != nil {
		(*f)()
	}
	return c.shownConv.Read(ctx, after, limit, dst)
}

// submit runs an event's turn to its end.
func submit(t *testing.T, c Conversation, ev abi.Event) {
	t.Helper()
	err := c.Submit(background(t), &ev, func(o session.Outcome) {
		if o.Code != 0 {
			t.Errorf("outcome = %v", o.Code)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// interleaved is a client of a session, whose reads of the log can be held up, and
// another hold on it.
type interleaved struct {
	*client.Conn
	meanwhile
	show  show
	turn  uint64
	other Conversation
	// begun says that a slow turn has shown its beginning; on lets it go on.
	begun, on chan struct{}
}

// interleave serves a bot that says a word in each turn, and shows it before, unless
// it is told to be quiet. When it is told to be slow, it shows two.
func interleave(t *testing.T) *interleaved {
	t.Helper()
	il := &interleaved{begun: make(chan struct{}), on: make(chan struct{})}
	f := newFake()
	f.wrap = func(c Conversation) Conversation {
		return meanwhileConv{shownConv{c, &il.show}, &il.meanwhile}
	}
	f.bot = il.bot
	url, _ := serve(t, f, Options{})
	il.Conn = dial(t, client.Options{URL: url})
	want(t, il.Conn, `entry 1 bot text "said"`)
	w := il.Welcome()
	var err error
	il.other, err = f.Join(background(t), "echo", w.Session, w.Resume, func() {})
	do(t, err)
	t.Cleanup(il.other.Close)
	return il
}

func (il *interleaved) bot(ev *abi.Event) []reply {
	il.turn++
	switch {
	case ev.Kind != abi.EventMessage, ev.Text == "quiet":
	case ev.Text == "slow":
		il.show.delta(il.turn, 0, "the beginning")
		il.begun <- struct{}{}
		<-il.on
		il.show.delta(il.turn, 0, "the rest")
	default:
		il.show.delta(il.turn, 0, "shown")
	}
	return []reply{{abi.KindText, "said"}}
}

// until receives frames up to one, and returns them all in a line.
func until(t *testing.T, c *client.Conn, last string) string {
	t.Helper()
	var got []string
	for len(got) == 0 || got[len(got)-1] != last {
		f, err := c.Receive(background(t))
		if err != nil {
			t.Fatalf("Receive() = %v after %q, want %s", err, got, last)
		}
		got = append(got, short(f))
	}
	return strings.Join(got, ", ")
}

// What a turn shows never comes after what it says, also where the turn begins and
// ends while the entries of the one before are being sent: nothing would take its
// place any more.
func TestProgress_neverLate(t *testing.T) {
	il := interleave(t)
	il.next(func() {
		submit(t, il.other, abi.Event{Kind: abi.EventMessage, ID: "o", Text: "loud"})
	})
	do(t, il.Send(background(t), "m", "quiet"))
	got := until(t, il.Conn, `entry 5 bot text "said"`)
	do(t, il.History(background(t), 0, 1))
	if late := until(t, il.Conn, "history 6 1 true"); strings.Contains(late, "delta") {
		t.Errorf("frames = %s, then %s, want no delta after the entry of its turn", got, late)
	}
}

// What a turn shows comes after no reset either that the turn came before.
func TestProgress_lateAtReset(t *testing.T) {
	il := interleave(t)
	il.next(func() {
		submit(t, il.other, abi.Event{Kind: abi.EventMessage, ID: "o", Text: "loud"})
		submit(t, il.other, abi.Event{Kind: abi.EventReset, ID: "r"})
	})
	do(t, il.Send(background(t), "m", "quiet"))
	until(t, il.Conn, "reset 2 0")
	do(t, il.History(background(t), 0, 1))
	if late := until(t, il.Conn, "history 2 1 false"); strings.Contains(late, "delta") {
		t.Errorf("frames after the reset = %s, want no delta", late)
	}
}

// A client forgets at a reset what it was shown. If that was the beginning of what the
// next turn says, it is not shown the rest alone.
func TestProgress_restAfterReset(t *testing.T) {
	il := interleave(t)
	done := make(chan struct{})
	il.next(func() {
		submit(t, il.other, abi.Event{Kind: abi.EventReset, ID: "r"})
		go func() {
			defer close(done)
			submit(t, il.other, abi.Event{Kind: abi.EventMessage, ID: "o", Text: "slow"})
		}()
		<-il.begun
	})
	do(t, il.History(background(t), 0, 1))
	until(t, il.Conn, "reset 2 0")
	close(il.on)
	<-done
	if got := until(t, il.Conn, `entry 3 bot text "said"`); strings.Contains(got, "delta") {
		t.Errorf("frames after the reset = %s, want nothing without its beginning", got)
	}
}

// Of two requests for history of which a reset overtakes the first, both are answered.
func TestHistory_overtaken(t *testing.T) {
	il := interleave(t)
	writes, on := make(chan struct{}), make(chan struct{})
	il.next(func() {
		close(writes)
		<-on
		il.next(func() {
			submit(t, il.other, abi.Event{Kind: abi.EventReset, ID: "r"})
			<-il.begun // the second request was noted
		})
	})
	submit(t, il.other, abi.Event{Kind: abi.EventMessage, ID: "o", Text: "quiet"})
	<-writes
	do(t, il.History(background(t), 0, 1))
	do(t, il.History(background(t), 2, 1))
	do(t, il.Send(background(t), "m", "slow"))
	close(on)
	got := until(t, il.Conn, "history 2 1 false")
	close(il.on)
	got += ", " + until(t, il.Conn, "entry 3 bot text \"said\"")
	do(t, il.History(background(t), 3, 1))
	got += ", " + until(t, il.Conn, "history 3 1 true")
	if n := strings.Count(got, ", history"); n != 3 {
		t.Errorf("frames = %s: %d answers, want 3", got, n)
	}
}
