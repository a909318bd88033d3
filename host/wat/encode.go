package wat

import "encoding/binary"

// sectionKind numbers the sections in the order they have in a module, which
// is that of their identifiers but for the data count.
type sectionKind int

const (
	sectionType sectionKind = iota
	sectionImport
	sectionFunc
	sectionTable
	sectionMemory
	sectionGlobal
	sectionExport
	sectionStart
	sectionElem
	sectionDataCount
	sectionCode
	sectionData
	sectionCount
)

var sectionIDs = [sectionCount]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11}

// sectionNames are the anchors of the custom annotation.
var sectionNames = [sectionCount]string{"type", "import", "func", "table", "memory",
	"global", "export", "start", "elem", "datacount", "code", "data"}

// section is a vector under construction.
type section struct {
	count uint32
	body  []byte
}

func (s *section) add(entry ...byte) {
	s.count++
	s.body = append(s.body, entry...)
}

// binary writes the module out.
func (m *module) binary() []byte {
	for _, t := range m.types {
		m.sections[sectionType].add(t.encode()...)
	}
	out := []byte("\x00asm\x01\x00\x00\x00")
	out = append(out, m.customs[slotFirst]...)
	for k := range sectionCount {
		out = append(out, m.customs[slotBefore(k)]...)
		out = m.appendSection(out, k)
		out = append(out, m.customs[slotAfter(k)]...)
	}
	out = append(out, m.customs[slotLast]...)
	if m.ownNames {
		return out
	}
	return append(out, m.nameSection()...)
}

func (m *module) appendSection(out []byte, k sectionKind) []byte {
	var body []byte
	switch s := &m.sections[k]; {
	case k == sectionStart && m.hasStart:
		body = appendUint(nil, m.start)
	case k == sectionDataCount && m.usesData:
		body = appendUint(nil, m.spaceOf[kindData].count)
	case s.count > 0:
		body = append(appendUint(nil, s.count), s.body...)
	default:
		return out
	}
	return appendBytes(append(out, sectionIDs[k]), body)
}

func customSection(name string, data []byte) []byte {
	return appendBytes([]byte{0}, append(appendBytes(nil, []byte(name)), data...))
}

// nameSection returns the name section, empty when nothing has a name.
func (m *module) nameSection() []byte {
	var data []byte
	if m.name != "" {
		data = appendBytes(append(data, 0), appendBytes(nil, []byte(m.name[1:])))
	}
	if names := m.spaceOf[kindFunc].named; len(names) > 0 {
		data = appendBytes(append(data, 1), nameMap(names))
	}
	if len(m.locals) > 0 {
		body := appendUint(nil, uint32(len(m.locals)))
		for _, l := range m.locals {
			body = append(appendUint(body, l.fn), nameMap(l.named)...)
		}
		data = appendBytes(append(data, 2), body)
	}
	if data == nil {
		return nil
	}
	return customSection("name", data)
}

func nameMap(names []named) []byte {
	b := appendUint(nil, uint32(len(names)))
	for _, n := range names {
		b = appendBytes(appendUint(b, n.index), []byte(n.name))
	}
	return b
}

func appendUint(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

// appendSigned appends v as signed LEB128, which is not the zig-zag encoding
// of package binary.
func appendSigned(b []byte, v int64) []byte {
	for {
		low := byte(v & 0x7f)
		v >>= 7
		if v == 0 && low&0x40 == 0 || v == -1 && low&0x40 != 0 {
			return append(b, low)
		}
		b = append(b, low|0x80)
	}
}

// appendBytes appends data preceded by its length.
func appendBytes(b, data []byte) []byte {
	return append(appendUint(b, uint32(len(data))), data...)
}
