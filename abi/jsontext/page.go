package jsontext

import (
	"bytes"
	"encoding/json"
)

// EscapePage escapes, in the JSON that b holds from a place on, what would mean
// something where a page holds JSON: <, > and &, U+2028 and U+2029. All of them
// stand within strings, where an escape means the same.
func EscapePage(b []byte, from int) []byte {
	doc := b[from:]
	if bytes.IndexByte(doc, '<') < 0 && bytes.IndexByte(doc, '>') < 0 &&
		bytes.IndexByte(doc, '&') < 0 &&
		!bytes.Contains(doc, []byte("\u2028")[:2]) {
		return b
	}
	var out bytes.Buffer
	out.Grow(len(doc) + len(doc)/4)
	json.HTMLEscape(&out, doc)
	return append(b[:from], out.Bytes()...)
}
