package websocket

import (
	"context"
	"fmt"
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

// Whatever comes up is looked at after it came up, and no connection stands in the
// list twice.
func TestStirred_Hammer(t *testing.T) {
	var s stirred
	const many = 20
	conns := make([]conn, many)
	index := make(map[*conn]int)
	for i := range conns {
		index[&conns[i]] = i
	}
	var came, seen [many]atomic.Int64
	look := func() {
		here := make(map[*conn]bool)
		s.look(func(c *conn) bool {
			if here[c] {
				t.Error("a connection is there twice")
			}
			here[c] = true
			i := index[c]
			seen[i].Store(came[i].Load())
			return false
		})
	}
	var adders sync.WaitGroup
	for g := range 4 {
		adders.Go(func() {
			for i := range 20_000 {
				n := (i*7 + g) % many
				came[n].Add(1)
				s.add(&conns[n])
			}
		})
	}
	var stop atomic.Bool
	var looker sync.WaitGroup
	looker.Go(func() {
		for !stop.Load() {
			look()
		}
	})
	adders.Wait()
	stop.Store(true)
	looker.Wait()
	look()
	for i := range many {
		if c, s := came[i].Load(), seen[i].Load(); c != s {
			t.Errorf("connection %d: %d came, %d were seen", i, c, s)
		}
	}
}

// outstanding returns how many connections the watchdog looks at.
func (s *Server) outstanding() int {
	s.stirred.mu.Lock()
	defer s.stirred.mu.Unlock()
	return len(s.stirred.list)
}

// A connection costs looks only while something of it is outstanding.
func TestWatch_Idle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		f := newFake()
		f.bot = func(ev *abi.Event) []reply {
			switch ev.Text {
			case "slow":
				<-gate
			case "large":
				return []reply{{abi.KindText, strings.Repeat("x", 1000)}}
			}
			return nil
		}
		b, end := inBubble(t, f, Options{PingInterval: time.Hour})
		defer end()
		wants := func(while string, want int) {
			t.Helper()
			time.Sleep(3 * time.Second)
			synctest.Wait() // or it is in the middle of a look
			if got := b.outstanding(); got != want {
				t.Errorf("%s: %d connections are looked at, want %d", while, got, want)
			}
		}
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		raw := rawUpgrade(t, conn, native.Protocol)
		wants("before the hello", 1)
		raw.text(`{"type":"hello"}`)
		raw.await("welcome", 1)
		wants("idle", 0)
		raw.text(`{"type":"message","id":"1","text":"slow"}`)
		wants("during a turn", 1)
		close(gate)
		raw.await("accepted", 1)
		wants("idle again", 0)
		raw.text(`{"type":"message","id":"2","text":"large"}`)
		wants("during a write", 1)
		raw.await("xxx", 1)
		wants("after it", 0)
		other := dial(t, f.only(b.options()))
		do(t, other.Send(t.Context(), "3", "large"))
		receiveUntil(t, other, 5)
		wants("during a write that another one's turn began", 1)
		raw.await("xxx", 1)
		wants("after that", 0)
		do(t, other.CloseNow())
		raw.await("ping", 1)
		wants("while it is asked whether it lives", 1)
		raw.text(`{"type":"pong"}`)
		wants("when it has answered", 0)
		do(t, conn.Close())
		wants("gone", 0)
	})
}

// A client that does not even take the goodbye is cut when it took no byte for too long,
// whenever it would have been asked next whether it lives.
func TestWatch_Goodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, end := inBubble(t, newFake(), Options{PingInterval: time.Hour})
		defer end()
		conn, err := b.pipes.dial(t.Context(), "", "")
		do(t, err)
		raw := rawUpgrade(t, conn, native.Protocol)
		raw.text(`{"type":"hello"}`)
		raw.await("Welcome!", 1)
		for _, c := range b.connections(nil) {
			c.end(abi.CloseRestart)
		}
		time.Sleep(12 * time.Second)
		synctest.Wait()
		if n := len(b.connections(nil)); n != 0 {
			t.Errorf("%d connections are still there, want none", n)
		}
		do(t, conn.Close())
	})
}

// only returns options that take up the only session.
func (f *fake) only(o client.Options) client.Options {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		o.Session, o.Resume = s.key.ID, s.token
	}
	return o
}

// A turn that others began is told of too, a rest later at most.
func TestWatch_TurnOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, show := showing(func(*show, string) {})
		b, end := inBubble(t, f, Options{})
		defer end()
		c := dial(t, b.options())
		want(t, c, `entry 1 bot text "done"`)
		for i := range 20 {
			time.Sleep(time.Duration(i) * 130 * time.Millisecond)
			began := time.Now()
			show.running.Store(uint64(7 + i))
			want(t, c, "typing")
			if d := time.Since(began); d < 500*time.Millisecond || d > 2*time.Second {
				t.Errorf("told after %v, want 0.5 s to 2 s", d)
			}
			show.running.Store(0)
			want(t, c, "withdrawn") // it ended without a word
		}
		do(t, c.CloseNow())
	})
}

// longTurn is a turn that runs until its client was told so.
type longTurn struct {
	show
	told chan struct{}
}

// Many turns at once are each told of, however they interleave with looks.
func TestWatch_Hammer(t *testing.T) {
	f := newFake()
	var turns sync.Map // by the session's id
	f.wrap = func(c Conversation) Conversation {
		turn := &longTurn{told: make(chan struct{})}
		turns.Store(c.Key().ID, turn)
		return shownConv{c, &turn.show}
	}
	var number atomic.Uint64
	f.bot = func(ev *abi.Event) []reply {
		if ev.Kind != abi.EventMessage {
			return nil
		}
		v, _ := turns.Load(ev.Session)
		turn := v.(*longTurn)
		turn.running.Store(number.Add(1))
		<-turn.told
		turn.running.Store(0)
		return nil
	}
	url, _ := serve(t, f, Options{TypingAfter: 2 * time.Millisecond})
	ctx := background(t)
	var wg sync.WaitGroup
	for range 16 {
		c := dial(t, client.Options{URL: url})
		v, _ := turns.Load(c.Welcome().Session)
		wg.Go(func() {
			for i := range 20 {
				if err := toldOfTurn(ctx, c, i, v.(*longTurn)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// toldOfTurn has a turn run until the client is told that it does.
func toldOfTurn(ctx context.Context, c *client.Conn, i int, turn *longTurn) error {
	if err := c.Send(ctx, fmt.Sprint(i), "hi"); err != nil {
		return err
	}
	for {
		f, err := c.Receive(ctx)
		switch {
		case err != nil:
			close(turn.told)
			return err
		case f.Type == native.Typing:
			turn.told <- struct{}{}
		case f.Type == native.Accepted:
			return nil
		}
	}
}
