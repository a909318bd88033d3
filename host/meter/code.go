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
			if m.leaf[i] == 0 && mk.n > 0 {
				e.out = m.check(e.out, mk.n)
			}
		case markLoop:
			e.out = m.check(e.out, mk.n)
		case markIndex:
			e.out = uleb(e.out, mk.n)
		case markHelp:
			e.out = uleb(append(e.out, opCall), m.helper(int(mk.n)))
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
	b = sleb(append(b, opI64Const), int64(n))
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
