// Package clip shortens texts.
package clip

import "unicode/utf8"

// Text returns the beginning of a text in UTF-8, of at most n bytes, which ends
// where a character does. It is a view of the text.
func Text(text []byte, n int) []byte {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
