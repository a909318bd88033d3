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
	f := finder{cursor{doc: doc}}
	for part := range strings.SplitSeq(path, ".") {
		if !f.enter(part) {
			return nil, false
		}
	}
	f.peek()
	start := f.pos
	if !f.skip() || f.pos == start {
		return nil, false
	}
	return textOf(f.doc[start:f.pos])
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

// finder finds values in a JSON document. Its methods return false where the
// document is not what they expect.
type finder struct{ cursor }

// enter goes to the part of the value here that is called so.
func (f *finder) enter(part string) bool {
	switch f.peek() {
	case '{':
		return f.member(part)
	case '[':
		return f.element(part)
	}
	return false
}

func (f *finder) member(name string) bool {
	f.pos++
	for f.peek() == '"' {
		start := f.pos
		if !f.str() {
			return false
		}
		key, ok := textOf(f.doc[start:f.pos])
		if !ok || !f.take(':') {
			return false
		}
		if string(key) == name {
			return true
		}
		if f.peek(); !f.skip() || !f.take(',') {
			return false
		}
	}
	return false
}

func (f *finder) element(part string) bool {
	index, ok := parseNumber(part)
	f.pos++
	if !ok || f.peek() == ']' {
		return false
	}
	for range index {
		if f.peek(); !f.skip() || !f.take(',') {
			return false
		}
	}
	return true
}

// str skips a string.
func (f *finder) str() bool {
	for f.pos++; ; f.pos++ {
		end := bytes.IndexByte(f.doc[f.pos:], '"')
		if end < 0 {
			return false
		}
		// An odd number of reverse solidi before it makes it part of the string.
		part := f.doc[f.pos : f.pos+end]
		f.pos += end
		if (len(part)-len(bytes.TrimRight(part, `\`)))%2 == 0 {
			f.pos++
			return true
		}
	}
}

// skip skips the value here, which no white space precedes. It counts brackets
// and does not call itself: documents may be nested as deep as they like.
func (f *finder) skip() bool {
	depth := 0
	for f.pos < len(f.doc) {
		switch f.doc[f.pos] {
		case '"':
			if !f.str() {
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
				f.pos++
				return true
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return true
			}
		}
		f.pos++
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
