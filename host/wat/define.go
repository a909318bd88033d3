package wat

const pageSize = 65536

func (m *module) define() error {
	for i := range m.fields {
		f := &m.fields[i]
		for _, name := range f.exports {
			m.export(name, f.kind, f.index)
		}
		if err := m.defineField(f); err != nil {
			return err
		}
	}
	return nil
}

func (m *module) defineField(f *field) error {
	switch f.head {
	case "func":
		return m.funcField(f)
	case "table":
		return m.tableField(f)
	case "memory":
		return m.memoryField(f)
	case "global":
		return m.globalField(f)
	case "export":
		return m.exportField(f)
	case "start":
		return m.startField(f)
	case "elem":
		return m.elemField(f)
	case "data":
		return m.dataField(f)
	case "@custom":
		return m.customField(f)
	}
	return nil // a type, all done with its declaration
}

// place adds a definition to its section or, as an import, to that section.
func (m *module) place(f *field, k sectionKind, description []byte) {
	if !f.imported {
		m.sections[k].add(description...)
		return
	}
	entry := appendBytes(nil, []byte(f.from[0]))
	entry = append(appendBytes(entry, []byte(f.from[1])), byte(f.kind))
	m.sections[sectionImport].add(append(entry, description...)...)
}

func (m *module) export(name string, k kind, index uint32) {
	entry := append(appendBytes(nil, []byte(name)), byte(k))
	m.sections[sectionExport].add(appendUint(entry, index)...)
}

func (m *module) exportField(f *field) error {
	c := f.rest
	name, err := c.name("export name")
	if err != nil {
		return err
	}
	if c.done() || c.nodes[0].kind != nodeList {
		return c.unexpected("export description")
	}
	n := c.next()
	k := kindOf(n.text)
	if k < kindFunc || k > kindGlobal {
		return errorAt(n.pos, "unknown export %q", n.text)
	}
	of := n.cursor()
	index, err := m.spaceOf[k].index(&of)
	if err != nil {
		return err
	}
	if err := of.finish(); err != nil {
		return err
	}
	m.export(name, k, index)
	return c.finish()
}

func (m *module) startField(f *field) (err error) {
	if m.hasStart {
		return errorAt(f.pos, "second start function")
	}
	m.hasStart = true
	if m.start, err = m.spaceOf[kindFunc].index(&f.rest); err != nil {
		return err
	}
	return f.rest.finish()
}

func (m *module) funcField(f *field) error {
	locals := &space{what: "local"}
	use, err := m.typeUse(&f.rest, locals)
	if err != nil {
		return err
	}
	m.place(f, sectionFunc, appendUint(nil, m.indexOf(use)))
	if f.imported {
		err = f.rest.finish()
	} else {
		err = m.funcBody(&f.rest, locals)
	}
	if len(locals.named) > 0 {
		m.locals = append(m.locals, funcLocals{f.index, locals.named})
	}
	return err
}

func (m *module) funcBody(c *cursor, locals *space) error {
	types, err := declarations(c, "local", locals)
	if err != nil {
		return err
	}
	code, err := m.expression(c, locals)
	if err != nil {
		return err
	}
	body := append(localRuns(types), code...)
	m.sections[sectionCode].add(appendBytes(nil, body)...)
	return nil
}

// localRuns encodes the types of locals with a count for each row of equals.
func localRuns(types []byte) []byte {
	var body []byte
	runs := uint32(0)
	for i := 0; i < len(types); runs++ {
		start := i
		for i < len(types) && types[i] == types[start] {
			i++
		}
		body = append(appendUint(body, uint32(i-start)), types[start])
	}
	return append(appendUint(nil, runs), body...)
}

func (m *module) globalField(f *field) error {
	entry, err := globalType(&f.rest)
	if err != nil {
		return err
	}
	if f.imported {
		m.place(f, sectionGlobal, entry)
		return f.rest.finish()
	}
	code, err := m.expression(&f.rest, nil)
	m.place(f, sectionGlobal, append(entry, code...))
	return err
}

func globalType(c *cursor) ([]byte, error) {
	list, mutable := c.takeList("mut")
	if !mutable {
		t, err := valueType(c)
		return []byte{t, 0}, err
	}
	t, err := valueType(&list)
	if err != nil {
		return nil, err
	}
	return []byte{t, 1}, list.finish()
}

func (m *module) memoryField(f *field) error {
	if list, ok := f.rest.takeList("data"); ok && !f.imported {
		data, err := list.bytes()
		if err != nil {
			return err
		}
		pages := uint32((len(data) + pageSize - 1) / pageSize)
		m.place(f, sectionMemory, appendLimits(nil, pages, pages))
		m.activeData(f.index, []byte{opI32Const, 0, opEnd}, data)
		return f.rest.finish()
	}
	lim, err := limits(&f.rest)
	if err != nil {
		return err
	}
	m.place(f, sectionMemory, lim)
	return f.rest.finish()
}

func (m *module) tableField(f *field) error {
	if atRefType(&f.rest) && !f.imported {
		return m.inlineElem(f)
	}
	lim, err := limits(&f.rest)
	if err != nil {
		return err
	}
	t, err := refType(&f.rest)
	if err != nil {
		return err
	}
	m.place(f, sectionTable, append([]byte{t}, lim...))
	return f.rest.finish()
}

// limits takes a minimum and perhaps a maximum.
func limits(c *cursor) ([]byte, error) {
	n, err := c.atom("limit")
	if err != nil {
		return nil, err
	}
	low, err := n.uint(32)
	if err != nil {
		return nil, err
	}
	if !c.atIndex() {
		return appendUint([]byte{0}, uint32(low)), nil
	}
	high, err := c.next().uint(32)
	if err != nil {
		return nil, err
	}
	return appendLimits(nil, uint32(low), uint32(high)), nil
}

func appendLimits(b []byte, low, high uint32) []byte {
	return appendUint(appendUint(append(b, 1), low), high)
}
