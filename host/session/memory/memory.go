package memory

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Options say how much a store keeps of each session.
type Options struct {
	// Entries is how many of the newest entries stay; some more may, since the
	// log is trimmed in blocks. If zero, the default of [abi.Limits].
	Entries int64
	// MessageIDs is how many receipts stay, the newest. If zero, the default of
	// [abi.Limits].
	MessageIDs int64
	// Keep is how long idle sessions stay. If zero, [session.DefaultKeep].
	Keep time.Duration
}

// Store keeps sessions in memory.
type Store struct {
	opts   Options
	seed   maphash.Seed
	shards [shardCount]shard
}

const shardCount = 64

// shard holds some of the sessions.
type shard struct {
	mu sync.Mutex // guards the following
	// records is nil after Close.
	records map[session.Key]*record
	// Shards that shared a cache line would wait for each other all the same.
	_ [112]byte
}

var _ session.Store = (*Store)(nil)

var errClosed = fmt.Errorf("memory: %w: closed", session.ErrUnavailable)

// New returns an empty store.
func New(opts Options) *Store {
	limits := abi.Limits{Entries: opts.Entries, MessageIDs: opts.MessageIDs}.Defaults()
	s := &Store{
		opts: Options{Entries: limits.Entries, MessageIDs: limits.MessageIDs,
			Keep: cmp.Or(opts.Keep, session.DefaultKeep)},
		seed: maphash.MakeSeed(),
	}
	for i := range s.shards {
		s.shards[i].records = make(map[session.Key]*record)
	}
	return s
}

// Load implements [session.Store].
func (s *Store) Load(ctx context.Context, key session.Key) (session.Record, error) {
	sh, err := s.lock(ctx, key)
	if err != nil {
		return session.Record{}, err
	}
	defer sh.mu.Unlock()
	r := sh.records[key]
	if r == nil {
		return session.Record{}, session.ErrNotFound
	}
	rec := session.Record{Head: r.head, Jobs: slices.Clone(r.jobs)}
	rec.Head.Back = slices.Clone(r.head.Back)
	if len(r.vars) > 0 {
		rec.Vars = maps.Clone(r.vars)
	}
	return rec, nil
}

// Commit implements [session.Store].
func (s *Store) Commit(ctx context.Context, c *session.Commit) error {
	sh, err := s.lock(ctx, c.Key)
	if err != nil {
		return err
	}
	defer sh.mu.Unlock()
	r := sh.records[c.Key]
	switch {
	case r == nil && c.Head.Turn == 1:
		r = new(record)
		sh.records[c.Key] = r
	case r == nil || c.Head.Turn != r.head.Turn+1 || c.Head.Epoch < r.head.Epoch:
		return session.ErrConflict
	}
	r.apply(c, s.hash, s.opts)
	return nil
}

// Read implements [session.Store].
func (s *Store) Read(ctx context.Context, key session.Key, after uint64, limit int,
	dst []abi.Entry) (session.Page, error) {
	sh, err := s.lock(ctx, key)
	if err != nil {
		return session.Page{}, err
	}
	defer sh.mu.Unlock()
	r := sh.records[key]
	if r == nil {
		return session.Page{}, session.ErrNotFound
	}
	return r.read(after, limit, dst), nil
}

// Receipt implements [session.Store].
func (s *Store) Receipt(ctx context.Context, key session.Key, id string) (
	session.Receipt, error) {
	sh, err := s.lock(ctx, key)
	if err != nil {
		return session.Receipt{}, err
	}
	defer sh.mu.Unlock()
	r := sh.records[key]
	if r == nil {
		return session.Receipt{}, session.ErrNotFound
	}
	receipt, ok := r.receipt(id, s.hash)
	if !ok {
		return session.Receipt{}, session.ErrNotFound
	}
	return receipt, nil
}

// Delete implements [session.Store].
func (s *Store) Delete(ctx context.Context, key session.Key) error {
	sh, err := s.lock(ctx, key)
	if err != nil {
		return err
	}
	defer sh.mu.Unlock()
	delete(sh.records, key)
	return nil
}

// Close implements [session.Store]: it forgets all sessions.
func (s *Store) Close() error {
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		sh.records = nil
		sh.mu.Unlock()
	}
	return nil
}

// hash hashes the id of a session, or of a message.
func (s *Store) hash(id string) uint64 { return maphash.String(s.seed, id) }

// lock returns the key's shard, locked, or an error.
func (s *Store) lock(ctx context.Context, key session.Key) (*shard, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sh := &s.shards[s.hash(key.ID)%shardCount]
	sh.mu.Lock()
	if sh.records == nil {
		sh.mu.Unlock()
		return nil, errClosed
	}
	return sh, nil
}
