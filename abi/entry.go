package abi

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// From says who made an entry.
type From string

const (
	FromUser From = "user"
	FromBot  From = "bot"
	// FromHost marks a notice of the host itself.
	FromHost From = "host"
)

// Entry is one line of a session's log. Nothing that it holds is ever changed, so
// copies may be shared freely.
type Entry struct {
	// Seq rises by one within an epoch; the first entry has 1.
	Seq  uint64
	From From
	Kind Kind
	// Body is UTF-8 text for a kind whose row says so, and JSON for the others.
	Body string
	// ID is the client's message id, for entries of users.
	ID string
	// Time is in milliseconds since 1970 UTC.
	Time int64
	// Turn is the number of the turn that made the entry, from 1 in a session.
	Turn uint64
	// Refs say where the content of the entry's files is, in their order; nil for an
	// entry without files. Only the host knows them: no guest and no client does.
	// Nobody changes the slice.
	Refs []string `json:"-"`
}

// Var is a change of one session variable.
type Var struct {
	Key, Value string
	Deleted    bool
}

// Equal reports whether two entries say the same.
func (e *Entry) Equal(o *Entry) bool {
	return e.Seq == o.Seq && e.From == o.From && e.Kind == o.Kind && e.Body == o.Body &&
		e.ID == o.ID && e.Time == o.Time && e.Turn == o.Turn && slices.Equal(e.Refs, o.Refs)
}

// AppendJSON appends the entry's fields as they stand in history and on the
// wire, without the braces, so that a caller can add its own fields:
//
//	"seq":3,"from":"bot","kind":"text","body":"Hi!","time":1763712000000,"turn":2
func (e *Entry) AppendJSON(b []byte) []byte {
	b = append(b, `"seq":`...)
	b = strconv.AppendUint(b, e.Seq, 10)
	b = append(b, `,"from":"`...)
	b = append(b, e.From...)
	b = append(b, `","kind":"`...)
	b = append(b, e.Kind...)
	b = append(b, `","body":`...)
	if e.Kind.jsonBody() {
		b = append(b, e.Body...)
	} else {
		b = AppendString(b, e.Body)
	}
	if e.ID != "" {
		b = append(b, `,"id":`...)
		b = AppendString(b, e.ID)
	}
	b = append(b, `,"time":`...)
	b = strconv.AppendInt(b, e.Time, 10)
	b = append(b, `,"turn":`...)
	return strconv.AppendUint(b, e.Turn, 10)
}

// AppendHistory appends entries as the JSON array that history returns.
func AppendHistory(b []byte, entries []Entry) []byte {
	b = append(b, '[')
	for i := range entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		b = entries[i].AppendJSON(b)
		b = append(b, '}')
	}
	return append(b, ']')
}

// AppendString appends s as a JSON string (RFC 8259). Control characters, the
// quotation mark and the reverse solidus are escaped, and U+2028 and U+2029,
// which end lines in JavaScript; invalid UTF-8 becomes U+FFFD.
func AppendString[S ~string | ~[]byte](b []byte, s S) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if plain[c] {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			b = appendEscape(b, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			b = append(b, s[start:i]...)
			b = append(b, `\u`...)
			b = append(b, hex4(r)...)
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// plain marks the ASCII characters that stand for themselves in a JSON string.
var plain = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = c >= ' ' && c != '"' && c != '\\' && c != 0x7f
	}
	return t
}()

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	b = append(b, `\u`...)
	return append(b, hex4(rune(c))...)
}

func hex4(r rune) []byte {
	const digits = "0123456789abcdef"
	return []byte{digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15]}
}
