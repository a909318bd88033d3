package render

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/bothost/bothost/host/render/rendertest"
)

// lax renders markdown as careless clients do: with the HTML that is in it, all
// schemes, and attributes.
type lax struct{ goldmark.Markdown }

func newLax() lax {
	return lax{goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithAttribute()),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)}
}

// faults returns what is wrong with the HTML, apart from what such a renderer adds by
// itself.
func (l lax) faults(tb testing.TB, body string) []string {
	tb.Helper()
	var b strings.Builder
	if err := l.Convert([]byte(body), &b); err != nil {
		tb.Fatal(err)
	}
	const rel = `rel="noopener noreferrer nofollow" target="_blank" href=`
	var faults []string
	for _, fault := range rendertest.Faults(strings.ReplaceAll(b.String(), "<a href=", "<a "+rel)) {
		if !ours(fault) {
			faults = append(faults, fault)
		}
	}
	return faults
}

// ours reports whether a fault is what renderers make of markdown by themselves: boxes
// of tasks, styles of cells, places of footnotes, names of languages.
func ours(fault string) bool {
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
