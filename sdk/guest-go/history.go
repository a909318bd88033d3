package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// From says who made an entry.
type From string

// Makers of entries.
const (
	FromUser From = "user"
	FromBot  From = "bot"
	FromHost From = "host"
)

// MaxHistory is the largest number of entries that [Session.History] returns.
const MaxHistory = 100

// Entry is one line of a session's log.
type Entry struct {
	// Seq rises by one from entry to entry. It is 0 for entries of this turn,
	// which have no number before the turn has ended.
	Seq  uint64
	From From
	Kind Kind
	// Body is text for kinds whose body is text, and JSON for the others.
	Body string
	// ID is the client's message id, for entries of users.
	ID string
	// Time is in milliseconds since 1970 UTC.
	Time int64
	// Turn is the number of the turn that made the entry, from 1; 0 in this turn.
	Turn uint64
}

// History returns the newest n entries of the session's log, oldest first, those
// of this turn included; fewer if there are fewer. n is 0 to [MaxHistory].
func (*Session) History(n int) []Entry {
	doc, _ := pull(func(buf []byte) int { return wire.History(n, buf) })
	return parseHistory(doc)
}

// parseHistory reads the JSON that history returns. Fields that it does not know
// are left out, for a newer host may add some. What cannot be read ends the list.
func parseHistory(doc string) []Entry {
	var entries []Entry
	jsontext.Array(doc, func(element string) {
		var e Entry
		jsontext.Object(element, e.set)
		entries = append(entries, e)
	})
	return entries
}

// set reads the field called name.
func (e *Entry) set(name, value string) {
	switch name {
	case "seq":
		e.Seq, _ = strconv.ParseUint(value, 10, 64)
	case "from":
		e.From = From(jsontext.Text(value))
	case "kind":
		e.Kind = Kind(jsontext.Text(value))
	case "body":
		e.Body = jsontext.Text(value)
	case "id":
		e.ID = jsontext.Text(value)
	case "time":
		e.Time, _ = strconv.ParseInt(value, 10, 64)
	case "turn":
		e.Turn, _ = strconv.ParseUint(value, 10, 64)
	}
}
