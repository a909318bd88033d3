package meter

// Options says how a module is rewritten and how large it may be. The zero
// value is usable.
type Options struct {
	// Module and Name are those of the imported function. If both are empty,
	// "meter" and "refuel". A module that imports anything from Module is
	// refused, so that no guest calls refuel itself.
	Module, Name string
	// Export is the name under which the fuel is exported, so that the host can
	// read and set it between calls. If empty, it is not exported.
	Export string
	// Start is the name under which a start function is exported that is then
	// no longer one: the host calls it, with a context and fuel of its own,
	// right after it instantiated the module and before anything else. A module
	// without a start function gets no such export. If empty, the runtime calls
	// it while it instantiates the module.
	Start string
	// Leaf is the largest weight of a function without calls and loops whose
	// callers pay for it. If zero, 32; if negative, each function pays itself.
	Leaf int
	// MaxBody is the largest size of a function's body in bytes. If zero, 4 MiB.
	MaxBody int
	// MaxBlocks is how many blocks, branches and targets of branch tables a
	// function may have, what a compiler makes basic blocks of; a loop counts
	// four times. Wazero takes 3 s for 10 000 ifs or 2 500 metered loops, and
	// more than four times as long for twice as many. If zero, 10 000.
	MaxBlocks int
	// MaxSquares is how large the sum of the squares of the blocks of all
	// functions may be, beyond fifty for each byte of their code. If zero, 100
	// million, which wazero takes 2 s for.
	MaxSquares int
	// MaxValues is how many values all functions together may have, beyond two
	// for each byte of their code: the sum over all blocks and branches of the
	// locals and operands that are there, and over all calls of the globals,
	// parameters and results. It bounds the memory of a compiler, which takes
	// 50 to 400 bytes and 0.5 to 3 µs for each. If zero, 1 Mi.
	MaxValues int
	// MaxDepth is how deep blocks may be nested. If zero, 2 000.
	MaxDepth int
	// MaxLocals is how many locals a function may have, its parameters
	// included. If zero, 10 000.
	MaxLocals int
	// MaxTable is how many elements a table may have at the start and, by
	// table.grow, later; a larger maximum of a table is lowered to it. If zero,
	// 1 Mi; 1<<32 - 1 leaves all tables as they are. The tables that a module
	// imports keep the maximum that their owner gave them. A module may have 16
	// tables.
	MaxTable uint32
}

func (o Options) withDefaults() Options {
	if o.Module == "" && o.Name == "" {
		o.Module, o.Name = "meter", "refuel"
	}
	for _, d := range []struct {
		field *int
		value int
	}{
		{&o.Leaf, 32}, {&o.MaxBody, 4 << 20}, {&o.MaxBlocks, 10_000},
		{&o.MaxDepth, 2_000}, {&o.MaxLocals, 10_000}, {&o.MaxSquares, 100_000_000},
		{&o.MaxValues, 1 << 20},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.MaxTable == 0 {
		o.MaxTable = 1 << 20
	}
	o.Leaf, o.MaxLocals = min(o.Leaf, maxModule), min(o.MaxLocals, maxModule)
	return o
}

const (
	maxModule   = 1 << 28 // offsets and sizes stay far below 32 bits
	maxTables   = 16
	maxSections = 1000
)

// Rewrite returns the metered form of a module in the binary format. It does
// not change the input and returns nothing of it; the same input and options
// give the same bytes. A module without functions of its own needs no meter:
// nothing is added to it. Time and memory are linear in the size of the input.
//
// # Errors
//
//   - an [*Error] of kind [ErrMalformed] for a module that is not valid, as far
//     as Rewrite looks;
//   - of kind [ErrUnsupported] for a feature that is not known;
//   - of kind [ErrLimit] for a module larger than the options allow;
//   - of kind [ErrReserved] for a module that imports from Options.Module or
//     exports Options.Export or Options.Start, and for options that give both
//     of these one name.
func Rewrite(module []byte, o Options) ([]byte, error) {
	m := &rewriter{
		opt:    o.withDefaults(),
		source: source{b: module, function: -1},
		data:   -1,
		start:  -1,
	}
	if o.Start != "" && o.Start == o.Export {
		m.reader(section{}).fail(ErrReserved, 0, "export %q for both fuel and start", o.Start)
	}
	out := m.rewrite()
	if m.err != nil {
		return nil, m.err
	}
	return out, nil
}

// A signature says how many parameters and results a type has.
type signature struct{ params, results uint32 }

// A rewriter holds what is known of the module between the passes.
type rewriter struct {
	source
	opt      Options
	sections []section
	sigs     []signature
	imported []uint32 // of each imported function, its type
	funcs    []uint32 // of each own function, its type

	// the sizes of the index spaces, imported things first; the imported
	// functions are also the index that refuel takes
	imports, tables, memories, globals, elems uint32
	importedGlobals                           uint32

	writing, startDeclared bool // see checkDeclared
	hasNames               bool
	data                   int64    // what the data count section says, -1 without one
	start                  int64    // the start function, -1 without one
	escapes                []bool   // own functions that are called by reference or from outside
	leaf                   []uint32 // of each own function that does not pay itself, its weight
	used                   [helpers]bool
	squares                uint64
	values                 uint64
	size                   uint64 // of the code section
	scan                   scanner
	body                   []byte   // scratch
	labels                 []uint32 // of the last br_table
}

// rewrite goes over the module three times: to know the index spaces, to know
// the leaves and helpers, and to write.
func (m *rewriter) rewrite() []byte {
	m.split()
	if m.err != nil {
		return nil
	}
	m.survey()
	if m.err != nil {
		return nil
	}
	return m.write()
}

// functions is the size of the function index space of the input.
func (m *rewriter) functions() uint32 { return m.imports + uint32(len(m.funcs)) }

func (m *rewriter) types() uint32 { return uint32(len(m.sigs)) }

// signature returns the type of a function.
func (m *rewriter) signature(index uint32) signature {
	if index < m.imports {
		return m.sigs[m.imported[index]]
	}
	return m.sigs[m.funcs[index-m.imports]]
}

// reader returns a reader of a section and makes errors say so.
func (m *rewriter) reader(s section) *reader {
	m.section = sectionNames[s.id]
	return &reader{source: &m.source, i: s.start, end: s.end}
}
