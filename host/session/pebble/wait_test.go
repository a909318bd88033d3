package pebble_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// slow is a disk whose log is synced when a test says so, with the error it says.
type slow struct {
	on      chan struct{} // closed when syncs are to wait
	waiting chan struct{} // gets one for each sync that waits
	results chan error
}

func (s *slow) String() string { return "slow" }

func (s *slow) MaybeError(op errorfs.Op) error {
	if !ofKind(".log", errorfs.OpFileSync, errorfs.OpFileSyncData)(op) {
		return nil
	}
	select {
	case <-s.on:
		s.waiting <- struct{}{}
		return <-s.results
	default:
		return nil
	}
}

// TestReadWaits reads a session while its commit is not yet on disk: nobody may
// see what could still be lost.
func TestReadWaits(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{{"succeeds", nil}, {"fails", syscall.EIO}} {
		t.Run(test.name, func(t *testing.T) {
			disk := &slow{make(chan struct{}), make(chan struct{}, 1), make(chan error, 100)}
			s := open(t, pebble.Options{Dir: "data", FS: errorfs.Wrap(vfs.NewMem(), disk)})
			head := commitTurns(t, s, "a", 3)
			commitTurns(t, s, "b", 1)
			close(disk.on)
			done := make(chan error, 1)
			go func() { done <- s.Commit(context.Background(), turnOf(key("a"), head, 1)) }()
			<-disk.waiting
			for name, read := range reads {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
				if err := read(ctx, s); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s(while a commit runs) = %v, want it to wait", name, err)
				}
				cancel()
			}
			wantWhole(t, s, key("b")) // others do not wait
			err := s.Commit(t.Context(), turnOf(key("a"), head, 1))
			if !errors.Is(err, session.ErrConflict) {
				t.Errorf("Commit(while another one runs) = %v, want ErrConflict", err)
			}
			if err := s.Delete(t.Context(), key("a")); !errors.Is(err, session.ErrConflict) {
				t.Errorf("Delete(while a commit runs) = %v, want ErrConflict", err)
			}
			loaded := make(chan error, 1)
			go func() { loaded <- reads["Load"](context.Background(), s) }()
			disk.results <- test.err
			go func() { // the syncs that follow
				for range disk.waiting {
					disk.results <- nil
				}
			}()
			defer close(disk.waiting)
			defer func() { _ = s.Close() }()
			if err := <-done; (test.err == nil) != (err == nil) ||
				err != nil && !errors.Is(err, session.ErrUnknown) {
				t.Errorf("Commit() = %v where the sync says %v", err, test.err)
			}
			if err := <-loaded; err != nil && (test.err == nil || !errors.Is(err, session.ErrUnavailable)) {
				t.Errorf("Load() = %v where the sync says %v", err, test.err)
			}
		})
	}
}

var reads = map[string]func(context.Context, session.Store) error{
	"Load": func(ctx context.Context, s session.Store) error {
		_, err := s.Load(ctx, key("a"))
		return err
	},
	"Read": func(ctx context.Context, s session.Store) error {
		_, err := s.Read(ctx, key("a"), 0, 10, nil)
		return err
	},
	"Receipt": func(ctx context.Context, s session.Store) error {
		_, err := s.Receipt(ctx, key("a"), "3")
		return err
	},
}

// TestStore_Hammer has everything at once, with a cache that is too small, and
// the store closed in the midst of it.
func TestStore_Hammer(t *testing.T) {
	const sessions = 32
	s := open(t, pebble.Options{Dir: "data", FS: vfs.NewMem(), Entries: 8, MessageIDs: 8,
		Durability: pebble.Interval, Known: 16})
	ctx := context.Background()
	l := newLoad(t, s, sessions, 100)
	var others sync.WaitGroup
	other := func(what string, do func(i int) error) {
		others.Go(func() {
			for i := 0; ; i++ {
				err := do(i)
				switch {
				case errors.Is(err, session.ErrUnavailable):
					return
				case err != nil && !errors.Is(err, session.ErrNotFound):
					t.Errorf("%s = %v", what, err)
					return
				}
			}
		})
	}
	other("Jobs", func(int) error {
		return s.Jobs(ctx, func(session.Key, session.Job) error { return nil })
	})
	other("List", func(int) error {
		_, err := s.List(ctx, "", session.Key{}, sessions)
		return err
	})
	other("Expired", func(int) error {
		_, err := s.Expired(ctx, 1<<60, sessions)
		return err
	})
	other("Read", func(i int) error {
		_, err := s.Read(ctx, key(strconv.Itoa(i%sessions)), 0, 10, nil)
		return err
	})
	other("Delete", func(i int) error {
		err := s.Delete(ctx, key("x"))
		if err == nil {
			err = s.Commit(ctx, turnOf(key("x"), session.Head{Epoch: 1}, 10))
		}
		return err
	})
	for range 20 {
		l.progress(t)
		pebble.Forget(s)
	}
	l.endSoon()
	if err := s.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
	others.Wait()
	l.end(t)
}
