package websocket

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// BenchmarkEcho is a message and its answer, over 64 sockets, each with so many
// messages under way. server=plain is what Go people would write without us: the
// same library and the same JSON, with nothing behind it.
func BenchmarkEcho(b *testing.B) {
	for _, depth := range []int{1, 16} {
		for _, server := range []struct {
			name string
			h    func() http.Handler
		}{
			{"plain", func() http.Handler { return http.HandlerFunc(plainEcho) }},
			{"ours", benchServer},
		} {
			b.Run(fmt.Sprintf("depth=%d/server=%s", depth, server.name), func(b *testing.B) {
				benchEcho(b, server.h(), 64, depth)
			})
		}
	}
}

func benchServer() http.Handler {
	f := newFake()
	o := Options{Backend: f, Loopback: true}
	o.Limits.AddressConnections = 100000
	return New(o)
}

func benchEcho(b *testing.B, h http.Handler, conns, depth int) {
	server := httptest.NewServer(h)
	defer server.Close()
	clients := make([]*rawClient, conns)
	for i := range clients {
		clients[i] = rawDial(b, server.Listener.Addr().String(), native.Protocol)
		clients[i].text(`{"type":"hello"}`)
		clients[i].await("welcome", 1)
	}
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for i, c := range clients {
		n := b.N / conns
		if i < b.N%conns {
			n++
		}
		wg.Go(func() { c.echo(n, depth) })
	}
	wg.Wait()
	b.StopTimer()
	for _, c := range clients {
		_ = c.conn.Close()
	}
	if s, ok := h.(*Server); ok {
		_ = s.Shutdown(context.Background())
	}
}

// echo sends n messages, depth at a time in one write, and awaits the answers.
func (c *rawClient) echo(n, depth int) {
	text := strings.Repeat("x", 60)
	var id int
	for n > 0 {
		k := min(n, depth)
		n -= k
		c.out = c.out[:0]
		for range k {
			id++
			c.msg = fmt.Appendf(c.msg[:0], `{"type":"message","id":"m%d","text":"%s"}`, id, text)
			c.out = appendFrame(c.out, opText, true, c.msg)
		}
		c.flush()
		c.await(`"accepted"`, k)
	}
}

// plainEcho answers each message with what our protocol would say.
func plainEcho(w http.ResponseWriter, r *http.Request) {
	conn, err := ws.Accept(w, r, &ws.AcceptOptions{Subprotocols: []string{native.Protocol}})
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	ctx := context.Background()
	var in bytes.Buffer
	var out []byte
	var seq uint64
	for {
		_, r, err := conn.Reader(ctx)
		if err != nil {
			return
		}
		in.Reset()
		if _, err := in.ReadFrom(r); err != nil {
			return
		}
		var m struct {
			Type string `json:"type"`
			ID   string `json:"id"`
			Text string `json:"text"`
		}
		if err := json.Unmarshal(in.Bytes(), &m); err != nil {
			return
		}
		if m.Type == "hello" {
			if conn.Write(ctx, ws.MessageText, []byte(`{"type":"welcome"}`)) != nil {
				return
			}
			continue
		}
		seq += 2
		out = native.AppendAccepted(out[:0], m.ID, seq-1, seq, false)
		e := abi.Entry{Seq: seq, From: abi.FromBot, Kind: abi.KindText, Body: m.Text, Turn: seq}
		out = native.AppendEntry(out, &e, nil, false)
		if conn.Write(ctx, ws.MessageText, out[:len(out)-1]) != nil {
			return
		}
	}
}

// Frame types.
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// rawClient is a WebSocket client that sends whatever it is told to.
type rawClient struct {
	tb   testing.TB
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	msg  []byte
}

func rawDial(tb testing.TB, addr, protocol string) *rawClient {
	tb.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return rawUpgrade(tb, conn, protocol)
}

func rawUpgrade(tb testing.TB, conn net.Conn, protocol string) *rawClient {
	tb.Helper()
	c := &rawClient{tb: tb, conn: conn, in: bufio.NewReader(conn)}
	header := "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	if protocol != "" {
		header += "Sec-WebSocket-Protocol: " + protocol + "\r\n"
	}
	if _, err := io.WriteString(conn, header+"\r\n"); err != nil {
		tb.Fatal(err)
	}
	response, err := http.ReadResponse(c.in, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		tb.Fatalf("upgrade: %v, %v", response, err)
	}
	return c
}

// appendFrame appends a frame, masked with zeros.
func appendFrame(b []byte, op byte, fin bool, payload []byte) []byte {
	if fin {
		op |= 0x80
	}
	switch n := len(payload); {
	case n < 126:
		b = append(b, op, 0x80|byte(n))
	case n < 1<<16:
		b = append(b, op, 0x80|126, byte(n>>8), byte(n))
	default:
		b = append(b, op, 0x80|127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	b = append(b, 0, 0, 0, 0)
	return append(b, payload...)
}

func (c *rawClient) flush() {
	if _, err := c.conn.Write(c.out); err != nil {
		c.tb.Error(err)
	}
}

func (c *rawClient) text(s string) {
	c.out = appendFrame(c.out[:0], opText, true, []byte(s))
	c.flush()
}

// frame reads one frame. The payload is valid until the next call.
func (c *rawClient) frame() (op byte, payload []byte, err error) {
	head, err := c.in.Peek(2)
	if err != nil {
		return 0, nil, err
	}
	op = head[0] & 15
	size, skip := int(head[1]&127), 2
	if size == 126 {
		if head, err = c.in.Peek(4); err != nil {
			return 0, nil, err
		}
		size, skip = int(head[2])<<8|int(head[3]), 4
	} else if size == 127 {
		if head, err = c.in.Peek(10); err != nil {
			return 0, nil, err
		}
		size, skip = int(head[6])<<24|int(head[7])<<16|int(head[8])<<8|int(head[9]), 10
	}
	if _, err = c.in.Discard(skip); err != nil {
		return 0, nil, err
	}
	if cap(c.msg) < size {
		c.msg = make([]byte, size)
	}
	c.msg = c.msg[:size]
	_, err = io.ReadFull(c.in, c.msg)
	return op, c.msg, err
}

// await reads frames until a string came n times.
func (c *rawClient) await(s string, n int) {
	for n > 0 {
		_, payload, err := c.frame()
		if err != nil {
			c.tb.Errorf("await %s: %v", s, err)
			return
		}
		n -= bytes.Count(payload, []byte(s))
	}
}

// BenchmarkIdle is the memory of a connection that said hello and then nothing,
// with the client's socket, which has no buffers.
func BenchmarkIdle(b *testing.B) {
	const conns = 2000
	for _, server := range []struct {
		name string
		h    func() http.Handler
	}{
		{"plain", func() http.Handler { return http.HandlerFunc(plainEcho) }},
		{"ours", benchServer},
	} {
		b.Run("server="+server.name, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(idle(b, server.h(), conns), "B/conn")
			}
		})
	}
}

func idle(b *testing.B, h http.Handler, conns int) float64 {
	server := httptest.NewServer(h)
	defer server.Close()
	before := memory()
	sockets := make([]net.Conn, conns)
	for i := range sockets {
		c := rawDial(b, server.Listener.Addr().String(), native.Protocol)
		c.text(`{"type":"hello"}`)
		c.await("welcome", 1)
		sockets[i] = c.conn
	}
	after := memory()
	for _, c := range sockets {
		_ = c.Close()
	}
	if s, ok := h.(*Server); ok {
		_ = s.Shutdown(context.Background())
	}
	return float64(after-before) / float64(conns)
}

func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
