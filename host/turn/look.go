package turn

import (
	"context"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Head returns the head of a session after its last commit, without holding the
// session.
//
// # Errors
//
// [session.ErrNotFound], or an error of the store.
func (r *Runner) Head(ctx context.Context, key session.Key) (session.Head, error) {
	if l := r.find(key); l != nil {
		l.mu.Lock()
		loaded, head := l.loaded, l.head
		l.mu.Unlock()
		if loaded {
			return head, nil
		}
	}
	rec, err := r.store.Load(ctx, key)
	return rec.Head, err
}

// Read reads a session's log, as [Handle.Read] does, without holding the session.
//
// # Errors
//
// [session.ErrNotFound], or an error of the store.
func (r *Runner) Read(ctx context.Context, key session.Key, after uint64, limit int,
	dst []abi.Entry) (session.Page, error) {
	if l := r.find(key); l != nil {
		return (&Handle{live: l}).Read(ctx, after, limit, dst)
	}
	return r.store.Read(ctx, key, after, limit, dst)
}

// find returns the session if it is in memory, and else nil.
func (r *Runner) find(key session.Key) *live {
	sh := r.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.lives[key]
}
