package websocket

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// TestConn_Hammer: many connections of few sessions send, reset, ask for history,
// vanish and come back. What each sees is the log without gaps, and each message
// is answered once.
func TestConn_Hammer(t *testing.T) {
	const sessions, connections, rounds = 3, 4, 40
	f := newFake()
	f.queue = 8
	f.bot = func(ev *abi.Event) []reply {
		return make([]reply, 1+len(ev.Text)%5)
	}
	url, _ := serve(t, f, Options{Limits: abi.Limits{AddressConnections: 1000}})
	var wg sync.WaitGroup
	for i := range sessions {
		first := dial(t, client.Options{URL: url})
		o := first.Resume()
		do(t, first.Close())
		for j := range connections {
			wg.Go(func() {
				h := hammer{tb: t, options: o, name: fmt.Sprintf("%d-%d", i, j)}
				for range rounds {
					h.round()
				}
			})
		}
	}
	wg.Wait()
}

// hammer is one client that comes and goes.
type hammer struct {
	tb      testing.TB
	options client.Options
	name    string
	sent    int
}

func (h *hammer) round() {
	c, err := client.Dial(background(h.tb), h.options)
	if err != nil {
		h.tb.Error(err)
		return
	}
	w := c.Welcome()
	at := w.Seq
	waiting := make(map[string]bool)
	n := rand.IntN(20)
	for range n {
		h.sent++
		id := fmt.Sprint(h.name, "-", h.sent)
		switch rand.IntN(12) {
		case 0:
			err = c.Reset(context.Background(), id)
		case 1:
			err = c.History(context.Background(), 0, 5)
			id = ""
		default:
			err = c.Send(context.Background(), id, strings.Repeat("x", rand.IntN(200)))
		}
		if err != nil {
			h.tb.Error(err)
			return
		}
		if id != "" {
			waiting[id] = true
		}
	}
	vanish := rand.IntN(2) == 0
	for len(waiting) > 0 && (!vanish || rand.IntN(8) != 0) {
		f, err := c.Receive(background(h.tb))
		if err != nil {
			h.tb.Errorf("%s: Receive() = %v", h.name, err)
			return
		}
		at = h.check(&f, at, waiting)
	}
	h.options = c.Resume()
	if vanish {
		_ = c.CloseNow()
	} else if err := c.Close(); err != nil {
		h.tb.Error(err)
	}
}

// check holds a frame to the log's order, and returns where the log is.
func (h *hammer) check(f *client.Frame, at uint64, waiting map[string]bool) uint64 {
	switch f.Type {
	case native.Reset:
		return f.Seq
	case native.Accepted:
		if !waiting[f.ID] {
			h.tb.Errorf("%s: %s was answered before", h.name, short(*f))
		}
		delete(waiting, f.ID)
		// The answer to a reset, or to what a reset took, is not in the log's order.
		if f.Seq == at+1 {
			return f.Seq
		}
	case native.Entry:
		if f.History {
			return at
		}
		if f.Seq != at+1 {
			h.tb.Errorf("%s: %s after %d", h.name, short(*f), at)
		}
		return f.Seq
	case native.Rejected:
		h.tb.Errorf("%s: %s", h.name, short(*f))
	}
	return at
}

// TestServer_Hammer shuts a server down while clients come and talk.
func TestServer_Hammer(t *testing.T) {
	for range 10 {
		f := newFake()
		url, s := serve(t, f, Options{})
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := 0; ; j++ {
					c, err := client.Dial(background(t), client.Options{URL: url})
					if err != nil {
						return
					}
					for k := range 5 {
						if c.Send(context.Background(), fmt.Sprint(i, j, k), "x") != nil {
							break
						}
						if _, err = c.Receive(background(t)); err != nil {
							break
						}
					}
					var closed *client.ClosedError
					if errors.As(err, &closed) &&
						closed.Code != abi.CloseRestart && closed.Code != 0 {
						t.Errorf("closed with %v", closed)
					}
					_ = c.CloseNow()
				}
			})
		}
		c := greeted(t, url)
		wg.Go(func() { ended(t, c) })
		do(t, s.Shutdown(background(t)))
		wg.Wait()
		f.wg.Wait()
		f.mu.Lock()
		if n := len(f.sessions); f.closed != n {
			t.Errorf("%d of %d conversations closed", f.closed, n)
		}
		f.mu.Unlock()
	}
}
