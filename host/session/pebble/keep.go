package pebble

import (
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/host/session"
)

const (
	syncInterval  = 100 * time.Millisecond
	spaceInterval = time.Second
	minBackoff    = 100 * time.Millisecond
	maxBackoff    = 10 * time.Second
	// patience is how long a handle that is given up may take for each of its
	// steps.
	patience = time.Second
	// healthy is how long a handle must serve for the next failure to be a first
	// one.
	healthy = time.Minute
	// maxAbandoned is how many handles may stay that could not be closed.
	maxAbandoned = 16
)

// openHandle opens the folder.
func openHandle(opts Options, cache *sharedCache) (*handle, error) {
	h := &handle{opts: opts}
	h.failed = make(chan struct{})
	h.fence = newFence(h.fail)
	h.index = newIndex(opts.Known)
	db, err := pebble.Open(opts.Dir, h.pebbleOptions(cache))
	if err != nil {
		return nil, fmt.Errorf("pebble: open %s: %w", opts.Dir, err)
	}
	h.start(db)
	err = checkSchema(db, opts.Dir)
	if err == nil {
		h.generation, err = generationSize(db, uint64(opts.MessageIDs))
	}
	if err == nil {
		h.run, err = beginRun(h, opts.Durability)
	}
	select {
	case <-h.failed: // what pebble calls fatal, it does not return
		err = errors.Join(err, h.cause)
	default:
	}
	if err != nil {
		h.dismiss()
		return nil, errors.Join(err, db.Close())
	}
	h.fence.guard(true)
	return h, nil
}

// keep looks after the store until it is closed: it syncs, looks for space, and
// opens the folder again after a failure. Close waits for it.
func (s *Store) keep(h *handle) {
	space := time.NewTicker(spaceInterval)
	defer space.Stop()
	sync := time.NewTicker(syncInterval)
	defer sync.Stop()
	if s.opts.Durability != Interval {
		sync.Stop()
	}
	backoff, since := minBackoff, time.Now()
	for {
		select {
		case <-s.stop:
			return
		case <-space.C:
			s.space.check()
		case <-sync.C:
			if err := h.sync(); err != nil && !errors.Is(err, session.ErrUnknown) {
				h.fail(err)
			}
		case <-h.failed:
			if time.Since(since) > healthy {
				backoff = minBackoff
			}
			if h = s.reopen(h, &backoff); h == nil {
				return
			}
			since = time.Now()
		}
	}
}

// reopen gives up a handle and opens the folder again; nil if the store is closed
// first.
func (s *Store) reopen(failed *handle, backoff *time.Duration) *handle {
	s.opts.Logger.Warn("the store failed", "dir", s.opts.Dir, "err", failed.cause)
	s.current.Store(&serving{err: failed.reason()})
	if !failed.abandon(s.stop) {
		s.abandoned++
		s.opts.Logger.Warn("the failed store could not be closed", "dir", s.opts.Dir,
			"abandoned", s.abandoned)
	}
	for {
		select {
		case <-s.stop:
			return nil
		case <-time.After(*backoff):
		}
		*backoff = min(2**backoff, maxBackoff)
		h, err := s.tryOpen()
		if err == nil {
			s.space.check()
			s.opts.Logger.Warn("the store serves again", "dir", s.opts.Dir)
			s.current.Store(&serving{handle: h})
			if h.run.era != failed.run.era {
				s.tellLost()
			}
			return h
		}
		s.opts.Logger.Warn("the store cannot be opened", "dir", s.opts.Dir, "err", err)
		s.current.Store(&serving{
			err: fmt.Errorf("pebble: %w: %v", session.ErrUnavailable, err)})
	}
}

func (s *Store) tellLost() {
	select {
	case s.lost <- struct{}{}:
	default: // nobody has heard of the last time yet
	}
}

var errAbandoned = errors.New("too many failed handles could not be closed: restart the process")

// tryOpen opens the folder, once the disk takes a file.
func (s *Store) tryOpen() (*handle, error) {
	if s.abandoned >= maxAbandoned {
		return nil, errAbandoned
	}
	if err := s.probe(); err != nil {
		return nil, err
	}
	return s.open()
}

// probe writes a file, so that nothing is opened that fails at once.
func (s *Store) probe() error {
	fs := s.opts.FS
	name := fs.PathJoin(s.opts.Dir, "PROBE")
	err := writeFile(fs, name, string(make([]byte, 256<<10)))
	return errors.Join(err, fs.Remove(name))
}

// abandon gives up a handle that failed, and reports whether it could be closed.
// From its first step on, nothing of it reaches the disk.
func (h *handle) abandon(stop <-chan struct{}) bool {
	close(h.quit)
	select {
	case <-h.fence.close():
	case <-stop: // the disk may not answer for ever
		return false
	}
	deadline := time.Now().Add(patience)
	for h.applying.Load() > 0 {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(time.Millisecond)
	}
	h.fence.guard(false)
	h.fence.free()
	closed := make(chan struct{})
	go func() { // ends when pebble lets it
		defer close(closed)
		h.barrier()
		h.workers.Wait()
		_ = h.db.Close() // what it says is what it failed with
	}()
	select {
	case <-closed:
		return true
	case <-time.After(patience):
		return false
	}
}
