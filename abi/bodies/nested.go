package bodies

import (
	"fmt"

	"github.com/bothost/bothost/abi/jsontext"
)

// MaxDepth is how deep arrays and objects may be nested in a body of JSON.
const MaxDepth = 64

// enter begins an array or object; leave ends it.
func (b *bodyReader) enter(open byte) error {
	if b.depth == MaxDepth {
		return fmt.Errorf("nested deeper than %d", MaxDepth)
	}
	b.depth++
	b.Pos++
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
	if b.Peek() != '[' {
		return b.wrong("an array")
	}
	if err := b.enter('['); err != nil {
		return err
	}
	for i := 0; !b.Take(']'); i++ {
		if i > 0 {
			if !b.Take(',') {
				return b.syntax()
			}
			b.out = append(b.out, ',')
		}
		b.Peek()
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
	if b.Peek() != '{' {
		return b.wrong("an object")
	}
	if err := b.enter('{'); err != nil {
		return err
	}
	var seen nameSet
	first, empty := len(b.out), true
	for !b.Take('}') {
		if !empty && !b.Take(',') {
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
	name, err := b.name(seen)
	if err != nil {
		return err
	}
	start := len(b.out)
	if start > first {
		b.out = append(b.out, ',')
	}
	b.out = append(jsontext.AppendString(b.out, name), ':')
	written := len(b.out)
	b.Peek()
	if err := read(name); err != nil {
		return err
	}
	if len(b.out) == written {
		b.out = b.out[:start]
	}
	return nil
}

// name reads the name of a member up to its value, and makes it the place of that.
func (b *bodyReader) name(seen *nameSet) (string, error) {
	if b.Peek() != '"' {
		return "", b.syntax()
	}
	text, err := b.str()
	if err != nil {
		return "", err
	}
	name, last := string(text), len(b.at)-1
	if !seen.add(name) {
		b.at = b.at[:last]
		return "", b.fail("the field %.40q stands twice", name)
	}
	b.at[last] = step{name: name}
	if !b.Take(':') {
		return "", b.syntax()
	}
	return name, nil
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
