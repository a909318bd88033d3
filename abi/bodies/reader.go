package bodies

import (
	"fmt"

	"github.com/bothost/bothost/abi/jsontext"
)

// bodyReader reads a body of JSON and writes it down anew: without white space,
// and strings as [jsontext.AppendString] writes them. Clients in many languages read
// bodies, so it takes only what all of them read in the same way: no name stands
// twice in an object, and no number is too large for a float64.
type bodyReader struct {
	jsontext.Cursor
	out   []byte
	depth int
	// at leads to the value that is read, for errors.
	at []step
}

// step is a name in an object; if it has none, an index of an array.
type step struct {
	name  string
	index int
}

// readBody reads a body that a rule describes.
func readBody(body []byte, r rule) (string, error) {
	b := &bodyReader{
		Cursor: jsontext.Cursor{Doc: body}, out: make([]byte, 0, len(body)+len(body)/8),
	}
	b.Peek()
	err := r(b)
	if b.Peek(); err == nil && b.Pos < len(b.Doc) {
		err = b.syntax()
	}
	if err != nil {
		return "", err
	}
	return string(b.out), nil
}

// fail says what rule the value here breaks.
func (b *bodyReader) fail(format string, args ...any) error {
	var place jsontext.Place
	for _, s := range b.at {
		if s.name == "" {
			place = place.Index(s.index)
		} else {
			place = place.Field(fmt.Sprintf("%.40s", s.name))
		}
	}
	return place.Errorf(format, args...)
}

// syntax says that no JSON goes on here.
func (b *bodyReader) syntax() error {
	return fmt.Errorf("not JSON at byte %d", min(b.Pos+1, len(b.Doc)))
}

// wrong says what must stand here.
func (b *bodyReader) wrong(what string) error {
	is := ""
	switch c := b.Peek(); c {
	case '{':
		is = "object"
	case '[':
		is = "array"
	case '"':
		is = "string"
	case 't', 'f':
		is = "bool"
	case 'n':
		is = "null"
	default:
		if c != '-' && !isDigit(c) {
			return b.syntax()
		}
		is = "number"
	}
	return b.fail("must be %s, is %s", what, is)
}

// value reads any value.
func (b *bodyReader) value() error {
	switch c := b.Peek(); c {
	case '{':
		return b.members(func(string) error { return b.value() })
	case '[':
		return b.elements(func(int) error { return b.value() })
	default:
		return b.scalar()
	}
}
