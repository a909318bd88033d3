package pebble_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// TestPowerCut cuts the power under load: of what was not synced, any part may be
// on the disk.
func TestPowerCut(t *testing.T) {
	for _, d := range []pebble.Durability{pebble.Sync, pebble.Interval, pebble.None} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("durability=%d/seed=%d", d, seed), func(t *testing.T) {
				disk := vfs.NewCrashableMem()
				opts := pebble.Options{Dir: "data", FS: disk, Durability: d, Entries: 16}
				s := open(t, opts)
				l := newLoad(t, s, 8, 2<<10)
				l.progress(t)
				acked := make([]uint64, len(l.acked))
				for i := range acked {
					acked[i] = l.acked[i].Load()
				}
				opts.FS = disk.CrashClone(vfs.CrashCloneCfg{
					UnsyncedDataPercent: int(seed) * 30, RNG: rand.New(rand.NewPCG(seed, 1))})
				l.end(t)
				left := open(t, opts)
				for i, turn := range acked {
					id := fmt.Sprint(i)
					rec, err := left.Load(t.Context(), key(id))
					if errors.Is(err, session.ErrNotFound) && (turn == 0 || d != pebble.Sync) {
						continue
					}
					got := wantWhole(t, left, key(id))
					if d == pebble.Sync && got < turn {
						t.Errorf("session %d has turn %d, acknowledged was %d", i, got, turn)
					}
					if lossy := d != pebble.Sync; (rec.Head.Epoch > 1) != lossy {
						t.Errorf("session %d has epoch %d", i, rec.Head.Epoch)
					}
				}
			})
		}
	}
}

// TestTorn cuts bytes off the end of the log: the last turn is whole or not there,
// and all others are.
func TestTorn(t *testing.T) {
	disk := vfs.NewCrashableMem()
	s := open(t, pebble.Options{Dir: "data", FS: disk})
	const turns = 10
	commitTurns(t, s, "a", turns)
	seen := make(map[uint64]bool)
	for cut := range 64 {
		left := disk.CrashClone(vfs.CrashCloneCfg{})
		tear(t, left, cut)
		s := open(t, pebble.Options{Dir: "data", FS: left})
		got := wantWhole(t, s, key("a"))
		if got < turns-1 || cut == 0 && got != turns {
			t.Errorf("%d bytes cut off: turn %d, want %d or one less", cut, got, turns)
		}
		seen[got] = true
		commitTurns(t, s, "a", 1)
	}
	if !seen[turns-1] {
		t.Error("no record was torn")
	}
}

// tear cuts bytes off the newest log.
func tear(t *testing.T, disk vfs.FS, cut int) {
	t.Helper()
	names, err := disk.List("data")
	if err != nil {
		t.Fatal(err)
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasSuffix(n, ".log") })
	name := disk.PathJoin("data", slices.Max(names))
	file, err := disk.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(file)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.TrimRight(string(text), "\x00")) // what was allocated ahead
	file, err = disk.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.Write(text[:len(text)-cut])
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		t.Fatal(err)
	}
}
