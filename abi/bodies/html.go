package bodies

import (
	"html"
	"strings"
	"unicode"
)

// skipped are elements whose content is nothing to read.
var skipped = map[string]bool{
	"script": true, "style": true, "head": true, "template": true, "title": true, "noscript": true,
}

// breaks are elements that begin, and end, on a line of their own.
var breaks = map[string]bool{
	"address": true, "article": true, "aside": true, "blockquote": true, "br": true, "div": true,
	"dd": true, "dl": true, "dt": true, "fieldset": true, "figure": true, "footer": true,
	"form": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
	"header": true, "hr": true, "li": true, "main": true, "nav": true, "ol": true, "p": true,
	"pre": true, "section": true, "table": true, "tr": true, "ul": true,
}

// htmlText returns what people read of HTML. It is text: whoever puts it into a
// page must escape it like any other.
func htmlText(body string) string {
	var t htmlReader
	for body != "" {
		open := strings.IndexByte(body, '<')
		if open < 0 {
			t.text(body)
			break
		}
		t.text(body[:open])
		body = t.tag(body[open:])
	}
	return strings.TrimRight(t.out.String(), " \n")
}

// htmlReader collects the text of HTML.
type htmlReader struct {
	out strings.Builder
	// space says that white space comes before the next word, line that a new line
	// does.
	space, line bool
}

// text adds what stands between tags.
func (t *htmlReader) text(s string) {
	for _, r := range html.UnescapeString(s) {
		if unicode.IsSpace(r) {
			t.space = true
			continue
		}
		if t.out.Len() > 0 && t.line {
			t.out.WriteByte('\n')
		} else if t.out.Len() > 0 && t.space {
			t.out.WriteByte(' ')
		}
		t.space, t.line = false, false
		t.out.WriteRune(r)
	}
}

// tag reads the tag that s begins with, and returns what follows it.
func (t *htmlReader) tag(s string) string {
	if strings.HasPrefix(s, "<!--") {
		return after(s[4:], "-->")
	}
	name := strings.TrimPrefix(s[1:], "/")
	n := 0
	for n < len(name) && (isLetter(name[n]) || n > 0 && isDigit(name[n])) {
		n++
	}
	if n == 0 && !strings.HasPrefix(s, "<!") && !strings.HasPrefix(s, "<?") && name == s[1:] {
		t.text("<")
		return s[1:]
	}
	name = strings.ToLower(name[:min(n, 16)])
	rest := afterTag(s)
	switch {
	case skipped[name] && s[1] != '/':
		return afterElement(rest, name)
	case breaks[name]:
		t.line = true
	case name == "td" || name == "th":
		t.space = true
	}
	return rest
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// after returns what follows mark in s; nothing if it is not there.
func after(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return rest
}

// afterTag returns what follows a tag, in whose values may stand what ends one.
func afterTag(s string) string {
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return s[i+1:]
		case (c == '"' || c == '\'') && s[i-1] == '=':
			quote = c
		}
	}
	return ""
}

// afterElement returns what follows the end of an element.
func afterElement(s, name string) string {
	for s != "" {
		i := strings.Index(s, "</")
		if i < 0 {
			return ""
		}
		s = s[i+2:]
		if n := len(name); len(s) > n && strings.EqualFold(s[:n], name) && !isLetter(s[n]) {
			return after(s, ">")
		}
	}
	return ""
}
