package pebble

import (
	"context"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/host/session"
)

// Commit implements [session.Store].
func (s *Store) Commit(ctx context.Context, c *session.Commit) error {
	if err := s.space.allow(); err != nil {
		return err
	}
	h, err := s.use(ctx, c.Key)
	if err != nil {
		return err
	}
	defer h.leave()
	it := h.index.claim(c.Key)
	if it == nil {
		return session.ErrConflict
	}
	defer h.index.release(it)
	if err := h.learn(it); err != nil {
		return err
	}
	if c.Head.Turn != it.known.turn+1 || c.Head.Epoch < it.known.epoch {
		return session.ErrConflict
	}
	w := writers.Get().(*writer)
	defer writers.Put(w)
	next, err := w.fill(h, c, it.known)
	if err != nil {
		return err
	}
	s.space.wrote(w.batch.Len())
	return h.write(it, w.batch, next, c.Reset)
}

// Delete implements [session.Store]. It is taken where commits are refused for
// want of space: it makes some.
func (s *Store) Delete(ctx context.Context, key session.Key) error {
	h, err := s.use(ctx, key)
	if err != nil {
		return err
	}
	defer h.leave()
	it := h.index.claim(key)
	if it == nil {
		return session.ErrConflict
	}
	defer h.index.release(it)
	if err := h.learn(it); err != nil {
		return err
	}
	if !it.known.exists() {
		return nil
	}
	w := writers.Get().(*writer)
	defer writers.Put(w)
	if err := w.remove(h, key, it.known); err != nil {
		return err
	}
	return h.write(it, w.batch, known{}, false)
}

// learn sees to it that what is known of a session is what is stored.
func (h *handle) learn(it *item) error {
	if it.loaded {
		return nil
	}
	s, err := h.head(it.key)
	if err != nil && !errors.Is(err, session.ErrNotFound) {
		return err
	}
	it.known, it.loaded = s.known, true
	return nil
}

// write applies what was made of a claimed session. A new epoch that was seen
// must not be lost, else it might come twice: a reset is synced in any mode.
func (h *handle) write(it *item, b *pebble.Batch, next known, reset bool) error {
	it.loaded = false
	sync := h.opts.Durability == Sync
	if !sync {
		h.dirty.Store(true)
	}
	switch err := h.apply(b, sync || reset); {
	case err == nil:
		it.known, it.loaded = next, next.exists()
		return nil
	case errors.Is(err, errNotApplied):
		return h.reason()
	case errors.Is(err, session.ErrUnknown):
		return fmt.Errorf("pebble: %w: %v", session.ErrUnknown, h.cause)
	default:
		h.fail(err)
		return fmt.Errorf("pebble: %w: %v", session.ErrUnknown, err)
	}
}
