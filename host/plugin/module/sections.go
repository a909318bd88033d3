package module

import "math"

// Of the sections below the checks want nothing. They are read because the
// engine takes lengths at their word and allocates before it reads: a module of
// thirty bytes would end the host.

// most bounds the elements of each section. What the engine keeps of an element
// is up to a hundred times as large as the element in the module, and part of it
// is kept for every instance, outside of the memory limit.
var most = [...]uint32{
	sectionType:    1 << 14,
	sectionImport:  1 << 10,
	sectionFunc:    1 << 18,
	sectionTable:   1 << 6,
	sectionMemory:  1 << 6,
	sectionGlobal:  1 << 16,
	sectionExport:  1 << 14,
	sectionElement: 1 << 14,
	sectionCode:    1 << 18,
	sectionData:    1 << 19, // Go makes one of every few bytes that are not zero
}

const (
	// maxValues is the largest number of parameters, or results, of a function.
	maxValues = 1000
	// maxLocals is the largest number of local variables of a function, and
	// maxAllLocals of all functions together.
	maxLocals    = 50_000
	maxAllLocals = 8 << 20
	// maxBody is the largest function, in bytes: time and memory of compiling one grow
	// faster than its size, to some 300 MiB here.
	maxBody = 512 << 10
)

func readGlobals(r *reader) {
	for range r.count(most[sectionGlobal]) {
		r.valueType()
		r.byte() // whether it can change
		r.skipExpr()
		if r.err != nil {
			return
		}
	}
}

func readElements(r *reader) {
	left := uint32(maxTable)
	for range r.count(most[sectionElement]) {
		left -= readElement(r, left)
		if r.err != nil {
			return
		}
	}
}

// readElement reads one of the eight forms of an element segment and returns how
// many references it has, at most most.
func readElement(r *reader, most uint32) uint32 {
	form := r.u32()
	if r.err == nil && form > 7 {
		r.fail("an element segment of form %d is not known", form)
	}
	const passive, indexed, exprs = 1, 2, 4
	if form&passive == 0 {
		if form&indexed != 0 {
			r.u32()
		}
		r.skipExpr()
	}
	if form&(passive|indexed) != 0 {
		kind := r.byte()
		if r.err == nil && (form&exprs == 0 && kind != 0 || form&exprs != 0 && !isRefType(kind)) {
			r.fail("has an element segment of the kind 0x%02x", kind)
		}
	}
	n := r.count(most)
	for range n {
		if form&exprs != 0 {
			r.skipExpr()
		} else {
			r.u32()
		}
		if r.err != nil {
			return 0
		}
	}
	return n
}

func (m *binary) readCode(r *reader) {
	left := uint64(maxAllLocals)
	m.bodies = r.count(most[sectionCode])
	for i := range m.bodies {
		body := r.bytes(r.u32())
		switch {
		case r.err != nil:
			return
		case len(body) > maxBody:
			r.fail("function %d has %d bytes; at most %d are allowed", i, len(body), maxBody)
			return
		}
		locals := readLocals(&reader{data: body})
		if locals > min(maxLocals, left) {
			r.fail("function %d has more local variables than are allowed, which are %d "+
				"in a function and %d in all", i, maxLocals, maxAllLocals)
			return
		}
		left -= locals
	}
}

// readLocals returns the number of a function's local variables, which is beyond
// all limits if it cannot be read.
func readLocals(r *reader) (sum uint64) {
	for range r.count(maxBody) {
		sum += uint64(r.u32())
		r.valueType()
		if r.err != nil {
			break
		}
	}
	if r.err != nil {
		return math.MaxUint64
	}
	return sum
}

func readData(r *reader) {
	for range r.count(most[sectionData]) {
		form := r.u32()
		if r.err == nil && form > 2 {
			r.fail("a data segment of form %d is not known", form)
		}
		if form == 2 {
			r.u32()
		}
		if form != 1 {
			r.skipExpr()
		}
		r.bytes(r.u32())
		if r.err != nil {
			return
		}
	}
}
