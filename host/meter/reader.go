package meter

import "fmt"

// A source is the module and the first thing found wrong with it. After that
// all readers of it are at their end, so that no loop over them goes on.
type source struct {
	b        []byte
	section  string
	function int
	err      *Error
}

// A reader walks one part of a source.
type reader struct {
	*source
	i, end int
}

func (r *reader) ok() bool   { return r.err == nil }
func (r *reader) done() bool { return r.i >= r.end || r.err != nil }

// fail notes what is wrong at the offset at, if it is the first thing.
func (r *reader) fail(kind error, at int, format string, args ...any) {
	if r.err != nil {
		return
	}
	r.err = &Error{
		Kind: kind, Section: r.section, Function: r.function, Offset: at,
		Reason: fmt.Sprintf(format, args...),
	}
}

func (r *reader) malformed(at int, format string, args ...any) {
	r.fail(ErrMalformed, at, format, args...)
}

func (r *reader) unsupported(at int, format string, args ...any) {
	r.fail(ErrUnsupported, at, format+" not supported", args...)
}

func (r *reader) byte() byte {
	if r.done() {
		r.malformed(r.i, "unexpected end")
		return 0
	}
	c := r.b[r.i]
	r.i++
	return c
}

// zero reads a byte that the format reserves.
func (r *reader) zero(what string) {
	at := r.i
	if c := r.byte(); c != 0 && r.ok() {
		r.unsupported(at, "%s %#x, multiple memories are", what, c)
	}
}

// sub cuts off the next n bytes.
func (r *reader) sub(n uint32) *reader {
	s := &reader{source: r.source, i: r.i, end: r.i}
	if uint64(n) > uint64(r.end-r.i) {
		r.malformed(r.i, "size %d beyond the end", n)
		return s
	}
	s.end += int(n)
	r.i = s.end
	return s
}

// finish checks that nothing is left.
func (r *reader) finish() {
	if r.ok() && r.i < r.end {
		r.malformed(r.i, "%d bytes too many", r.end-r.i)
	}
}

func (r *reader) u32() uint32 {
	at := r.i
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			if v > 1<<32-1 {
				break
			}
			return uint32(v)
		}
	}
	r.malformed(at, "integer too large")
	return 0
}

// vectorOpcode reads the second part of a vector opcode in its shortest form.
// Wazero takes one byte of it (the second byte of the longer ones, 0x01, is a
// nop). By a longer form than needed a guest could make the runtime see other
// instructions than we do.
func (r *reader) vectorOpcode() uint32 {
	at := r.i
	v := r.u32()
	if r.ok() && r.i-at > 1 && r.b[r.i-1] == 0 {
		r.malformed(at, "opcode 0xfd %#x in a longer form than needed", v)
	}
	return v
}

// count reads the length of a vector whose elements take size bytes or more. A
// count that the rest cannot hold is refused before anything is sized by it.
func (r *reader) count(size int) uint32 {
	at := r.i
	n := r.u32()
	if uint64(n)*uint64(size) > uint64(r.end-r.i) {
		r.malformed(at, "count %d beyond the end", n)
		return 0
	}
	return n
}

// index reads an index of a space of n things.
func (r *reader) index(what string, n uint32) uint32 {
	at := r.i
	i := r.u32()
	if i >= n && r.ok() {
		r.malformed(at, "%s %d of %d", what, i, n)
		return 0
	}
	return i
}

// number skips a signed LEB128 number of at most n bytes.
func (r *reader) number(n int) {
	at := r.i
	for range n {
		if r.byte() < 0x80 {
			return
		}
	}
	r.malformed(at, "integer too large")
}

func (r *reader) skip(n uint32) { r.sub(n) }

// name reads a string. It is a view of the module.
func (r *reader) name() []byte {
	s := r.sub(r.u32())
	return r.b[s.i:s.end]
}
