package turn

import (
	"context"
	"errors"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Handle is one connection's hold on a session. Its methods are safe for
// concurrent use.
type Handle struct {
	live *live
	wake func()
	// closed and listener are guarded by live.mu.
	closed   bool
	listener func(session.Progress)
}

// Key returns the session's key.
func (h *Handle) Key() session.Key { return h.live.key }

// Head returns the session's head after the last commit. Its Turn is 0 as long
// as the session does not exist.
func (h *Handle) Head() session.Head {
	h.live.mu.Lock()
	defer h.live.mu.Unlock()
	return h.live.head
}

// Token returns the token that the session got at its last reset; empty if it got
// none since it is in memory: then the one that a client has still holds.
func (h *Handle) Token() string {
	h.live.mu.Lock()
	defer h.live.mu.Unlock()
	return h.live.token
}

// Renew returns the session's newest token for a client that came with the one
// before. If nobody in this process knows it, it makes a new one.
//
// # Errors
//
// [ErrClosed], ctx's error, or an error of the store.
func (h *Handle) Renew(ctx context.Context) (token string, err error) {
	r := h.live.runner
	if err := r.await(ctx, h.live.key, r.renew); err != nil {
		return "", err
	}
	return h.Token(), nil
}

// Submit hands in an event. Events of one session run one at a time, in the
// order in which Submit took them. If none runs, the turn runs before Submit
// returns, in the caller's goroutine. Otherwise the event waits for its turn in
// the session's queue, and if that is full, Submit waits for room: callers that
// read from a peer do not read on meanwhile.
//
// done is called once for each event that was taken, in the order of the
// events, after the commit and after the handles were woken. It must not block
// and must not submit; if nil, nobody is told. ctx ends only the wait for room:
// an event that was taken runs to its end. The event must not be changed
// afterwards; the turn sets Session, Bot and Time on a copy of its own.
//
// # Errors
//
// If the error is not nil, the event was not taken and done is not called:
// [ErrClosed], [ErrHandleClosed], [ErrKind], or ctx's error.
func (h *Handle) Submit(ctx context.Context, ev *abi.Event, done func(session.Outcome)) error {
	if err := checkKind(ev); err != nil {
		return err
	}
	return h.live.submit(ctx, h, item{event: ev, done: done})
}

// SubmitApart is [Handle.Submit] for a caller that does not wait for the turn: it
// never runs in the caller's goroutine.
func (h *Handle) SubmitApart(ctx context.Context, ev *abi.Event, done func(session.Outcome)) error {
	if err := checkKind(ev); err != nil {
		return err
	}
	return h.live.submit(ctx, h, item{event: ev, done: done, apart: true})
}

func checkKind(ev *abi.Event) error {
	info, ok := ev.Kind.Info()
	if !ok || info.Export == abi.ExportCount && ev.Kind != abi.EventSet {
		return ErrKind
	}
	return nil
}

// Read reads the session's log, as [session.Store] does. The log of a session
// that does not exist yet is empty.
func (h *Handle) Read(ctx context.Context, after uint64, limit int, dst []abi.Entry) (
	session.Page, error) {
	l := h.live
	l.mu.Lock()
	page, ok := l.readTail(after, limit, dst)
	l.mu.Unlock()
	if ok {
		return page, nil
	}
	page, err := l.runner.store.Read(ctx, l.key, after, limit, dst)
	if errors.Is(err, session.ErrNotFound) && h.Head().Turn == 0 {
		return session.Page{Epoch: firstEpoch, First: 1, Entries: dst}, nil
	}
	if err == nil {
		l.sawFirst(&page)
	}
	return page, err
}

// Close gives up the hold. Events that were taken run all the same. Close is
// idempotent.
func (h *Handle) Close() {
	if h.live.detach(h) {
		h.live.runner.reap(h.live)
	}
}
