package files

import (
	"crypto/sha256"
	"encoding/hex"
)

// Ref names a file by its content: it is the SHA-256 of it. Who knows a Ref may
// not read the file for that.
type Ref [sha256.Size]byte

// String returns 64 hexadecimal digits.
func (r Ref) String() string { return hex.EncodeToString(r[:]) }

// ParseRef reads what String returns, and nothing else: lower case, 64 digits.
func ParseRef(text string) (r Ref, ok bool) {
	if len(text) != hex.EncodedLen(len(r)) {
		return Ref{}, false
	}
	if _, err := hex.Decode(r[:], []byte(text)); err != nil || r.String() != text {
		return Ref{}, false
	}
	return r, true
}

// File is what is known of a file.
type File struct {
	Ref Ref
	// Type is a MIME type without parameters, such as text/plain.
	Type string
	// Size is in bytes.
	Size int64
}
