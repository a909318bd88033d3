package module

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bothost/bothost/abi"
)

// Sections of the binary format.
const (
	sectionCustom    = 0
	sectionType      = 1
	sectionImport    = 2
	sectionFunc      = 3
	sectionTable     = 4
	sectionMemory    = 5
	sectionGlobal    = 6
	sectionExport    = 7
	sectionStart     = 8
	sectionElement   = 9
	sectionCode      = 10
	sectionData      = 11
	sectionDataCount = 12
	sectionTag       = 13
)

// places says where a section stands among the others: each at most once.
var places = [...]int{
	sectionType: 1, sectionImport: 2, sectionFunc: 3, sectionTable: 4, sectionMemory: 5,
	sectionTag: 6, sectionGlobal: 7, sectionExport: 8, sectionStart: 9, sectionElement: 10,
	sectionDataCount: 11, sectionCode: 12, sectionData: 13,
}

// nameSection is the custom section with the names of functions; maxCustoms is
// how many custom sections a module may have.
const (
	nameSection = "name"
	maxCustoms  = 1 << 10
)

// externs are the kinds of imports and exports, by their codes.
var externs = [...]string{"function", "table", "memory", "global", "tag"}

// PageBytes is the unit of memory sizes, and MaxPages what 32 bits can address.
const (
	PageBytes = 1 << 16
	MaxPages  = 1 << 16
)

// maxTable is the largest number of elements that all tables together may grow
// to: memory outside of the linear memory's limit, 8 bytes each.
const maxTable = 1 << 20

var (
	wasmMagic     = []byte("\x00asm")
	wasmVersion   = []byte{1, 0, 0, 0}
	componentMark = []byte{0x0d, 0, 1, 0}
)

// Signature is a function type. The zero value is that of a function without
// parameters and results.
type Signature struct {
	Params, Results []abi.ValueType
}

// SignatureOf returns the type of a function of the core surface.
func SignatureOf(f abi.Function) Signature {
	info := f.Info()
	s := Signature{Results: info.Results}
	for _, p := range info.Params {
		s.Params = append(s.Params, p.Type)
	}
	return s
}

func (s Signature) equal(other Signature) bool {
	return slices.Equal(s.Params, other.Params) && slices.Equal(s.Results, other.Results)
}

// maxShown is how many parameters, and results, of a signature its text shows.
const maxShown = 64

// String writes the signature in the text format, the begin of one that is very long.
func (s Signature) String() string {
	var text strings.Builder
	text.WriteString("(func")
	for _, part := range []struct {
		name  string
		types []abi.ValueType
	}{{"param", s.Params}, {"result", s.Results}} {
		if len(part.types) == 0 {
			continue
		}
		text.WriteString(" (" + part.name)
		for _, t := range part.types[:min(len(part.types), maxShown)] {
			text.WriteString(" " + t.String())
		}
		if more := len(part.types) - maxShown; more > 0 {
			fmt.Fprintf(&text, " and %d more", more)
		}
		text.WriteString(")")
	}
	text.WriteString(")")
	return text.String()
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
	types    []Signature
	imports  []imported
	exports  []exported
	funcs    []uint32 // type indices of all functions, imports first
	own      uint32   // functions that are not imported
	bodies   uint32
	memories []memory
	asset    []byte
	assets   int
	customs  []Section
	// code is the module as it is compiled: without custom sections but the names
	// of functions, and with tables that cannot outgrow maxTable.
	code []byte
	// place is that of the last section, and named says whether names were there.
	place int
	named bool
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
		return errors.New("a component, not a core module: build a core module, " +
			"for instance for wasm32-wasip1")
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
		case int(id) >= len(places):
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
	m := &binary{code: make([]byte, 0, len(data)+1024)}
	m.code = append(append(m.code, wasmMagic...), wasmVersion...)
	err := eachSection(data, func(id byte, body []byte, _ int) error {
		r := &reader{data: body}
		keep := m.readSection(id, r)
		switch {
		case r.err == nil && keep != nil:
			m.keep(id, keep)
		case errors.Is(r.err, errTruncated):
			return errors.New("is shorter than what it says to hold")
		}
		return r.err
	})
	if err == nil && m.own != m.bodies {
		err = fmt.Errorf("not whole: %d functions are declared, and %d are there", m.own, m.bodies)
	}
	return m, err
}

// readSection reads a section and returns what is compiled of it; nil for a
// section that is cut out.
func (m *binary) readSection(id byte, r *reader) []byte {
	if id == sectionCustom {
		return m.readCustom(r)
	}
	if m.place >= places[id] {
		r.fail("stands twice, or behind one that it belongs before")
	}
	m.place = places[id]
	switch id {
	case sectionType:
		m.readTypes(r)
	case sectionImport:
		m.readImports(r)
	case sectionFunc:
		m.readFuncs(r)
	case sectionTable:
		return readTables(r)
	case sectionMemory:
		m.readMemories(r)
	case sectionGlobal:
		readGlobals(r)
	case sectionExport:
		m.readExports(r)
	case sectionElement:
		readElements(r)
	case sectionCode:
		m.readCode(r)
	case sectionData:
		readData(r)
	default:
		return r.data
	}
	if r.more() {
		r.fail("has %d bytes too many", len(r.data)-r.pos)
	}
	return r.data
}

// keep adds a section to the module that is compiled.
func (m *binary) keep(id byte, body []byte) {
	m.code = append(m.code, id)
	m.code = appendU32(m.code, uint32(len(body)))
	m.code = append(m.code, body...)
}

// readCustom keeps the names of functions alone: the engine needs no others, and
// a change of them would compile the module anew.
func (m *binary) readCustom(r *reader) []byte {
	name := r.name()
	if len(m.customs) == maxCustoms {
		r.fail("is one custom section too many; at most %d are allowed", maxCustoms)
	}
	if r.err != nil {
		return nil
	}
	m.customs = append(m.customs, Section{name, len(r.data)})
	switch {
	case name == abi.AssetSection:
		m.assets++
		m.asset = r.data[r.pos:]
	case name == nameSection && !m.named:
		m.named = true
		// Names that cannot be read are left out: traces show numbers then.
		names, _ := functionNames(r.data[r.pos:])
		return names
	}
	return nil
}
