package jsontext

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns the text of a JSON string, and any other value as it is. The
// value is one that [Array] or [Object] found. A lone surrogate becomes U+FFFD.
func Text(value string) string {
	if len(value) < 2 || value[0] != '"' {
		return value
	}
	value = value[1 : len(value)-1]
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' {
			return unescape(value, i)
		}
	}
	return value
}

// unescape decodes s, whose first escape is at i.
func unescape(s string, i int) string {
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for i < len(s) {
		if s[i] != '\\' {
			b = append(b, s[i])
			i++
			continue
		}
		i++
		if s[i] == 'u' {
			b, i = appendUnicode(b, s, i+1)
			continue
		}
		b = append(b, meaning(s[i]))
		i++
	}
	return string(b)
}

// meaning returns what the byte after a reverse solidus stands for.
func meaning(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// appendUnicode appends what the four digits at i stand for, together with the
// surrogate after them if the two are a pair, and returns the place behind.
func appendUnicode(b []byte, s string, i int) ([]byte, int) {
	r, _ := hex4(s, i)
	i += 4
	if utf16.IsSurrogate(r) {
		high := r
		r = utf8.RuneError
		if i+6 <= len(s) && s[i] == '\\' && s[i+1] == 'u' {
			low, _ := hex4(s, i+2)
			if pair := utf16.DecodeRune(high, low); pair != utf8.RuneError {
				r = pair
				i += 6
			}
		}
	}
	return utf8.AppendRune(b, r), i
}

// hex4 reads four hexadecimal digits at i; ok is false if they are not there.
func hex4(s string, i int) (r rune, ok bool) {
	if i+4 > len(s) {
		return 0, false
	}
	for _, c := range []byte(s[i : i+4]) {
		switch {
		case isDigit(c):
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
