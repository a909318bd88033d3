package pebble

// SyncNow syncs what was committed.
func SyncNow(s *Store) error { return s.current.Load().handle.sync() }

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
