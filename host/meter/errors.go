package meter

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of [Error], for errors.Is.
var (
	// ErrMalformed is the kind of an error in a module that is not valid.
	ErrMalformed = errors.New("meter: malformed module")
	// ErrUnsupported is the kind of an error in a module that uses a feature
	// which the rewriting does not know.
	ErrUnsupported = errors.New("meter: unsupported feature")
	// ErrLimit is the kind of an error in a module that is larger than
	// [Options] allow.
	ErrLimit = errors.New("meter: limit exceeded")
	// ErrReserved is the kind of an error in a module that uses a name which
	// the rewriting needs for itself.
	ErrReserved = errors.New("meter: reserved name")
)

// An Error says what is wrong with a module and where.
type Error struct {
	// Kind is one of ErrMalformed, ErrUnsupported, ErrLimit and ErrReserved.
	Kind error
	// Section is the name of the section, empty outside of sections.
	Section string
	// Function is the index of the function whose body it is, counted with the
	// imported ones, and -1 elsewhere.
	Function int
	// Offset is the place in the module, in bytes from its beginning.
	Offset int
	// Reason says what is wrong there.
	Reason string
}

// Error returns the place and the reason in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("meter: ")
	if e.Section != "" {
		fmt.Fprintf(&b, "%s section: ", e.Section)
	}
	if e.Function >= 0 {
		fmt.Fprintf(&b, "function %d: ", e.Function)
	}
	fmt.Fprintf(&b, "offset %#x: %s", e.Offset, e.Reason)
	return b.String()
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }
