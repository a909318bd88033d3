package pebble

import (
	"github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/host/session"
)

// SyncNow syncs what was committed.
func SyncNow(s *Store) error {
	h := s.current.Load().handle
	h.dirty.Store(true) // the store itself may be at it
	return h.sync()
}

// Serves says whether the store has an open handle, and why not.
func Serves(s *Store) error { return s.current.Load().err }

// Forget drops what is known of sessions, as if there were too many.
func Forget(s *Store) {
	x := s.current.Load().handle.index
	for i := range x.shards {
		sh := &x.shards[i]
		sh.mu.Lock()
		for sh.head.prev != &sh.head {
			it := sh.head.prev
			it.unlink()
			delete(sh.items, it.key)
		}
		sh.mu.Unlock()
	}
}

// CheckSpace looks at the free space now.
func CheckSpace(s *Store) { s.space.check() }

// Known returns of how many sessions something is known.
func Known(s *Store) (n int) {
	x := s.current.Load().handle.index
	for i := range x.shards {
		x.shards[i].mu.Lock()
		n += len(x.shards[i].items)
		x.shards[i].mu.Unlock()
	}
	return n
}

// PebbleOptions are the options of pebble that the store has, without its fence.
func PebbleOptions(s *Store) *pebble.Options {
	h := s.current.Load().handle
	o := h.pebbleOptions(newCache(h.opts.CacheBytes))
	o.FS = h.opts.FS
	return o
}

// Batch returns the bytes of the batch that a commit makes in a session that goes
// on.
func Batch(s *Store, c *session.Commit) []byte {
	var w writer
	h := s.current.Load().handle
	k := known{turn: c.Head.Turn - 1, epoch: 1, first: 1, receipts: c.Head.Turn - 1,
		ends: c.Head.Ends(h.opts.Keep)}
	if c.Head.Turn == 1 {
		k = known{}
	}
	if _, err := w.fill(h, c, k); err != nil {
		panic(err)
	}
	defer func() { _ = w.batch.Close() }()
	return append([]byte(nil), w.batch.Repr()...)
}

// JobKey is the key of a job, and ExpirySuffix the end of that of a session's end.
func JobKey(key session.Key, id string) string {
	return string(appendNamed(nil, kindJob, key, id))
}

func ExpirySuffix(key session.Key) string { return string(appendSession(nil, key)) }
