package guest

import "github.com/bothost/bothost/sdk/guest-go/internal/wire"

// Sizes in bytes.
const (
	// smallRead is what one host call can always read: most values are far smaller.
	smallRead = 1 << 10
	// chunkSize is how much memory reads take from the runtime at once.
	chunkSize = 16 << 10
	// largestKept is the size above which scratch is not kept: the host's limit of
	// a variable. Instances live long and are many.
	largestKept = 64 << 10
)

// chunk is memory for reads, of which the first used bytes are strings already.
// The host writes a value to the rest, and that very memory becomes the string: to
// allocate each string costs a guest more than the host call does. used is a number
// because to move a pointer costs a write barrier as long as the collector marks,
// and between the short calls of a guest that is most of the time.
var (
	chunk = make([]byte, chunkSize)
	used  int
)

// room returns the memory for the next read, at least smallRead bytes.
func room() []byte {
	if len(chunk)-used < smallRead {
		chunk, used = make([]byte, chunkSize), 0
	}
	return chunk[used:]
}

// take makes a string of the first n bytes of the room, which are never written
// again.
func take(n int) string {
	text := wire.Text(chunk[used : used+n])
	used += n
	return text
}

// pull reads a value whose size nobody knows beforehand; ok is false if there is
// none. A value that fits costs one host call, a larger one two.
func pull(read func(buf []byte) int) (value string, ok bool) {
	n := read(room())
	if n == wire.Absent {
		return "", false
	}
	if n <= len(chunk)-used {
		return take(n), true
	}
	return large(n, read), true
}

// large reads a value of n bytes, for which chunk has no room, into memory of
// its own.
func large(n int, read func(buf []byte) int) string {
	buf := make([]byte, n)
	return wire.Text(buf[:read(buf)])
}

// scratch is where replies of more than one string are put together; it is
// shared by all of them, since an instance has one thread.
var scratch []byte

// keep remembers b, which grew out of scratch, for the next use.
func keep(b []byte) {
	if cap(b) <= largestKept {
		scratch = b[:0]
	}
}
