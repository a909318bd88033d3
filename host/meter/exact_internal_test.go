package meter

// exact returns a module that counts the weight of each instruction when it runs,
// without leaves and ways, in an exported global "count". The module must have
// globals and exports. It is what the fuel is held against.
func exact(module []byte) ([]byte, error) {
	m := &rewriter{opt: Options{}.withDefaults(),
		source: source{b: module, function: -1}, data: -1}
	m.split()
	out := append([]byte(nil), module[:8]...)
	for _, s := range m.sections {
		e := m.edit(m.reader(s))
		switch s.id {
		case globalID:
			e.addCount(1)
			e.out = append(e.rest(), typeI64, 1, opI64Const, 0, opEnd)
		case exportID:
			e.addCount(1)
			e.out = uleb(append(str(e.rest(), "count"), 3), uint64(m.globals))
		case codeID:
			n := e.count(2)
			e.out = uleb(e.out, uint64(n))
			for i := range int(n) {
				body := m.exactBody(m.bodyOf(e.reader), i)
				e.out = append(uleb(e.out, uint64(len(body))), body...)
			}
		default:
			e.out = e.rest()
		}
		out = appendSection(out, s.id, e.out)
	}
	if m.err != nil {
		return nil, m.err
	}
	return out, nil
}

func (m *rewriter) exactBody(r *reader, i int) []byte {
	e := &edit{reader: r, from: r.i}
	locals := m.locals(r, i)
	e.upTo(r.i)
	for depth := uint32(1); depth > 0 && r.ok(); {
		at := r.i
		in := m.next(r, locals, depth)
		e.out = m.global(e.out, opGlobalGet)
		e.out = sleb(append(e.out, opI64Const), int64(weight(in.op)))
		e.out = m.global(append(e.out, opI64Add), opGlobalSet)
		e.out = append(e.out, m.b[at:r.i]...)
		switch in.op {
		case opBlock, opLoop, opIf:
			depth++
		case opEnd:
			depth--
		}
	}
	return e.out
}

// Exact is for the tests outside of the package.
var Exact = exact
