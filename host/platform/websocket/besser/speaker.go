package besser

import (
	"strconv"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/python"
)

// Renderer makes what bots say in markdown and HTML safe to show.
type Renderer interface {
	// HTML returns what a page may hold, as it is, for an entry of the kind markdown
	// or html; ok is false for other kinds.
	HTML(e *abi.Entry) (html string, ok bool)

	// Harmless reports whether nothing but what HTML returns can come of markdown,
	// whatever clients render it with.
	Harmless(markdown string) bool
}

// Speaker writes what clients are sent. Its methods append payloads, each a line of
// JSON as Python's json.dumps writes it; nothing where a client is told nothing.
type Speaker struct {
	Dialect Dialect
	// Renderer is for markdown and HTML. If nil, they leave as text.
	Renderer Renderer
	// Read reads a file of an entry, by its number from 0, with the errors of package
	// attach. If nil, nobody keeps files.
	Read func(e *abi.Entry, index int) ([]byte, error)
}

// Notice appends what the host says beside the log, at a time in ms.
func (s *Speaker) Notice(b []byte, text string, ms int64) []byte {
	return s.reply(b, "str", text, ms, false)
}

// Entry appends an entry. A client knows what its user said, and has no place for
// what others did, except in the history.
func (s *Speaker) Entry(b []byte, e *abi.Entry, history bool) []byte {
	files := e.Files()
	switch {
	case e.From == abi.FromUser && !history:
		return b
	case e.From == abi.FromUser && files != nil:
		return s.userFiles(b, e, files)
	case e.From == abi.FromUser:
		return s.payload(b, "", actionMessage, userSaid(e), e.Time, true)
	case files != nil:
		return s.file(b, e, &files[0], history)
	}
	if s.Renderer != nil {
		if html, ok := s.Renderer.HTML(e); ok {
			return s.page(b, e, html, history)
		}
	}
	return s.kind(b, e, history)
}

// userSaid is what a user's entry is as a message: as the user sent it.
func userSaid(e *abi.Entry) string {
	if e.Kind == abi.KindJSON {
		return string(python.AppendJSON(nil, e.Body, " "))
	}
	return e.Text()
}

// page appends markdown or HTML. Clients put the one into their page as it is, and
// the other as what their own renderer makes of it, with whatever HTML was in it:
// markdown that could become something else than the host's HTML leaves as that.
func (s *Speaker) page(b []byte, e *abi.Entry, html string, history bool) []byte {
	if e.Kind == abi.KindMarkdown && s.Renderer.Harmless(e.Body) {
		return s.reply(b, "markdown", e.Body, e.Time, history)
	}
	return s.reply(b, "html", html, e.Time, history)
}

// kind appends a reply of a kind that clients know, or its text.
func (s *Speaker) kind(b []byte, e *abi.Entry, history bool) []byte {
	k, known := kinds[e.Kind]
	old := s.Dialect == Bot
	if k.passing && (history || old) {
		return b
	}
	if known && !(k.young && old) {
		suffix := k.suffix
		if s.Dialect == Agent44 && k.before45 != "" {
			suffix = k.before45
		}
		start := len(b)
		if b, known = k.append(s.head(b, s.Dialect.prefix(), suffix), e.Body); known {
			return s.tail(b, e.Time, history)
		}
		b = b[:start]
	}
	return s.reply(b, "str", e.Text(), e.Time, history)
}

// reply appends a payload of the agent's or bot's.
func (s *Speaker) reply(b []byte, suffix, message string, ms int64, history bool) []byte {
	return s.payload(b, s.Dialect.prefix(), suffix, message, ms, history)
}

// payload appends a payload whose message is a string.
func (s *Speaker) payload(
	b []byte, prefix, suffix, message string, ms int64, history bool,
) []byte {
	b = python.AppendString(s.head(b, prefix, suffix), message)
	return s.tail(b, ms, history)
}

// head appends a payload up to its message.
func (s *Speaker) head(b []byte, prefix, suffix string) []byte {
	b = append(b, `{"action": "`...)
	b = append(append(b, prefix...), suffix...)
	return append(b, `", "message": `...)
}

// tail appends what follows the message. Bots had no history, so their dialect
// marks only what is.
func (s *Speaker) tail(b []byte, ms int64, history bool) []byte {
	if s.Dialect != Bot || history {
		b = append(b, `, "history": `...)
		b = strconv.AppendBool(b, history)
	}
	if s.Dialect != Bot {
		b = append(b, `, "timestamp": "`...)
		b = time.UnixMilli(ms).AppendFormat(b, time.DateTime)
		b = append(b, '"')
	}
	return append(b, "}\n"...)
}
