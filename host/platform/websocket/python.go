package websocket

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// appendPythonString appends s as Python's json.dumps does: everything that is
// not printable ASCII is escaped. Clients read any JSON; but logs and tests of
// people who come from BESSER compare bytes.
func appendPythonString(b []byte, s string) []byte {
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
			b = appendPythonEscape(appendPythonEscape(b, high), low)
		default:
			b = appendPythonEscape(b, r)
		}
	}
	return append(b, '"')
}

func appendPythonEscape(b []byte, r rune) []byte {
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

// appendPythonOptions appends the labels of options as the object that BESSER
// clients read from an options reply: {"0": "Yes", "1": "No"}.
func appendPythonOptions(b []byte, options []abi.Option) []byte {
	b = append(b, '{')
	for i, o := range options {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, '"')
		b = strconv.AppendInt(b, int64(i), 10)
		b = append(b, `": `...)
		b = appendPythonString(b, o.Label)
	}
	return append(b, '}')
}
