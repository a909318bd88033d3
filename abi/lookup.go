package abi

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Lookup finds a value in a JSON document by a dotted path of object keys and
// array indices, such as "user.id" or "files.0.name". A string is returned as
// its text, anything else as JSON; ok is false where the path leads nowhere. A
// key that holds a dot cannot be named, and of equal keys the first counts.
//
// The document must be valid JSON, which is not checked: of another one
// anything may be returned. The value may share the document's bytes.
//
// It is no call of encoding/json because bots ask several times a turn, and
// decoding the whole event each time took longer than the rest of the turn.
func Lookup(doc []byte, path string) (value []byte, ok bool) {
	c := cursor{doc: doc}
	for part := range strings.SplitSeq(path, ".") {
		if !c.enter(part) {
			return nil, false
		}
	}
	c.space()
	start := c.pos
	if !c.skip() || c.pos == start {
		return nil, false
	}
	return textOf(c.doc[start:c.pos])
}

// textOf returns the text of a JSON string, and any other value as it is.
func textOf(value []byte) ([]byte, bool) {
	if value[0] != '"' {
		return value, true
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], true
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return nil, false
	}
	return []byte(text), true
}

// cursor is a place in a JSON document. Its methods return false where the
// document is not what they expect.
type cursor struct {
	doc []byte
	pos int
}

// space skips white space and returns the byte after it; 0 at the end.
func (c *cursor) space() byte {
	for ; c.pos < len(c.doc); c.pos++ {
		switch b := c.doc[c.pos]; b {
		case ' ', '\t', '\n', '\r':
		default:
			return b
		}
	}
	return 0
}

// take skips white space and the byte b.
func (c *cursor) take(b byte) bool {
	if c.space() != b || c.pos == len(c.doc) {
		return false
	}
	c.pos++
	return true
}

// enter goes to the part of the value here that is called so.
func (c *cursor) enter(part string) bool {
	switch c.space() {
	case '{':
		return c.member(part)
	case '[':
		return c.element(part)
	}
	return false
}

func (c *cursor) member(name string) bool {
	c.pos++
	for c.space() == '"' {
		start := c.pos
		if !c.str() {
			return false
		}
		key, ok := textOf(c.doc[start:c.pos])
		if !ok || !c.take(':') {
			return false
		}
		if string(key) == name {
			return true
		}
		if c.space(); !c.skip() || !c.take(',') {
			return false
		}
	}
	return false
}

func (c *cursor) element(part string) bool {
	index, ok := parseNumber(part)
	c.pos++
	if !ok || c.space() == ']' {
		return false
	}
	for range index {
		if c.space(); !c.skip() || !c.take(',') {
			return false
		}
	}
	return true
}

// str skips a string.
func (c *cursor) str() bool {
	for c.pos++; ; c.pos++ {
		end := bytes.IndexByte(c.doc[c.pos:], '"')
		if end < 0 {
			return false
		}
		// An odd number of reverse solidi before it makes it part of the string.
		part := c.doc[c.pos : c.pos+end]
		c.pos += end
		if (len(part)-len(bytes.TrimRight(part, `\`)))%2 == 0 {
			c.pos++
			return true
		}
	}
}

// skip skips the value here, which no white space precedes. It counts brackets
// and does not call itself: documents may be nested as deep as they like.
func (c *cursor) skip() bool {
	depth := 0
	for c.pos < len(c.doc) {
		switch c.doc[c.pos] {
		case '"':
			if !c.str() {
				return false
			}
			if depth == 0 {
				return true
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return true // the end of what a number or a word stands in
			}
			if depth--; depth == 0 {
				c.pos++
				return true
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return true
			}
		}
		c.pos++
	}
	return depth == 0
}

// maxNumber bounds what parseNumber reads.
const maxNumber = 1_000_000

// parseNumber reads a number from 0 to 999 999 in the one way in which it can
// be written: digits, without a sign and without zeros before them.
func parseNumber(s string) (n int, ok bool) {
	if s == "" || s[0] == '0' && s != "0" {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n = 10*n + int(c-'0'); n >= maxNumber {
			return 0, false
		}
	}
	return n, true
}
