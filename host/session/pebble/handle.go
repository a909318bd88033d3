package pebble

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/bothost/bothost/host/session"
)

// handle is one opening of the folder, from which on it serves until it fails or
// is closed.
type handle struct {
	opts  Options
	fence *fence
	index *index
	run   run
	// generation is how many receipts one has.
	generation uint64
	crew

	failing sync.Once
	cause   error // set before failed is closed

	// dirty says that something was committed that is not synced.
	dirty atomic.Bool

	calls  sync.RWMutex // guards the following; calls hold it to read
	closed bool
}

// generations is how many generations of receipts are kept: those of as many receipts
// as the store was opened for, and one that is not full.
func (h *handle) generations() uint64 {
	return (uint64(h.opts.MessageIDs)+h.generation-1)/h.generation + 1
}

// fail marks the handle as failed. Only the first cause counts.
func (h *handle) fail(err error) {
	h.failing.Do(func() {
		h.cause = err
		h.closing.Store(true)
		close(h.failed)
	})
}

// reason is what calls are told while the handle does not serve.
func (h *handle) reason() error {
	select {
	case <-h.failed:
		return fmt.Errorf("pebble: %w: %v", session.ErrUnavailable, h.cause)
	default:
		return errClosed
	}
}

// enter lets a call use the handle until it leaves.
func (h *handle) enter() bool {
	h.calls.RLock()
	select {
	case <-h.failed:
	default:
		if !h.closed {
			return true
		}
	}
	h.calls.RUnlock()
	return false
}

func (h *handle) leave() { h.calls.RUnlock() }

// barrier ends when all calls have left, and lets no other one in.
func (h *handle) barrier() {
	h.calls.Lock()
	defer h.calls.Unlock()
	h.closed = true
}

// settle waits for the write to a session that runs, of which the caller may have
// seen more than is on disk.
func (h *handle) settle(ctx context.Context, key session.Key) error {
	if h.opts.Durability != Sync {
		return nil
	}
	ended := h.index.writing(key)
	if ended == nil {
		return nil
	}
	select {
	case <-ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-h.failed:
		return h.reason()
	default:
		return nil
	}
}

// sync syncs what was committed.
func (h *handle) sync() error {
	if !h.dirty.Swap(false) {
		return nil
	}
	b := h.db.NewBatch()
	if err := b.LogData([]byte{0}, nil); err != nil {
		return err
	}
	return h.apply(b, true)
}

// close closes a handle, after the calls that run.
func (h *handle) close() error {
	h.barrier()
	err := h.flush()
	if err == nil {
		h.run.clean = true
		err = h.run.save(h)
	}
	select {
	case <-h.failed:
		h.abandon(nil)
		return fmt.Errorf("pebble: close: %w", h.cause)
	default:
	}
	h.fence.guard(false)
	h.dismiss()
	return errors.Join(err, h.db.Close())
}

// flush writes what is in memory into tables, so that the next opening has
// nothing to read from the log.
func (h *handle) flush() error {
	done := make(chan error, 1)
	h.applying.Add(1)
	h.workers.Go(func() {
		flushed, err := h.db.AsyncFlush()
		h.applying.Add(-1)
		if err == nil {
			select {
			case <-flushed:
			case <-h.failed:
			}
		}
		done <- err
	})
	select {
	case err := <-done:
		return err
	case <-h.failed:
		return h.cause
	}
}
