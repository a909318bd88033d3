package meter

// An edit copies a part of the module and replaces some of it on the way.
type edit struct {
	*reader
	out  []byte
	from int
}

func (m *rewriter) edit(r *reader) *edit { return &edit{reader: r, from: r.i} }

// upTo copies the input up to the offset at.
func (e *edit) upTo(at int) {
	if !e.ok() {
		return
	}
	e.out = append(e.out, e.b[e.from:at]...)
	e.from = at
}

// put writes a number in place of the bytes from at to here.
func (e *edit) put(at int, v uint64) {
	e.upTo(at)
	e.out = uleb(e.out, v)
	e.from = e.i
}

// rest copies what is left and returns all of it.
func (e *edit) rest() []byte {
	e.upTo(e.end)
	return e.out
}

// write returns the new module.
func (m *rewriter) write() []byte {
	m.writing = true
	out := append(make([]byte, 0, len(m.b)+len(m.b)/8+256), m.b[:8]...)
	need := m.required()
	missing := func(before int) {
		for len(need) > 0 && rank(need[0]) < before {
			out = appendSection(out, need[0], m.contents(section{id: need[0]}))
			need = need[1:]
		}
	}
	for _, s := range m.sections {
		if s.id != customID {
			missing(rank(s.id))
			if len(need) > 0 && need[0] == s.id {
				need = need[1:]
			}
		}
		body := m.contents(s)
		if m.err != nil {
			return nil
		}
		if body != nil {
			out = appendSection(out, s.id, body)
		}
	}
	missing(rank(tagID))
	if !m.hasNames && !m.plain() {
		out = appendSection(out, customID, m.nameSection())
	}
	return out
}

// required are the sections that must be there, in their order.
func (m *rewriter) required() []byte {
	var need []byte
	if !m.plain() {
		need = append(need, importID, globalID)
	}
	if m.exportsFuel() || m.exportsStart() {
		need = append(need, exportID)
	}
	return need
}

func (m *rewriter) exportsFuel() bool  { return m.opt.Export != "" && !m.plain() }
func (m *rewriter) exportsStart() bool { return m.opt.Start != "" && m.start >= 0 }

// plain is true for a module without code: nothing is added to it.
func (m *rewriter) plain() bool { return len(m.funcs) == 0 }

// extra is n, or 0 for a module to which nothing is added.
func (m *rewriter) extra(n int) int {
	if m.plain() {
		return 0
	}
	return n
}

// contents returns the new contents of a section, nil if it is dropped. A
// section that was not there has no bytes, not even a count.
func (m *rewriter) contents(s section) []byte {
	r := m.reader(s)
	e := m.edit(r)
	switch s.id {
	case customID:
		return m.custom(e)
	case typeID:
		return m.addTypes(e)
	case importID:
		return m.addImport(e)
	case functionID:
		return m.addFunctions(e)
	case tableID:
		return m.writeTables(e)
	case memoryID:
		m.checkMemories(e)
	case globalID:
		return m.writeGlobals(e)
	case exportID:
		return m.writeExports(e)
	case startID:
		if m.exportsStart() {
			return nil
		}
		m.functionIndex(e)
		e.finish()
	case elementID:
		m.writeElements(e)
	case codeID:
		return m.writeCode(e)
	case dataID:
		m.checkData(e)
	}
	return e.rest()
}

// addCount raises the count of a vector by n and returns the old one. The
// elements are still to be read.
func (e *edit) addCount(n int) uint32 {
	at := e.i
	var old uint32
	if e.end > 0 { // a section that is there, be it empty
		old = e.count(1)
	}
	e.put(at, uint64(old)+uint64(n))
	return old
}

func appendSection(out []byte, id byte, body []byte) []byte {
	out = uleb(append(out, id), uint64(len(body)))
	return append(out, body...)
}

func str(b []byte, s string) []byte { return append(uleb(b, uint64(len(s))), s...) }

// uleb appends an unsigned LEB128 number.
func uleb(b []byte, v uint64) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

// sleb appends a signed LEB128 number.
func sleb(b []byte, v int64) []byte {
	for v < -0x40 || v >= 0x40 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v)&0x7f)
}
