package plugin

import (
	"sync"
	"sync/atomic"

	"github.com/tetratelabs/wazero/experimental"
)

// Budget is the guest memory that all instances of one bot may hold together,
// over all its generations. It is safe for concurrent use.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget returns a budget of limit bytes.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Used returns how many bytes are held now.
func (b *Budget) Used() int64 { return b.used.Load() }

func (b *Budget) take(n int64) bool {
	if b.used.Add(n) > b.limit {
		b.used.Add(-n)
		return false
	}
	return true
}

func (b *Budget) give(n int64) { b.used.Add(-n) }

// linearMemory is the memory of one instance. It belongs to the instance, which
// frees it when nothing of the guest can run any more; what wazero says through
// Free comes too early for that, while the guest's frames still stand.
type linearMemory struct {
	budget *Budget
	spare  *spareMemory
	time   *deadline
	buf    []byte
	held   int64
	limit  int // the most that buf may grow to
}

var (
	_ experimental.LinearMemory    = (*linearMemory)(nil)
	_ experimental.MemoryAllocator = (*linearMemory)(nil)
)

// reserve takes size bytes from the budget, of which Reallocate makes use, and
// reports whether they were there.
func (m *linearMemory) reserve(size uint64) bool {
	if delta := int64(size) - m.held; delta > 0 {
		if !m.budget.take(delta) {
			return false
		}
		m.held += delta
	}
	return true
}

// Allocate implements [experimental.MemoryAllocator]: an instance has one
// memory.
func (m *linearMemory) Allocate(_, limit uint64) experimental.LinearMemory {
	m.limit = int(limit)
	return m
}

// Reallocate implements [experimental.LinearMemory]; the budget counts what the
// guest can use.
func (m *linearMemory) Reallocate(size uint64) []byte {
	if m.time.Err() != nil || !m.reserve(size) {
		return nil
	}
	if size > uint64(cap(m.buf)) {
		buf := m.spare.get(int(size), min(m.room(), m.limit))
		if !m.move(buf) {
			m.spare.put(buf)
			return nil
		}
		m.spare.put(m.buf)
		m.buf = buf
	}
	m.buf = m.buf[:size]
	return m.buf
}

// move copies the memory, in pieces: the scheduler cannot take the processor away
// within one copy. It reports false if the guest's time is up.
func (m *linearMemory) move(to []byte) bool {
	const piece = 1 << 20
	for from := m.buf; len(from) > 0; {
		n := copy(to, from[:min(piece, len(from))])
		to, from = to[n:], from[n:]
		if len(from) > 0 && m.time.check() != nil {
			return false
		}
	}
	return true
}

// room is the capacity after the next step: twice the last one, and a quarter
// more for large memories, so that a guest that grows page by page is not copied
// each time.
func (m *linearMemory) room() int {
	if c := cap(m.buf); c > maxSpare/2 {
		return c + c/4
	}
	return 2 * cap(m.buf)
}

// Free implements [experimental.LinearMemory].
func (m *linearMemory) Free() {}

// release gives the memory back. The instance must never run again.
func (m *linearMemory) release() {
	m.budget.give(m.held)
	m.spare.put(m.buf)
	m.held, m.buf = 0, nil
}

// maxSpare is the largest buffer that is kept, in bytes, and spareCount how many:
// starting an instance of a Go guest in memory that was used before takes half
// the time.
const (
	maxSpare   = 8 << 20
	spareCount = 4
)

// spareMemory keeps a few buffers of closed instances for the next ones. It is
// safe for concurrent use.
type spareMemory struct {
	mu sync.Mutex
	// guards the following
	buffers [][]byte
}

// get returns a zeroed buffer of length size, and a capacity of at least size
// and better room.
func (s *spareMemory) get(size, room int) []byte {
	if buf := s.take(size); buf != nil {
		clear(buf[:cap(buf)])
		return buf[:size]
	}
	return make([]byte, size, max(size, room))
}

func (s *spareMemory) take(size int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, buf := range s.buffers {
		if cap(buf) >= size {
			last := len(s.buffers) - 1
			s.buffers[i], s.buffers[last] = s.buffers[last], nil
			s.buffers = s.buffers[:last]
			return buf
		}
	}
	return nil
}

func (s *spareMemory) put(buf []byte) {
	if cap(buf) == 0 || cap(buf) > maxSpare {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.buffers) < spareCount {
		s.buffers = append(s.buffers, buf)
	}
}

func (s *spareMemory) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buffers = nil
}
