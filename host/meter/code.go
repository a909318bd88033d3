package meter

// writeCode writes the bodies and adds those of the helpers.
func (m *rewriter) writeCode(e *edit) []byte {
	n := e.count(2)
	for i, escapes := range m.escapes {
		if escapes {
			m.leaf[i] = 0
		}
	}
	e.out = make([]byte, 0, (e.end-e.i)*5/4+64)
	e.out = uleb(e.out, uint64(n)+m.helpersUsed())
	for i := range int(n) {
		if !e.ok() {
			return nil
		}
		m.body = m.writeBody(m.body[:0], m.bodyOf(e.reader), i)
		e.out = append(uleb(e.out, uint64(len(m.body))), m.body...)
	}
	for h, used := range m.used {
		if used {
			m.body = m.helperBody(m.body[:0], h)
			e.out = append(uleb(e.out, uint64(len(m.body))), m.body...)
		}
	}
	return e.out
}

// writeBody writes one body with its checks.
func (m *rewriter) writeBody(out []byte, r *reader, i int) []byte {
	e := &edit{reader: r, out: out, from: r.i}
	m.scanBody(r, i)
	for _, mk := range m.scan.marks {
		e.upTo(int(mk.at))
		switch mk.kind {
		case markEntry:
			if m.leaf[i] == 0 {
				e.out = m.check(e.out, mk.n)
			}
		case markLoop:
			e.out = m.check(e.out, mk.n)
		case markIndex:
			e.out = uleb(e.out, mk.n)
		case markBytes:
			e.out = uleb(append(e.out, opCall), m.helper(helpBytes))
		case markElems:
			e.out = uleb(append(e.out, opCall), m.helper(helpElems))
		case markGrow:
			e.out = uleb(append(e.out, opCall), m.helper(helpGrow))
		}
		e.from = int(mk.end)
	}
	return e.rest()
}

// check takes n from the fuel and refuels when that is below zero. It leaves
// the stack as it was and uses no local: a local that keeps the new value made
// no difference, nor did a cold path in a function of its own do any good.
func (m *rewriter) check(b []byte, n uint64) []byte {
	b = m.global(b, opGlobalGet)
	b = sleb(append(b, opI64Const), n)
	b = m.global(append(b, opI64Sub), opGlobalSet)
	return m.settle(b)
}

// settle refuels when the fuel is below zero.
func (m *rewriter) settle(b []byte) []byte {
	b = m.global(b, opGlobalGet)
	b = append(b, opI64Const, 0, opI64LtS, opIf, 0x40)
	b = m.global(b, opGlobalGet)
	b = uleb(append(b, opCall), uint64(m.imports))
	b = m.global(b, opGlobalSet)
	return append(b, opEnd)
}

func (m *rewriter) global(b []byte, op byte) []byte {
	return uleb(append(b, op), uint64(m.globals))
}

// helperBody writes a helper. Each has the type (param i32) (result i32).
func (m *rewriter) helperBody(b []byte, h int) []byte {
	switch h {
	case helpBytes:
		b = m.charge(append(b, 0), opI32Const, bytesShift, opI32ShrU, opI64ExtendI32U)
		return append(b, opLocalGet, 0, opEnd)
	case helpElems:
		b = m.charge(append(b, 0), opI64ExtendI32U)
		return append(b, opLocalGet, 0, opEnd)
	}
	// The pages are paid for when they are there: a growth that fails costs
	// little, and asking for too much is how some guests find out their limit.
	b = m.check(append(b, 1, 1, typeI32), growWeight)
	b = append(b, opLocalGet, 0, opMemoryGrow, 0, opLocalSet, 1)
	b = append(b, opLocalGet, 1, opI32Const, 0x7f, opI32Ne, opIf, 0x40)
	weigh := sleb([]byte{opI64ExtendI32U, opI64Const}, pageWeight)
	b = m.charge(b, append(weigh, opI64Mul)...)
	return append(b, opEnd, opLocalGet, 1, opEnd)
}

// charge takes from the fuel what weigh makes of the parameter.
func (m *rewriter) charge(b []byte, weigh ...byte) []byte {
	b = append(m.global(b, opGlobalGet), opLocalGet, 0)
	b = append(b, weigh...)
	b = m.global(append(b, opI64Sub), opGlobalSet)
	return m.settle(b)
}
