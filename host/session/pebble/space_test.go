package pebble_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// small is a disk that has as much space as a test says.
type small struct {
	vfs.FS
	free atomic.Uint64
}

func (s *small) GetDiskUsage(string) (vfs.DiskUsage, error) {
	return vfs.DiskUsage{AvailBytes: s.free.Load(), TotalBytes: 1 << 40}, nil
}

// commitTurns makes n turns of a session, and returns its head.
func commitTurns(tb testing.TB, s session.Store, id string, n int) session.Head {
	tb.Helper()
	head := session.Head{Epoch: 1}
	if rec, err := s.Load(tb.Context(), key(id)); err == nil {
		head = rec.Head
	}
	for range n {
		c := turnOf(key(id), head, 10)
		if err := s.Commit(tb.Context(), c); err != nil {
			tb.Fatalf("Commit(%s, turn %d) = %v", id, c.Head.Turn, err)
		}
		head = c.Head
	}
	return head
}

// TestReserve has a disk one byte below, at and above the reserve.
func TestReserve(t *testing.T) {
	disk := &small{FS: vfs.NewMem()}
	disk.free.Store(1 << 30)
	s := open(t, pebble.Options{Dir: "data", FS: disk, Reserve: 1000})
	head := commitTurns(t, s, "a", 3)
	for _, test := range []struct {
		free uint64
		want error
	}{
		{1000, nil}, {999, session.ErrUnavailable}, {0, session.ErrUnavailable}, {1001, nil},
	} {
		disk.free.Store(test.free)
		pebble.CheckSpace(s)
		c := turnOf(key("a"), head, 10)
		err := s.Commit(t.Context(), c)
		if !errors.Is(err, test.want) {
			t.Errorf("Commit(%d bytes free) = %v, want %v", test.free, err, test.want)
		}
		if err == nil {
			head = c.Head
		} else if !strings.Contains(err.Error(), "1000 are held in reserve") {
			t.Errorf("Commit() = %v, want the reserve named", err)
		}
		if got := wantWhole(t, s, key("a")); got != head.Turn {
			t.Errorf("turn = %d, want %d: reads go on", got, head.Turn)
		}
	}
	disk.free.Store(0)
	pebble.CheckSpace(s)
	if err := s.Delete(t.Context(), key("a")); err != nil {
		t.Errorf("Delete(no space) = %v, want nil", err)
	}
}

// TestReserve_looked finds out by itself, after so many bytes.
func TestReserve_looked(t *testing.T) {
	disk := &small{FS: vfs.NewMem()}
	disk.free.Store(1 << 30)
	s := open(t, pebble.Options{Dir: "data", FS: disk, Durability: pebble.None})
	commitTurns(t, s, "a", 1)
	disk.free.Store(1)
	head := session.Head{Epoch: 1}
	for range 100 {
		c := turnOf(key("b"), head, 1<<20)
		if err := s.Commit(t.Context(), c); err != nil {
			if !errors.Is(err, session.ErrUnavailable) {
				t.Errorf("Commit() = %v, want ErrUnavailable", err)
			}
			return
		}
		head = c.Head
	}
	t.Error("100 MiB were written to a full disk")
}
