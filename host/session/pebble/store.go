package pebble

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Options say where sessions are kept, and how.
type Options struct {
	// Dir is the folder; it is made if it is not there.
	Dir string
	// Durability is what a commit that was acknowledged outlives. If zero, [Sync].
	Durability Durability
	// Entries is how many of the newest entries stay; some more may, since the
	// log is trimmed in blocks. If zero, the default of [abi.Limits].
	Entries int64
	// MessageIDs is of how many commits the receipts stay; as many more may. If
	// zero, the default of [abi.Limits].
	MessageIDs int64
	// Keep is how long idle sessions stay. If zero, [session.DefaultKeep]. Where it
	// is made shorter, sessions are found expired by the old value until their next
	// turn.
	Keep time.Duration
	// Reserve is how many bytes must be free on the disk for commits to be taken.
	// If zero, 64 MiB; if negative, none.
	Reserve int64
	// CacheBytes is the size of the cache of blocks that were read. If zero, 32 MiB.
	CacheBytes int64
	// Known is of how many sessions the store keeps in memory what a commit needs;
	// a commit to another one reads it, some 300 bytes each. If zero, 65 536.
	Known int
	// FS is the file system. If nil, the system's.
	FS vfs.FS
	// Logger is told of failures. If nil, nobody is.
	Logger *slog.Logger
}

// Durability says what a commit that was acknowledged outlives. In every mode a
// commit is whole or not there, and those that are there are the first ones: what
// is lost was committed last.
type Durability byte

const (
	// Sync: a crash of the process, or of the machine, loses nothing. The disk is
	// synced before Commit returns, once for all commits that wait.
	Sync Durability = iota
	// Interval: a crash of the process or of the machine loses what was committed
	// in the last 100 ms, or more where a sync takes longer. After either, all
	// sessions begin a new epoch.
	Interval
	// None: a crash of the process loses what was not yet written to the log, which
	// is written by blocks of 32 KiB, however long one takes to fill; a crash of the
	// machine loses what the system had not yet put on the disk, 16 MiB at most,
	// since each log is synced when it ends. After either, all sessions begin a new
	// epoch.
	None
)

// withDefaults returns the options with all fields set.
func (o Options) withDefaults() Options {
	limits := abi.Limits{Entries: o.Entries, MessageIDs: o.MessageIDs}.Defaults()
	o.Entries, o.MessageIDs = limits.Entries, limits.MessageIDs
	o.Keep = cmp.Or(o.Keep, session.DefaultKeep)
	o.Reserve = cmp.Or(o.Reserve, 64<<20)
	o.CacheBytes = cmp.Or(o.CacheBytes, 32<<20)
	o.Known = cmp.Or(o.Known, 1<<16)
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Store keeps sessions in a folder.
type Store struct {
	opts  Options
	lock  io.Closer
	cache io.Closer
	space space
	open  func() (*handle, error)
	// current is what serves now.
	current atomic.Pointer[serving]
	stop    chan struct{} // closed by Close
	lost    chan struct{} // see Lost
	keeper  sync.WaitGroup
	close   func() error
	// abandoned counts the handles that could not be closed; of the keeper.
	abandoned int
}

// serving is the open handle, or why there is none.
type serving struct {
	handle *handle
	err    error
}

var (
	_ session.Store = (*Store)(nil)
	_ session.Lossy = (*Store)(nil)
)

var errClosed = fmt.Errorf("pebble: %w: closed", session.ErrUnavailable)

// Open opens the sessions in a folder. It holds the folder's lock until Close.
//
// # Errors
//
//   - [ErrLocked] if another store has the folder, in this process or another one
//   - [ErrNewer] if the folder was written by a newer program
//   - [ErrForeign] if the folder holds something else
//   - the file system's errors
func Open(opts Options) (*Store, error) {
	opts = opts.withDefaults()
	if opts.Durability > None {
		return nil, fmt.Errorf("pebble: no durability %d", opts.Durability)
	}
	lock, err := lockFolder(opts.FS, opts.Dir)
	if err != nil {
		return nil, err
	}
	s := &Store{opts: opts, lock: lock, stop: make(chan struct{}), lost: make(chan struct{}, 1)}
	s.space = space{fs: opts.FS, dir: opts.Dir, reserve: opts.Reserve}
	shared := newCache(opts.CacheBytes)
	s.cache = shared
	s.open = func() (*handle, error) { return openHandle(opts, shared) }
	s.close = sync.OnceValue(s.shutdown)
	h, err := s.open()
	if err != nil {
		return nil, errors.Join(err, shared.Close(), lock.Close())
	}
	s.space.check()
	s.current.Store(&serving{handle: h})
	s.keeper.Go(func() { s.keep(h) })
	return s, nil
}

// Lost implements [session.Lossy].
func (s *Store) Lost() <-chan struct{} { return s.lost }

// Close implements [session.Store]. It waits for the calls that run.
func (s *Store) Close() error { return s.close() }

// shutdown is Close, once. Calls that come later find nothing that serves.
func (s *Store) shutdown() error {
	close(s.stop)
	s.keeper.Wait()
	last := s.current.Swap(&serving{err: errClosed})
	var err error
	if last.handle != nil {
		err = last.handle.close()
	}
	return errors.Join(err, s.cache.Close(), s.lock.Close())
}

// use returns the handle that serves; the caller must leave it.
func (s *Store) use(ctx context.Context, key session.Key) (*handle, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	return s.enter(ctx)
}

func (s *Store) enter(ctx context.Context) (*handle, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now := s.current.Load()
	if now.handle == nil {
		return nil, now.err
	}
	if !now.handle.enter() {
		return nil, now.handle.reason()
	}
	return now.handle, nil
}
