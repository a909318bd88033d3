//go:build unix

package websocket

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bothost/bothost/host/platform/websocket/native"
)

// lockedConv is a conversation whose turns are asked for as those of a host are: it
// takes a lock.
type lockedConv struct {
	shownConv
	mu *sync.Mutex
}

func (c lockedConv) Running() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.show.running.Load()
}

// BenchmarkIdle_processor is the processor time that 10 000 connections take which
// said hello and then nothing: over pipes, so that it is ours alone. Without pings
// it is that of looking after them. With TypingAfter at 2 s a tick is as long as a
// rest, a second.
func BenchmarkIdle_processor(b *testing.B) {
	const conns = 10_000
	for _, typing := range []time.Duration{500 * time.Millisecond, 2 * time.Second} {
		for _, ping := range []time.Duration{25 * time.Second, time.Hour} {
			b.Run(fmt.Sprintf("typing=%v/ping=%v", typing, ping), func(b *testing.B) {
				s, end := idlers(b, conns, Options{TypingAfter: typing, PingInterval: ping})
				defer end()
				const while = 5 * time.Second
				for b.Loop() {
					before := processor(b)
					time.Sleep(while)
					took := processor(b) - before
					b.ReportMetric(1000*took.Seconds()/while.Seconds(), "ms/s")
				}
				if n := len(s.connections(nil)); n != conns {
					b.Fatalf("%d connections, want %d", n, conns)
				}
			})
		}
	}
}

// idlers connects so many clients, which answer pings.
func idlers(b *testing.B, conns int, o Options) (s *Server, end func()) {
	b.Helper()
	f := newFake()
	f.wrap = func(c Conversation) Conversation {
		return lockedConv{shownConv{c, new(show)}, new(sync.Mutex)}
	}
	o.Backend, o.Loopback, o.Rates = f, true, nil
	o.Limits.AddressConnections, o.Limits.Connections = 1<<20, 1<<20
	s = New(o)
	l := newPipes()
	server := &http.Server{Handler: s}
	go func() { _ = server.Serve(l) }()
	var clients []net.Conn
	var wg sync.WaitGroup
	for range conns {
		conn, err := l.dial(context.Background(), "", "")
		do(b, err)
		raw := rawUpgrade(b, conn, native.Protocol)
		raw.text(`{"type":"hello"}`)
		raw.await("Welcome", 1)
		clients = append(clients, conn)
		wg.Go(func() { raw.answerPings() })
	}
	return s, func() {
		for _, c := range clients {
			_ = c.Close()
		}
		wg.Wait()
		_ = s.Shutdown(context.Background())
		_ = server.Close()
		_ = l.Close()
		f.wg.Wait()
	}
}

// answerPings reads until the connection ends.
func (c *rawClient) answerPings() {
	for {
		_, _, err := c.frame()
		if err != nil {
			return
		}
		c.text(`{"type":"pong"}`)
	}
}

func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	do(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
