package meter

// The values of a function are an upper estimate of what a compiler has to
// keep, in memory while it compiles and in the frame when the function runs:
// each local and each operand on the stack at the begin of each block, what
// blocks, branches and calls take and leave, and each global behind each call,
// which may have changed it. They may grow with the square of the code.
const (
	maxHeight = 1 << 32 // more do not matter: no product of it with
	maxCount  = 1 << 56 // a number of blocks overflows, nor any sum

	valuesPerByte  = 2 // what a module may have for each byte of its code
	squaresPerByte = 50
	globalsShift   = 3   // a global costs each function a little
	heldFree       = 32  // values that a block holds for nothing
	heldShift      = 3   // eight more are one unit
	frameFree      = 128 // of each that a frame has for nothing
	slotsShift     = 3   // eight more instructions in loops are one unit of a frame
	passed         = 2   // an operand that is passed on counts as two: it is moved
	valuesShift    = 6   // and so are 64 more values, of which few get a place
)

// functionValues are those of a function without code.
func (m *rewriter) functionValues(locals uint32) uint64 {
	return uint64(locals) + uint64(m.globals)>>globalsShift
}

// called counts what a call takes, leaves and makes the caller load again.
func (m *rewriter) called(sig signature) {
	m.scan.calls = true
	operands := uint64(sig.params) + uint64(sig.results)
	m.scan.slots += passed * operands
	m.scan.add(passed*operands + uint64(m.globals))
}

// hold counts what n blocks hold, and pays for what the runtime may have to move
// when it goes from one to the next: what has no place in a register.
func (s *scanner) hold(n, values uint64) {
	s.add(n * values)
	if values > heldFree {
		s.pay(n * (values - heldFree) >> heldShift)
	}
}

// add counts without ever wrapping round.
func (s *scanner) add(n uint64) { s.values = min(s.values+n, maxCount) }

// frameWeight pays for the frame: the runtime's has room for the values of the
// whole body, whereas the entry pays only for the code outside of loops.
func (s *scanner) frameWeight() uint64 {
	slots, values := max(s.slots, frameFree), max(s.values, frameFree)
	return (slots-frameFree)>>slotsShift + (values-frameFree)>>valuesShift
}

// sum adds what the function has to what the module has.
func (m *rewriter) sum(r *reader, at int) {
	blocks := uint64(m.scan.blocks)
	m.squares += blocks * blocks
	if most := uint64(max(m.opt.MaxSquares, 0)) + squaresPerByte*m.size; m.squares > most {
		r.fail(ErrLimit, at, "blocks squared are more than %d", most)
	}
	m.values += m.scan.values
	if most := uint64(max(m.opt.MaxValues, 0)) + valuesPerByte*m.size; m.values > most {
		r.fail(ErrLimit, at, "more than %d values", most)
	}
}
