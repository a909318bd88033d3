package wat

// kind is what a module field declares, and so its index space.
type kind int

const (
	kindFunc kind = iota // up to kindGlobal as imports and exports encode them
	kindTable
	kindMemory
	kindGlobal
	kindType
	kindElem
	kindData
	kindCount
	kindNone = kind(-1)
)

var kindNames = [kindCount]string{"func", "table", "memory", "global", "type", "elem", "data"}

func kindOf(word string) kind {
	for k, name := range kindNames {
		if name == word {
			return kind(k)
		}
	}
	return kindNone
}

// module is a module under construction. Assembly takes two steps, since a
// field may refer to one that follows: declare gives every definition its
// index, define encodes the fields.
type module struct {
	name    string
	spaceOf [kindCount]space
	fields  []field
	defined bool // a definition that is no import was seen

	types      []funcType
	typeByCode map[string]uint32
	sections   [sectionCount]section
	hasStart   bool
	start      uint32
	usesData   bool // an instruction names a data segment
	locals     []funcLocals
	customs    map[slot][]byte
	ownNames   bool
}

// funcLocals are the named locals of a function.
type funcLocals struct {
	fn    uint32
	named []named
}

// field is a declared module field: what it is and what is left to encode.
type field struct {
	head     string
	pos      int
	kind     kind // kindNone when the field declares nothing
	index    uint32
	exports  []string
	imported bool
	from     [2]string // module and name of an import
	rest     cursor
}

func newModule(name string) *module {
	m := &module{
		name:       name,
		typeByCode: make(map[string]uint32),
		customs:    make(map[slot][]byte),
	}
	for k := range m.spaceOf {
		m.spaceOf[k].what = kindNames[k]
	}
	return m
}

func (m *module) declare(nodes []node) error {
	for i := range nodes {
		if nodes[i].kind != nodeList {
			return errorAt(nodes[i].pos, "unexpected %v, want module field", &nodes[i])
		}
		f, err := m.declareField(&nodes[i])
		if err != nil {
			return err
		}
		m.fields = append(m.fields, f)
	}
	return nil
}

func (m *module) declareField(n *node) (field, error) {
	f := field{head: n.text, pos: n.pos, kind: kindOf(n.text), rest: n.cursor()}
	switch f.head {
	case "export", "start", "@custom":
		return f, nil
	case "import":
		if err := f.importField(); err != nil {
			return f, err
		}
	default:
		if f.kind == kindNone {
			return f, errorAt(n.pos, "unknown module field %q", n.text)
		}
	}
	pos := f.rest.pos()
	id := f.rest.takeID()
	var err error
	if f.index, err = m.spaceOf[f.kind].declare(id, pos); err != nil {
		return f, err
	}
	if f.kind == kindType {
		return f, m.typeField(&f)
	}
	if err := f.inline(); err != nil {
		return f, err
	}
	return f, m.declared(&f)
}

// importField unwraps (import "m" "n" (func ...)) into what it imports.
func (f *field) importField() (err error) {
	c := f.rest
	if err := f.source(&c); err != nil {
		return err
	}
	if c.done() || c.nodes[0].kind != nodeList {
		return c.unexpected("import description")
	}
	n := c.next()
	f.head, f.kind, f.rest = n.text, kindOf(n.text), n.cursor()
	if f.kind < kindFunc || f.kind > kindGlobal {
		return errorAt(n.pos, "unknown import %q", n.text)
	}
	return c.finish()
}

func (f *field) source(c *cursor) (err error) {
	f.imported = true
	if f.from[0], err = c.name("module name"); err != nil {
		return err
	}
	f.from[1], err = c.name("import name")
	return err
}

// inline takes (export "x")* (import "m" "n")? of a definition.
func (f *field) inline() error {
	if f.imported || f.kind > kindGlobal {
		return nil
	}
	for f.rest.atList("export") {
		list, _ := f.rest.takeList("export")
		name, err := list.name("export name")
		if err != nil {
			return err
		}
		if err := list.finish(); err != nil {
			return err
		}
		f.exports = append(f.exports, name)
	}
	list, ok := f.rest.takeList("import")
	if !ok {
		return nil
	}
	if err := f.source(&list); err != nil {
		return err
	}
	return list.finish()
}

// declared keeps the order of imports, whose indices come first in the binary,
// and counts the segments written within tables and memories.
func (m *module) declared(f *field) error {
	if f.imported {
		if m.defined {
			return errorAt(f.pos, "import after a definition")
		}
		return nil
	}
	m.defined = m.defined || f.kind <= kindGlobal
	switch {
	case f.kind == kindTable && atRefType(&f.rest):
		m.spaceOf[kindElem].count++
	case f.kind == kindMemory && f.rest.atList("data"):
		m.spaceOf[kindData].count++
	}
	return nil
}

func (m *module) typeField(f *field) error {
	list, ok := f.rest.takeList("func")
	if !ok {
		return f.rest.unexpected("(func")
	}
	t, err := signature(&list, &space{what: "param"})
	if err != nil {
		return err
	}
	if err := list.finish(); err != nil {
		return err
	}
	m.addType(t)
	return f.rest.finish()
}
