package render

import "strings"

// escapeText appends text so that it is nothing but text. Control characters are
// none that people could read.
func escapeText(b *strings.Builder, text string) { escape(b, text, false) }

// escapeValue appends the value of an attribute, which stands in double quotes.
func escapeValue(b *strings.Builder, value string) { escape(b, value, true) }

func escape(b *strings.Builder, s string, quoted bool) {
	start := 0
	for i := 0; i < len(s); i++ {
		to := entity(s[i], quoted)
		if to == "" {
			continue
		}
		b.WriteString(s[start:i])
		b.WriteString(to)
		start = i + 1
	}
	b.WriteString(s[start:])
}

// entity returns what stands for a byte that does not stand for itself.
func entity(c byte, quoted bool) string {
	switch {
	case c == '&':
		return "&amp;"
	case c == '<':
		return "&lt;"
	case c == '>':
		return "&gt;"
	case c == '"' && quoted:
		return "&#34;"
	case c == '\'' && quoted:
		return "&#39;"
	case c == '`' && quoted:
		return "&#96;"
	case c == '\r':
		return "\n"
	case c < ' ' && c != '\n' && c != '\t', c == 0x7f:
		return "\ufffd"
	}
	return ""
}
