package arena

import "encoding/binary"

// Size returns the extent: loads and stores below it are good.
func (a *Arena) Size() uint64 {
	return max(a.least, (a.pos+page-1)/page*page)
}

// Inside reports whether n bytes at an offset lie in the extent. Offsets of a guest
// may be anything.
func (a *Arena) Inside(off, n uint64) bool {
	size := a.Size()
	return off >= first && off <= size && n <= size-off
}

// Load returns n bytes at an offset, as a view that is valid until the next Alloc,
// Store or Reset. What was never written is zero.
func (a *Arena) Load(off, n uint64) (b []byte, ok bool) {
	if off >= first && off <= uint64(len(a.buf)) && n <= uint64(len(a.buf))-off {
		return a.buf[off : off+n : off+n], true
	}
	if !a.Inside(off, n) || !a.room(off, n) {
		return nil, false
	}
	return a.buf[off : off+n : off+n], true
}

// Load8 returns the byte at an offset.
func (a *Arena) Load8(off uint64) (v byte, ok bool) {
	if off >= first && off < uint64(len(a.buf)) {
		return a.buf[off], true
	}
	return 0, a.Inside(off, 1)
}

// Load64 returns the eight bytes at an offset, the lowest first.
func (a *Arena) Load64(off uint64) (v uint64, ok bool) {
	if size := uint64(len(a.buf)); off >= first && size >= 8 && off <= size-8 {
		return binary.LittleEndian.Uint64(a.buf[off:]), true
	}
	b, ok := a.Load(off, 8)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b), true
}

// Store8 writes the byte at an offset.
func (a *Arena) Store8(off uint64, v byte) bool {
	b, ok := a.writable(off, 1)
	if ok {
		b[0] = v
	}
	return ok
}

// Store64 writes the eight bytes at an offset, the lowest first.
func (a *Arena) Store64(off, v uint64) bool {
	b, ok := a.writable(off, 8)
	if ok {
		binary.LittleEndian.PutUint64(b, v)
	}
	return ok
}

// writable is Load for bytes that will be written.
func (a *Arena) writable(off, n uint64) ([]byte, bool) {
	b, ok := a.Load(off, n)
	if ok {
		a.touched(off + n)
	}
	return b, ok
}

// Spare returns the room behind the last block, at least want bytes, and nothing if
// there is not so much. The host may write there what it then makes a block with
// [Arena.Keep], and nothing else.
func (a *Arena) Spare(want uint64) (off uint64, b []byte) {
	if want > a.limit-a.pos || !a.room(a.pos, want) {
		return 0, nil
	}
	return a.pos, a.buf[a.pos:min(uint64(len(a.buf)), a.limit)]
}

// Keep makes a block of the first n bytes of what Spare returned, and returns its
// handle; 0 if n is zero.
func (a *Arena) Keep(n uint64) (h uint64) {
	if n == 0 {
		return 0
	}
	return a.add(n)
}

// room makes the buffer reach n bytes beyond an offset, which is below the limit or
// in the extent, and reports whether it does.
func (a *Arena) room(off, n uint64) bool {
	end := off + n
	if end <= uint64(len(a.buf)) {
		return true
	}
	most := max(a.least, (a.limit+page-1)/page*page)
	size := min(max(end, 2*uint64(len(a.buf)), smallest), most)
	size = (size + granule - 1) &^ (granule - 1)
	if !a.reserve(held(size) - held(uint64(len(a.buf)))) {
		return false
	}
	buf, marks := make([]byte, size), make([]uint32, size/granule)
	copy(buf, a.buf[:min(a.dirty, uint64(len(a.buf)))])
	copy(marks, a.marks)
	a.buf, a.marks = buf, marks
	return true
}

// held is what a buffer of so many bytes counts.
func held(size uint64) int64 { return int64(size + size/metaShare) }

// Held returns how many bytes the arena takes.
func (a *Arena) Held() int64 { return held(uint64(len(a.buf))) }

// Reset frees all blocks. All bytes are zero again.
func (a *Arena) Reset() {
	if len(a.buf) > kept {
		a.Release()
		return
	}
	clear(a.buf[:min(a.dirty, uint64(len(a.buf)))])
	clear(a.marks[:min(a.pos/granule, uint64(len(a.marks)))])
	for i := range a.free {
		a.free[i] = a.free[i][:0]
	}
	a.pos, a.dirty = first, 0
}

// Release frees all blocks and the memory itself.
func (a *Arena) Release() {
	if len(a.buf) > 0 {
		a.reserve(-a.Held())
	}
	a.buf, a.marks = nil, nil
	clear(a.free[:])
	a.pos, a.dirty = first, 0
}
