package meter

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"unicode/utf8"
)

// The subsections of the name section. All but the first begin with indices of
// functions.
const (
	moduleName    = 0
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
		m.hasNames = true
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
	named := m.plain()
	for !e.done() {
		id := e.byte()
		s := m.edit(e.sub(e.u32()))
		if id > functionNames && !named { // subsections stand in order
			named, out = true, m.appendNames(out, nil)
		}
		if id == functionNames {
			named, out = true, m.appendNames(out, m.readNames(s))
			continue
		}
		switch id {
		case moduleName: // runtimes go on behind the name, wherever the subsection ends
			s.name()
			s.finish()
		case localNames, labelNames:
			m.shiftNames(s)
		}
		body := s.rest()
		out = append(uleb(append(out, id), uint64(len(body))), body...)
	}
	if !named {
		out = m.appendNames(out, nil)
	}
	return out
}

// nameSection is one for a module without names.
func (m *rewriter) nameSection() []byte { return m.appendNames(str(nil, "name"), nil) }

// A funcName is the name of a function that there is.
type funcName struct {
	index uint32
	name  []byte
}

// readNames reads the names of functions, in the order of the functions. Of two
// for one the first counts.
func (m *rewriter) readNames(s *edit) []funcName {
	var names []funcName
	for n := s.count(2); n > 0 && s.ok(); n-- {
		at := s.i
		i, name := s.u32(), s.name()
		if !utf8.Valid(name) { // the runtime must not miss it in what is dropped
			s.malformed(at, "name of function %d is not UTF-8", i)
		}
		if i < m.functions() {
			names = append(names, funcName{i, name})
		}
	}
	s.finish()
	slices.SortStableFunc(names, func(a, b funcName) int { return cmp.Compare(a.index, b.index) })
	return slices.CompactFunc(names, func(a, b funcName) bool { return a.index == b.index })
}

// appendNames writes the names of all functions. One without a name is named by
// the index that it had, so that traces fit the module as it was, and a helper by
// what it stands for.
func (m *rewriter) appendNames(out []byte, names []funcName) []byte {
	own := uint32(len(m.funcs))
	imported := 0
	for imported < len(names) && names[imported].index < m.imports {
		imported++
	}
	body := uleb(nil, uint64(imported)+uint64(m.extra(int(own)))+m.helpersUsed())
	for _, n := range names[:imported] {
		body = str(uleb(body, uint64(n.index)), string(n.name))
	}
	names = names[imported:]
	for i := m.imports; i < m.functions(); i++ {
		body = uleb(body, uint64(i)+1)
		if len(names) > 0 && names[0].index == i {
			body = str(body, string(names[0].name))
			names = names[1:]
			continue
		}
		body = str(body, "$"+strconv.FormatUint(uint64(i), 10))
	}
	for h, used := range m.used {
		if used {
			body = str(uleb(body, m.helper(h)), helperNames[h])
		}
	}
	return append(uleb(append(out, functionNames), uint64(len(body))), body...)
}

// helperNames are what traces show of the helpers.
var helperNames = [helpers]string{
	helpBytes: "meter.bytes", helpElems: "meter.elements", helpGrow: "memory.grow",
	helpFill: "memory.fill", helpCopy: "memory.copy",
}

// shiftNames shifts the function indices of one subsection with the names of
// locals or labels. A name for a function that is not there stays one: it must
// not become one of a helper.
func (m *rewriter) shiftNames(s *edit) {
	for n := s.count(2); n > 0 && s.ok(); n-- {
		at := s.i
		i := uint64(s.u32())
		switch {
		case i >= uint64(m.functions()):
			s.put(at, min(i+1+helpers, 1<<32-1))
		case i >= uint64(m.imports):
			s.put(at, i+1)
		}
		for k := s.count(2); k > 0 && s.ok(); k-- {
			s.u32()
			s.name()
		}
	}
	s.finish()
}
