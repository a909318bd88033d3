package meter

// What a mark in a body stands for.
const (
	markEntry uint8 = iota // the check of the function
	markLoop               // the check of a loop
	markIndex              // a function index to shift
	markBytes              // a length in bytes is on the stack
	markElems              // a length in elements is on the stack
	markGrow               // memory.grow
)

// The helper functions that are added, if they are used.
const (
	helpBytes = iota // charges for a length in bytes
	helpElems        // charges for a length in elements
	helpGrow         // memory.grow, charged by what it got
	helpers
)

// The cost model: an instruction weighs 1, and more where it says so here.
const (
	callWeight     = 3    // a call, beside the callee
	indirectWeight = 5    // a call by table
	divideWeight   = 8    // integer division, 20-40 cycles
	growWeight     = 2000 // memory.grow, which may move the memory
	localsShift    = 2    // locals are zeroed, four of them are one unit
	bytesShift     = 3    // bulk operations: eight bytes are one unit
	pageWeight     = 65536 >> bytesShift
)

// A loop counts as so many blocks: its check makes two more.
const loopBlocks = 4

// A mark is a place of a body where something is put in or replaced.
type mark struct {
	n       uint64 // weight that a check pays for, or an index
	at, end uint32
	kind    uint8
}

func markOf(kind uint8, at, end int) mark {
	return mark{kind: kind, at: uint32(at), end: uint32(end)} // maxModule fits
}

// A scanner goes through one body. It is used again for the next one, so that
// it is as large as the largest needs.
type scanner struct {
	marks  []mark
	owners []int // for each open block, the mark whose check pays for its code
	blocks int
	calls  bool
}

func (s *scanner) reset(start int) {
	s.marks = append(s.marks[:0], markOf(markEntry, start, start))
	s.owners = append(s.owners[:0], 0)
	s.blocks, s.calls = 0, false
}

// body scans the body of own function i and returns where its code begins.
func (m *rewriter) scanBody(r *reader, i int) int {
	s := &m.scan
	m.function = int(m.imports) + i
	locals := m.locals(r, i)
	start := r.i
	s.reset(start)
	s.marks[0].n = uint64(locals) >> localsShift
	for len(s.owners) > 0 && r.ok() {
		in := m.next(r, locals, uint32(len(s.owners)))
		if r.ok() {
			m.visit(in, r)
		}
	}
	r.finish()
	m.function = -1
	return start
}

// locals reads the locals and returns their number with the parameters.
func (m *rewriter) locals(r *reader, i int) uint32 {
	at := r.i
	sum := uint64(m.params[m.funcs[i]])
	for n := r.count(2); n > 0 && r.ok(); n-- {
		sum += uint64(r.u32())
		r.valType()
	}
	if sum > uint64(m.opt.MaxLocals) {
		r.fail(ErrLimit, at, "%d locals, at most %d", sum, m.opt.MaxLocals)
		return 0
	}
	return uint32(sum)
}

// visit weighs an instruction and marks what is to be changed.
func (m *rewriter) visit(in instr, r *reader) {
	s := &m.scan
	top := s.owners[len(s.owners)-1]
	s.marks[top].n++
	switch in.op {
	case opBlock, opIf:
		m.open(top, 1, in, r)
	case opLoop:
		m.open(len(s.marks), loopBlocks, in, r)
		s.marks = append(s.marks, markOf(markLoop, r.i, r.i))
	case opEnd:
		s.owners = s.owners[:len(s.owners)-1]
	case opBr, opBrIf:
		m.block(1, in, r)
	case opBrTable:
		m.block(int(in.sub)+1, in, r)
	case opCall, opReturnCall:
		s.calls = true
		s.marks[top].n += callWeight + m.weightOf(in.index)
		m.shift(in, r)
	case opCallIndirect, opReturnCallIndirect:
		s.calls = true
		s.marks[top].n += indirectWeight
	case opRefFunc:
		m.escape(in.index)
		m.shift(in, r)
	case 0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82: // div and rem
		s.marks[top].n += divideWeight
	case opMemoryGrow:
		m.help(markGrow, helpGrow, in.at, r.i)
	case opBulk:
		m.visitBulk(in)
	}
}

