package wat

import "slices"

// coder encodes one sequence of instructions.
type coder struct {
	m      *module
	locals *space
	blocks []block
	floor  int // blocks below it are folded: no end in the text closes them
	out    []byte
}

// block is an open block.
type block struct {
	label  string // with the dollar sign, or ""
	pos    int
	isIf   bool
	elseAt int // where the code behind else begins, 0 without else
}

// expression takes all that is left as instructions and returns their code
// with the end. Locals is nil for constant expressions.
func (m *module) expression(c *cursor, locals *space) ([]byte, error) {
	if locals == nil {
		locals = &space{what: "local"}
	}
	e := coder{m: m, locals: locals}
	if err := e.sequence(c); err != nil {
		return nil, err
	}
	return append(e.out, opEnd), nil
}

// sequence encodes to the end of a list; blocks opened in it end in it.
func (e *coder) sequence(c *cursor) error {
	outer := e.floor
	e.floor = len(e.blocks)
	for !c.done() {
		n := c.next()
		var err error
		switch n.kind {
		case nodeList:
			err = e.folded(n)
		case nodeAtom:
			err = e.plain(n, c)
		default:
			err = errorAt(n.pos, "unexpected %v, want instruction", n)
		}
		if err != nil {
			return err
		}
	}
	if len(e.blocks) > e.floor {
		return errorAt(e.blocks[len(e.blocks)-1].pos, "block without end")
	}
	e.floor = outer
	return nil
}

// plain encodes the instruction n, whose immediates follow in c.
func (e *coder) plain(n *node, c *cursor) (err error) {
	in, err := lookup(n)
	if err != nil {
		return err
	}
	switch in.imm {
	case immBlock:
		return e.open(n, in, c)
	case immElse:
		return e.elseBranch(n, c)
	case immEnd:
		return e.close(n, c)
	}
	e.out, err = e.append(e.out, n, in, c)
	return err
}

func lookup(n *node) (instruction, error) {
	in, ok := instructions()[n.text]
	if !ok {
		return in, errorAt(n.head, "unknown instruction %q", n.text)
	}
	return in, nil
}

func (e *coder) open(n *node, in instruction, c *cursor) error {
	label := c.takeID()
	blockType, err := e.m.blockType(c)
	if err != nil {
		return err
	}
	e.out = append(append(e.out, byte(in.code)), blockType...)
	return e.push(block{label: label, pos: n.pos, isIf: in.code == opIf})
}

func (e *coder) push(b block) error {
	if len(e.blocks) >= maxDepth {
		return errorAt(b.pos, "blocks nested deeper than %d", maxDepth)
	}
	e.blocks = append(e.blocks, b)
	return nil
}

func (e *coder) elseBranch(n *node, c *cursor) error {
	if len(e.blocks) == e.floor {
		return errorAt(n.pos, "else without if")
	}
	b := &e.blocks[len(e.blocks)-1]
	if !b.isIf || b.elseAt > 0 {
		return errorAt(n.pos, "else without if")
	}
	e.out = append(e.out, opElse)
	b.elseAt = len(e.out)
	return b.repeat(c)
}

func (e *coder) close(n *node, c *cursor) error {
	if len(e.blocks) == e.floor {
		return errorAt(n.pos, "end without block")
	}
	b := e.blocks[len(e.blocks)-1]
	e.pop()
	return b.repeat(c)
}

// repeat takes the label an else or end may repeat.
func (b *block) repeat(c *cursor) error {
	pos := c.pos()
	if id := c.takeID(); id != "" && id != b.label {
		return errorAt(pos, "label %s is not the block's", id)
	}
	return nil
}

// folded encodes (instruction immediates operand*).
func (e *coder) folded(n *node) error {
	switch n.text {
	case "block", "loop":
		return e.foldedBlock(n)
	case "if":
		return e.foldedIf(n)
	case "end", "else", "then", "type", "param", "result", "local", "export", "import", "":
		return errorAt(n.pos, "misplaced %v", n)
	}
	in, err := lookup(n)
	if err != nil {
		return err
	}
	c := n.cursor()
	code, err := e.append(nil, n, in, &c)
	if err != nil {
		return err
	}
	if err := e.operands(&c); err != nil {
		return err
	}
	e.out = append(e.out, code...)
	return c.finish()
}

func (e *coder) operands(c *cursor) error {
	for !c.done() && c.nodes[0].kind == nodeList && !c.atList("then") {
		if err := e.folded(c.next()); err != nil {
			return err
		}
	}
	return nil
}

func (e *coder) foldedBlock(n *node) error {
	in, err := lookup(n)
	if err != nil {
		return err
	}
	c := n.cursor()
	if err := e.open(n, in, &c); err != nil {
		return err
	}
	if err := e.sequence(&c); err != nil {
		return err
	}
	e.pop()
	return nil
}

// foldedIf encodes (if label? type operand* (then ...) (else ...)?): operands
// come before the opcode and outside the label.
func (e *coder) foldedIf(n *node) error {
	c := n.cursor()
	label := c.takeID()
	blockType, err := e.m.blockType(&c)
	if err != nil {
		return err
	}
	if err := e.operands(&c); err != nil {
		return err
	}
	then, ok := c.takeList("then")
	if !ok {
		return c.unexpected("(then")
	}
	if err := e.push(block{label: label, pos: n.pos}); err != nil {
		return err
	}
	e.out = append(append(e.out, opIf), blockType...)
	if err := e.sequence(&then); err != nil {
		return err
	}
	if otherwise, ok := c.takeList("else"); ok {
		e.out = append(e.out, opElse)
		e.blocks[len(e.blocks)-1].elseAt = len(e.out)
		if err := e.sequence(&otherwise); err != nil {
			return err
		}
	}
	e.pop()
	return c.finish()
}

// pop ends the innermost block. An empty else is the same as none, and the
// binary has the latter.
func (e *coder) pop() {
	if e.blocks[len(e.blocks)-1].elseAt == len(e.out) {
		e.out = e.out[:len(e.out)-1]
	}
	e.blocks = e.blocks[:len(e.blocks)-1]
	e.out = append(e.out, opEnd)
}

// label takes a label and returns how many blocks lie between.
func (e *coder) label(c *cursor) (uint32, error) {
	if !c.atIndex() {
		return 0, c.unexpected("label")
	}
	n := c.next()
	if !n.isID() {
		v, err := n.uint(32)
		return uint32(v), err
	}
	for depth, b := range slices.Backward(e.blocks) {
		if b.label == n.text {
			return uint32(len(e.blocks) - 1 - depth), nil
		}
	}
	return 0, errorAt(n.pos, "unknown label %s", n.text)
}
