package meter

// addTypes adds the types of refuel and of the helpers.
func (m *rewriter) addTypes(e *edit) []byte {
	e.addCount(m.extra(3))
	if m.plain() {
		return e.rest()
	}
	b := append(e.rest(), 0x60, 1, typeI64, 1, typeI64)
	b = append(b, 0x60, 1, typeI32, 1, typeI32)
	return append(b, 0x60, 3, typeI32, typeI32, typeI32, 0)
}

// addImport adds refuel behind the input's imports.
func (m *rewriter) addImport(e *edit) []byte {
	e.addCount(m.extra(1))
	if m.plain() {
		return e.rest()
	}
	b := str(str(e.rest(), m.opt.Module), m.opt.Name)
	return uleb(append(b, 0), uint64(m.types()))
}

// addFunctions adds the helpers that are used.
func (m *rewriter) addFunctions(e *edit) []byte {
	e.addCount(int(m.helpersUsed()))
	b := e.rest()
	for h, used := range m.used {
		if used {
			b = uleb(b, uint64(m.types())+helperTypes[h])
		}
	}
	return b
}

func (m *rewriter) helpersUsed() uint64 { return m.helper(helpers) - m.helper(0) }

// helper is the index of a helper in the new module: behind the input's own
// functions, which are behind refuel.
func (m *rewriter) helper(h int) uint64 {
	i := uint64(m.functions()) + 1
	for _, used := range m.used[:h] {
		if used {
			i++
		}
	}
	return i
}

// functionIndex reads the index of a function and writes the shifted one. Who
// reads it here may call it without paying.
func (m *rewriter) functionIndex(e *edit) {
	at := e.i
	i := e.index("function", m.functions())
	if !e.ok() {
		return
	}
	m.escape(i)
	if int64(i) == m.start && m.section != sectionNames[startID] {
		m.startDeclared = true
	}
	if i >= m.imports {
		e.put(at, m.shifted(i))
	}
}

// shifted is the index of a function in the new module.
func (m *rewriter) shifted(i uint32) uint64 {
	if i < m.imports {
		return uint64(i)
	}
	return uint64(i) + 1
}

// writeTables lowers the maximum of each table to what the options allow.
func (m *rewriter) writeTables(e *edit) []byte {
	for n := e.count(3); n > 0 && e.ok(); n-- {
		at := e.i
		initial := e.i < e.end && e.b[e.i] == 0x40
		if initial {
			e.unsupported(at, "table with an initial value: typed function references are")
		}
		e.refType()
		flags := e.i
		least, most, bounded := e.limits()
		m.checkTable(e.reader, at, least)
		if e.ok() && m.opt.MaxTable < 1<<32-1 && (!bounded || most > m.opt.MaxTable) {
			e.upTo(flags)
			e.out = uleb(append(e.out, 1), uint64(least))
			e.out = uleb(e.out, uint64(m.opt.MaxTable))
			e.from = e.i
		}
	}
	e.finish()
	return e.rest()
}

func (m *rewriter) checkMemories(e *edit) {
	for n := e.count(2); n > 0 && e.ok(); n-- {
		e.limits()
	}
	e.finish()
}

// writeGlobals adds the fuel, empty, behind the input's globals.
func (m *rewriter) writeGlobals(e *edit) []byte {
	for n := e.addCount(m.extra(1)); n > 0 && e.ok(); n-- {
		e.globalType()
		m.constant(e)
	}
	e.finish()
	if m.plain() {
		return e.rest()
	}
	return append(e.rest(), typeI64, 1, opI64Const, 0, opEnd)
}

func (m *rewriter) writeExports(e *edit) []byte {
	added := 0
	for _, exports := range []bool{m.exportsFuel(), m.exportsStart()} {
		if exports {
			added++
		}
	}
	for n := e.addCount(added); n > 0 && e.ok(); n-- {
		at := e.i
		if name := string(e.name()); name != "" && (name == m.opt.Export || name == m.opt.Start) {
			e.fail(ErrReserved, at, "export %q", name)
		}
		at = e.i
		switch kind := e.byte(); kind {
		case 0:
			m.functionIndex(e)
		case 1:
			e.index("table", m.tables)
		case 2:
			e.index("memory", m.memories)
		case 3:
			e.index("global", m.globals)
		case 4:
			e.unsupported(at, "export kind %d: exceptions (tags) are", kind)
		default:
			e.malformed(at, "unknown export kind %d", kind)
		}
	}
	e.finish()
	b := e.rest()
	if m.exportsFuel() {
		b = uleb(append(str(b, m.opt.Export), 3), uint64(m.globals))
	}
	if m.exportsStart() {
		b = uleb(append(str(b, m.opt.Start), 0), m.shifted(uint32(m.start)))
	}
	return b
}

// writeElements shifts the functions of all eight forms of element segments.
func (m *rewriter) writeElements(e *edit) {
	for n := e.count(3); n > 0 && e.ok(); n-- {
		at := e.i
		form := e.u32()
		if form > 7 {
			e.malformed(at, "unknown form %d of an element segment", form)
		}
		passive, explicit, expressions := form&1 != 0, form&2 != 0, form&4 != 0
		if !passive {
			if explicit {
				e.index("table", m.tables)
			} else if m.tables == 0 {
				e.malformed(at, "table 0 of 0")
			}
			m.constant(e)
		}
		if passive || explicit {
			m.elementType(e, expressions)
		}
		for k := e.count(1); k > 0 && e.ok(); k-- {
			if expressions {
				m.constant(e)
			} else {
				m.functionIndex(e)
			}
		}
	}
	e.finish()
}

func (m *rewriter) elementType(e *edit, expressions bool) {
	at := e.i
	if expressions {
		e.refType()
	} else if kind := e.byte(); kind != 0 {
		e.malformed(at, "unknown kind %#x of an element segment", kind)
	}
}

func (m *rewriter) checkData(e *edit) {
	for n := e.count(2); n > 0 && e.ok(); n-- {
		at := e.i
		switch form := e.u32(); form {
		case 0, 2:
			if form == 2 {
				e.index("memory", m.memories)
			}
			m.needMemory(e.reader, at)
			m.constant(e)
		case 1:
		default:
			e.malformed(at, "unknown form %d of a data segment", form)
		}
		e.name()
	}
	e.finish()
}

// constant reads a constant expression and shifts the functions in it.
func (m *rewriter) constant(e *edit) {
	for e.ok() {
		at := e.i
		switch op := e.byte(); op {
		case opEnd:
			return
		case opI32Const, opI64Const, opF32Const, opF64Const:
			e.reader.constant(op)
		case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // add, sub, mul
		case opGlobalGet:
			e.index("global", m.globals)
		case opRefNull:
			e.refType()
		case opRefFunc:
			m.functionIndex(e)
		case opVector:
			if sub := e.vectorOpcode(); sub != 12 {
				e.malformed(at, "opcode 0xfd %#x in a constant expression", sub)
			}
			e.skip(16)
		case 0xfb:
			e.unsupported(at, "opcode 0xfb %#x: garbage collection is", e.u32())
		default:
			e.malformed(at, "opcode %#x in a constant expression", op)
		}
	}
}
