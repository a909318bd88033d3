package abi

import (
	"unicode"
	"unicode/utf8"
)

// ValidID reports whether something that a client named may be called so: 1 to
// limit bytes of printable UTF-8.
func ValidID(id string, limit int) bool {
	if id == "" || len(id) > limit || !utf8.ValidString(id) {
		return false
	}
	for _, r := range id {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
