package memory

import "github.com/bothost/bothost/abi"

// entryLog holds the newest entries of a session, whose sequence numbers rise by
// one, in blocks: old entries go a block at a time, so that none is ever moved,
// and a block that went is used again.
type entryLog struct {
	blocks [][]abi.Entry
	spare  []abi.Entry
	n      int
}

// maxBlock is the largest number of entries in a block.
const maxBlock = 64

// blockSize returns how many entries go at once where keep are kept.
func blockSize(keep int) int { return max(1, min(maxBlock, keep/4)) }

// add appends entries, and drops old ones but for the newest keep.
func (l *entryLog) add(entries []abi.Entry, keep int) {
	size := blockSize(keep)
	for i := range entries {
		l.push(&entries[i], size)
	}
	for len(l.blocks) > 1 && l.n-len(l.blocks[0]) >= keep {
		l.drop()
	}
}

func (l *entryLog) push(e *abi.Entry, size int) {
	last := len(l.blocks) - 1
	if last < 0 || len(l.blocks[last]) == size {
		l.blocks = append(l.blocks, l.take(size))
		last++
	}
	l.blocks[last] = append(l.blocks[last], *e)
	l.n++
}

// take returns an empty block. The first one of a session grows as it is needed:
// most sessions are short.
func (l *entryLog) take(size int) []abi.Entry {
	if len(l.blocks) == 0 {
		return nil
	}
	if block := l.spare; block != nil {
		l.spare = nil
		return block
	}
	return make([]abi.Entry, 0, size)
}

func (l *entryLog) drop() {
	block := l.blocks[0]
	n := copy(l.blocks, l.blocks[1:])
	l.blocks[n] = nil
	l.blocks = l.blocks[:n]
	l.n -= len(block)
	clear(block)
	l.spare = block[:0]
}

// first returns the sequence number of the oldest entry, which there must be.
func (l *entryLog) first() uint64 { return l.blocks[0][0].Seq }

// read appends the entries from index from on to dst, at most limit.
func (l *entryLog) read(from, limit int, dst []abi.Entry) []abi.Entry {
	for _, block := range l.blocks {
		if from >= len(block) {
			from -= len(block)
			continue
		}
		part := block[from:min(len(block), from+limit)]
		dst = append(dst, part...)
		if limit -= len(part); limit == 0 {
			break
		}
		from = 0
	}
	return dst
}
