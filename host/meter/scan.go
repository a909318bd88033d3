package meter

// What a mark in a body stands for.
const (
	markEntry uint8 = iota // the check of the function
	markLoop               // the check of a loop
	markIndex              // a function index to shift
	markHelp               // the call of a helper
)

// The helper functions that are added, if they are used.
const (
	helpBytes = iota // charges for a length in bytes
	helpElems        // charges for a length in elements
	helpGrow         // memory.grow, charged by what it got
	helpFill         // memory.fill in pieces
	helpCopy         // memory.copy in pieces
	helpers
)

// The cost model: an instruction weighs 1, and more where it says so here.
const (
	loadWeight     = 3    // a load, which may miss all caches
	storeWeight    = 1    // a store
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
	n       uint64 // weight that a check pays for, an index or a helper
	way     uint64 // of a check, while its code is read: see path.go
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
	frames []frame // the open blocks
	height int64   // operands on the stack
	locals uint32
	blocks int
	slots  uint64 // instructions in loops, and what calls take and leave
	values uint64 // what a compiler may have to keep, see values.go
	calls  bool
	lost   bool // nobody comes to the next instruction
	// straight says that no instruction so far can go anywhere but to the next
	// one, and first is the loop that was entered so, 0 if there is none.
	straight bool
	first    int
}

func (s *scanner) reset(start int, locals uint32, sig signature) {
	s.marks = append(s.marks[:0], markOf(markEntry, start, start))
	s.frames, s.height, s.locals = s.frames[:0], 0, locals
	s.enter(0, instr{sig: signature{results: sig.results}})
	s.blocks, s.slots, s.calls = 0, 0, false
	s.lost, s.straight, s.first = false, true, 0
	s.pay(uint64(locals) >> localsShift)
}

// body scans the body of own function i and returns where its code begins.
func (m *rewriter) scanBody(r *reader, i int) int {
	s := &m.scan
	m.function = int(m.imports) + i
	locals := m.locals(r, i)
	start := r.i
	s.reset(start, locals, m.sigs[m.funcs[i]])
	s.values = m.functionValues(locals)
	for len(s.frames) > 0 && r.ok() {
		in := m.next(r, locals, uint32(len(s.frames)))
		if r.ok() {
			m.visit(in, r)
		}
	}
	r.finish()
	s.marks[0].n += s.frameWeight()
	s.merge()
	m.function = -1
	return start
}

// An entry may weigh so little, as a part of the loop's weight, that the check of
// the loop pays for it.
const mergedPart = 8

// goOn sees whether the function goes straight on to its first loop.
func (s *scanner) goOn(op byte) {
	switch {
	case !s.straight:
	case op == opLoop:
		s.straight, s.first = false, len(s.marks)
	case op == opUnreachable, op == opIf, op >= opElse && op <= opReturnCallIndirect,
		op == opMemoryGrow, op == opBulk:
		s.straight = false
	}
}

// merge leaves the entry's check to the first loop, if every call comes to it
// first and there is not much beside it: each round pays for the entry then. What
// compilers make of functions that can be suspended is one loop around all.
func (s *scanner) merge() {
	if s.first > 0 && s.marks[0].n <= s.marks[s.first].n/mergedPart {
		s.marks[s.first].n += s.marks[0].n
		s.marks[0].n = 0
	}
}

