package plugin

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// reader walks the bytes of a module. The first fault sticks: every later read
// returns zero, so that callers check err once for a whole section.
type reader struct {
	data []byte
	pos  int
	err  error
}

var errTruncated = errors.New("ends in the middle")

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) more() bool { return r.err == nil && r.pos < len(r.data) }

func (r *reader) byte() byte {
	if r.err != nil || r.pos >= len(r.data) {
		r.truncated()
		return 0
	}
	r.pos++
	return r.data[r.pos-1]
}

func (r *reader) truncated() {
	if r.err == nil {
		r.err = errTruncated
	}
}

// bytes returns a view of the next n bytes.
func (r *reader) bytes(n uint32) []byte {
	if r.err != nil || uint64(n) > uint64(len(r.data)-r.pos) {
		r.truncated()
		return nil
	}
	r.pos += int(n)
	return r.data[r.pos-int(n) : r.pos]
}

// u32 reads an unsigned LEB128 number of at most 32 bits.
func (r *reader) u32() uint32 {
	n := r.leb(32)
	return uint32(n)
}

// leb reads an unsigned LEB128 number of at most bits bits.
func (r *reader) leb(bits uint) uint64 {
	var n uint64
	for shift := uint(0); ; shift += 7 {
		b := r.byte()
		if r.err != nil {
			return 0
		}
		if rest := bits - shift; rest < 7 && b>>rest != 0 {
			r.fail("has a number of more than %d bits", bits)
			return 0
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

func (r *reader) name() string {
	b := r.bytes(r.u32())
	if !utf8.Valid(b) {
		r.fail("has a name that is not UTF-8")
		return ""
	}
	return string(b)
}

// count reads the length of a vector and refuses one that cannot be true: each
// element takes a byte at least.
func (r *reader) count() uint32 {
	n := r.u32()
	if r.err == nil && uint64(n) > uint64(len(r.data)-r.pos) {
		r.truncated()
		return 0
	}
	return n
}

// appendU32 appends n in unsigned LEB128.
func appendU32(b []byte, n uint32) []byte {
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n))
}
