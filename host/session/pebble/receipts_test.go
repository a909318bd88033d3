package pebble_test

import (
	"errors"
	"fmt"
	"testing"

	db "github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// TestMessageIDs_changed: a folder that is opened for more message ids than before, or
// for fewer, forgets none that it must know, and does not keep all for ever.
func TestMessageIDs_changed(t *testing.T) {
	for _, sizes := range [][]int{
		{10, 100, 100}, {100, 10, 100}, {8, 9, 8}, {64, 1, 1}, {1, 64, 7}, {30, 60, 20, 90},
	} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			disk, turn, known, largest := vfs.NewMem(), 0, 0, 0
			for _, size := range sizes {
				opts := pebble.Options{Dir: "data", FS: disk, MessageIDs: int64(size)}
				s := open(t, opts)
				known, largest = min(known, size), max(largest, size)
				for i := range 5*size + 17 {
					if i%7 == 3 || i == 0 {
						wantIDs(t, s, turn, known)
					}
					turn++
					known = min(known+1, size)
					commitID(t, s, turn)
				}
				wantIDs(t, s, turn, known)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if n := countReceipts(t, disk); n > sizes[len(sizes)-1]+2*sizes[0] {
				t.Errorf("%d receipts are kept, want no more than two generations above %d",
					n, sizes[len(sizes)-1])
			}
		})
	}
}

func commitID(t *testing.T, s session.Store, turn int) {
	t.Helper()
	c := &session.Commit{Key: key("a"), Head: session.Head{Epoch: 1, Turn: uint64(turn)},
		Receipt: session.Receipt{ID: fmt.Sprint("id", turn), Epoch: 1, Turn: uint64(turn)}}
	if err := s.Commit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// wantIDs wants the newest n of so many ids known.
func wantIDs(t *testing.T, s session.Store, newest, n int) {
	t.Helper()
	for turn := newest; turn > newest-n; turn-- {
		r, err := s.Receipt(t.Context(), key("a"), fmt.Sprint("id", turn))
		if err != nil || r.Turn != uint64(turn) {
			t.Fatalf("Receipt(%d of %d) = %+v, %v, want it known", turn, newest, r, err)
		}
	}
}

func countReceipts(t *testing.T, disk vfs.FS) (n int) {
	t.Helper()
	d, err := db.Open("data", &db.Options{FS: disk, Logger: discard{},
		FormatMajorVersion: db.FormatNewest})
	if err != nil {
		t.Fatal(err)
	}
	it, err := d.NewIter(&db.IterOptions{LowerBound: []byte("r"), UpperBound: []byte("s")})
	if err != nil {
		t.Fatal(err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		n++
	}
	if err := errors.Join(it.Close(), d.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}