// locals reads the locals and returns their number with the parameters.
func (m *rewriter) locals(r *reader, i int) uint32 {
	at := r.i
	sum := uint64(m.sigs[m.funcs[i]].params)
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
	top := s.frames[len(s.frames)-1].owner
	s.pay(weight(in.op))
	if top > 0 {
		s.slots++
	}
	s.follow(in)
	s.goOn(in.op)
	switch in.op {
	case opBlock:
		m.open(top, 1, in, r)
	case opIf:
		m.open(top, 1, in, r)
		s.split()
	case opElse:
		s.turn()
	case opUnreachable, opReturn:
		s.lost = true
	case opLoop:
		s.marks = append(s.marks, markOf(markLoop, r.i, r.i))
		m.open(len(s.marks)-1, loopBlocks, in, r)
	case opEnd:
		s.join()
		s.leave()
	case opBr, opBrIf:
		m.branch(1, in, r)
		s.reach(in.index)
		s.lost = s.lost || in.op == opBr
	case opBrTable:
		m.branch(int(in.sub)+1, in, r)
		for _, label := range m.labels {
			s.reach(label)
		}
		s.lost = true
	case opCall, opReturnCall:
		m.called(in.sig)
		s.pay(callWeight + m.weightOf(in.index))
		m.shift(in, r)
		s.lost = s.lost || in.op == opReturnCall
	case opCallIndirect, opReturnCallIndirect:
		m.called(in.sig)
		s.pay(indirectWeight)
		s.lost = s.lost || in.op == opReturnCallIndirect
	case opRefFunc:
		m.escape(in.index)
		m.checkDeclared(in, r)
		m.shift(in, r)
	case 0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82: // div and rem
		s.pay(divideWeight)
	case opVector:
		s.pay(vectorWeight(in.sub))
	case opMemoryGrow:
		m.help(helpGrow, in.at, r.i)
	case opBulk:
		m.visitBulk(in, r)
	}
}

// weight is that of an instruction by its opcode alone.
func weight(op byte) uint64 {
	switch {
	case op >= 0x28 && op <= 0x35:
		return 1 + loadWeight
	case op >= 0x36 && op <= 0x3e:
		return 1 + storeWeight
	}
	return 1
}

// vectorWeight is what a vector instruction weighs beside 1.
func vectorWeight(sub uint32) uint64 {
	switch {
	case sub <= 10, sub >= 84 && sub <= 87, sub == 92, sub == 93:
		return loadWeight
	case sub == 11, sub >= 88 && sub <= 91:
		return storeWeight
	}
	return 0
}

// visitBulk marks the operations that take as long as their last operand says.
func (m *rewriter) visitBulk(in instr, r *reader) {
	switch in.sub {
	case 8: // memory.init
		m.help(helpBytes, in.at, in.at)
	case 10: // memory.copy
		m.help(helpCopy, in.at, r.i)
	case 11: // memory.fill
		m.help(helpFill, in.at, r.i)
	case 12, 14, 15, 17: // table.init, table.copy, table.grow, table.fill
		m.help(helpElems, in.at, in.at)
	}
}

// help marks that a helper is called between two places, in place of what is
// there.
func (m *rewriter) help(helper, at, end int) {
	m.used[helper] = true
	m.called(signature{})
	mk := markOf(markHelp, at, end)
	mk.n = uint64(helper)
	m.scan.marks = append(m.scan.marks, mk)
}

// open enters a block whose code is paid for at the mark owner.
func (m *rewriter) open(owner, blocks int, in instr, r *reader) {
	m.scan.enter(owner, in)
	if len(m.scan.frames) > m.opt.MaxDepth+1 {
		r.fail(ErrLimit, in.at, "blocks nested deeper than %d", m.opt.MaxDepth)
	}
	m.block(blocks, uint64(in.sig.params)+uint64(in.sig.results), in, r)
}

// branch counts a branch to n labels, which take the same operands along.
func (m *rewriter) branch(n int, in instr, r *reader) {
	f := m.scan.frames[len(m.scan.frames)-1-int(in.index)]
	m.block(n, uint64(f.label()), in, r)
}

// block counts what a compiler makes basic blocks of: its time may grow with
// the square of their number.
func (m *rewriter) block(n int, operands uint64, in instr, r *reader) {
	m.scan.blocks += n
	m.scan.hold(uint64(n), uint64(m.scan.locals)+uint64(m.scan.height)+passed*operands)
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

// checkDeclared refuses a ref.func of the start function that nothing declares but
// the export of it, which is ours: the runtime would no longer.
func (m *rewriter) checkDeclared(in instr, r *reader) {
	if m.writing && m.exportsStart() && int64(in.index) == m.start && !m.startDeclared {
		r.malformed(in.at, "ref.func of function %d, which is not declared", in.index)
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
		m.size = uint64(r.end - r.i)
		n := r.count(2)
		found := make([]uint32, n) // calls are not to see them before all are known
		for i := range found {
			if !r.ok() {
				return
			}
			at := r.i
			m.scanBody(m.bodyOf(r), i)
			s := &m.scan
			m.sum(r, at)
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
