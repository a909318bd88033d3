package meter

// The opcodes that the rewriting looks at or writes.
const (
	opUnreachable        = 0x00
	opBlock              = 0x02
	opLoop               = 0x03
	opIf                 = 0x04
	opElse               = 0x05
	opEnd                = 0x0b
	opBr                 = 0x0c
	opBrIf               = 0x0d
	opBrTable            = 0x0e
	opReturn             = 0x0f
	opCall               = 0x10
	opCallIndirect       = 0x11
	opReturnCall         = 0x12
	opReturnCallIndirect = 0x13
	opDrop               = 0x1a
	opSelect             = 0x1b
	opSelectTyped        = 0x1c
	opLocalGet           = 0x20
	opLocalSet           = 0x21
	opLocalTee           = 0x22
	opGlobalGet          = 0x23
	opGlobalSet          = 0x24
	opTableGet           = 0x25
	opTableSet           = 0x26
	opMemorySize         = 0x3f
	opMemoryGrow         = 0x40
	opI32Const           = 0x41
	opI64Const           = 0x42
	opF32Const           = 0x43
	opF64Const           = 0x44
	opI32Ne              = 0x47
	opI32GtU             = 0x4b
	opI64LtS             = 0x53
	opI64GtS             = 0x55
	opI64GtU             = 0x56
	opI32Add             = 0x6a
	opI32Sub             = 0x6b
	opI32Or              = 0x72
	opI32ShrU            = 0x76
	opI64Add             = 0x7c
	opI64Sub             = 0x7d
	opI64Mul             = 0x7e
	opI64Shl             = 0x86
	opI64ExtendI32U      = 0xad
	opRefNull            = 0xd0
	opRefFunc            = 0xd2
	opBulk               = 0xfc
	opVector             = 0xfd
)

// An instr is one instruction, its immediates checked.
type instr struct {
	op    byte
	sub   uint32    // second part of the opcode; of br_table, the number of labels but one
	index uint32    // function or label, if the instruction names one, the last label of br_table
	sig   signature // of a block or a call
	at    int       // where it begins
	imm   int       // where its first immediate begins
}

// next reads an instruction. depth is the number of labels that it may name.
func (m *rewriter) next(r *reader, locals, depth uint32) instr {
	in := instr{at: r.i}
	in.op = r.byte()
	in.imm = r.i
	switch op := in.op; {
	case op <= 0x01, op == opElse, op == opEnd, op == opReturn, op == opDrop, op == opSelect,
		op >= 0x45 && op <= 0xc4, op == 0xd1: // no immediate
	case op >= opBlock && op <= opIf:
		in.sig = m.blockType(r)
	case op == opBr, op == opBrIf:
		in.index = r.index("label", depth)
	case op == opBrTable:
		in.sub = r.count(1)
		m.labels = m.labels[:0]
		for n := uint64(in.sub) + 1; n > 0 && r.ok(); n-- {
			in.index = r.index("label", depth)
			m.labels = append(m.labels, in.index)
		}
	case op == opCall, op == opReturnCall, op == opRefFunc:
		if in.index = r.index("function", m.functions()); r.ok() {
			in.sig = m.signature(in.index)
		}
	case op == opCallIndirect, op == opReturnCallIndirect:
		if i := r.index("type", m.types()); r.ok() {
			in.sig = m.sigs[i]
		}
		r.index("table", m.tables)
	case op == opSelectTyped:
		if n := r.byte(); n != 1 {
			r.malformed(in.imm, "select with %d types", n)
		}
		r.valType()
	case op >= opLocalGet && op <= opLocalTee:
		r.index("local", locals)
	case op == opGlobalGet, op == opGlobalSet:
		r.index("global", m.globals)
	case op == opTableGet, op == opTableSet:
		r.index("table", m.tables)
	case op >= 0x28 && op <= 0x3e:
		m.memArg(r)
	case op == opMemorySize, op == opMemoryGrow:
		m.memory(r)
	case op >= opI32Const && op <= opF64Const:
		r.constant(op)
	case op == opRefNull:
		r.refType()
	case op == opBulk:
		in.sub = r.u32()
		m.bulk(r, in)
	case op == opVector:
		in.sub = r.vectorOpcode()
		m.vector(r, in)
	default:
		r.unknownOpcode(in)
	}
	return in
}

