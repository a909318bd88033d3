package rendertest

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
)

// Careless renders markdown as careless clients do: with the HTML that is in it, all
// schemes, and attributes.
type Careless struct{ markdown goldmark.Markdown }

// NewCareless makes a careless renderer.
func NewCareless() Careless {
	return Careless{goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithAttribute()),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)}
}

// Faults returns what is wrong with the HTML that it makes, apart from what such a
// renderer adds, or does not, by itself.
func (c Careless) Faults(tb testing.TB, body string) []string {
	tb.Helper()
	var b strings.Builder
	if err := c.markdown.Convert([]byte(body), &b); err != nil {
		tb.Fatal(err)
	}
	const rel = `rel="noopener noreferrer nofollow" target="_blank" href=`
	var faults []string
	for _, fault := range Faults(strings.ReplaceAll(b.String(), "<a href=", "<a "+rel)) {
		if !usual(fault) {
			faults = append(faults, fault)
		}
	}
	return faults
}

// usual reports whether a fault is what renderers make of markdown by themselves:
// boxes of tasks, styles of cells, places of footnotes, names of languages.
func usual(fault string) bool {
	for _, known := range []string{
		`element "input"`, `attribute style="text-align:`, `attribute class="`, `attribute id="fn`,
		`attribute role="doc-`, `element "section"`, `attribute href="#fn`,
	} {
		if strings.HasPrefix(fault, known) {
			return true
		}
	}
	return false
}
