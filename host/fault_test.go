package host

import (
	"context"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/session/pebble"
)

// brokenDisk fails at what fails says, while on is set.
type brokenDisk struct {
	on    atomic.Bool
	err   error
	fails func(errorfs.Op) bool
}

func (d *brokenDisk) String() string { return "broken disk" }

func (d *brokenDisk) MaybeError(op errorfs.Op) error {
	if d.on.Load() && d.fails(op) {
		return d.err
	}
	return nil
}

// TestDiskFault breaks the disk while people talk, twice, and mends it: nobody is
// told that something was accepted which is not there, new connections are told
// why they are refused, and in the end every message has its reply, once and in
// order, though nobody did anything about it.
func TestDiskFault(t *testing.T) {
	for _, tc := range []struct {
		name  string
		err   error
		fails func(errorfs.Op) bool
	}{
		{"full", syscall.ENOSPC, func(op errorfs.Op) bool {
			return op.Kind == errorfs.OpFileWrite || op.Kind == errorfs.OpCreate
		}},
		{"failing sync", syscall.EIO, func(op errorfs.Op) bool {
			return op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData
		}},
		{"read-only", syscall.EROFS, func(op errorfs.Op) bool {
			return op.Kind.ReadOrWrite() == errorfs.OpIsWrite
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			disk := &brokenDisk{err: tc.err, fails: tc.fails}
			store, err := pebble.Open(pebble.Options{
				Dir: "data", FS: errorfs.Wrap(vfs.NewMem(), disk), Reserve: -1, Entries: 1 << 20,
			})
			if err != nil {
				t.Fatal(err)
			}
			h := serve(t, assembleBot(t, "count"), Options{Store: store})
			testDiskFault(t, h, disk)
		})
	}
}

func testDiskFault(t *testing.T, h *running, disk *brokenDisk) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	all := openSpeakers(ctx, t, 8, h.Addr().String())
	for range 2 {
		all.waitAccepted(t, 200)
		disk.on.Store(true)
		wantRefused(t, h)
		disk.on.Store(false)
	}
	all.waitAccepted(t, 200)
	all.end(ctx, t)
	cancel()
	all.hearing.Wait()
	for i, s := range all.speakers {
		if n := s.checkReplies(t, i); len(s.replies) != n {
			t.Errorf("client %d sent %d and got %d replies", i, n, len(s.replies))
		}
	}
	h.logged(t, "cannot commit a turn")
}

// wantRefused talks to the host until a message is refused because of the disk, or
// the connection ends because nobody knows what became of it.
func wantRefused(t *testing.T, h *running) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for n := 0; ; n++ {
		c, err := client.Dial(ctx, client.Options{URL: "ws://" + h.Addr().String()})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Send(ctx, "m"+strconv.Itoa(n), "count"); err != nil {
			t.Fatal(err)
		}
		refused := false
		for !refused {
			f, err := c.Receive(ctx)
			if err != nil || f.Type == native.Entry {
				break // the outcome is not known, or the disk did not fail yet
			}
			refused = f.Type == native.Rejected && f.Code == abi.CodeStoreUnavailable.String()
		}
		_ = c.CloseNow()
		if refused {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("no message was refused while the disk failed")
		}
	}
}
