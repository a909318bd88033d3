package abi

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// MaxBodyDepth is how deep arrays and objects may be nested in a body of JSON.
const MaxBodyDepth = 64

// bodyReader reads a body of JSON and writes it down anew: without white space,
// and strings as [AppendString] writes them. Clients in many languages read
// bodies, so it takes only what all of them read in the same way: no name stands
// twice in an object, and no number is too large for a float64.
type bodyReader struct {
	cursor
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
	b := &bodyReader{cursor: cursor{doc: body}, out: make([]byte, 0, len(body)+len(body)/8)}
	b.peek()
	err := r(b)
	if b.peek(); err == nil && b.pos < len(b.doc) {
		err = b.syntax()
	}
	if err != nil {
		return "", err
	}
	return string(b.out), nil
}

// fail says what rule the value here breaks.
func (b *bodyReader) fail(format string, args ...any) error {
	place := ""
	for _, s := range b.at {
		if s.name == "" {
			place += "[" + strconv.Itoa(s.index) + "]"
		} else {
			place = below(place, fmt.Sprintf("%.40s", s.name))
		}
	}
	return wrongShape(place, format, args...)
}

// syntax says that no JSON goes on here.
func (b *bodyReader) syntax() error {
	return fmt.Errorf("not JSON at byte %d", min(b.pos+1, len(b.doc)))
}

