package meter

import (
	"bytes"
	"unicode/utf8"
)

// The subsections of the name section that begin with function indices.
const (
	functionNames = 1
	localNames    = 2
	labelNames    = 3
)

// custom keeps a custom section, shifts the names and drops what is wrong after
// the rewriting: the offsets of debug information and of relocations.
func (m *rewriter) custom(e *edit) []byte {
	at := e.i
	name := e.name()
	if !utf8.Valid(name) { // the runtime must not miss it in what is dropped
		e.malformed(at, "name of a custom section is not UTF-8")
	}
	switch string(name) {
	case "linking", "sourceMappingURL", "external_debug_info":
		return nil
	case "name":
		return m.names(e)
	}
	for _, prefix := range []string{".debug_", "reloc.", "metadata.code."} {
		if bytes.HasPrefix(name, []byte(prefix)) {
			return nil
		}
	}
	e.upTo(at)
	return e.rest()
}

// names writes the name section. It is decoded by runtimes, so a broken one is
// an error like any other.
func (m *rewriter) names(e *edit) []byte {
	e.upTo(e.i)
	out := e.out
	for !e.done() {
		id := e.byte()
		s := m.edit(e.sub(e.u32()))
		switch id {
		case functionNames, localNames, labelNames:
			m.shiftNames(s, id)
		}
		body := s.rest()
		out = append(uleb(append(out, id), uint64(len(body))), body...)
	}
	return out
}

// shiftNames shifts the function indices of one subsection. A name for a
// function that is not there stays one: it must not become the name of a
// helper.
func (m *rewriter) shiftNames(s *edit, id byte) {
	for n := s.count(2); n > 0 && s.ok(); n-- {
		at := s.i
		i := uint64(s.u32())
		switch {
		case i >= uint64(m.functions()):
			s.put(at, min(i+1+helpers, 1<<32-1))
		case i >= uint64(m.imports):
			s.put(at, i+1)
		}
		if id == functionNames {
			s.name()
			continue
		}
		for k := s.count(2); k > 0 && s.ok(); k-- {
			s.u32()
			s.name()
		}
	}
	s.finish()
}
