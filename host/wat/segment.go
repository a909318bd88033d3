package wat

// Flags of element segments.
const (
	elemPassive     = 1
	elemExplicit    = 2 // active with a table index, or declarative
	elemDeclarative = 3
	elemExpressions = 4
)

// elemSegment is an element segment. Items are expressions without the end;
// a list of functions is one of ref.func until it is encoded.
type elemSegment struct {
	mode   byte // 0 when active
	table  uint32
	offset []byte
	ref    byte
	items  [][]byte
}

func (m *module) elemField(f *field) (err error) {
	c := f.rest
	s := elemSegment{ref: typeFuncRef}
	switch {
	case c.takeKeyword("declare"):
		s.mode = elemDeclarative
	case !c.done() && c.nodes[0].kind == nodeList:
		if s.table, s.offset, err = m.offset(&c, kindTable); err != nil {
			return err
		}
	default:
		s.mode = elemPassive
	}
	if err := m.elemList(&c, &s); err != nil {
		return err
	}
	m.sections[sectionElem].add(s.encode()...)
	return nil
}

// offset takes (table x)? (offset e) or the same of a memory.
func (m *module) offset(c *cursor, k kind) (index uint32, code []byte, err error) {
	if list, ok := c.takeList(kindNames[k]); ok {
		if index, err = m.spaceOf[k].index(&list); err != nil {
			return 0, nil, err
		}
		if err = list.finish(); err != nil {
			return 0, nil, err
		}
	}
	if list, ok := c.takeList("offset"); ok {
		code, err = m.expression(&list, nil)
		return index, code, err
	}
	code, err = m.foldedExpression(c)
	return index, code, err
}

// foldedExpression takes one folded instruction as an expression.
func (m *module) foldedExpression(c *cursor) ([]byte, error) {
	if c.done() || c.nodes[0].kind != nodeList {
		return nil, c.unexpected("folded instruction")
	}
	one := cursor{nodes: c.nodes[:1], end: c.nodes[0].end}
	c.next()
	return m.expression(&one, nil)
}

// elemList takes func x* or a reference type and expressions; an active
// segment may leave out the word func.
func (m *module) elemList(c *cursor, s *elemSegment) (err error) {
	if atRefType(c) {
		if s.ref, err = refType(c); err != nil {
			return err
		}
		return m.elemExpressions(c, s)
	}
	if !c.takeKeyword("func") && s.mode != 0 {
		return c.unexpected("element list")
	}
	return m.elemFuncs(c, s)
}

func (m *module) elemFuncs(c *cursor, s *elemSegment) error {
	for !c.done() {
		index, err := m.spaceOf[kindFunc].index(c)
		if err != nil {
			return err
		}
		s.items = append(s.items, appendUint([]byte{opRefFunc}, index))
	}
	return nil
}

func (m *module) elemExpressions(c *cursor, s *elemSegment) error {
	for !c.done() {
		code, err := m.elemExpression(c)
		if err != nil {
			return err
		}
		s.items = append(s.items, code[:len(code)-1])
	}
	return nil
}

func (m *module) elemExpression(c *cursor) ([]byte, error) {
	if list, ok := c.takeList("item"); ok {
		return m.expression(&list, nil)
	}
	return m.foldedExpression(c)
}

// inlineElem defines (table $t reftype (elem ...)).
func (m *module) inlineElem(f *field) (err error) {
	s := elemSegment{table: f.index, offset: []byte{opI32Const, 0, opEnd}}
	if s.ref, err = refType(&f.rest); err != nil {
		return err
	}
	list, ok := f.rest.takeList("elem")
	if !ok {
		return f.rest.unexpected("(elem")
	}
	if list.atIndex() {
		err = m.elemFuncs(&list, &s)
	} else {
		err = m.elemExpressions(&list, &s)
	}
	if err != nil {
		return err
	}
	n := uint32(len(s.items))
	m.place(f, sectionTable, appendLimits([]byte{s.ref}, n, n))
	m.sections[sectionElem].add(s.encode()...)
	return f.rest.finish()
}

// encode picks the shortest of the eight forms of a segment.
func (s *elemSegment) encode() []byte {
	flags, functions := s.mode, s.ref == typeFuncRef
	for _, item := range s.items {
		functions = functions && isRefFunc(item)
	}
	if !functions {
		flags |= elemExpressions
	}
	active := s.mode == 0
	if active && (s.ref != typeFuncRef || s.table != 0) {
		flags |= elemExplicit
	}
	b := appendUint(nil, uint32(flags))
	if active && flags&elemExplicit != 0 {
		b = appendUint(b, s.table)
	}
	b = append(b, s.offset...)
	switch {
	case flags&elemDeclarative == 0: // the short form says nothing of its items
	case functions:
		b = append(b, 0)
	default:
		b = append(b, s.ref)
	}
	b = appendUint(b, uint32(len(s.items)))
	for _, item := range s.items {
		if functions {
			b = append(b, item[1:]...)
		} else {
			b = append(append(b, item...), opEnd)
		}
	}
	return b
}

// isRefFunc reports whether the expression is one ref.func and no more, in
// which case the function's index follows the opcode.
func isRefFunc(code []byte) bool {
	if len(code) < 2 || code[0] != opRefFunc {
		return false
	}
	for _, b := range code[1 : len(code)-1] {
		if b&0x80 == 0 {
			return false
		}
	}
	return true
}

func (m *module) dataField(f *field) error {
	c := f.rest
	if c.done() || c.nodes[0].kind != nodeList {
		data, err := c.bytes()
		m.sections[sectionData].add(appendBytes([]byte{1}, data)...)
		return err
	}
	memory, offset, err := m.offset(&c, kindMemory)
	if err != nil {
		return err
	}
	data, err := c.bytes()
	m.activeData(memory, offset, data)
	return err
}

func (m *module) activeData(memory uint32, offset, data []byte) {
	entry := []byte{0}
	if memory != 0 {
		entry = appendUint([]byte{2}, memory)
	}
	entry = append(entry, offset...)
	m.sections[sectionData].add(appendBytes(entry, data)...)
}
