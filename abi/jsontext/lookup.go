package jsontext

import (
	"bytes"
	"encoding/json"
	"iter"
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
	f := finder{Cursor{Doc: doc}}
	for part := range strings.SplitSeq(path, ".") {
		if !f.enter(part) {
			return nil, false
		}
	}
	f.Peek()
	start := f.Pos
	if !f.skip() || f.Pos == start {
		return nil, false
	}
	return textOf(f.Doc[start:f.Pos])
}

// Elements yields the elements of a JSON array, each as it stands there; nothing of
// another value. As with [Lookup], the document must be valid JSON, and they share
// its bytes.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		f := finder{Cursor{Doc: array}}
		if !f.Take('[') || f.Peek() == ']' {
			return
		}
		for f.Peek() != 0 {
			start := f.Pos
			if !f.skip() || f.Pos == start || !yield(array[start:f.Pos]) || !f.Take(',') {
				return
			}
		}
	}
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
type finder struct{ Cursor }

// enter goes to the part of the value here that is called so.
func (f *finder) enter(part string) bool {
	switch f.Peek() {
	case '{':
		return f.member(part)
	case '[':
		return f.element(part)
	}
	return false
}

func (f *finder) member(name string) bool {
	f.Pos++
	for f.Peek() == '"' {
		start := f.Pos
		if !f.str() {
			return false
		}
		key, ok := textOf(f.Doc[start:f.Pos])
		if !ok || !f.Take(':') {
			return false
		}
		if string(key) == name {
			return true
		}
		if f.Peek(); !f.skip() || !f.Take(',') {
			return false
		}
	}
	return false
}

func (f *finder) element(part string) bool {
	index, ok := parseNumber(part)
	f.Pos++
	if !ok || f.Peek() == ']' {
		return false
	}
	for range index {
		if f.Peek(); !f.skip() || !f.Take(',') {
			return false
		}
	}
	return true
}

// str skips a string.
func (f *finder) str() bool {
	for f.Pos++; ; f.Pos++ {
		end := bytes.IndexByte(f.Doc[f.Pos:], '"')
		if end < 0 {
			return false
		}
		// An odd number of reverse solidi before it makes it part of the string.
		part := f.Doc[f.Pos : f.Pos+end]
		f.Pos += end
		if (len(part)-len(bytes.TrimRight(part, `\`)))%2 == 0 {
			f.Pos++
			return true
		}
	}
}

// skip skips the value here, which no white space precedes. It counts brackets
// and does not call itself: documents may be nested as deep as they like.
func (f *finder) skip() bool {
	depth := 0
	for f.Pos < len(f.Doc) {
		switch f.Doc[f.Pos] {
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
				f.Pos++
				return true
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return true
			}
		}
		f.Pos++
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
