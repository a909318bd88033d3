package jsontext

// Cursor is a place in a JSON document, for the readers of documents that
// encoding/json would read into more than is wanted, or take more from.
type Cursor struct {
	Doc []byte
	Pos int
}

// Peek skips white space and returns the byte after it; 0 at the end.
func (c *Cursor) Peek() byte {
	for ; c.Pos < len(c.Doc); c.Pos++ {
		switch b := c.Doc[c.Pos]; b {
		case ' ', '\t', '\n', '\r':
		default:
			return b
		}
	}
	return 0
}

// Take skips white space and then b, which is not 0; false if it is not there.
func (c *Cursor) Take(b byte) bool {
	if c.Peek() != b {
		return false
	}
	c.Pos++
	return true
}
