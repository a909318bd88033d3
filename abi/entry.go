package abi

import (
	"slices"
	"strconv"

	"github.com/bothost/bothost/abi/jsontext"
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
		b = jsontext.AppendString(b, e.Body)
	}
	if e.ID != "" {
		b = append(b, `,"id":`...)
		b = jsontext.AppendString(b, e.ID)
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
