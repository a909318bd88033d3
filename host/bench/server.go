package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// serve runs one of the servers until stdin ends. It prints its address, and for
// each line that it reads "PROCESSOR-NANOSECONDS HEAP-AND-STACK-BYTES".
func serve(ctx context.Context, s settings, stdin *bufio.Reader, stdout io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var addr net.Addr
	done := make(chan error, 1)
	switch s.serve {
	case "native":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		addr = l.Addr()
		go func() { done <- http.Serve(l, http.HandlerFunc(reference)) }()
		defer l.Close()
	case "bothost":
		h, err := host.New(host.Options{
			Files: []string{s.module}, Addr: "127.0.0.1:0",
			// All of the load comes from one address.
			Limits: abi.Limits{AddressConnections: 1 << 20},
		})
		if err != nil {
			return err
		}
		if err := h.Load(ctx); err != nil {
			return err
		}
		addr = h.Addr()
		go func() { done <- h.Run(ctx) }()
		defer func() { cancel(); <-done }()
	default:
		return fmt.Errorf("unknown server %q", s.serve)
	}
	if s.profile != "" {
		stop, err := profile(s.profile)
		if err != nil {
			return err
		}
		defer stop()
	}
	fmt.Fprintln(stdout, addr)
	for {
		if _, err := stdin.ReadString('\n'); err != nil {
			return nil
		}
		fmt.Fprintln(stdout, int64(processorTime()), memoryInUse())
	}
}

// profile writes a processor profile until stop is called.
func profile(path string) (stop func(), err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		f.Close()
	}, nil
}

// memoryInUse returns what the heap and the stacks hold after a collection.
func memoryInUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// reference is the native server: a chat server that echoes, written for this one
// purpose in Go, with the same library, the same decoding and the same answer,
// and with nothing of what a host does besides.
func reference(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{native.Protocol}, InsecureSkipVerify: true,
	})
	if err != nil {
		return
	}
	defer c.CloseNow()
	c.SetReadLimit(1 << 20)
	ctx := context.Background()
	var out []byte
	for seq := uint64(1); ; seq += 2 {
		_, data, err := c.Read(ctx)
		if err != nil || !utf8.Valid(data) {
			return
		}
		f, fault := native.ParseRequest(data, 64)
		if fault.Code != 0 {
			return
		}
		if f.Type == native.Hello {
			seq -= 2
			out = append(out[:0], `{"type":"welcome"}`...)
		} else {
			out = appendAnswer(out[:0], &f, seq)
		}
		if err := c.Write(ctx, websocket.MessageText, out); err != nil {
			return
		}
	}
}

// appendAnswer writes the two frames that the host answers a message with.
func appendAnswer(b []byte, f *native.Request, seq uint64) []byte {
	b = native.AppendAccepted(b, f.ID, seq, seq/2+1, false)
	e := abi.Entry{Seq: seq + 1, From: abi.FromBot, Kind: abi.KindText, Body: f.Text,
		Time: time.Now().UnixMilli(), Turn: seq/2 + 1}
	return native.AppendEntry(b, &e, nil, false)
}
