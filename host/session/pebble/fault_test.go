package pebble_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// fault is a disk that fails while on is set.
type fault struct {
	on atomic.Bool
	// hits counts the operations that failed.
	hits  atomic.Int64
	err   error
	fails func(op errorfs.Op) bool
}

func (f *fault) String() string { return "fault" }

func (f *fault) MaybeError(op errorfs.Op) error {
	if !f.on.Load() || !f.fails(op) {
		return nil
	}
	f.hits.Add(1)
	return f.err
}

// ofKind matches operations on files whose names end so.
func ofKind(ends string, kinds ...errorfs.OpKind) func(errorfs.Op) bool {
	return func(op errorfs.Op) bool {
		for _, kind := range kinds {
			if op.Kind == kind && matches(filepath.Base(op.Path), ends) {
				return true
			}
		}
		return false
	}
}

func matches(name, ends string) bool {
	return strings.HasSuffix(name, ends) || ends == "MANIFEST" && strings.HasPrefix(name, ends)
}

func writes(op errorfs.Op) bool { return op.Kind.ReadOrWrite() == errorfs.OpIsWrite }

var faults = []struct {
	name  string
	err   error
	fails func(errorfs.Op) bool
}{
	{"full", syscall.ENOSPC, ofKind("", errorfs.OpFileWrite, errorfs.OpFileWriteAt,
		errorfs.OpCreate, errorfs.OpReuseForWrite, errorfs.OpFilePreallocate)},
	{"read-only", syscall.EROFS, writes},
	{"log write", syscall.EIO, ofKind(".log", errorfs.OpFileWrite)},
	{"log sync", syscall.EIO, ofKind(".log", errorfs.OpFileSync, errorfs.OpFileSyncData,
		errorfs.OpFileSyncTo)},
	{"log create", syscall.EIO, ofKind(".log", errorfs.OpCreate, errorfs.OpReuseForWrite)},
	{"folder sync", syscall.EIO, ofKind("data", errorfs.OpFileSync)},
	{"table write", syscall.EIO, ofKind(".sst", errorfs.OpFileWrite)},
	{"table sync", syscall.EIO, ofKind(".sst", errorfs.OpFileSync, errorfs.OpFileSyncData)},
	{"table create", syscall.ENOSPC, ofKind(".sst", errorfs.OpCreate)},
	{"manifest write", syscall.EIO, ofKind("MANIFEST", errorfs.OpFileWrite)},
	{"manifest sync", syscall.EIO, ofKind("MANIFEST", errorfs.OpFileSync, errorfs.OpFileSyncData)},
}

// TestFaults lets the disk fail under load, in each way, and again: what was
// acknowledged stays, calls fail clearly, and the store recovers with the disk.
func TestFaults(t *testing.T) {
	for _, test := range faults {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			disk := vfs.NewCrashableMem()
			f := &fault{err: test.err, fails: test.fails}
			s := open(t, pebble.Options{Dir: "data", FS: errorfs.Wrap(disk, f), Entries: 16})
			l := newLoad(t, s, 8, 16<<10)
			for range 2 {
				l.progress(t)
				f.on.Store(true)
				l.until(t, "the store fails", func() bool { return pebble.Serves(s) != nil })
				if err := pebble.Serves(s); !errors.Is(err, session.ErrUnavailable) {
					t.Errorf("failed store says %v, want ErrUnavailable", err)
				}
				f.on.Store(false)
				l.until(t, "the store serves", func() bool { return pebble.Serves(s) == nil })
			}
			l.progress(t)
			l.end(t)
			if f.hits.Load() == 0 {
				t.Error("nothing failed")
			}
			select {
			case <-s.Lost():
				t.Error("something is said to be lost")
			default:
			}
			l.check(t, s)
			left := disk.CrashClone(vfs.CrashCloneCfg{})
			l.check(t, open(t, pebble.Options{Dir: "data", FS: left, Entries: 16}))
		})
	}
}

