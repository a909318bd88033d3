package websocket

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// A client that goes silent did not see what was sent to it last.
func TestBESSER_SeenSilent(t *testing.T) {
	f := newBESSERFake()
	inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
		c := s.raw("/?session_id=s1")
		ended := c.drain()
		synctest.Wait()
		c.text(`{"action":"user_message","message":"hi"}`)
		<-ended
		back := s.dial("/?session_id=s1")
		// The welcome it had seen: it went on to talk.
		time.Sleep(300 * time.Millisecond)
		back.wants("str hi")
	})
}

// A client that answers a ping saw what came before it.
func TestBESSER_SeenByPing(t *testing.T) {
	f := newBESSERFake()
	inBESSERBubble(t, f, func(t *testing.T, s *besserServer) {
		c := s.dial("/?session_id=s1")
		c.say("hi")
		c.wants("str Welcome!", "str hi")
		time.Sleep(31 * time.Second)
		for _, conn := range s.connections(nil) {
			conn.end(abi.CloseSilent)
		}
		c.wants("closed " + strconv.Itoa(int(abi.CloseSilent)))
		f.post(t, "s1", "e1", "news")
		back := s.dial("/?session_id=s1")
		back.say("back")
		back.wants("str news", "str back")
	})
}

// Whoever comes back while the old connection seems to be alive is sent what that
// one was, unless it shows that it saw it.
func TestBESSER_SeenByOthers(t *testing.T) {
	for _, alive := range []bool{false, true} {
		t.Run(fmt.Sprint("alive=", alive), func(t *testing.T) {
			f := newBESSERFake()
			inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
				if alive {
					c := s.dial("/?session_id=s1")
					c.say("hi")
					c.wants("str Welcome!", "str hi")
				} else {
					c := s.raw("/?session_id=s1")
					ended := c.drain()
					defer func() {
						_ = c.conn.Close()
						<-ended
					}()
					synctest.Wait()
					c.text(`{"action":"user_message","message":"hi"}`)
					synctest.Wait()
				}
				back := s.dial("/?session_id=s1")
				time.Sleep(300 * time.Millisecond)
				if alive {
					back.wants()
				} else {
					back.wants("str hi")
				}
			})
		})
	}
}

// After a restart the log itself says what was seen.
func TestBESSER_SeenAfterRestart(t *testing.T) {
	for _, tc := range []struct {
		name string
		// before happens before the restart, in a session in which "hi" was said.
		before func(f *besserFake, t *testing.T)
		want   []string
	}{
		{"the last answer comes again", func(*besserFake, *testing.T) {}, []string{"str hi"}},
		{"and what followed it", func(f *besserFake, t *testing.T) {
			f.post(t, "s1", "e1", "one")
			f.post(t, "s1", "e2", "two")
		}, []string{"str hi", "str one", "str two"}},
		{"in many pages", func(f *besserFake, t *testing.T) {
			for i := range 200 {
				f.post(t, "s1", fmt.Sprint("e", i), strconv.Itoa(i))
			}
		}, func() []string {
			want := []string{"str hi"}
			for i := range 200 {
				want = append(want, fmt.Sprint("str ", i))
			}
			return want
		}()},
		{"as far as the log goes back", func(f *besserFake, t *testing.T) {
			f.keep = 6
			for i := range 200 {
				f.post(t, "s1", fmt.Sprint("e", i), strconv.Itoa(i))
			}
		}, []string{"str 197", "str 198", "str 199"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newBESSERFake()
				s, end := startBESSER(t, f, Options{TrustSessionIDs: true})
				c := s.dial("/?session_id=s1")
				c.say("hi")
				c.wants("str Welcome!", "str hi")
				c.close()
				tc.before(f, t)
				end()
				s, end = startBESSER(t, f, Options{TrustSessionIDs: true})
				defer end()
				c = s.dial("/?session_id=s1")
				time.Sleep(300 * time.Millisecond)
				c.wants(tc.want...)
				// It is known now.
				c.close()
				c = s.dial("/?session_id=s1")
				time.Sleep(300 * time.Millisecond)
				c.wants()
			})
		})
	}
}

// What was seen of a log that is gone by now does no harm.
func TestBESSER_SeenTrimmed(t *testing.T) {
	f := newBESSERFake()
	f.keep = 6
	inBESSERBubble(t, f, func(t *testing.T, s *besserServer) {
		away(t, f, s)
		for i := range 20 {
			f.post(t, "s1", fmt.Sprint("x", i), strconv.Itoa(i))
		}
		c := s.dial("/?session_id=s1")
		c.say("back")
		c.wants("str 17", "str 18", "str 19", "str back")
		c.close()
		// A reset while nobody is there begins anew: all of it is news.
		ev := &abi.Event{Kind: abi.EventReset}
		do(t, f.session("s1").Submit(t.Context(), ev, func(session.Outcome) {}))
		c = s.dial("/?session_id=s1")
		time.Sleep(300 * time.Millisecond)
		c.wants("str Welcome!")
	})
}

