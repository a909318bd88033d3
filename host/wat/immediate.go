package wat

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// append appends the instruction n with its immediates, which it takes from c.
func (e *coder) append(b []byte, n *node, in instruction, c *cursor) ([]byte, error) {
	if in.imm == immTypes {
		return e.selectOf(b, in, c)
	}
	if in.prefix != prefixNone {
		b = append(b, in.prefix)
		b = appendUint(b, in.code)
	} else {
		b = append(b, byte(in.code))
	}
	switch in.imm {
	case immNone:
		return b, nil
	case immMemory:
		return append(b, 0), nil
	case immMemoryCopy:
		return append(b, 0, 0), nil
	case immI32, immI64, immF32, immF64, immV128, immLane, immShuffle:
		return constant(b, in.imm, c)
	case immHeapType:
		return heapType(b, c)
	case immMemarg:
		return memarg(b, in, c)
	case immMemargLane:
		return memargLane(b, in, c)
	}
	return e.indices(b, n, in.imm, c)
}

// indices appends the immediates that are resolved in an index space.
func (e *coder) indices(b []byte, n *node, imm immediate, c *cursor) ([]byte, error) {
	spaces := &e.m.spaceOf
	switch imm {
	case immLabel:
		return appendIndex(b, c, e.label)
	case immLabels:
		return e.labels(b, c)
	case immFunc:
		return appendIndex(b, c, spaces[kindFunc].index)
	case immLocal:
		return appendIndex(b, c, e.locals.index)
	case immGlobal:
		return appendIndex(b, c, spaces[kindGlobal].index)
	case immTable:
		return appendIndex(b, c, spaces[kindTable].optional)
	case immTableCopy:
		return e.tableCopy(b, c)
	case immTableInit:
		return e.tableInit(b, c)
	case immElem:
		return appendIndex(b, c, spaces[kindElem].index)
	case immData:
		e.m.usesData = true
		return appendIndex(b, c, spaces[kindData].index)
	case immMemoryInit:
		e.m.usesData = true
		b, err := appendIndex(b, c, spaces[kindData].index)
		return append(b, 0), err
	case immCallIndirect:
		return e.callIndirect(b, c)
	}
	return nil, errorAt(n.pos, "misplaced %v", n)
}

func appendIndex(b []byte, c *cursor, take func(*cursor) (uint32, error)) ([]byte, error) {
	v, err := take(c)
	return appendUint(b, v), err
}

// selectOf appends select, whose opcode depends on whether types follow.
func (e *coder) selectOf(b []byte, in instruction, c *cursor) ([]byte, error) {
	if !c.atList("result") {
		return append(b, byte(in.code)), nil
	}
	types, err := declarations(c, "result", nil)
	return appendBytes(append(b, opSelectTyped), types), err
}

func (e *coder) labels(b []byte, c *cursor) ([]byte, error) {
	var depths []uint32
	for len(depths) == 0 || c.atIndex() {
		depth, err := e.label(c)
		if err != nil {
			return nil, err
		}
		depths = append(depths, depth)
	}
	b = appendUint(b, uint32(len(depths)-1)) // the last is the default
	for _, depth := range depths {
		b = appendUint(b, depth)
	}
	return b, nil
}

func (e *coder) callIndirect(b []byte, c *cursor) ([]byte, error) {
	table, err := e.m.spaceOf[kindTable].optional(c)
	if err != nil {
		return nil, err
	}
	use, err := e.m.typeUse(c, nil)
	if err != nil {
		return nil, err
	}
	return appendUint(appendUint(b, e.m.indexOf(use)), table), nil
}

func (e *coder) tableCopy(b []byte, c *cursor) ([]byte, error) {
	if !c.atIndex() {
		return append(b, 0, 0), nil
	}
	tables := &e.m.spaceOf[kindTable]
	b, err := appendIndex(b, c, tables.index)
	if err != nil {
		return nil, err
	}
	return appendIndex(b, c, tables.index)
}

