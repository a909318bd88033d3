package pebble_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"go.uber.org/goleak"

	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
	"github.com/bothost/bothost/host/session/storetest"
)

func TestMain(m *testing.M) {
	if child() {
		return
	}
	goleak.VerifyTestMain(m, abandoned...)
}

// abandoned are the goroutines of handles that failed and could not be closed.
// TestStore_leavesNothing holds that others leave none.
var abandoned = func() (ignored []goleak.Option) {
	const engine = "github.com/cockroachdb/pebble/v2"
	for _, name := range []string{
		"github.com/bothost/bothost/host/session/pebble.(*fence).do",
		"github.com/bothost/bothost/host/session/pebble.(*handle).abandon.func1",
		engine + ".(*commitPipeline).Commit",
		engine + ".(*DB).AsyncFlush",
		engine + ".(*DB).flush",
		engine + ".(*DB).compact",
		engine + ".(*cleanupManager).mainLoop",
		engine + ".(*ConcurrencyLimitScheduler).periodicGranter",
		engine + "/internal/genericcache.(*shard[...]).releaseLoop",
		engine + "/record.(*LogWriter).flushLoop",
		engine + ".(*Batch).SyncWait",
	} {
		ignored = append(ignored, goleak.IgnoreAnyFunction(name))
	}
	return ignored
}()

func TestStore_leavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	disk := vfs.NewMem()
	for _, d := range []pebble.Durability{pebble.Sync, pebble.Interval, pebble.None} {
		s, err := pebble.Open(pebble.Options{Dir: "data", FS: disk, Durability: d})
		if err != nil {
			t.Fatal(err)
		}
		l := newLoad(t, s, 8, 100)
		l.progress(t)
		l.end(t)
		if err := s.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	}
}

// folders opens stores, each on a disk of its own, and again.
type folders struct {
	opts pebble.Options
	mu   sync.Mutex // guards the following
	// disks are those of the stores that were opened.
	disks map[session.Store]*vfs.MemFS
}

func newFolders(opts pebble.Options) *folders {
	return &folders{opts: opts, disks: make(map[session.Store]*vfs.MemFS)}
}

func (f *folders) open(tb testing.TB) session.Store { return f.on(tb, vfs.NewCrashableMem()) }

func (f *folders) on(tb testing.TB, disk *vfs.MemFS) *pebble.Store {
	tb.Helper()
	opts := f.opts
	opts.Dir, opts.FS = "data", disk
	s := open(tb, opts)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.disks[s] = disk
	return s
}

func (f *folders) reopen(tb testing.TB, s session.Store) session.Store {
	f.mu.Lock()
	disk := f.disks[s]
	f.mu.Unlock()
	return f.on(tb, disk)
}

// damage opens a closed store of which a job is of a newer form, and the end of the
// session's time is cut off.
func (f *folders) damage(tb testing.TB, s session.Store, key session.Key, job string) session.Store {
	tb.Helper()
	f.mu.Lock()
	disk := f.disks[s]
	f.mu.Unlock()
	write(tb, disk, pebble.JobKey(key, job), "\x07newer")
	replace(tb, disk, pebble.ExpirySuffix(key), "\x01")
	return f.on(tb, disk)
}

// crash opens what a power cut right after a sync leaves.
func (f *folders) crash(tb testing.TB, s session.Store) session.Store {
	tb.Helper()
	if err := pebble.SyncNow(s.(*pebble.Store)); err != nil {
		tb.Fatal(err)
	}
	f.mu.Lock()
	disk := f.disks[s]
	f.mu.Unlock()
	left := disk.CrashClone(vfs.CrashCloneCfg{})
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	return f.on(tb, left)
}

// open opens a store, and closes it with the test.
func open(tb testing.TB, opts pebble.Options) *pebble.Store {
	tb.Helper()
	s, err := pebble.Open(opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("Close() = %v", err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	for _, test := range []struct {
		name string
		opts pebble.Options
	}{
		{"sync", pebble.Options{Entries: 8, MessageIDs: 8}},
		{"interval", pebble.Options{Entries: 9, MessageIDs: 10, Durability: pebble.Interval}},
		{"none", pebble.Options{Entries: 100, MessageIDs: 33, Durability: pebble.None}},
		{"forgetful", pebble.Options{Entries: 10, MessageIDs: 9, Known: 1, Durability: pebble.Interval}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFolders(test.opts)
			opts := storetest.Options{Entries: int(test.opts.Entries),
				MessageIDs: int(test.opts.MessageIDs), Reopen: f.reopen, Damage: f.damage}
			if test.opts.Durability != pebble.Sync {
				opts.Crash = f.crash
			}
			storetest.Run(t, f.open, opts)
		})
	}
}

func key(id string) session.Key {
	return session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: id}
}

func TestStore_Disk(t *testing.T) {
	opts := pebble.Options{Entries: 8, MessageIDs: 8, Durability: pebble.None}
	dirs := make(map[session.Store]string)
	on := func(tb testing.TB, dir string) session.Store {
		opts := opts
		opts.Dir = dir
		s := open(tb, opts)
		dirs[s] = dir
		return s
	}
	storetest.Run(t, func(tb testing.TB) session.Store { return on(tb, tb.TempDir()) },
		storetest.Options{Entries: 8, MessageIDs: 8,
			Reopen: func(tb testing.TB, s session.Store) session.Store { return on(tb, dirs[s]) }})
}

// TestKnown holds the bound of what is kept in memory.
func TestKnown(t *testing.T) {
	s := open(t, pebble.Options{Dir: "data", FS: vfs.NewMem(), Durability: pebble.None, Known: 64})
	for i := range 1000 {
		c := &session.Commit{Key: key(fmt.Sprint(i)), Head: session.Head{Epoch: 1, Turn: 1}}
		if err := s.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if n := pebble.Known(s); n == 0 || n > 64 {
		t.Errorf("%d sessions are known, want 64 at most", n)
	}
}
