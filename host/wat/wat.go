package wat

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds the nesting of parentheses and of blocks: the tree is walked
// recursively, and labels are looked up from the innermost outwards.
const maxDepth = 1000

// Assemble returns the binary form of the module in source. Source is the text
// of one module, with or without the parentheses of the module field around
// its fields; the empty text is the empty module. Parentheses and blocks may
// be nested 1000 deep.
//
// # Errors
//
// The first rule broken ends the assembly; its error begins with the line and
// the column (both from 1, the column in characters):
//
//	3:14: unknown instruction "i32.ad"
func Assemble(source string) ([]byte, error) {
	binary, err := assemble(source)
	if err == nil {
		return binary, nil
	}
	if at, ok := errors.AsType[*syntaxError](err); ok {
		line, column := position(source, at.pos)
		return nil, fmt.Errorf("%d:%d: %s", line, column, at.rule)
	}
	return nil, err
}

func assemble(source string) ([]byte, error) {
	name, fields, err := parse(source)
	if err != nil {
		return nil, err
	}
	m := newModule(name)
	if err := m.declare(fields); err != nil {
		return nil, err
	}
	if err := m.define(); err != nil {
		return nil, err
	}
	return m.binary(), nil
}

// syntaxError is a broken rule at a byte offset of the source. Offsets become
// lines and columns only once an error is certain.
type syntaxError struct {
	pos  int
	rule string
}

func (e *syntaxError) Error() string { return e.rule }

func errorAt(pos int, format string, args ...any) error {
	return &syntaxError{pos: pos, rule: fmt.Sprintf(format, args...)}
}

func position(source string, pos int) (line, column int) {
	before := source[:min(pos, len(source))]
	line = strings.Count(before, "\n") + 1
	start := strings.LastIndexByte(before, '\n') + 1
	return line, utf8.RuneCountInString(before[start:]) + 1
}
