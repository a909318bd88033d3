package abi

// cursor is a place in a JSON document, for the readers of documents that
// encoding/json would read into more than is wanted, or take more from.
type cursor struct {
	doc []byte
	pos int
}

// peek skips white space and returns the byte after it; 0 at the end.
func (c *cursor) peek() byte {
	for ; c.pos < len(c.doc); c.pos++ {
		switch b := c.doc[c.pos]; b {
		case ' ', '\t', '\n', '\r':
		default:
			return b
		}
	}
	return 0
}

// take skips white space and then b, which is not 0; false if it is not there.
func (c *cursor) take(b byte) bool {
	if c.peek() != b {
		return false
	}
	c.pos++
	return true
}
