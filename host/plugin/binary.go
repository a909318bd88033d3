package plugin

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/bothost/bothost/abi"
)

// Sections of the binary format that are read here.
const (
	sectionCustom = 0
	sectionType   = 1
	sectionImport = 2
	sectionFunc   = 3
	sectionTable  = 4
	sectionMemory = 5
	sectionExport = 7
	sectionLast   = 13
)

// externs are the kinds of imports and exports, by their codes.
var externs = [...]string{"function", "table", "memory", "global", "tag"}

// pageBytes is the unit of memory sizes.
const pageBytes = 1 << 16

// maxTable is the largest number of elements that a table may grow to: memory
// outside of the linear memory's limit, 8 bytes each.
const maxTable = 1 << 20

var (
	wasmMagic     = []byte("\x00asm")
	wasmVersion   = []byte{1, 0, 0, 0}
	componentMark = []byte{0x0d, 0, 1, 0}
)

// signature is a function type.
type signature struct {
	params, results []abi.ValueType
}

func (s signature) equal(other signature) bool {
	return bytes.Equal(codes(s.params), codes(other.params)) &&
		bytes.Equal(codes(s.results), codes(other.results))
}

func codes(types []abi.ValueType) []byte {
	b := make([]byte, len(types))
	for i, t := range types {
		b[i] = byte(t)
	}
	return b
}

// String writes the signature in the text format.
func (s signature) String() string {
	text := "(func"
	for _, part := range []struct {
		name  string
		types []abi.ValueType
	}{{"param", s.params}, {"result", s.results}} {
		if len(part.types) == 0 {
			continue
		}
		text += " (" + part.name
		for _, t := range part.types {
			text += " " + t.String()
		}
		text += ")"
	}
	return text + ")"
}

type imported struct {
	module, name string
	kind         byte
	typeIndex    uint32
}

type exported struct {
	name  string
	kind  byte
	index uint32
}

// binary is what is read of a module before it is compiled.
type binary struct {
	types    []signature
	imports  []imported
	exports  []exported
	funcs    []uint32 // type indices of the module's own functions
	memories []memory
	asset    []byte
	assets   int
	customs  []Section
	// code is the module as it is compiled: without the asset, and with tables
	// that cannot outgrow maxTable.
	code []byte
}

type memory struct {
	pages uint64
	is64  bool
}

// Whole reports whether data is a module with a whole header and whole
// sections, so that a file that is still being written is told from a finished
// one. It looks at sizes alone.
//
// # Errors
//
// The error says what is missing, or that the data is no module.
func Whole(data []byte) error {
	return eachSection(data, func(byte, []byte, int) error { return nil })
}

// checkHeader says in plain words what a file is that is no core module.
func checkHeader(data []byte) error {
	switch {
	case len(data) < len(wasmMagic) || !bytes.Equal(data[:4], wasmMagic):
		return errors.New("not a WebAssembly module: it does not begin with \\0asm")
	case len(data) < 8:
		return errors.New("not whole: it ends within the header")
	case bytes.Equal(data[4:8], componentMark):
		return errors.New("a component, not a core module: build a core module, for instance for wasm32-wasip1")
	case !bytes.Equal(data[4:8], wasmVersion):
		return fmt.Errorf("WebAssembly version % x is not known here", data[4:8])
	}
	return nil
}

// eachSection calls f with the id, the body and the offset of each section.
func eachSection(data []byte, f func(id byte, body []byte, at int) error) error {
	if err := checkHeader(data); err != nil {
		return err
	}
	r := &reader{data: data, pos: 8}
	for r.more() {
		at := r.pos
		id := r.byte()
		body := r.bytes(r.u32())
		switch {
		case errors.Is(r.err, errTruncated):
			return fmt.Errorf("not whole: it ends within the section at byte %d", at)
		case r.err != nil:
			return fmt.Errorf("section at byte %d: %w", at, r.err)
		case id > sectionLast:
			return fmt.Errorf("section at byte %d: unknown id %d", at, id)
		}
		if err := f(id, body, at); err != nil {
			return fmt.Errorf("section at byte %d: %w", at, err)
		}
	}
	return nil
}

