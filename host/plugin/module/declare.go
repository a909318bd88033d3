package module

import "github.com/bothost/bothost/abi"

// What follows reads the sections that declare types, imports, functions, tables,
// memories and exports.

func (m *binary) readTypes(r *reader) {
	for range r.count(most[sectionType]) {
		form := r.byte()
		if r.err == nil && form != 0x60 {
			r.fail("a type of form 0x%02x, which the engine does not know (garbage collection?)", form)
		}
		s := Signature{Params: readValueTypes(r), Results: readValueTypes(r)}
		if r.err != nil {
			return
		}
		m.types = append(m.types, s)
	}
}

func readValueTypes(r *reader) []abi.ValueType {
	n := r.count(maxValues)
	types := make([]abi.ValueType, 0, n)
	for range n {
		types = append(types, r.valueType())
	}
	return types
}

func (m *binary) readImports(r *reader) {
	for range r.count(most[sectionImport]) {
		i := imported{module: r.name(), name: r.name(), kind: r.byte()}
		switch i.kind {
		case 0:
			i.typeIndex = r.u32()
		case 1:
			r.byte()
			readLimits(r)
		case 2:
			readLimits(r)
		case 3:
			r.bytes(2)
		case 4:
			r.byte()
			r.u32()
		default:
			r.fail("import %s.%s is of the unknown kind %d", i.module, i.name, i.kind)
		}
		if r.err != nil {
			return
		}
		m.imports = append(m.imports, i)
		if i.kind == 0 {
			m.funcs = append(m.funcs, i.typeIndex)
		}
	}
}

func (m *binary) readFuncs(r *reader) {
	m.own = r.count(most[sectionFunc])
	for range m.own {
		m.funcs = append(m.funcs, r.u32())
		if r.err != nil {
			return
		}
	}
}

func (m *binary) readExports(r *reader) {
	for range r.count(most[sectionExport]) {
		e := exported{name: r.name(), kind: r.byte(), index: r.u32()}
		if r.err != nil {
			return
		}
		m.exports = append(m.exports, e)
	}
}

type limits struct {
	flags    byte
	min, max uint64
}

func (l limits) bounded() bool { return l.flags&1 != 0 }
func (l limits) is64() bool    { return l.flags&4 != 0 }
func (l limits) shared() bool  { return l.flags&2 != 0 }

func readLimits(r *reader) limits {
	l := limits{flags: r.byte()}
	if l.flags > 7 {
		r.fail("has limits of the unknown kind 0x%02x", l.flags)
	}
	bits := uint(32)
	if l.is64() {
		bits = 64
	}
	l.min = r.leb(bits)
	if l.bounded() {
		l.max = r.leb(bits)
	}
	return l
}

func (m *binary) readMemories(r *reader) {
	for range r.count(most[sectionMemory]) {
		l := readLimits(r)
		if l.shared() {
			r.fail("the memory is shared; threads are not supported")
		}
		if r.err != nil {
			return
		}
		m.memories = append(m.memories, memory{pages: l.min, is64: l.is64()})
	}
}

type table struct {
	element byte
	limits  limits
}

// readTables returns the table section with bounds for all tables: together they
// cannot outgrow maxTable.
func readTables(r *reader) []byte {
	var tables []table
	room := uint64(maxTable)
	for range r.count(most[sectionTable]) {
		t := table{element: r.byte(), limits: readLimits(r)}
		switch {
		case r.err != nil:
			return nil
		case !isRefType(t.element) || t.limits.flags > 1:
			r.fail("has a table of a kind that is not supported")
			return nil
		case t.limits.min > room:
			r.fail("has tables of more than %d elements", maxTable)
			return nil
		}
		room -= t.limits.min
		tables = append(tables, t)
	}
	if r.more() {
		r.fail("has %d bytes too many", len(r.data)-r.pos)
	}
	return boundTables(tables, room)
}

// boundTables writes the table section, with the room to grow in equal parts.
func boundTables(tables []table, room uint64) []byte {
	section := appendU32(nil, uint32(len(tables)))
	for _, t := range tables {
		upper := t.limits.min + room/uint64(len(tables))
		if t.limits.bounded() {
			upper = min(upper, t.limits.max)
		}
		section = append(section, t.element, t.limits.flags|1)
		section = appendU32(section, uint32(t.limits.min))
		section = appendU32(section, uint32(upper))
	}
	return section
}

// typeOf returns the type of a function, by its index over imports and own
// functions.
func (m *binary) typeOf(index uint32) (Signature, bool) {
	if uint64(index) >= uint64(len(m.funcs)) {
		return Signature{}, false
	}
	return m.typeAt(m.funcs[index])
}

func (m *binary) typeAt(i uint32) (Signature, bool) {
	if uint64(i) >= uint64(len(m.types)) {
		return Signature{}, false
	}
	return m.types[i], true
}