func (r *reader) constant(op byte) {
	switch op {
	case opI32Const:
		r.number(5)
	case opI64Const:
		r.number(10)
	case opF32Const:
		r.skip(4)
	case opF64Const:
		r.skip(8)
	}
}

// memory reads the reserved byte of an instruction that needs the memory.
func (m *rewriter) memory(r *reader) {
	at := r.i
	r.zero("memory")
	m.needMemory(r, at)
}

func (m *rewriter) needMemory(r *reader, at int) {
	if m.memories == 0 {
		r.malformed(at, "memory 0 of 0")
	}
}

// memArg reads alignment and offset of a load or store.
func (m *rewriter) memArg(r *reader) {
	at := r.i
	if align := r.u32(); align >= 0x40 {
		r.unsupported(at, "memory argument %#x, multiple memories are", align)
	}
	r.u32()
	m.needMemory(r, at)
}

// bulk reads the immediates of the opcodes after 0xfc.
func (m *rewriter) bulk(r *reader, in instr) {
	switch {
	case in.sub <= 7: // saturating conversions
	case in.sub == 8, in.sub == 9: // memory.init, data.drop
		if m.data < 0 {
			r.malformed(in.at, "data segment without a data count section")
			return
		}
		r.index("data segment", uint32(m.data))
		if in.sub == 8 {
			m.memory(r)
		}
	case in.sub == 10: // memory.copy
		m.memory(r)
		m.memory(r)
	case in.sub == 11: // memory.fill
		m.memory(r)
	case in.sub == 12, in.sub == 13: // table.init, elem.drop
		r.index("element segment", m.elems)
		if in.sub == 12 {
			r.index("table", m.tables)
		}
	case in.sub == 14: // table.copy
		r.index("table", m.tables)
		r.index("table", m.tables)
	case in.sub <= 17: // table.grow, table.size, table.fill
		r.index("table", m.tables)
	case in.sub >= 19 && in.sub <= 22:
		r.unsupported(in.at, "opcode 0xfc %#x: wide arithmetic is", in.sub)
	default:
		r.malformed(in.at, "unknown opcode 0xfc %#x", in.sub)
	}
}

// vector reads the immediates of the opcodes after 0xfd.
func (m *rewriter) vector(r *reader, in instr) {
	switch sub := in.sub; {
	case sub <= 11, sub == 92, sub == 93: // loads and stores
		m.memArg(r)
	case sub == 12, sub == 13: // v128.const, i8x16.shuffle
		r.skip(16)
	case sub >= 21 && sub <= 34: // lanes
		r.byte()
	case sub >= 84 && sub <= 91: // loads and stores of lanes
		m.memArg(r)
		r.byte()
	case sub <= 255: // which of them exist, the runtime knows
	case sub <= 275:
		r.unsupported(in.at, "opcode 0xfd %#x: relaxed vector instructions are", sub)
	default:
		r.malformed(in.at, "unknown opcode 0xfd %#x", sub)
	}
}

func (r *reader) unknownOpcode(in instr) {
	if !r.ok() {
		return
	}
	switch op := in.op; {
	case op >= 0x06 && op <= 0x0a, op == 0x18, op == 0x19, op == 0x1f:
		r.unsupported(in.at, "opcode %#x: exceptions are", op)
	case op == 0x14, op == 0x15, op == 0xd4, op == 0xd5, op == 0xd6:
		r.unsupported(in.at, "opcode %#x: typed function references are", op)
	case op == 0xd3, op == 0xfb:
		r.unsupported(in.at, "opcode %#x %#x: garbage collection is", op, r.u32())
	case op == 0xfe:
		r.unsupported(in.at, "opcode 0xfe %#x: threads are", r.u32())
	case op >= 0xe0:
		r.unsupported(in.at, "opcode %#x: stack switching or a later feature is", op)
	default:
		r.malformed(in.at, "unknown opcode %#x", op)
	}
}
