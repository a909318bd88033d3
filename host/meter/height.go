package meter

// A frame is an open block.
type frame struct {
	owner int   // the mark whose check pays for its code
	base  int64 // operands below its parameters
	sig   signature
	loop  bool
	dead  bool // what follows cannot be reached

	// The heaviest of the ways that reach the label of a block, and, while the
	// first arm of an if is read, the way to the other one; see path.go.
	heaviest, start              uint64
	reached, branched, startLost bool
}

// label is how many operands a branch to the block takes along.
func (f frame) label() uint32 {
	if f.loop {
		return f.sig.params
	}
	return f.sig.results
}

// follow keeps the number of operands that are on the stack. It is exact for
// valid code that can be reached; elsewhere it stays at the block's base. Above
// maxHeight it does not matter.
func (s *scanner) follow(in instr) {
	f := &s.frames[len(s.frames)-1]
	if in.op == opElse {
		s.height, f.dead = f.base+int64(f.sig.params), false
		return
	}
	if !f.dead {
		s.height = min(max(f.base, s.height+change(in)), maxHeight)
	}
	switch in.op {
	case opUnreachable, opBr, opBrTable, opReturn, opReturnCall, opReturnCallIndirect:
		s.height, f.dead = f.base, true
	}
}

// enter opens a block whose parameters are on the stack.
func (s *scanner) enter(owner int, in instr) {
	f := frame{owner: owner, sig: in.sig, loop: in.op == opLoop}
	if n := len(s.frames); n > 0 {
		f.dead = s.frames[n-1].dead
		f.base = max(s.frames[n-1].base, s.height-int64(in.sig.params))
	}
	s.frames = append(s.frames, f)
}

// leave closes a block and leaves its results.
func (s *scanner) leave() {
	f := s.frames[len(s.frames)-1]
	s.frames = s.frames[:len(s.frames)-1]
	s.height = f.base + int64(f.sig.results)
	if n := len(s.frames); n > 0 && s.frames[n-1].dead {
		s.height = s.frames[n-1].base
	}
}

// change is by how much an instruction makes the stack higher.
func change(in instr) int64 {
	switch op := in.op; {
	case op == opIf, op == opBrIf, op == opDrop, op == opLocalSet, op == opGlobalSet:
		return -1
	case op == opSelect, op == opSelectTyped, op == opTableSet, op >= 0x36 && op <= 0x3e:
		return -2
	case op == opCall:
		return int64(in.sig.results) - int64(in.sig.params)
	case op == opCallIndirect:
		return int64(in.sig.results) - int64(in.sig.params) - 1
	case op == opLocalGet, op == opGlobalGet, op == opMemorySize, op == opRefNull, op == opRefFunc,
		op >= opI32Const && op <= opF64Const:
		return 1
	case op >= 0x45 && op <= 0xc4 && binary(op):
		return -1
	case op == opBulk:
		return changeBulk(in.sub)
	case op == opVector:
		return changeVector(in.sub)
	}
	return 0
}

// binary is true for a number instruction of two operands: comparisons, then
// arithmetic, of all four types.
func binary(op byte) bool {
	switch {
	case op >= 0x46 && op <= 0x4f, op >= 0x51 && op <= 0x66,
		op >= 0x6a && op <= 0x78, op >= 0x7c && op <= 0x8a,
		op >= 0x92 && op <= 0x98, op >= 0xa0 && op <= 0xa6:
		return true
	}
	return false
}

func changeBulk(sub uint32) int64 {
	switch sub {
	case 8, 10, 11, 12, 14, 17: // init, copy and fill
		return -3
	case 15: // table.grow
		return -1
	case 16: // table.size
		return 1
	}
	return 0
}

func changeVector(sub uint32) int64 {
	switch {
	case sub == 11, sub == 82, sub >= 88 && sub <= 91: // stores, bitselect
		return -2
	case sub == 12: // v128.const
		return 1
	case sub < 256 && vectorUnary[sub/64]>>(sub%64)&1 == 1:
		return 0
	}
	return -1
}

// vectorUnary has a bit for each vector instruction that takes one operand and
// leaves one.
var vectorUnary = func() (bits [4]uint64) {
	for _, r := range [][2]uint32{
		{0, 10}, {15, 22}, {24, 25}, {27, 27}, {29, 29}, {31, 31}, {33, 33}, {77, 77}, {83, 83},
		{92, 100}, {103, 106}, {116, 117}, {122, 122}, {124, 129}, {131, 132}, {135, 138},
		{148, 148}, {160, 161}, {163, 164}, {167, 170}, {192, 193}, {195, 196}, {199, 202},
		{224, 225}, {227, 227}, {236, 237}, {239, 239}, {248, 255},
	} {
		for i := r[0]; i <= r[1]; i++ {
			bits[i/64] |= 1 << (i % 64)
		}
	}
	return bits
}()
