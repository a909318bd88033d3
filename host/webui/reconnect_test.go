package webui_test

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bothost/bothost/host"
)

// proxy is a network between browser and host that fails when it is told to.
type proxy struct {
	net.Listener
	to string
	// mute loses what the host sends, and down refuses connections.
	mute, down atomic.Bool
	wg         sync.WaitGroup

	mu sync.Mutex
	// guards the following
	conns map[net.Conn]bool
}

func newProxy(tb testing.TB, to string) *proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{Listener: l, to: to, conns: map[net.Conn]bool{}}
	p.wg.Go(p.run)
	tb.Cleanup(func() {
		l.Close()
		p.cut()
		p.wg.Wait()
	})
	return p
}

func (p *proxy) run() {
	for {
		c, err := p.Accept()
		if err != nil {
			return
		}
		h, err := net.Dial("tcp", p.to)
		if p.down.Load() || err != nil {
			c.Close()
			if err == nil {
				h.Close()
			}
			continue
		}
		p.mu.Lock()
		p.conns[c], p.conns[h] = true, true
		p.mu.Unlock()
		p.wg.Go(func() { p.pass(h, c, nil) })
		p.wg.Go(func() { p.pass(c, h, &p.mute) })
	}
}

// pass copies until one side ends, and ends the other.
func (p *proxy) pass(to, from net.Conn, mute *atomic.Bool) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && (mute == nil || !mute.Load()) {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut breaks all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
	clear(p.conns)
}

var _ io.Closer = (*proxy)(nil)

// TestReconnect cuts the connection in the middle of a reply: the page says so, and
// when the host is back, everything is there, once.
func TestReconnect(t *testing.T) {
	h := serve(t, host.Options{})
	network := newProxy(t, h.Addr().String())
	p := open(t, "http://"+network.Addr().String()+"/")
	p.say("before")
	p.sees("You said: before")

	network.mute.Store(true)
	p.say("many")
	p.wait(`document.querySelector('.typing') && !document.querySelector('.typing').hidden`)
	network.down.Store(true)
	network.cut()
	p.wait(`document.body.dataset.connection === 'waiting' && document.querySelector('#status').innerText.includes('Connecting again')`)
	p.say("meanwhile")
	p.wait(count(".row.user.waiting") + " === 2")
	p.shot("away")

	network.mute.Store(false)
	network.down.Store(false)
	p.wait(`document.body.dataset.connection === 'open'`)
	p.sees("Line 50")
	p.sees("You said: meanwhile")
	p.wait(count(".row.user.waiting") + " === 0")
	p.once("Line 50", "You said: meanwhile") // what was before is out of sight
}

// once fails the test if a text stands more than once in the conversation.
func (t *tab) once(texts ...string) {
	t.Helper()
	for _, text := range texts {
		n := eval[int](t, `[...document.querySelectorAll('.row.bot .words')].filter((w) => w.textContent === `+quote(text)+`).length`)
		if n != 1 {
			t.Errorf("%q stands in the conversation %d times, want once", text, n)
		}
	}
}

// TestRestart has a host that ends and begins again: what was typed meanwhile is
// sent, also by a page that was loaded anew.
func TestRestart(t *testing.T) {
	data := t.TempDir()
	h := serve(t, host.Options{Data: data})
	network := newProxy(t, h.Addr().String())
	p := open(t, "http://"+network.Addr().String()+"/")
	p.say("before")
	p.sees("You said: before")
	h.stop()
	p.wait(`document.body.dataset.connection === 'waiting'`)
	p.say("meanwhile")
	again := serve(t, host.Options{Data: data, Addr: h.Addr().String()})
	p.sees("You said: meanwhile")
	p.once("You said: before", "You said: meanwhile")
	_ = again
}
