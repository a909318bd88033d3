package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/render/rendertest"
)

// fill repeats s up to n bytes.
func fill(n int, s string) string { return strings.Repeat(s, n/len(s)) }

// grow joins what f makes of 1, 2, 3, ... up to n bytes.
func grow(n int, f func(i int) string) string {
	var b strings.Builder
	for i := 1; b.Len() < n; i++ {
		b.WriteString(f(i))
	}
	return b.String()[:n]
}

// hostile are inputs of about n bytes that cost converters more than they look.
func hostile(n int) map[string]string {
	table := func(columns int, row string) string {
		head := strings.Repeat("a|", columns) + "\n" + strings.Repeat("-|", columns) + "\n"
		return head + fill(max(n-len(head), 0), row)
	}
	all := map[string]string{
		"widening list":  grow(n, func(i int) string { return strings.Repeat(" ", i) + "* a\n" }),
		"deepening list": grow(n, func(i int) string { return strings.Repeat("  ", i) + "- a\n" }),
		"deep list": grow(n,
			func(i int) string { return strings.Repeat(" ", 2*(i%30)) + "- a\n" }),
		"back quotes": grow(n, func(i int) string { return "a" + strings.Repeat("`", i) }),
		"references":  grow(n, func(i int) string { return fmt.Sprintf("[a%d]: b\n\n", i) }),
		"table of 10": table(10, "a\n"), "table of 100": table(100, "a\n"),
		"table of 1000":         table(1000, "a\n"),
		"table with form feeds": strings.ReplaceAll(table(1000, "a\n"), "-|", "-|\f"),
		"table in a quote":      strings.ReplaceAll(table(1000, "a\n"), "\n", "\n> "),
		"table of empty rows":   table(8, "|\n"),
		"nested links":          strings.Repeat("[", n/5) + "a" + strings.Repeat("](b)", n/5),
		"closed links":          strings.Repeat("[a](", n/5) + strings.Repeat(")", n/5),
		"nested emphasis":       strings.Repeat("*a _b ", n/12) + strings.Repeat("c_ d* ", n/12),
		"address with ends":     "http://a.b/" + fill(n, ")"),
		"address with entities": "http://a.b/" + fill(n, "&a;"),
		"attributes": "<p " +
			grow(n, func(i int) string { return fmt.Sprintf("a%d=b ", i) }) + ">",
		"same attributes": "<a " + fill(n, "href=//b ") + ">",
	}
	for _, s := range []string{
		">", "> ", ">> ", "- ", "* ", "1. ", "- > ", "> - a\n", "[", "![", "[a](", "[a](<b",
		"[a](<b)", "[a](b \"",
		"[a](b ')", "[a](b \")", "[a][b]", "[a]: [", "[a]: b\n", "[a]: b \"", "[\\", "[](", "]( ",
		"[a](((((", "[a](\\",
		"`", "`a``b```c", "*a ", "**a _b ", "a**b*c ", "*", "_*", "***a", "a***",
		"~~a ~b ", "~", "[a](b)*c ",
		"www.a", "http://a", "http://a.b ", "(http://a.b/(", "a@b.", "a@", "a.b", "<a@", "<http:",
		"<", "<!--", "<a b='",
		"&", "&a", "&#", "\\", "\t", "\n", " ", "\r", "a\n", "a\n---\n", "|\n-|\n", "|a\n",
		"```\n", "~~~ ", "- [ ] ",
		"# ", "-\n\n", "+\n", "> a\n\n", "<b>", "</b>", "<p><code>", "<table>", "<td>",
		"<tr><td>x", "<ul><li>",
		"<a href=tel:1>", "<h1>", "<p>", "<dl><dt>", "<b><p>", "</p>", "<svg>", "<noscript>",
		"<img src=http://a>", "\"",
	} {
		all[fmt.Sprintf("%q", s)] = fill(n, s)
	}
	return all
}