// tableInit takes table? elem; the binary has them the other way round.
func (e *coder) tableInit(b []byte, c *cursor) ([]byte, error) {
	table := uint32(0)
	if len(c.nodes) > 1 && c.nodes[0].isIndex() && c.nodes[1].isIndex() {
		var err error
		if table, err = e.m.spaceOf[kindTable].index(c); err != nil {
			return nil, err
		}
	}
	b, err := appendIndex(b, c, e.m.spaceOf[kindElem].index)
	return appendUint(b, table), err
}

func heapType(b []byte, c *cursor) ([]byte, error) {
	n, err := c.atom("heap type")
	if err != nil {
		return nil, err
	}
	t, ok := heapTypes[n.text]
	if !ok {
		return nil, errorAt(n.pos, "unknown heap type %q", n.text)
	}
	return append(b, t), nil
}

// memarg takes offset=n? align=n?; the binary holds the alignment's exponent.
func memarg(b []byte, in instruction, c *cursor) ([]byte, error) {
	offset, err := memargPart(c, "offset=", 0)
	if err != nil {
		return nil, err
	}
	pos := c.pos()
	align, err := memargPart(c, "align=", in.width)
	if err != nil {
		return nil, err
	}
	if bits.OnesCount32(align) != 1 {
		return nil, errorAt(pos, "alignment %d is not a power of two", align)
	}
	b = appendUint(b, uint32(bits.TrailingZeros32(align)))
	return appendUint(b, offset), nil
}

func memargPart(c *cursor, prefix string, otherwise uint32) (uint32, error) {
	if c.done() || c.nodes[0].kind != nodeAtom || !strings.HasPrefix(c.nodes[0].text, prefix) {
		return otherwise, nil
	}
	n := c.next()
	v, err := parseUint(strings.TrimPrefix(n.text, prefix), 32)
	return uint32(v), n.literalError(err)
}

func memargLane(b []byte, in instruction, c *cursor) ([]byte, error) {
	b, err := memarg(b, in, c)
	if err != nil {
		return nil, err
	}
	return constant(b, immLane, c)
}

// constant appends literals.
func constant(b []byte, imm immediate, c *cursor) ([]byte, error) {
	if imm == immV128 {
		return vector(b, c)
	}
	if imm == immShuffle {
		return lanes(b, c, 16, 8, (*node).uint)
	}
	n, err := c.atom("number")
	if err != nil {
		return nil, err
	}
	var v uint64
	switch imm {
	case immI32:
		v, err = n.int(32)
		return appendSigned(b, int64(int32(v))), err
	case immI64:
		v, err = n.int(64)
		return appendSigned(b, int64(v)), err
	case immF32:
		v, err = n.float(32)
		return binary.LittleEndian.AppendUint32(b, uint32(v)), err
	case immF64:
		v, err = n.float(64)
		return binary.LittleEndian.AppendUint64(b, v), err
	}
	v, err = n.uint(8) // a lane
	return append(b, byte(v)), err
}

// vector appends the literals of v128.const after its shape.
func vector(b []byte, c *cursor) ([]byte, error) {
	n, err := c.atom("vector shape")
	if err != nil {
		return nil, err
	}
	switch n.text {
	case "i8x16":
		return lanes(b, c, 16, 8, (*node).int)
	case "i16x8":
		return lanes(b, c, 8, 16, (*node).int)
	case "i32x4":
		return lanes(b, c, 4, 32, (*node).int)
	case "i64x2":
		return lanes(b, c, 2, 64, (*node).int)
	case "f32x4":
		return lanes(b, c, 4, 32, (*node).float)
	case "f64x2":
		return lanes(b, c, 2, 64, (*node).float)
	}
	return nil, errorAt(n.pos, "unknown vector shape %q", n.text)
}

func lanes(b []byte, c *cursor, count, width int,
	parse func(*node, int) (uint64, error)) ([]byte, error) {
	for range count {
		n, err := c.atom("number")
		if err != nil {
			return nil, err
		}
		v, err := parse(n, width)
		if err != nil {
			return nil, err
		}
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], v)
		b = append(b, word[:width/8]...)
	}
	return b, nil
}
