package socket

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// response is one whose connection can be taken over; early has come already.
type response struct {
	http.ResponseWriter
	conn  net.Conn
	early string
}

func (r response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	in := bufio.NewReader(io.MultiReader(strings.NewReader(r.early), r.conn))
	_, err := in.Peek(len(r.early))
	return r.conn, bufio.NewReadWriter(in, bufio.NewWriter(r.conn)), err
}

// pair is a socket over a pipe, with a clock that tests set.
type pair struct {
	*Socket
	clock  atomic.Int64
	writes int
	client net.Conn
}

func newPair(t *testing.T, early string) *pair {
	t.Helper()
	ours, theirs := net.Pipe()
	p := &pair{client: theirs}
	p.clock.Store(1)
	p.Socket = New(Options{
		Clock: &p.clock, Slow: 10 * time.Second, Budget: 10,
		BeforeRead: func() {}, BeforeWrite: func() { p.writes++ },
	})
	_, _, err := p.Over(response{conn: ours, early: early}).(http.Hijacker).Hijack()
	if err != nil {
		t.Fatal(err)
	}
	p.Completed()
	t.Cleanup(func() { p.Abort(); _ = theirs.Close() })
	return p
}

// gets has the client send, and the socket read it.
func (p *pair) gets(t *testing.T, text string) error {
	t.Helper()
	go func() { _, _ = io.WriteString(p.client, text) }()
	got := make([]byte, len(text))
	n, err := p.Read(got)
	if err == nil && string(got[:n]) != text {
		t.Errorf("read %q, want %q", got[:n], text)
	}
	return err
}

// Bytes without a message: one below, at and one above the budget; time refills it,
// and a message does at once.
func TestSocket_Budget(t *testing.T) {
	p := newPair(t, "")
	for _, step := range []struct {
		name    string
		passed  time.Duration
		message bool
		size    int
		want    error
	}{
		{"below", 0, false, 9, nil},
		{"at", 0, false, 1, nil},
		{"refilled", time.Second, false, 10, nil},
		{"after a message", 0, true, 10, nil},
		{"after hours", 3 * time.Hour, false, 5, nil},
		{"above", 0, false, 20, ErrFlood},
	} {
		p.clock.Add(int64(step.passed))
		if step.message {
			p.Completed()
		}
		err := p.gets(t, strings.Repeat("x", step.size))
		if !errors.Is(err, step.want) {
			t.Fatalf("%s: read = %v, want %v", step.name, err, step.want)
		}
	}
}

// What came with the handshake is read first, and counts.
func TestSocket_Early(t *testing.T) {
	p := newPair(t, "early")
	got := make([]byte, 100)
	if n, err := p.Read(got); err != nil || string(got[:n]) != "early" {
		t.Errorf("Read() = %q, %v, want early", got[:n], err)
	}
	if p.Reads() != 0 {
		t.Errorf("Reads() = %d, want none of the connection", p.Reads())
	}
	if err := p.gets(t, "late"); err != nil {
		t.Fatal(err)
	}
	if p.Ahead() || p.Reads() == 0 {
		t.Errorf("Ahead() = %t, Reads() = %d", p.Ahead(), p.Reads())
	}
}

// Control frames: one below, at and one above the burst, and then the rate.
func TestSocket_Control(t *testing.T) {
	p := newPair(t, "")
	for i := range controlBurst {
		if !p.Control() {
			t.Fatalf("control frame %d is one too many", i+1)
		}
	}
	if p.Control() {
		t.Error("the burst has no end")
	}
	if err := p.gets(t, "x"); !errors.Is(err, ErrFlood) {
		t.Errorf("read = %v, want a flood", err)
	}
	p.clock.Add(int64(time.Second))
	p.Completed()
	for i := range controlRate {
		if !p.Control() {
			t.Fatalf("control frame %d of a second is one too many", i+1)
		}
	}
	if p.Control() {
		t.Error("the rate has no end")
	}
}

// A read that waits is interrupted, and so are those that come, until the farewell.
func TestSocket_Interrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, "")
		failed := make(chan error)
		go func() {
			_, err := p.Read(make([]byte, 1))
			failed <- err
		}()
		synctest.Wait()
		if p.Waiting() == 0 {
			t.Error("nobody waits")
		}
		p.Interrupt()
		if err := <-failed; err == nil {
			t.Error("the read was not interrupted")
		}
		if _, err := p.Read(make([]byte, 1)); !errors.Is(err, ErrInterrupted) {
			t.Errorf("Read() = %v, want ErrInterrupted", err)
		}
		p.Farewell()
		go func() { _, _ = io.WriteString(p.client, "x") }()
		if _, err := p.Read(make([]byte, 1)); err != nil {
			t.Errorf("Read() after the farewell = %v", err)
		}
		if p.Waiting() != 0 {
			t.Error("somebody waits")
		}
	})
}

// What is gathered leaves in one write.
func TestSocket_Gather(t *testing.T) {
	p := newPair(t, "")
	p.Gather(make([]byte, 0, 4))
	for range 3 {
		if _, err := p.Write([]byte("abc")); err != nil {
			t.Fatal(err)
		}
	}
	if p.writes != 0 || p.Busy() {
		t.Errorf("%d writes, busy %t, before Release", p.writes, p.Busy())
	}
	got := make(chan []byte)
	go func() {
		b := make([]byte, 100)
		n, _ := p.client.Read(b)
		got <- b[:n]
	}()
	if _, err := p.Release(); err != nil {
		t.Fatal(err)
	}
	if b := <-got; !bytes.Equal(b, []byte("abcabcabc")) || p.writes != 1 {
		t.Errorf("the client got %q in %d writes", b, p.writes)
	}
}

// Who takes a byte now and then is written to for as long as it likes; who takes none
// is not.
func TestSocket_Slow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t, "")
		written := make(chan error)
		go func() {
			_, err := p.Write(make([]byte, 20))
			written <- err
		}()
		pass := func(d time.Duration) {
			synctest.Wait()
			p.clock.Add(int64(d))
			p.Poke(p.clock.Load(), time.Second)
			synctest.Wait()
		}
		for range 10 {
			pass(9 * time.Second)
			if _, err := p.client.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			pass(0)
			if !p.Busy() {
				t.Fatal("the write has ended")
			}
		}
		pass(10 * time.Second)
		if err := <-written; !errors.Is(err, ErrSlow) || p.Busy() {
			t.Errorf("Write() = %v, busy %t, want ErrSlow", err, p.Busy())
		}
	})
}
