// Package python writes JSON as Python's json and pandas do, byte for byte: it is what
// clients and tests of people who come from BESSER compare with.
package python

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/bodies"
)

// AppendString appends s as Python's json.dumps does: everything that is
// not printable ASCII is escaped. Clients read any JSON; but logs and tests of
// people who come from BESSER compare bytes.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		i += size
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= ' ' && r <= '~':
			b = append(b, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = appendEscape(appendEscape(b, high), low)
		default:
			b = appendEscape(b, r)
		}
	}
	return append(b, '"')
}

func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	case '\f':
		return append(b, `\f`...)
	case '\b':
		return append(b, `\b`...)
	}
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// AppendOptions appends the labels of options as the object that BESSER
// clients read from an options reply: {"0": "Yes", "1": "No"}.
func AppendOptions(b []byte, options []bodies.Option) []byte {
	b = append(b, '{')
	for i, o := range options {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, '"')
		b = strconv.AppendInt(b, int64(i), 10)
		b = append(b, `": `...)
		b = AppendString(b, o.Label)
	}
	return append(b, '}')
}

// AppendJSON appends JSON without white space as Python's json.dumps writes
// it, with this after each comma and colon: a space, unless it was told otherwise.
func AppendJSON(b []byte, doc, space string) []byte {
	for doc != "" {
		if doc[0] == '"' {
			end := EndOfString(doc)
			b = appendQuoted(b, doc[:end])
			doc = doc[end:]
			continue
		}
		b = append(b, doc[0])
		if doc[0] == ',' || doc[0] == ':' {
			b = append(b, space...)
		}
		doc = doc[1:]
	}
	return b
}

// appendQuoted appends a string that is JSON already.
func appendQuoted(b []byte, quoted string) []byte {
	var text string
	if !strings.Contains(quoted, `\`) && len(quoted) > 1 {
		text = quoted[1 : len(quoted)-1]
	} else if json.Unmarshal([]byte(quoted), &text) != nil {
		return append(b, "null"...)
	}
	return AppendString(b, text)
}

// EndOfString returns where the string ends that a document begins with: the length
// of the document, if it does not end.
func EndOfString(doc string) int {
	for i := 1; i < len(doc); i++ {
		switch doc[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(doc)
}

// AppendFrame appends a dataframe by columns, as pandas' to_json does:
// {"a":{"0":1,"1":2},"b":{"0":"x","1":null}}.
func AppendFrame(b []byte, d *bodies.Table) []byte {
	b = append(b, '{')
	for j, name := range d.Columns {
		if j > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, name), ":{"...)
		for i, row := range d.Rows {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '"')
			b = strconv.AppendInt(b, int64(i), 10)
			b = append(b, `":`...)
			b = appendCell(b, row[j])
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendCell appends a scalar that is JSON already.
func appendCell(b []byte, cell json.RawMessage) []byte {
	if cell[0] == '"' {
		return appendQuoted(b, string(cell))
	}
	return append(b, cell...)
}