// parse reads the parts of a module that the checks need.
func parse(data []byte) (*binary, error) {
	m := &binary{code: make([]byte, 0, len(data))}
	err := eachSection(data, func(id byte, body []byte, _ int) error {
		r := &reader{data: body}
		keep := body
		switch id {
		case sectionCustom:
			if keep = m.readCustom(r); keep == nil {
				return r.err
			}
		case sectionType:
			m.readTypes(r)
		case sectionImport:
			m.readImports(r)
		case sectionFunc:
			m.readFuncs(r)
		case sectionTable:
			keep = readTables(r)
		case sectionMemory:
			m.readMemories(r)
		case sectionExport:
			m.readExports(r)
		}
		m.keep(id, keep)
		return r.err
	})
	return m, err
}

// keep adds a section to the module that is compiled.
func (m *binary) keep(id byte, body []byte) {
	if len(m.code) == 0 {
		m.code = append(append(m.code, wasmMagic...), wasmVersion...)
	}
	m.code = append(m.code, id)
	m.code = appendU32(m.code, uint32(len(body)))
	m.code = append(m.code, body...)
}

// readCustom returns nil for a section that is cut out.
func (m *binary) readCustom(r *reader) []byte {
	name := r.name()
	if r.err != nil {
		return nil
	}
	m.customs = append(m.customs, Section{name, len(r.data)})
	if name == abi.AssetSection {
		m.assets++
		m.asset = r.data[r.pos:]
		return nil
	}
	return r.data
}

func (m *binary) readTypes(r *reader) {
	for range r.count() {
		form := r.byte()
		if r.err == nil && form != 0x60 {
			r.fail("a type of form 0x%02x, which the engine does not know (garbage collection?)", form)
		}
		s := signature{params: readValueTypes(r), results: readValueTypes(r)}
		if r.err != nil {
			return
		}
		m.types = append(m.types, s)
	}
}

func readValueTypes(r *reader) []abi.ValueType {
	b := r.bytes(r.count())
	types := make([]abi.ValueType, len(b))
	for i, c := range b {
		types[i] = abi.ValueType(c)
	}
	return types
}

func (m *binary) readImports(r *reader) {
	for range r.count() {
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
	}
}

func (m *binary) readFuncs(r *reader) {
	for range r.count() {
		m.funcs = append(m.funcs, r.u32())
		if r.err != nil {
			return
		}
	}
}

func (m *binary) readExports(r *reader) {
	for range r.count() {
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
	for range r.count() {
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

// readTables returns the table section with every table bounded by maxTable.
func readTables(r *reader) []byte {
	n := r.count()
	out := appendU32(nil, n)
	for range n {
		element := r.byte()
		l := readLimits(r)
		if r.err == nil && l.min > maxTable {
			r.fail("a table of %d elements; at most %d are allowed", l.min, maxTable)
		}
		if r.err != nil {
			return nil
		}
		upper := uint64(maxTable)
		if l.bounded() {
			upper = min(upper, l.max)
		}
		out = append(out, element, l.flags|1)
		out = appendU32(out, uint32(l.min))
		out = appendU32(out, uint32(upper))
	}
	if r.more() {
		r.fail("the table section has %d bytes too many", len(r.data)-r.pos)
	}
	return out
}

// typeOf returns the type of a function, by its index over imports and own
// functions.
func (m *binary) typeOf(index uint32) (signature, bool) {
	for _, i := range m.imports {
		if i.kind != 0 {
			continue
		}
		if index == 0 {
			return m.typeAt(i.typeIndex)
		}
		index--
	}
	if uint64(index) >= uint64(len(m.funcs)) {
		return signature{}, false
	}
	return m.typeAt(m.funcs[index])
}

func (m *binary) typeAt(i uint32) (signature, bool) {
	if uint64(i) >= uint64(len(m.types)) {
		return signature{}, false
	}
	return m.types[i], true
}
