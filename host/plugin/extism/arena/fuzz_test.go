package arena

import (
	"bytes"
	"testing"
)

// block is a block in use, as the model has it.
type block struct {
	handle uint64
	bytes  []byte
}

// model is an arena as simple as can be: a list of blocks.
type model struct {
	t      *testing.T
	a      *Arena
	limit  uint64
	held   int64
	blocks []block
	gone   []uint64
	fill   byte
}

// FuzzArena plays random programs on an arena and on a model: blocks do not overlap,
// keep their bytes, and are found by their handles alone; what is held is what was
// reserved, and within the limit.
func FuzzArena(f *testing.F) {
	f.Add([]byte{0, 10, 0, 20, 1, 0, 0, 5, 2, 0, 3, 1})
	f.Add([]byte{0, 255, 0, 255, 0, 255, 1, 1, 0, 16, 0, 16, 1, 0, 1, 0, 4, 0, 0, 255})
	f.Add([]byte{5, 40, 0, 1, 5, 0, 6, 1, 0, 17, 6, 0, 1, 1, 0, 33, 7, 9, 7, 200})
	f.Fuzz(func(t *testing.T, program []byte) {
		const limit = 8 << 10
		m := &model{t: t, limit: limit}
		m.a = New(limit, func(delta int64) bool {
			m.held += delta
			return true
		})
		for ; len(program) >= 2; program = program[2:] {
			m.step(program[0], program[1])
		}
		m.check()
	})
}

func (m *model) step(op, arg byte) {
	switch op % 8 {
	case 0:
		m.alloc(uint64(arg) * uint64(arg) / 16)
	case 1:
		m.free(arg)
	case 2:
		if len(m.gone) > 0 {
			m.a.Free(m.gone[int(arg)%len(m.gone)])
			m.blocks = m.alive() // the handle may be another block's by now
		}
	case 3:
		m.a.Free(uint64(arg) * 7)
		m.blocks = m.alive()
	case 4:
		m.a.Reset()
		m.blocks, m.gone = nil, nil
	case 5:
		m.put(int(arg))
	case 6:
		m.shrink(arg)
	case 7:
		m.check()
	}
}

// alive are the blocks that are in use, of which Free at a random place may have
// hit one.
func (m *model) alive() (left []block) {
	for _, b := range m.blocks {
		if m.a.Length(b.handle) != 0 {
			left = append(left, b)
		} else {
			m.gone = append(m.gone, b.handle)
		}
	}
	if len(left) < len(m.blocks)-1 {
		m.t.Fatalf("one Free took %d blocks", len(m.blocks)-len(left))
	}
	return left
}

func (m *model) alloc(n uint64) {
	h := m.a.Alloc(n)
	if n == 0 && h != 0 {
		m.t.Fatalf("Alloc(0) = %d", h)
	}
	if h != 0 {
		m.add(h, n)
	}
}

func (m *model) put(n int) {
	m.fill++
	if h, ok := m.a.Put(bytes.Repeat([]byte{m.fill}, n)); ok && h != 0 {
		m.fill--
		m.add(h, uint64(n))
	}
}

// add fills a new block, which must not change any other.
func (m *model) add(h, n uint64) {
	m.fill++
	content := bytes.Repeat([]byte{m.fill}, int(n))
	for i := range n {
		if !m.a.Store8(h+i, m.fill) {
			m.t.Fatalf("cannot store into block %d of %d bytes at %d", h, n, i)
		}
	}
	m.blocks = append(m.blocks, block{h, content})
}

func (m *model) free(arg byte) {
	if len(m.blocks) == 0 {
		return
	}
	i := int(arg) % len(m.blocks)
	m.a.Free(m.blocks[i].handle)
	m.gone = append(m.gone, m.blocks[i].handle)
	m.blocks = append(m.blocks[:i], m.blocks[i+1:]...)
}

func (m *model) shrink(arg byte) {
	if len(m.blocks) == 0 {
		return
	}
	b := &m.blocks[int(arg)%len(m.blocks)]
	n := len(b.bytes) - len(b.bytes)*int(arg%5)/5
	if n > 0 {
		m.a.Shrink(b.handle, uint64(n))
		b.bytes = b.bytes[:n]
	}
}

func (m *model) check() {
	inUse := map[uint64]bool{}
	var sum uint64
	for _, b := range m.blocks {
		inUse[b.handle] = true
		sum += uint64(len(b.bytes))
		if got := m.a.Block(b.handle); !bytes.Equal(got, b.bytes) {
			m.t.Fatalf("block %d has %x, want %x", b.handle, got, b.bytes)
		}
		if n := m.a.Length(b.handle + 1); n != 0 {
			m.t.Fatalf("Length(%d) = %d within block %d", b.handle+1, n, b.handle)
		}
	}
	for _, h := range m.gone {
		if n := m.a.Length(h); n != 0 && !inUse[h] {
			m.t.Fatalf("Length(%d) = %d of a freed block", h, n)
		}
	}
	if sum > m.limit || m.held != m.a.Held() {
		m.t.Fatalf("%d bytes in blocks; %d held, Held() = %d", sum, m.held, m.a.Held())
	}
}
