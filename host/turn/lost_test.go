package turn_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/bothost/bothost/host/session/pebble"
	"github.com/bothost/bothost/host/turn"
)

// logDisk is a disk whose logs cannot be written to while broken is set. It tells of
// each time that they are brought to safety.
type logDisk struct {
	broken atomic.Bool
	failed chan struct{}
	synced chan struct{}
}

func (d *logDisk) String() string { return "log disk" }

func (d *logDisk) MaybeError(op errorfs.Op) error {
	if op.Kind.ReadOrWrite() != errorfs.OpIsWrite || filepath.Ext(op.Path) != ".log" {
		return nil
	}
	if d.broken.Load() {
		tellOf(d.failed)
		return errors.New("the disk is broken")
	}
	if op.Kind != errorfs.OpFileWrite {
		tellOf(d.synced)
	}
	return nil
}

func tellOf(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// TestTimer_lost: a timer of which the store has lost, by a failure that it recovered
// from, that it went off, goes off again, and the session is what the store has.
func TestTimer_lost(t *testing.T) {
	disk := &logDisk{failed: make(chan struct{}, 1), synced: make(chan struct{}, 1)}
	store, err := pebble.Open(pebble.Options{Dir: "data", FS: errorfs.Wrap(vfs.NewMem(), disk),
		Durability: pebble.Interval, Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := newRunner(t, planner(), turn.Options{Store: store})
	h := newSession(t, r, "s")
	accept(t, h, message("", "a=2s"))
	for quiet := false; !quiet; { // until what was accepted is on the disk
		select {
		case <-disk.synced:
		case <-time.After(400 * time.Millisecond):
			quiet = true
		}
	}
	disk.broken.Store(true)
	select {
	case <-disk.failed:
	case <-time.After(20 * time.Second):
		t.Fatal("the timer did not go off")
	}
	disk.broken.Store(false)
	late := time.After(20 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		page, err := h.Read(t.Context(), 0, 100, nil)
		if err == nil && page.Epoch == 2 && len(page.Entries) == 4 {
			tick.Stop()
			break
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("the log is %+v, %v, want the timer's entry in epoch 2", page, err)
		}
	}
	got := said(t, h)
	if len(got) != 3 || !slices.Equal(got[:2], []string{"hello", "ok"}) ||
		!strings.HasPrefix(got[2], "timer a set for 2s") {
		t.Errorf("said %q, want what the timer said once", got)
	}
}