// TestHostile tells that no input of the largest size takes long or becomes much.
// What is longer than that is not looked at.
func TestHostile(t *testing.T) {
	r := New()
	for _, kind := range []abi.Kind{abi.KindMarkdown, abi.KindHTML} {
		size := MaxMarkdown
		if kind == abi.KindHTML {
			size = MaxHTML
		}
		for name, body := range hostile(size) {
			t.Run(string(kind)+" "+name, func(t *testing.T) {
				begin := time.Now()
				html, _ := r.HTML(&abi.Entry{Kind: kind, Body: body})
				took := time.Since(begin)
				// On a quiet machine it is a hundredth of that; without the bounds, some
				// take minutes.
				if took > 20*time.Second || len(html) > 24*size {
					t.Errorf("%d bytes became %d in %s", len(body), len(html), took)
				}
				if took > 200*time.Millisecond || len(html) > 8*size {
					t.Logf("%d bytes became %d in %s", len(body), len(html), took)
				}
				if len(html) < 128<<10 && len(rendertest.Faults(html)) > 0 {
					t.Error(rendertest.Faults(html))
				}
			})
		}
	}
}

// TestBounds tells what is shown as plain text: what is above a bound, and nothing
// else.
func TestBounds(t *testing.T) {
	table := func(columns, lines int) string {
		return strings.Repeat("|a", columns) + "\n" + strings.Repeat("|-", columns) + "\n" +
			strings.Repeat("|b\n", lines-2)
	}
	for _, tt := range []struct {
		name  string
		kind  abi.Kind
		body  string
		plain bool
	}{
		{"markdown below the size", abi.KindMarkdown, fill(MaxMarkdown-1, "a"), false},
		{"markdown of the size", abi.KindMarkdown, fill(MaxMarkdown, "a"), false},
		{"markdown above the size", abi.KindMarkdown, fill(MaxMarkdown+1, "a"), true},
		{"HTML below the size", abi.KindHTML, fill(MaxHTML-1, "a"), false},
		{"HTML of the size", abi.KindHTML, fill(MaxHTML, "a"), false},
		{"HTML above the size", abi.KindHTML, fill(MaxHTML+1, "a"), true},
		{"quotes below the bound", abi.KindMarkdown,
			strings.Repeat("> ", maxNested-1) + "a", false},
		{"quotes at the bound", abi.KindMarkdown, strings.Repeat("> ", maxNested) + "a", false},
		{"quotes above the bound", abi.KindMarkdown, strings.Repeat("> ", maxNested+1) + "a", true},
		{"a list at the indentation", abi.KindMarkdown,
			strings.Repeat(" ", maxIndent-1) + "- a", false},
		{"a list above the indentation", abi.KindMarkdown,
			strings.Repeat(" ", maxIndent) + "- a", true},
		{"brackets at the bound", abi.KindMarkdown, strings.Repeat("[", maxBrackets), false},
		{"brackets above the bound", abi.KindMarkdown, strings.Repeat("[", maxBrackets+1), true},
		{"parentheses at the bound", abi.KindMarkdown, strings.Repeat("(", maxBrackets), false},
		{"parentheses above the bound", abi.KindMarkdown, strings.Repeat("(", maxBrackets+1), true},
		{"brackets that are closed", abi.KindMarkdown, strings.Repeat("[a](b) ", 1000), false},
		{"brackets in many paragraphs", abi.KindMarkdown, strings.Repeat("[[[(\n\n", 1000), false},
		{"brackets that are text", abi.KindMarkdown, strings.Repeat(`\[`, 1000), false},
		{"cells at the bound", abi.KindMarkdown, table(64, maxCells/64), false},
		{"cells above the bound", abi.KindMarkdown, table(64, maxCells/64+1), true},
		{"a rule", abi.KindMarkdown, fill(200, "-") + "\n\n" + fill(40, "* ") + "\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			html, _ := New().HTML(&abi.Entry{Kind: tt.kind, Body: tt.body})
			plain := strings.HasPrefix(html, "<pre>") && !strings.HasPrefix(html, "<pre><code>")
			if plain != tt.plain {
				t.Errorf("HTML(%.40q) = %.40q, want it as plain text: %t", tt.body, html, tt.plain)
			}
		})
	}
}
