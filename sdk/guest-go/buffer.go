package guest

import "github.com/bothost/bothost/sdk/guest-go/internal/wire"

// Sizes of the buffer that reads go through, in bytes.
const (
	// smallRead is what one host call can read: most values are far smaller.
	smallRead = 1 << 10
	// largestKept is the size above which a read does not enlarge the buffer for
	// good: the host's limit of a variable. Instances live long and are many.
	largestKept = 64 << 10
)

// buffer is shared by all reads: an instance has one thread, and no read ends
// with the buffer in use. It is made before the first turn.
var buffer = make([]byte, smallRead)

// pull reads a value whose size nobody knows beforehand, and returns a copy; ok
// is false if there is none. A value that fits in the buffer costs one host call
// and one allocation, a larger one two calls.
func pull(read func(buf []byte) int) (value string, ok bool) {
	n := read(buffer)
	if n == wire.Absent {
		return "", false
	}
	if n <= len(buffer) {
		return string(buffer[:n]), true
	}
	if n <= largestKept {
		buffer = make([]byte, min(2*n, largestKept))
		return string(buffer[:read(buffer)]), true
	}
	large := make([]byte, n)
	return wire.Text(large[:read(large)]), true
}

// scratch is where replies of more than one string are put together; like
// buffer, it is shared.
var scratch []byte

// keep remembers b, which grew out of scratch, for the next use.
func keep(b []byte) {
	if cap(b) <= largestKept {
		scratch = b[:0]
	}
}
