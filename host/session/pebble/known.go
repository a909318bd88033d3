package pebble

import (
	"hash/maphash"
	"sync"

	"github.com/bothost/bothost/host/session"
)

// index holds what commits must know of the sessions that were written to last, so
// that they read nothing, and which of them are being written to now.
type index struct {
	seed   maphash.Seed
	shards [indexShards]indexShard
}

const indexShards = 16

type indexShard struct {
	mu sync.Mutex // guards the following
	// items are in a ring: head.next was used last, head.prev first.
	items map[session.Key]*item
	head  item
	limit int
}

// item is one session. Who claimed it owns known.
type item struct {
	next, prev *item
	key        session.Key
	known      known
	// loaded says that known is what the store has.
	loaded  bool
	claimed bool
	// ended is closed when the claim ends, if somebody waits for that.
	ended chan struct{}
}

// newIndex returns an index of at most limit sessions, besides those claimed.
func newIndex(limit int) *index {
	x := &index{seed: maphash.MakeSeed()}
	for i := range x.shards {
		sh := &x.shards[i]
		sh.items = make(map[session.Key]*item)
		sh.limit = max(1, limit/indexShards)
		sh.head.next, sh.head.prev = &sh.head, &sh.head
	}
	return x
}

func (x *index) shard(key session.Key) *indexShard {
	return &x.shards[maphash.String(x.seed, key.ID)%indexShards]
}

// claim makes the caller the session's only writer; nil if it has one.
func (x *index) claim(key session.Key) *item {
	sh := x.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	it := sh.items[key]
	switch {
	case it == nil:
		it = &item{key: key}
		sh.items[key] = it
	case it.claimed:
		return nil
	default:
		it.unlink()
	}
	it.claimed = true
	return it
}

// release ends a claim. What is known stays if it is loaded.
func (x *index) release(it *item) {
	sh := x.shard(it.key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	it.claimed = false
	if it.ended != nil {
		close(it.ended)
		it.ended = nil
	}
	if !it.loaded {
		delete(sh.items, it.key)
		return
	}
	it.prev, it.next = &sh.head, sh.head.next
	it.prev.next, it.next.prev = it, it
	for len(sh.items) > sh.limit && sh.head.prev != &sh.head {
		oldest := sh.head.prev
		oldest.unlink()
		delete(sh.items, oldest.key)
	}
}

func (it *item) unlink() {
	it.prev.next, it.next.prev = it.next, it.prev
	it.next, it.prev = nil, nil
}

// find returns what is known of a session that nobody writes to, if anything.
func (x *index) find(key session.Key) (known, bool) {
	sh := x.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	it := sh.items[key]
	if it == nil || it.claimed || !it.loaded {
		return known{}, false
	}
	return it.known, true
}

// writing returns a channel that is closed when the write to a session that runs
// now ends; nil if none does.
func (x *index) writing(key session.Key) <-chan struct{} {
	sh := x.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	it := sh.items[key]
	if it == nil || !it.claimed {
		return nil
	}
	if it.ended == nil {
		it.ended = make(chan struct{})
	}
	return it.ended
}
