package bodies

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi/jsontext"
)

// rule reads a value of a body, if it is as the rule says, and writes it. Rules
// are put together from those below, so that a row of the table of kinds says in
// one expression what its body is.
type rule func(b *bodyReader) error

// anyText is any string.
func anyText(b *bodyReader) error {
	text, err := b.str()
	b.out = jsontext.AppendString(b.out, text)
	return err
}

// someText is a string that is not empty.
func someText(b *bodyReader) error {
	text, err := b.str()
	if err == nil && len(text) == 0 {
		return b.fail("must not be empty")
	}
	b.out = jsontext.AppendString(b.out, text)
	return err
}

// numberIn is a number within limits.
func numberIn(lowest, highest float64) rule {
	return func(b *bodyReader) error {
		n, err := b.number()
		if err == nil && (n < lowest || n > highest) {
			return b.fail("must be %v to %v, is %v", lowest, highest, n)
		}
		return err
	}
}

// wholeIn is a whole number within limits, written without a point or exponent.
func wholeIn(lowest, highest int64) rule {
	return func(b *bodyReader) error {
		start := len(b.out)
		if _, err := b.number(); err != nil {
			return err
		}
		literal := b.out[start:]
		n, err := strconv.ParseInt(string(literal), 10, 64)
		if err != nil || n < lowest || n > highest || string(literal) == "-0" {
			return b.fail("must be a whole number of %d to %d, is %.40s", lowest, highest, literal)
		}
		return nil
	}
}

// oneOf is one of some strings.
func oneOf(values []string) rule {
	return func(b *bodyReader) error {
		text, err := b.str()
		if err == nil && !slices.Contains(values, string(text)) {
			return b.fail("must be one of %s, is %.40q", strings.Join(values, ", "), text)
		}
		b.out = jsontext.AppendString(b.out, text)
		return err
	}
}

// arrayOf is an array of so many elements.
func arrayOf(fewest, most int, element rule) rule {
	return func(b *bodyReader) error {
		n := 0
		err := b.elements(func(i int) error {
			if n = i + 1; n > most {
				b.at = b.at[:len(b.at)-1]
				return b.fail("must have %d to %d elements, has more", fewest, most)
			}
			return element(b)
		})
		if err == nil && n < fewest {
			return b.fail("must have %d to %d elements, has %d", fewest, most, n)
		}
		return err
	}
}

// distinct is an array in which no two elements have the same value, or the same
// value in a field of the objects that they are.
func distinct(field string, array rule) rule {
	return func(b *bodyReader) error {
		start := len(b.out)
		if err := array(b); err != nil {
			return err
		}
		var seen nameSet
		for part := range jsontext.Elements(b.out[start:]) {
			if field != "" {
				part, _ = jsontext.Lookup(part, field)
			}
			if !seen.add(string(part)) {
				return b.fail("%.40s stands twice", strings.TrimSpace(field+" "+string(part)))
			}
		}
		return nil
	}
}

// field is a field of an object.
type field struct {
	name string
	rule rule
	// unset is what is kept where the field is not there, or null, as JSON. If
	// empty, it must be there.
	unset string
}

// object has these fields and no others, and is kept with all of them in this
// order.
func object(fields ...field) rule {
	return func(b *bodyReader) error {
		start := len(b.out)
		found, err := b.fields(fields, func(string) error {
			return b.fail("the field is unknown")
		})
		if err != nil {
			return err
		}
		parts := slices.Clone(b.out[start:])
		b.out = append(b.out[:start], '{')
		for i, f := range fields {
			value := []byte(f.unset)
			if found[i].end > 0 {
				value = parts[found[i].begin-start : found[i].end-start]
			}
			b.appendField(f.name, value)
		}
		b.out = append(b.out, '}')
		return nil
	}
}

// openObject has these fields, and others that nobody here looks at. It is kept
// in its own order, and what is unset comes last.
func openObject(fields ...field) rule {
	return func(b *bodyReader) error {
		found, err := b.fields(fields, func(string) error { return b.value() })
		if err != nil {
			return err
		}
		b.out = b.out[:len(b.out)-1]
		for i, f := range fields {
			if found[i].end == 0 {
				b.appendField(f.name, []byte(f.unset))
			}
		}
		b.out = append(b.out, '}')
		return nil
	}
}

func (b *bodyReader) appendField(name string, value []byte) {
	if b.out[len(b.out)-1] != '{' {
		b.out = append(b.out, ',')
	}
	b.out = append(jsontext.AppendString(b.out, name), ':')
	b.out = append(b.out, value...)
}

// span is a part of what was written.
type span struct{ begin, end int }

// fields reads an object. It returns where the values of fields stand in what
// was written; 0 for those that are not there.
func (b *bodyReader) fields(fields []field, other func(name string) error) ([]span, error) {
	found := make([]span, len(fields))
	err := b.members(func(name string) error {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			return other(name)
		}
		if fields[i].unset != "" {
			if null, err := b.null(); null {
				return err
			}
		}
		begin := len(b.out)
		err := fields[i].rule(b)
		found[i] = span{begin, len(b.out)}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, f := range fields {
		if found[i].end == 0 && f.unset == "" {
			return nil, b.fail("the field %q is missing", f.name)
		}
	}
	return found, nil
}