// The past comes in pieces, as the client takes it: a slow one makes nobody hold
// it all.
func TestBESSER_SlowHistory(t *testing.T) {
	const entries, size = 400, 4 << 10
	synctest.Test(t, func(t *testing.T) {
		f := newBESSERFake()
		s, end := startBESSER(t, f, Options{TrustSessionIDs: true, SlowTimeout: time.Hour})
		defer end()
		s.dial("/?session_id=s1").close()
		text := strings.Repeat("x", size)
		for i := range entries {
			f.post(t, "s1", fmt.Sprint("e", i), fmt.Sprint(i, " ", text))
		}
		c := s.raw("/?session_id=s1")
		c.text(fetchFrame)
		synctest.Wait()
		conns := s.connections(nil)
		if len(conns) != 1 {
			t.Fatalf("%d connections", len(conns))
		}
		conns[0].mu.Lock()
		waiting := len(conns[0].transient)
		conns[0].mu.Unlock()
		if waiting > maxTransient+besserPageBytes+2*size {
			t.Errorf("%d bytes wait for the client", waiting)
		}
		// What is said meanwhile comes after all of the past.
		f.post(t, "s1", "last", "last")
		past := 0
		for {
			_, payload, err := c.frame()
			do(t, err)
			line := shortPayload(payload)
			if line == "str last" {
				break
			}
			if want := fmt.Sprint((past-1)/2, " "); past > 0 && !strings.Contains(line, want) {
				t.Fatalf("row %d is %.40s", past, line)
			}
			past++
		}
		if want := 2*entries + 1; past != want {
			t.Errorf("%d rows of the past, want %d", past, want)
		}
		do(t, c.conn.Close())
	})
}

// A client that is to be sent away does not have to take all of the past first.
func TestBESSER_HistoryAtShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newBESSERFake()
		s, end := startBESSER(t, f, Options{TrustSessionIDs: true})
		s.dial("/?session_id=s1").close()
		for i := range 400 {
			f.post(t, "s1", fmt.Sprint("e", i), strings.Repeat("x", 4<<10))
		}
		c := s.raw("/?session_id=s1")
		c.text(fetchFrame)
		synctest.Wait()
		// It takes no byte: the server gives up after SlowTimeout.
		end()
		do(t, c.conn.Close())
	})
}

// TestBESSER_Hammer: a client comes and goes in all manners, while things happen
// in its session. It sees every reply, in order.
func TestBESSER_Hammer(t *testing.T) {
	f := newBESSERFake()
	n := 0
	f.bot = func(*abi.Event) []reply {
		// Turns of a session never run at once.
		n++
		return []reply{{abi.KindText, strconv.Itoa(n)}}
	}
	s, end := startBESSER(t, f, Options{TrustSessionIDs: true})
	defer end()
	h := besserHammer{besserServer: s, f: f}
	c := s.dial("/?session_id=s1")
	h.take(t, <-c.frames)
	_ = c.conn.CloseNow()
	for round := range 30 {
		h.round(t, fmt.Sprint("e", round))
	}
}

type besserHammer struct {
	*besserServer
	f    *besserFake
	seen int
}

func (h *besserHammer) round(t *testing.T, id string) {
	c := h.dial("/?session_id=s1")
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 3 {
			h.f.submit(t, "s1", fmt.Sprint(id, "-", i), "x")
		}
	})
	if rand.IntN(3) > 0 {
		c.send(fetchFrame)
	}
	if rand.IntN(2) == 0 {
		h.leave(t, c, &wg)
	} else {
		h.vanish(t, c)
	}
	wg.Wait()
}

// leave talks, and ends the connection in order when nothing is on its way:
// whoever leaves earlier does not want it.
func (h *besserHammer) leave(t *testing.T, c *besserClient, others *sync.WaitGroup) {
	others.Wait()
	h.takeAll(t, c)
	for range rand.IntN(3) {
		c.say("hi")
		for before := h.seen; h.seen == before; {
			h.take(t, <-c.frames)
		}
	}
	_ = c.conn.Close(ws.StatusNormalClosure, "")
}

// vanish talks, and is cut off at any moment.
func (h *besserHammer) vanish(t *testing.T, c *besserClient) {
	for range rand.IntN(4) {
		c.say("hi")
	}
	var wg sync.WaitGroup
	gone := make(chan struct{})
	wg.Go(func() {
		for {
			for _, conn := range h.connections(nil) {
				conn.end(abi.CloseSilent)
			}
			select {
			case <-gone:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	for line := range c.frames {
		h.take(t, line)
	}
	close(gone)
	wg.Wait()
}

// takeAll takes frames until the client has seen everything that there is.
func (h *besserHammer) takeAll(t *testing.T, c *besserClient) {
	for h.behind() {
		line, ok := <-c.frames
		if !ok {
			t.Fatalf("ended after %d", h.seen)
		}
		h.take(t, line)
	}
}

// take takes one frame of the client.
func (h *besserHammer) take(t *testing.T, line string) {
	action, text, _ := strings.Cut(strings.TrimPrefix(line, "past "), " ")
	if action != "str" {
		return
	}
	i, err := strconv.Atoi(text)
	if err != nil || i > h.seen+1 {
		t.Fatalf("%s after %d", line, h.seen)
	}
	h.seen = max(h.seen, i)
}

// behind reports whether there are replies that the client has not seen, or
// turns that run.
func (h *besserHammer) behind() bool {
	s := h.f.session("s1")
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.log) - 1; i >= 0; i-- {
		if s.log[i].From == abi.FromBot {
			return s.log[i].Body != strconv.Itoa(h.seen) || len(s.queue) > 0
		}
	}
	return true
}
