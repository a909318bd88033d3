package arena

import "math/bits"

const (
	// granule is what blocks are rounded up to, and where they begin.
	granule = 16
	// first is the first offset. Small numbers are never handles.
	first = 64
	// page is what the extent is rounded up to, as that of a Wasm memory is.
	page = 64 << 10
	// leastExtent is the extent of an empty arena, in bytes: that of the published
	// kernel, unless the limit is lower.
	leastExtent = 16 * page
	// smallest is the first buffer, and kept the largest one that stays after Reset.
	smallest = 4 << 10
	kept     = 256 << 10
	// reuseFrom is where the arena must end before blocks are used again: kits free what
	// the host has freed already, or hold on to what they freed, and the published
	// kernel, which does the same, lets most of them get away with it.
	reuseFrom = page
	// metaShare is the share of what is noted of blocks in what they hold: four bytes
	// for each granule, and as many again once the block is freed.
	metaShare = granule / 8
)

// The marks of a granule. One without a mark begins no block; the others have the
// block's length below the mark, in bytes for a block in use and in granules for a
// free one.
const (
	inUse   = 1 << 31
	isFree  = 1 << 30
	lengths = isFree - 1
)

// MaxLimit is the largest limit of an arena, in bytes.
const MaxLimit = 1 << 29

// Arena holds blocks. Make one with [New]. It belongs to one goroutine at a time.
type Arena struct {
	// limit is the end of the last block at most, and least the least extent.
	limit, least uint64
	reserve      func(delta int64) bool

	// buf is the memory from offset 0 on; it grows on demand. What is behind it in the
	// extent is zero.
	buf []byte
	// marks has one element for each granule of buf.
	marks []uint32
	// pos is the end of the blocks, and dirty that of what may have been written.
	pos, dirty uint64
	// free holds, by the power of two of their size, the free blocks, as numbers of
	// granules. None of them stands there twice.
	free [32][]uint32
}

// New returns an empty arena whose blocks take at most limit bytes, up to
// [MaxLimit]. It takes no memory before its first use. reserve is asked before it
// takes more, and told with a negative number when it gives some back; it may
// refuse. If nil, nothing is asked.
func New(limit int64, reserve func(delta int64) bool) *Arena {
	if reserve == nil {
		reserve = func(int64) bool { return true }
	}
	end := (uint64(min(max(limit, 0), MaxLimit))+granule-1)/granule*granule + first
	return &Arena{
		limit: end, least: min(leastExtent, (end+page-1)/page*page), reserve: reserve, pos: first,
	}
}

// Alloc returns the handle of a new block of n bytes, whose contents are not
// defined; 0 if n is zero, or there is no room.
func (a *Arena) Alloc(n uint64) uint64 {
	if n == 0 || n > a.limit-first {
		return 0
	}
	size := (n + granule - 1) / granule
	if a.pos+size*granule > min(reuseFrom, a.limit) {
		if i := a.takeFree(size); i != 0 {
			a.marks[i] = inUse | uint32(n)
			return i * granule
		}
	}
	if size*granule > a.limit-a.pos || !a.room(a.pos, size*granule) {
		return 0
	}
	return a.add(n)
}

// add makes a block of n bytes behind the last one, where there is room.
func (a *Arena) add(n uint64) (h uint64) {
	h = a.pos
	a.marks[h/granule] = inUse | uint32(n)
	a.pos += (n + granule - 1) / granule * granule
	a.touched(a.pos)
	return h
}

// Free gives a block back. It does nothing to what is no block, or is free.
func (a *Arena) Free(h uint64) {
	n := a.Length(h)
	if n == 0 {
		return
	}
	i, size := h/granule, (n+granule-1)/granule
	if h+size*granule == a.pos && a.pos > reuseFrom {
		a.marks[i], a.pos = 0, h
		return
	}
	a.putFree(i, size)
}

// Length returns the length of a block, 0 of what is no block in use.
func (a *Arena) Length(h uint64) uint64 {
	if h%granule != 0 || h < first || h >= a.pos {
		return 0
	}
	if m := a.marks[h/granule]; m&inUse != 0 {
		return uint64(m &^ inUse)
	}
	return 0
}

// Shrink makes a block shorter, to n bytes; one of no bytes is freed. n is at most
// the block's length.
func (a *Arena) Shrink(h, n uint64) {
	if n == 0 {
		a.Free(h)
		return
	}
	old := (a.Length(h) + granule - 1) / granule
	size := (n + granule - 1) / granule
	a.marks[h/granule] = inUse | uint32(n)
	switch i := h/granule + size; {
	case size == old:
	case h+old*granule == a.pos:
		a.pos = i * granule
	default:
		a.putFree(i, old-size)
	}
}

// Block returns the bytes of a block, as a view that is valid until the next Alloc,
// Store, Grow or Reset; nil if there is none.
func (a *Arena) Block(h uint64) []byte {
	n := a.Length(h)
	if n == 0 {
		return nil
	}
	return a.buf[h : h+n : h+n]
}

// Put returns the handle of a new block with these bytes; 0 if there are none, or
// ok is false: there is no room.
func (a *Arena) Put(b []byte) (h uint64, ok bool) {
	h = a.Alloc(uint64(len(b)))
	if h == 0 {
		return 0, len(b) == 0
	}
	copy(a.Block(h), b)
	return h, true
}

// touched says that what is below an offset may be written.
func (a *Arena) touched(end uint64) { a.dirty = max(a.dirty, end) }

// takeFree takes a free block of at least size granules, and gives back what is
// over. It returns 0 if there is none: granule 0 is in no block.
func (a *Arena) takeFree(size uint64) uint64 {
	for class := bits.Len64(size) - 1; class < len(a.free); class++ {
		list := a.free[class]
		for k := len(list) - 1; k >= max(0, len(list)-tries); k-- {
			i := uint64(list[k])
			whole := uint64(a.marks[i] & lengths)
			if whole < size {
				continue
			}
			list[k] = list[len(list)-1]
			a.free[class] = list[:len(list)-1]
			if whole > size {
				a.putFree(i+size, whole-size)
			}
			return i
		}
	}
	return 0
}

// tries bounds how many blocks of a class are looked at: only the lowest class has
// blocks that are too small.
const tries = 8

func (a *Arena) putFree(i, size uint64) {
	a.marks[i] = isFree | uint32(size)
	class := bits.Len64(size) - 1
	a.free[class] = append(a.free[class], uint32(i))
}
