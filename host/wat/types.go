package wat

import "bytes"

const (
	typeFuncRef = 0x70
	typeFunc    = 0x60
	typeEmpty   = 0x40 // of a block without parameters and results
)

var valueTypes = map[string]byte{
	"i32": 0x7f, "i64": 0x7e, "f32": 0x7d, "f64": 0x7c, "v128": 0x7b,
	"funcref": typeFuncRef, "externref": 0x6f,
}

var heapTypes = map[string]byte{"func": typeFuncRef, "extern": 0x6f}

// funcType holds the encoded types of parameters and results.
type funcType struct {
	params, results []byte
}

func (t funcType) encode() []byte {
	b := appendBytes([]byte{typeFunc}, t.params)
	return appendBytes(b, t.results)
}

func (t funcType) equal(u funcType) bool {
	return bytes.Equal(t.params, u.params) && bytes.Equal(t.results, u.results)
}

func valueType(c *cursor) (byte, error) {
	n, err := c.atom("value type")
	if err != nil {
		return 0, err
	}
	t, ok := valueTypes[n.text]
	if !ok {
		return 0, errorAt(n.pos, "unknown value type %q", n.text)
	}
	return t, nil
}

func refType(c *cursor) (byte, error) {
	pos := c.pos()
	t, err := valueType(c)
	if err != nil {
		return 0, err
	}
	if t != typeFuncRef && t != valueTypes["externref"] {
		return 0, errorAt(pos, "want reference type")
	}
	return t, nil
}

func atRefType(c *cursor) bool {
	return !c.done() && c.nodes[0].kind == nodeAtom &&
		(c.nodes[0].text == "funcref" || c.nodes[0].text == "externref")
}

// declarations takes the lists of one head, as (param $a i32) (param i64 f32),
// and returns their types. Identifiers are declared in names and refused where
// names is nil.
func declarations(c *cursor, head string, names *space) ([]byte, error) {
	var types []byte
	for c.atList(head) {
		list, _ := c.takeList(head)
		pos, id := list.pos(), list.takeID()
		if id != "" && names == nil {
			return nil, errorAt(pos, "unexpected identifier %s in %s", id, head)
		}
		one := id != ""
		for one || !list.done() {
			t, err := valueType(&list)
			if err != nil {
				return nil, err
			}
			types = append(types, t)
			if names != nil {
				if _, err := names.declare(id, pos); err != nil {
					return nil, err
				}
			}
			if one {
				if err := list.finish(); err != nil {
					return nil, err
				}
				break
			}
		}
	}
	return types, nil
}

func signature(c *cursor, names *space) (t funcType, err error) {
	if t.params, err = declarations(c, "param", names); err != nil {
		return t, err
	}
	t.results, err = declarations(c, "result", nil)
	return t, err
}

// typeUse is (type x)? (param ...)* (result ...)*. Reference is true when the
// type was referred to; index then holds it.
type typeUse struct {
	funcType
	reference bool
	index     uint32
}

// typeUse takes a type use and declares its parameters in names. Where names
// is nil, they must have no identifiers.
func (m *module) typeUse(c *cursor, names *space) (use typeUse, err error) {
	ref, ok := c.takeList("type")
	pos := ref.pos()
	if ok {
		use.reference = true
		if use.index, err = m.spaceOf[kindType].index(&ref); err != nil {
			return use, err
		}
		if err := ref.finish(); err != nil {
			return use, err
		}
	}
	if use.funcType, err = signature(c, names); err != nil || !ok {
		return use, err
	}
	return use, m.refer(&use, pos, names)
}

// refer looks up the type a use refers to. A number that is no type's passes
// where nothing follows from the type: not where it gives the locals their
// indices.
func (m *module) refer(use *typeUse, pos int, names *space) error {
	inline := use.params != nil || use.results != nil
	if uint64(use.index) >= uint64(len(m.types)) {
		if inline || names != nil {
			return errorAt(pos, "unknown type %d", use.index)
		}
		return nil
	}
	referred := m.types[use.index]
	if inline && !use.equal(referred) {
		return errorAt(pos, "inline function type differs from the type referred to")
	}
	use.funcType = referred
	if names != nil {
		names.count = uint32(len(referred.params))
	}
	return nil
}

// indexOf returns the type index of a use; a type only written inline gets the
// first equal type's, or is added behind all others.
func (m *module) indexOf(use typeUse) uint32 {
	if use.reference {
		return use.index
	}
	if index, ok := m.typeByCode[string(use.encode())]; ok {
		return index
	}
	return m.addType(use.funcType)
}

func (m *module) addType(t funcType) uint32 {
	index := uint32(len(m.types))
	m.types = append(m.types, t)
	code := string(t.encode())
	if _, ok := m.typeByCode[code]; !ok {
		m.typeByCode[code] = index
	}
	return index
}

// blockType takes the type of a block and returns its encoding, the short form
// if it has one.
func (m *module) blockType(c *cursor) ([]byte, error) {
	use, err := m.typeUse(c, nil)
	if err != nil {
		return nil, err
	}
	unknown := use.reference && uint64(use.index) >= uint64(len(m.types))
	switch {
	case unknown || len(use.params) > 0 || len(use.results) > 1:
		return appendSigned(nil, int64(m.indexOf(use))), nil
	case len(use.results) == 1:
		return use.results, nil
	}
	return []byte{typeEmpty}, nil
}
