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

// chunk is memory that nobody uses yet, at least smallRead of it before each
// read. The host writes a value to its beginning, and that very memory becomes
// the string: to allocate each string costs a guest more than the host call does.
var chunk = make([]byte, chunkSize)

// room returns the memory for the next read.
func room() []byte {
	if len(chunk) < smallRead {
		chunk = make([]byte, chunkSize)
	}
	return chunk
}

// take makes a string of the first n bytes of chunk, which are never written
// again.
func take(n int) string {
	text := wire.Text(chunk[:n])
	chunk = chunk[n:]
	return text
}

// pull reads a value whose size nobody knows beforehand; ok is false if there is
// none. A value that fits costs one host call, a larger one two.
func pull(read func(buf []byte) int) (value string, ok bool) {
	n := read(room())
	if n == wire.Absent {
		return "", false
	}
	if n <= len(chunk) {
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
