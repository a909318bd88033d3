package meter

// The value types, as the format writes them.
const (
	typeI32       = 0x7f
	typeI64       = 0x7e
	typeF32       = 0x7d
	typeF64       = 0x7c
	typeV128      = 0x7b
	typeFuncref   = 0x70
	typeExternref = 0x6f
)

// valType reads a value type.
func (r *reader) valType() {
	at := r.i
	switch c := r.byte(); c {
	case typeI32, typeI64, typeF32, typeF64, typeV128, typeFuncref, typeExternref:
	default:
		r.unknownType(at, c)
	}
}

// refType reads a reference type.
func (r *reader) refType() {
	at := r.i
	switch c := r.byte(); c {
	case typeFuncref, typeExternref:
	case typeI32, typeI64, typeF32, typeF64, typeV128:
		r.malformed(at, "type %#x is no reference", c)
	default:
		r.unknownType(at, c)
	}
}

func (r *reader) unknownType(at int, c byte) {
	switch c {
	case 0x63, 0x64:
		r.unsupported(at, "type %#x: typed function references are", c)
	case 0x69, 0x74:
		r.unsupported(at, "type %#x: exceptions are", c)
	case 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x71, 0x72, 0x73:
		r.unsupported(at, "type %#x: garbage collection is", c)
	default:
		r.malformed(at, "unknown type %#x", c)
	}
}

// blockType reads the type of a block: none, a value type or an index, which is
// a signed number of 33 bits that must not be negative.
func (m *rewriter) blockType(r *reader) signature {
	at := r.i
	c := r.byte()
	switch {
	case c == 0x40:
		return signature{}
	case c < 0x80 && c > 0x40:
		r.i = at
		r.valType()
		return signature{results: 1}
	}
	v := uint64(c & 0x7f)
	for shift := 7; c >= 0x80 && shift < 35; shift += 7 {
		c = r.byte()
		v |= uint64(c&0x7f) << shift
	}
	if !r.ok() {
		return signature{}
	}
	// Bit 6 of the last byte is the sign; five bytes have room for more bits
	// than there are.
	if c >= 0x40 || v >= uint64(m.types()) {
		r.malformed(at, "type %d of %d", v, m.types())
		return signature{}
	}
	return m.sigs[v]
}

// limits reads the limits of a table or a memory.
func (r *reader) limits() (least, most uint32, bounded bool) {
	at := r.i
	switch flags := r.byte(); {
	case flags <= 1:
		bounded = flags == 1
	case flags <= 3:
		r.unsupported(at, "limits %#x: threads (shared memory) are", flags)
	case flags <= 7:
		r.unsupported(at, "limits %#x: memory64 is", flags)
	case flags <= 15:
		r.unsupported(at, "limits %#x: custom page sizes are", flags)
	default:
		r.malformed(at, "unknown limits %#x", flags)
	}
	least = r.u32()
	if bounded {
		most = r.u32()
	}
	return least, most, bounded
}

// globalType reads the type of a global.
func (r *reader) globalType() {
	r.valType()
	at := r.i
	switch c := r.byte(); {
	case c <= 1:
	case c <= 3:
		r.unsupported(at, "mutability %#x: threads (shared globals) are", c)
	default:
		r.malformed(at, "unknown mutability %#x", c)
	}
}