// TestFaults_lossy has stores that may lose what was acknowledged: sessions are
// whole, and each failure begins a new epoch.
func TestFaults_lossy(t *testing.T) {
	for _, d := range []pebble.Durability{pebble.Interval, pebble.None} {
		t.Run(fmt.Sprint("durability=", d), func(t *testing.T) {
			t.Parallel()
			f := &fault{err: syscall.EIO, fails: ofKind(".log", errorfs.OpFileWrite)}
			s := open(t, pebble.Options{Dir: "data", FS: errorfs.Wrap(vfs.NewMem(), f),
				Entries: 16, Durability: d})
			for i := range 8 {
				commitTurns(t, s, strconv.Itoa(i), 1)
			}
			if err := pebble.SyncNow(s); err != nil {
				t.Fatal(err)
			}
			l := startLoad(t, s, 8, 1<<10, true)
			for range 3 {
				l.progress(t)
				f.on.Store(true)
				l.until(t, "the store fails", func() bool { return pebble.Serves(s) != nil })
				f.on.Store(false)
				l.until(t, "the store serves", func() bool { return pebble.Serves(s) == nil })
				select {
				case <-s.Lost():
				case <-time.After(time.Minute):
					t.Fatal("nobody is told that something may be lost")
				}
			}
			l.progress(t)
			l.end(t)
			for i := range l.acked {
				k := key(strconv.Itoa(i))
				rec, err := s.Load(t.Context(), k)
				if err != nil {
					t.Fatalf("Load(%v) = %v", k, err)
				}
				wantWhole(t, s, k)
				if rec.Head.Epoch != 4 {
					t.Errorf("%v has epoch %d after 3 failures, want 4", k, rec.Head.Epoch)
				}
			}
		})
	}
}

// TestFaults_close closes stores that fail, or are about to.
func TestFaults_close(t *testing.T) {
	for i, test := range append(faults, faults...) {
		failed := i >= len(faults)
		t.Run(fmt.Sprintf("%s/failed=%v", test.name, failed), func(t *testing.T) {
			t.Parallel()
			disk := vfs.NewCrashableMem()
			f := &fault{err: test.err, fails: test.fails}
			s, err := pebble.Open(pebble.Options{Dir: "data", FS: errorfs.Wrap(disk, f), Entries: 16})
			if err != nil {
				t.Fatal(err)
			}
			l := newLoad(t, s, 4, 16<<10)
			l.progress(t)
			f.on.Store(true)
			if failed {
				l.until(t, "the store fails", func() bool { return pebble.Serves(s) != nil })
			}
			l.end(t)
			_ = s.Close() // with an error, or not
			left := disk.CrashClone(vfs.CrashCloneCfg{})
			l.check(t, open(t, pebble.Options{Dir: "data", FS: left, Entries: 16}))
		})
	}
}

// load is a number of writers that go on whatever happens.
type load struct {
	store   session.Store
	size    int
	stop    chan struct{}
	writers sync.WaitGroup
	acked   []atomic.Uint64 // the last turn of each session that was acknowledged
	commits atomic.Int64
	lossy   bool // what was acknowledged may be lost
}

func newLoad(tb testing.TB, s session.Store, sessions, size int) *load {
	return startLoad(tb, s, sessions, size, false)
}

func startLoad(tb testing.TB, s session.Store, sessions, size int, lossy bool) *load {
	l := &load{store: s, size: size, stop: make(chan struct{}),
		acked: make([]atomic.Uint64, sessions), lossy: lossy}
	tb.Cleanup(func() { l.end(tb) })
	for i := range sessions {
		l.writers.Go(func() { l.write(tb, i) })
	}
	return l
}

// end ends the writers, and waits for them.
func (l *load) end(testing.TB) {
	l.endSoon()
	l.writers.Wait()
}

func (l *load) endSoon() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
}

// write commits to one session, and loads it after each failure.
func (l *load) write(tb testing.TB, i int) {
	k := key(strconv.Itoa(i))
	head := session.Head{Epoch: 1}
	if rec, err := l.store.Load(context.Background(), k); err == nil {
		head = rec.Head
	}
	for {
		select {
		case <-l.stop:
			return
		default:
		}
		c := turnOf(k, head, l.size)
		err := l.store.Commit(context.Background(), c)
		if err == nil {
			head = c.Head
			l.acked[i].Store(head.Turn)
			l.commits.Add(1)
			continue
		}
		late := l.lossy && errors.Is(err, session.ErrConflict) // it was loaded before
		if !late && !errors.Is(err, session.ErrUnavailable) && !errors.Is(err, session.ErrUnknown) {
			tb.Errorf("Commit() = %v, want ErrUnavailable or ErrUnknown", err)
			return
		}
		if head = l.reload(tb, k, head, err); head.Epoch == 0 {
			return
		}
	}
}

