package conversation

import (
	"fmt"
	"strings"
)

// maxErrors is how many errors of one file are told.
const maxErrors = 20

// Error is a line of a file that breaks a rule of the form.
type Error struct {
	File string
	Line int
	// Rule says which one, and how to write it.
	Rule string
}

// Error implements [error].
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Rule) }

// Errors are what is wrong with a file, in the order of its lines: at most 20.
type Errors []*Error

// Error implements [error], with a line for each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}
