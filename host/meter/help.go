package meter

// piece is how many bytes memory.fill and memory.copy work on between two
// checks. It is a multiple of what a unit pays for, so that the sum over the
// pieces is the weight of the whole.
const piece = 256 << 10

// helperBody writes a helper, its locals first.
func (m *rewriter) helperBody(b []byte, h int) []byte {
	switch h {
	case helpBytes:
		b = m.charge(append(b, 0), 0, opI32Const, bytesShift, opI32ShrU, opI64ExtendI32U)
		return append(b, opLocalGet, 0, opEnd)
	case helpElems:
		b = m.charge(append(b, 0), 0, opI64ExtendI32U)
		return append(b, opLocalGet, 0, opEnd)
	case helpGrow:
		return m.growBody(append(b, 1, 1, typeI32))
	case helpFill:
		return m.piecesBody(append(b, 0), false, opBulk, 11, 0)
	default:
		return m.piecesBody(append(b, 0), true, opBulk, 10, 0, 0)
	}
}

// helperTypes are the types of the helpers, counted from the first type that is
// added.
var helperTypes = [helpers]uint64{
	helpBytes: 1, helpElems: 1, helpGrow: 1, helpFill: 2, helpCopy: 2,
}

// growBody writes memory.grow. The pages are paid for when they are there: a
// growth that fails costs little, and asking for too much is how some guests
// find out their limit.
func (m *rewriter) growBody(b []byte) []byte {
	b = m.check(b, growWeight)
	b = append(b, opLocalGet, 0, opMemoryGrow, 0, opLocalSet, 1)
	b = append(b, opLocalGet, 1, opI32Const, 0x7f, opI32Ne, opIf, 0x40)
	weigh := sleb([]byte{opI64ExtendI32U, opI64Const}, pageWeight)
	b = m.charge(b, 0, append(weigh, opI64Mul)...)
	return append(b, opEnd, opLocalGet, 1, opEnd)
}

// piecesBody writes memory.fill or memory.copy in pieces. Its parameters are
// the operands: where to, the value or where from, and the length.
//
// What is out of bounds is found before the first piece and left to the
// instruction itself, which writes nothing then and traps in its own words.
func (m *rewriter) piecesBody(b []byte, copies bool, op ...byte) []byte {
	whole := append([]byte{opLocalGet, 0, opLocalGet, 1, opLocalGet, 2}, op...)
	b = append(longer(b), opIf, 0x40)
	b = outside(b, 0)
	if copies {
		b = append(outside(b, 1), opI32Or)
	}
	b = append(append(append(b, opIf, 0x40), whole...), opUnreachable, opEnd)
	if copies { // a piece must not overwrite what a later one reads
		b = append(b, opLocalGet, 0, opLocalGet, 1, opI32GtU, opIf, 0x40)
		b = append(m.backward(b, op), opElse)
		b = append(m.forward(b, copies, op), opEnd)
	} else {
		b = m.forward(b, copies, op)
	}
	b = m.charge(append(b, opEnd), 2, opI32Const, bytesShift, opI32ShrU, opI64ExtendI32U)
	return append(append(b, whole...), opEnd)
}

// forward writes a loop that works from the begin and leaves one piece or less
// at the end.
func (m *rewriter) forward(b []byte, copies bool, op []byte) []byte {
	b = m.check(append(b, opLoop, 0x40), piece>>bytesShift)
	b = sleb(append(b, opLocalGet, 0, opLocalGet, 1, opI32Const), piece)
	b = step(append(b, op...), 0, opI32Add)
	if copies {
		b = step(b, 1, opI32Add)
	}
	return append(longer(step(b, 2, opI32Sub)), opBrIf, 0, opEnd)
}

// backward writes a loop that works from the end and leaves one piece or less
// at the begin.
func (m *rewriter) backward(b []byte, op []byte) []byte {
	b = m.check(append(b, opLoop, 0x40), piece>>bytesShift)
	b = step(b, 2, opI32Sub)
	b = append(b, opLocalGet, 0, opLocalGet, 2, opI32Add)
	b = append(b, opLocalGet, 1, opLocalGet, 2, opI32Add)
	b = append(sleb(append(b, opI32Const), piece), op...)
	return append(longer(b), opBrIf, 0, opEnd)
}

// longer writes whether the length is more than a piece.
func longer(b []byte) []byte {
	return append(sleb(append(b, opLocalGet, 2, opI32Const), piece), opI32GtU)
}

// outside writes whether the length from a place reaches beyond the memory, in
// 64 bits: the sum may have 33.
func outside(b []byte, place byte) []byte {
	b = append(b, opLocalGet, place, opI64ExtendI32U, opLocalGet, 2, opI64ExtendI32U, opI64Add)
	b = append(b, opMemorySize, 0, opI64ExtendI32U, opI64Const, 16, opI64Shl)
	return append(b, opI64GtU)
}

// step adds a piece to a local or takes one from it.
func step(b []byte, local, op byte) []byte {
	return append(sleb(append(b, opLocalGet, local, opI32Const), piece), op, opLocalSet, local)
}

// charge takes from the fuel what weigh makes of a local.
func (m *rewriter) charge(b []byte, local byte, weigh ...byte) []byte {
	b = append(m.global(b, opGlobalGet), opLocalGet, local)
	b = append(b, weigh...)
	b = m.global(append(b, opI64Sub), opGlobalSet)
	return m.settle(b)
}
