package rendertest

import (
	"strings"

	"github.com/bothost/bothost/abi"
)

// Fake is a renderer that makes HTML which shows that it was asked.
type Fake struct{}

// HTML returns the HTML of an entry of markdown or HTML.
func (Fake) HTML(e *abi.Entry) (html string, ok bool) {
	switch e.Kind {
	case abi.KindMarkdown:
		return "<p>" + strings.ReplaceAll(e.Body, "<", "&lt;") + "</p>", true
	case abi.KindHTML:
		return strings.ReplaceAll(e.Body, "<script>", ""), true
	}
	return "", false
}

// Harmless reports whether markdown has no HTML.
func (Fake) Harmless(markdown string) bool { return !strings.Contains(markdown, "<") }
