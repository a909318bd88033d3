package module

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
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

// maxName is the longest name of an import, an export or a section, in bytes.
const maxName = 4 << 10

func (r *reader) name() string {
	b := r.bytes(r.u32())
	switch {
	case len(b) > maxName:
		r.fail("has a name of %d bytes; at most %d are allowed", len(b), maxName)
		return ""
	case !utf8.Valid(b):
		r.fail("has a name that is not UTF-8")
		return ""
	}
	return string(b)
}

// count reads the length of a vector, which is at most most. It refuses one that
// cannot be true, since each element takes a byte at least: the engine believes
// lengths, and allocates them.
func (r *reader) count(most uint32) uint32 {
	n := r.u32()
	switch {
	case r.err != nil:
		return 0
	case uint64(n) > uint64(len(r.data)-r.pos):
		r.truncated()
		return 0
	case n > most:
		r.fail("has %d elements; at most %d are allowed", n, most)
		return 0
	}
	return n
}

// valueType reads one of the types that a value may have here. Types of later
// versions are longer than a byte, so that nothing behind one could be read.
func (r *reader) valueType() abi.ValueType {
	t := r.byte()
	switch {
	case r.err != nil || t >= 0x7b && t <= 0x7f || isRefType(t):
	case t == 0x63 || t == 0x64:
		r.fail("has a type of typed references or garbage collection, which are not supported")
	default:
		r.fail("has the unknown type 0x%02x", t)
	}
	return abi.ValueType(t)
}

// isRefType reports whether t is funcref or externref.
func isRefType(t byte) bool { return t == 0x70 || t == 0x6f }

// skipExpr reads over a constant expression.
func (r *reader) skipExpr() {
	for r.err == nil {
		switch op := r.byte(); op {
		case 0x0b: // end
			return
		case 0x23, 0xd2: // global.get, ref.func
			r.u32()
		case 0x41: // i32.const
			r.skipLEB(5)
		case 0x42: // i64.const
			r.skipLEB(10)
		case 0x43: // f32.const
			r.bytes(4)
		case 0x44: // f64.const
			r.bytes(8)
		case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // add, sub, mul
		case 0xd0: // ref.null
			if t := r.byte(); r.err == nil && !isRefType(t) {
				r.fail("has a reference of the type 0x%02x", t)
			}
		case 0xfd: // v128.const
			if r.byte() != 0x0c {
				r.fail("has a constant expression that computes with vectors")
			}
			r.bytes(16)
		default:
			r.fail("has a constant expression with the instruction 0x%02x", op)
		}
	}
}

// skipLEB reads over a number of at most most bytes.
func (r *reader) skipLEB(most int) {
	for range most {
		if r.byte() < 0x80 {
			return
		}
	}
	r.fail("has a number of more than %d bytes", most)
}

// appendU32 appends n in unsigned LEB128.
func appendU32(b []byte, n uint32) []byte {
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n))
}