// reload waits until a session can be loaded.
func (l *load) reload(tb testing.TB, k session.Key, last session.Head, cause error) session.Head {
	for {
		rec, err := l.store.Load(context.Background(), k)
		switch {
		case err == nil && l.lossy:
			return rec.Head
		case l.lossy && errors.Is(err, session.ErrNotFound):
			return session.Head{Epoch: 1}
		case err == nil && (rec.Head.Turn < last.Turn || rec.Head.Turn > last.Turn+1):
			tb.Errorf("turn %d is there after turn %d was acknowledged", rec.Head.Turn, last.Turn)
			return session.Head{}
		case err == nil && rec.Head.Turn > last.Turn && !errors.Is(cause, session.ErrUnknown):
			tb.Errorf("a commit happened that ended in %v", cause)
			return session.Head{}
		case err == nil:
			return rec.Head
		case errors.Is(err, session.ErrNotFound) && last.Turn == 0:
			return last
		case !errors.Is(err, session.ErrUnavailable):
			tb.Errorf("Load() = %v, want ErrUnavailable", err)
			return session.Head{}
		}
		select {
		case <-l.stop:
			return session.Head{}
		case <-time.After(time.Millisecond):
		}
	}
}

// turnOf is the commit of one entry that follows head.
func turnOf(k session.Key, head session.Head, size int) *session.Commit {
	head.Turn++
	head.Seq++
	head.Updated = int64(head.Turn)
	text := fmt.Sprint(head.Turn)
	return &session.Commit{Key: k, Head: head,
		Vars: []abi.Var{{Key: "n", Value: text}},
		Entries: []abi.Entry{{Seq: head.Seq, From: abi.FromBot, Kind: abi.KindText,
			Body: text + strings.Repeat(" ", size), Turn: head.Turn}},
		Receipt: session.Receipt{ID: text, Epoch: head.Epoch, Seq: head.Seq, Turn: head.Turn},
	}
}

// until waits for a condition under load.
func (l *load) until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	deadline := time.After(time.Minute)
	for !ok() {
		select {
		case <-time.After(time.Millisecond):
		case <-deadline:
			tb.Fatalf("after a minute not yet: %s", what)
		}
	}
}

// progress waits until more was committed.
func (l *load) progress(tb testing.TB) {
	tb.Helper()
	from := l.commits.Load()
	l.until(tb, "commits", func() bool { return tb.Failed() || l.commits.Load() >= from+100 })
}

// check looks at all sessions: what was acknowledged is there, and whole.
func (l *load) check(tb testing.TB, s session.Store) {
	tb.Helper()
	for i := range l.acked {
		k, acked := key(strconv.Itoa(i)), l.acked[i].Load()
		if acked == 0 {
			continue
		}
		if turn := wantWhole(tb, s, k); turn < acked || turn > acked+1 {
			tb.Errorf("session %d has turn %d, acknowledged was %d", i, turn, acked)
		}
	}
}

// wantWhole checks that nothing of a session is of another turn than the rest,
// and returns that turn.
func wantWhole(tb testing.TB, s session.Store, k session.Key) (turn uint64) {
	tb.Helper()
	rec, err := s.Load(tb.Context(), k)
	if err != nil {
		tb.Fatalf("Load(%v) = %v", k, err)
	}
	page, err := s.Read(tb.Context(), k, 0, 1<<20, nil)
	if err != nil {
		tb.Fatalf("Read(%v) = %v", k, err)
	}
	turn = rec.Head.Turn
	text := fmt.Sprint(turn)
	receipt, err := s.Receipt(tb.Context(), k, text)
	if rec.Vars["n"] != text || err != nil || receipt.Turn != turn || page.Last != turn {
		tb.Errorf("%v: turn %d, variable %q, receipt of turn %d (%v), log to %d: not of one commit",
			k, turn, rec.Vars["n"], receipt.Turn, err, page.Last)
	}
	for i, e := range page.Entries {
		if want := page.First + uint64(i); e.Seq != want || e.Turn != want {
			tb.Errorf("%v: entry %d of turn %d stands at %d", k, e.Seq, e.Turn, want)
		}
	}
	return turn
}