// visitBulk marks the operations that take as long as their last operand says.
func (m *rewriter) visitBulk(in instr) {
	switch in.sub {
	case 8, 10, 11: // memory.init, memory.copy, memory.fill
		m.help(markBytes, helpBytes, in.at, in.at)
	case 12, 14, 15, 17: // table.init, table.copy, table.grow, table.fill
		m.help(markElems, helpElems, in.at, in.at)
	}
}

// help marks an instruction as one that needs a helper, which is a call.
func (m *rewriter) help(kind uint8, helper, at, end int) {
	m.used[helper] = true
	m.scan.calls = true
	m.scan.marks = append(m.scan.marks, markOf(kind, at, end))
}

// open enters a block whose code is paid for at the mark owner.
func (m *rewriter) open(owner, blocks int, in instr, r *reader) {
	m.scan.owners = append(m.scan.owners, owner)
	if len(m.scan.owners) > m.opt.MaxDepth+1 {
		r.fail(ErrLimit, in.at, "blocks nested deeper than %d", m.opt.MaxDepth)
	}
	m.block(blocks, in, r)
}

// block counts what a compiler makes basic blocks of: its time may grow with
// the square of their number.
func (m *rewriter) block(n int, in instr, r *reader) {
	m.scan.blocks += n
	if m.scan.blocks > m.opt.MaxBlocks {
		r.fail(ErrLimit, in.at, "more than %d blocks and branches in a function", m.opt.MaxBlocks)
	}
}

// shift marks the index of an own function.
func (m *rewriter) shift(in instr, r *reader) {
	if in.index >= m.imports {
		mk := markOf(markIndex, in.imm, r.i)
		mk.n = uint64(in.index) + 1
		m.scan.marks = append(m.scan.marks, mk)
	}
}

// escape notes that a function may be called by those who do not pay for it.
func (m *rewriter) escape(index uint32) {
	if index >= m.imports && index < m.functions() {
		m.escapes[index-m.imports] = true
	}
}

// weightOf is what a caller pays for a leaf, and nothing for other functions.
func (m *rewriter) weightOf(index uint32) uint64 {
	if index < m.imports {
		return 0
	}
	return uint64(m.leaf[index-m.imports])
}

// survey finds the leaves and the helpers that are needed, and checks all code.
func (m *rewriter) survey() {
	for _, sec := range m.sections {
		if sec.id != codeID {
			continue
		}
		r := m.reader(sec)
		n := r.count(2)
		found := make([]uint32, n) // calls are not to see them before all are known
		for i := range found {
			if !r.ok() {
				return
			}
			at := r.i
			m.scanBody(m.bodyOf(r), i)
			s := &m.scan
			if m.squares += s.blocks * s.blocks; m.squares > m.opt.MaxSquares {
				r.fail(ErrLimit, at, "blocks squared are more than %d", m.opt.MaxSquares)
			}
			if !s.calls && s.loopless() && int64(s.marks[0].n) <= int64(m.opt.Leaf) {
				found[i] = uint32(s.marks[0].n)
			}
		}
		r.finish()
		m.leaf = found
	}
	m.section = ""
}

// bodyOf cuts off the next body.
func (m *rewriter) bodyOf(r *reader) *reader {
	at := r.i
	size := r.u32()
	if uint64(size) > uint64(m.opt.MaxBody) {
		r.fail(ErrLimit, at, "body of %d bytes, at most %d", size, m.opt.MaxBody)
	}
	return r.sub(size)
}

func (s *scanner) loopless() bool {
	for _, mk := range s.marks {
		if mk.kind == markLoop {
			return false
		}
	}
	return true
}