// wrong says what must stand here.
func (b *bodyReader) wrong(what string) error {
	is := ""
	switch c := b.peek(); c {
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
	switch c := b.peek(); c {
	case '{':
		return b.members(func(string) error { return b.value() })
	case '[':
		return b.elements(func(int) error { return b.value() })
	default:
		return b.scalar()
	}
}

// scalar reads a string, number, boolean or null.
func (b *bodyReader) scalar() error {
	switch b.peek() {
	case '"':
		text, err := b.str()
		b.out = AppendString(b.out, text)
		return err
	case 't':
		return b.word("true")
	case 'f':
		return b.word("false")
	case 'n':
		return b.word("null")
	case '{', '[':
		return b.wrong("a string, number, boolean or null")
	}
	_, err := b.number()
	return err
}

func (b *bodyReader) word(word string) error {
	for i := range len(word) {
		if b.pos == len(b.doc) || b.doc[b.pos] != word[i] {
			return b.syntax()
		}
		b.pos++
	}
	b.out = append(b.out, word...)
	return nil
}

// null reads null if it stands here, and writes nothing.
func (b *bodyReader) null() (bool, error) {
	if b.peek() != 'n' {
		return false, nil
	}
	end := len(b.out)
	err := b.word("null")
	b.out = b.out[:end]
	return true, err
}

func (b *bodyReader) number() (float64, error) {
	start := b.pos
	if !b.digitsOfNumber() {
		if b.pos == start {
			return 0, b.wrong("a number")
		}
		return 0, b.syntax()
	}
	literal := b.doc[start:b.pos]
	n, err := strconv.ParseFloat(string(literal), 64)
	if err != nil || math.IsInf(n, 0) {
		return 0, b.fail("the number %.40s is too large", literal)
	}
	b.out = append(b.out, literal...)
	return n, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digitsOfNumber skips a number; false where its grammar ends.
func (b *bodyReader) digitsOfNumber() bool {
	here := func() byte {
		if b.pos == len(b.doc) {
			return 0
		}
		return b.doc[b.pos]
	}
	digits := func() bool {
		start := b.pos
		for isDigit(here()) {
			b.pos++
		}
		return b.pos > start
	}
	if here() == '-' {
		b.pos++
	}
	if here() == '0' {
		b.pos++
	} else if !digits() {
		return false
	}
	if here() == '.' {
		b.pos++
		if !digits() {
			return false
		}
	}
	if c := here(); c == 'e' || c == 'E' {
		b.pos++
		if c := here(); c == '+' || c == '-' {
			b.pos++
		}
		return digits()
	}
	return true
}

// str reads a string and writes nothing. It may return a view of the body.
func (b *bodyReader) str() ([]byte, error) {
	if b.peek() != '"' {
		return nil, b.wrong("a string")
	}
	start, escaped := b.pos, false
	for b.pos++; b.pos < len(b.doc); b.pos++ {
		switch c := b.doc[b.pos]; {
		case c == '"':
			b.pos++
			if !escaped {
				return b.doc[start+1 : b.pos-1], nil
			}
			return b.unescape(start)
		case c < ' ':
			return nil, b.syntax()
		case c == '\\':
			escaped = true
			b.pos++
		}
	}
	b.pos = len(b.doc)
	return nil, b.syntax()
}

func (b *bodyReader) unescape(start int) ([]byte, error) {
	var text string
	err := json.Unmarshal(b.doc[start:b.pos], &text)
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, fmt.Errorf("not JSON at byte %d", start+int(bad.Offset))
	}
	return []byte(text), err
}

// enter begins an array or object; leave ends it.
func (b *bodyReader) enter(open byte) error {
	if b.depth == MaxBodyDepth {
		return fmt.Errorf("nested deeper than %d", MaxBodyDepth)
	}
	b.depth++
	b.pos++
	b.out = append(b.out, open)
	b.at = append(b.at, step{})
	return nil
}

func (b *bodyReader) leave(end byte) {
	b.depth--
	b.out = append(b.out, end)
	b.at = b.at[:len(b.at)-1]
}

// elements reads an array, and calls read for each element to read it.
func (b *bodyReader) elements(read func(i int) error) error {
	if b.peek() != '[' {
		return b.wrong("an array")
	}
	if err := b.enter('['); err != nil {
		return err
	}
	for i := 0; !b.take(']'); i++ {
		if i > 0 {
			if !b.take(',') {
				return b.syntax()
			}
			b.out = append(b.out, ',')
		}
		b.peek()
		b.at[len(b.at)-1] = step{index: i}
		if err := read(i); err != nil {
			return err
		}
	}
	b.leave(']')
	return nil
}

// members reads an object, and calls read for each name to read its value. What
// read writes nothing for is left out.
func (b *bodyReader) members(read func(name string) error) error {
	if b.peek() != '{' {
		return b.wrong("an object")
	}
	if err := b.enter('{'); err != nil {
		return err
	}
	var seen nameSet
	first, empty := len(b.out), true
	for !b.take('}') {
		if !empty && !b.take(',') {
			return b.syntax()
		}
		empty = false
		if err := b.member(&seen, first, read); err != nil {
			return err
		}
	}
	b.leave('}')
	return nil
}

// member reads a name and its value; first is where the members begin in out.
func (b *bodyReader) member(seen *nameSet, first int, read func(name string) error) error {
	if b.peek() != '"' {
		return b.syntax()
	}
	text, err := b.str()
	if err != nil {
		return err
	}
	name := string(text)
	here := &b.at[len(b.at)-1]
	*here = step{}
	if !seen.add(name) {
		b.at = b.at[:len(b.at)-1]
		return b.fail("the field %.40q stands twice", name)
	}
	if *here = (step{name: name}); !b.take(':') {
		return b.syntax()
	}
	start := len(b.out)
	if start > first {
		b.out = append(b.out, ',')
	}
	b.out = append(AppendString(b.out, name), ':')
	written := len(b.out)
	b.peek()
	if err := read(name); err != nil {
		return err
	}
	if len(b.out) == written {
		b.out = b.out[:start]
	}
	return nil
}

// nameSet is a set of names, of which most objects have few.
type nameSet struct {
	few  []string
	many map[string]bool
}

// add returns false if the name is there already.
func (s *nameSet) add(name string) bool {
	const few = 16
	if len(s.few) < few {
		for _, other := range s.few {
			if other == name {
				return false
			}
		}
		s.few = append(s.few, name)
		return true
	}
	if s.many == nil {
		s.many = make(map[string]bool)
		for _, other := range s.few {
			s.many[other] = true
		}
	}
	if s.many[name] {
		return false
	}
	s.many[name] = true
	return true
}
