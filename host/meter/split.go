package meter

// The ids of the sections.
const (
	customID    = 0
	typeID      = 1
	importID    = 2
	functionID  = 3
	tableID     = 4
	memoryID    = 5
	globalID    = 6
	exportID    = 7
	startID     = 8
	elementID   = 9
	codeID      = 10
	dataID      = 11
	dataCountID = 12
	tagID       = 13
)

var sectionNames = [...]string{
	customID: "custom", typeID: "type", importID: "import", functionID: "function",
	tableID: "table", memoryID: "memory", globalID: "global", exportID: "export",
	startID: "start", elementID: "element", codeID: "code", dataID: "data",
	dataCountID: "data count",
}

// rank is the place of a section in a module; data count is before code.
func rank(id byte) int {
	switch {
	case id == dataCountID:
		return 2*codeID - 1
	default:
		return 2 * int(id)
	}
}

type section struct {
	id         byte
	start, end int
}

// split finds the sections and the sizes of the index spaces.
func (m *rewriter) split() {
	r := &reader{source: &m.source, end: len(m.b)}
	if len(m.b) > maxModule {
		r.fail(ErrLimit, 0, "module of %d bytes, at most %d", len(m.b), maxModule)
		return
	}
	if len(m.b) < 8 || string(m.b[:8]) != "\x00asm\x01\x00\x00\x00" {
		r.malformed(0, "not a core module of version 1")
		return
	}
	r.i = 8
	last, bodies, datas := 0, uint32(0), int64(-1)
	for !r.done() {
		at := r.i
		id := r.byte()
		s := r.sub(r.u32())
		if !m.known(r, id, at) {
			return
		}
		if id != customID && rank(id) <= last {
			r.malformed(at, "%s section out of order", sectionNames[id])
		}
		last = max(last, rank(id))
		sec := section{id: id, start: s.i, end: s.end}
		if m.sections = append(m.sections, sec); len(m.sections) > maxSections {
			r.fail(ErrLimit, at, "more than %d sections", maxSections)
		}
		switch b := m.reader(sec); id {
		case codeID:
			bodies = b.count(2)
		case dataID:
			datas = int64(b.count(2))
		default:
			m.measure(b, id)
		}
		m.section = ""
	}
	if r.ok() && int64(bodies) != int64(len(m.funcs)) {
		r.malformed(r.i, "%d functions and %d bodies", len(m.funcs), bodies)
	}
	if r.ok() && m.data >= 0 && m.data != max(datas, 0) {
		r.malformed(r.i, "%d data segments counted and %d there", m.data, max(datas, 0))
	}
}

func (m *rewriter) known(r *reader, id byte, at int) bool {
	switch {
	case id == tagID:
		r.unsupported(at, "section %d: exceptions (tags) are", id)
	case int(id) >= len(sectionNames):
		r.malformed(at, "unknown section %d", id)
	}
	return r.ok()
}

// measure takes from a section what the index spaces need. The other things in
// it are checked when it is written.
func (m *rewriter) measure(r *reader, id byte) {
	switch id {
	case typeID:
		m.readTypes(r)
	case importID:
		m.readImports(r)
	case functionID:
		n := r.count(1)
		m.funcs = make([]uint32, n)
		for i := range m.funcs {
			m.funcs[i] = r.index("type", m.types())
		}
		m.escapes = make([]bool, n)
		m.leaf = make([]uint32, n)
		r.finish()
	case tableID:
		m.tables += r.count(3)
	case memoryID:
		m.memories += r.count(2)
	case globalID:
		m.globals += r.count(3)
	case startID:
		m.readStart(r)
	case elementID:
		m.elems = r.count(3)
	case dataCountID:
		m.data = int64(r.u32())
		r.finish()
	}
	if m.memories > 1 {
		r.unsupported(r.i, "%d memories, multiple memories are", m.memories)
	}
	if m.tables > maxTables {
		r.fail(ErrLimit, r.i, "%d tables, at most %d", m.tables, maxTables)
	}
}

// readStart checks the type as well: a start function that becomes an export is
// no longer looked at by the runtime.
func (m *rewriter) readStart(r *reader) {
	at := r.i
	i := r.index("function", m.functions())
	r.finish()
	if !r.ok() {
		return
	}
	if s := m.signature(i); s != (signature{}) {
		r.malformed(at, "start function with %d parameters and %d results", s.params, s.results)
	}
	m.start = int64(i)
	m.escape(i)
}

func (m *rewriter) readTypes(r *reader) {
	n := r.count(3)
	m.sigs = make([]signature, 0, n)
	for ; n > 0 && r.ok(); n-- {
		at := r.i
		switch form := r.byte(); form {
		case 0x60:
		case 0x4e, 0x4f, 0x50, 0x5e, 0x5f:
			r.unsupported(at, "type form %#x: recursive types (garbage collection) are", form)
		default:
			r.malformed(at, "unknown type form %#x", form)
		}
		params := r.count(1)
		r.valTypes(params)
		results := r.count(1)
		r.valTypes(results)
		m.sigs = append(m.sigs, signature{params, results})
	}
	r.finish()
}

func (r *reader) valTypes(n uint32) {
	for ; n > 0 && r.ok(); n-- {
		r.valType()
	}
}

func (m *rewriter) readImports(r *reader) {
	for n := r.count(4); n > 0 && r.ok(); n-- {
		at := r.i
		if string(r.name()) == m.opt.Module {
			r.fail(ErrReserved, at, "import from %q", m.opt.Module)
		}
		r.name()
		at = r.i
		switch kind := r.byte(); kind {
		case 0:
			m.imported = append(m.imported, r.index("type", m.types()))
			m.imports++
		case 1:
			r.refType()
			least, _, _ := r.limits()
			m.checkTable(r, at, least)
			m.tables++
		case 2:
			r.limits()
			m.memories++
		case 3:
			r.globalType()
			m.importedGlobals++
			m.globals++
		case 4:
			r.unsupported(at, "import kind %d: exceptions (tags) are", kind)
		default:
			r.malformed(at, "unknown import kind %d", kind)
		}
	}
	r.finish()
}

func (m *rewriter) checkTable(r *reader, at int, least uint32) {
	if least > m.opt.MaxTable {
		r.fail(ErrLimit, at, "table of %d elements, at most %d", least, m.opt.MaxTable)
	}
}
