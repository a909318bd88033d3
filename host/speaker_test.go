package host

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// speaker is one client that goes on talking.
type speaker struct {
	*client.Session
	sent, accepted atomic.Int64
	replies        []string // of one goroutine, until it has ended
	ids            []string
}

// hear collects what comes, and checks that seq rises by one.
func (s *speaker) hear(ctx context.Context, t *testing.T, total *atomic.Int64) {
	var last uint64
	for {
		f, err := s.Receive(ctx)
		if err != nil {
			if !errors.Is(err, client.ErrClosed) && ctx.Err() == nil {
				t.Errorf("Receive: %v", err)
			}
			return
		}
		switch f.Type {
		case native.Accepted, native.Entry:
			if f.Seq != last+1 {
				t.Errorf("seq %d (%s) follows %d", f.Seq, f.Type, last)
			}
			last = f.Seq
		}
		switch {
		case f.Type == native.Accepted:
			s.ids = append(s.ids, f.ID)
			s.accepted.Add(1)
			total.Add(1)
		case f.Type == native.Entry && f.From == abi.FromBot:
			e, err := f.LogEntry()
			if err != nil {
				t.Errorf("LogEntry: %v", err)
			}
			s.replies = append(s.replies, e.Body)
		case f.Type == native.Welcome && f.Reason != "":
			t.Errorf("the session was not resumed: %s", f.Reason)
		}
	}
}

// talk sends messages until quiet is closed.
func (s *speaker) talk(ctx context.Context, t *testing.T, quiet <-chan struct{}) {
	for {
		select {
		case <-quiet:
			return
		default:
		}
		if _, err := s.Send(ctx, "count"); err != nil {
			t.Errorf("Send: %v", err)
			return
		}
		s.sent.Add(1)
	}
}

// checkReplies checks that the replies are the numbers from 1 on, and returns how
// many messages were sent.
func (s *speaker) checkReplies(t *testing.T, client int) int {
	t.Helper()
	for k, reply := range s.replies {
		if reply != strconv.Itoa(k+1) {
			t.Fatalf("client %d: reply %d is %q", client, k+1, reply)
		}
	}
	return int(s.sent.Load())
}

// speakers are many clients that talk to one host.
type speakers struct {
	speakers         []*speaker
	total            *atomic.Int64 // of what was accepted
	talking, hearing sync.WaitGroup
	quiet            chan struct{}
}

// openSpeakers lets n clients talk until end; they hear until ctx ends.
func openSpeakers(ctx context.Context, t *testing.T, n int, addr string) *speakers {
	t.Helper()
	all := &speakers{total: new(atomic.Int64), quiet: make(chan struct{})}
	for range n {
		s := &speaker{}
		var err error
		s.Session, err = client.Open(ctx, client.SessionOptions{
			Options: client.Options{URL: "ws://" + addr}, Pending: 4,
			MinWait: time.Millisecond, MaxWait: 20 * time.Millisecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		all.speakers = append(all.speakers, s)
		all.hearing.Go(func() { s.hear(ctx, t, all.total) })
		all.talking.Go(func() { s.talk(ctx, t, all.quiet) })
	}
	return all
}

// waitAccepted waits until n more messages were accepted.
func (all *speakers) waitAccepted(t *testing.T, n int64) {
	t.Helper()
	until := all.total.Load() + n
	waitFor(t, func() bool { return all.total.Load() >= until })
}

// end lets the clients stop talking, and waits until all that they said is
// accepted.
func (all *speakers) end(ctx context.Context, t *testing.T) {
	t.Helper()
	close(all.quiet)
	all.talking.Wait()
	for _, s := range all.speakers {
		waitFor(t, func() bool { return s.accepted.Load() == s.sent.Load() })
		if err := s.Sync(ctx); err != nil {
			t.Errorf("Sync: %v", err)
		}
	}
}
