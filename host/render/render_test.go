package render

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/render/rendertest"
)

// TestPayloads sends the corpus through both kinds.
func TestPayloads(t *testing.T) {
	r := New()
	for _, p := range rendertest.Payloads(t) {
		for _, kind := range []abi.Kind{abi.KindMarkdown, abi.KindHTML} {
			html, ok := r.HTML(&abi.Entry{From: abi.FromBot, Kind: kind, Body: p.Text})
			if !ok {
				t.Fatalf("%s is not rendered", kind)
			}
			for _, fault := range rendertest.Faults(html) {
				t.Errorf("%s (%s) as %s: %s in %.300q", p.Name, p.Comment, kind, fault, html)
			}
			if again := r.sanitize(html); again != html {
				t.Errorf("%s as %s: a second pass makes %.300q of %.300q",
					p.Name, kind, again, html)
			}
		}
	}
}

const rel = ` rel="noopener noreferrer nofollow" target="_blank"`

func TestMarkdown(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"words", "*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"},
		{"a heading", "# a\n\nb", "<h1>a</h1>\n<p>b</p>\n"},
		{"a list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
		{"a list from 3", "3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"},
		{"a quote", "> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"},
		{"code", "```go\na < b\n```",
			"<pre><code class=\"language-go\">a &lt; b\n</code></pre>\n"},
		{"code in a language with signs", "```c++\na\n```",
			"<pre><code class=\"language-c++\">a\n</code></pre>\n"},
		{"deleted", "~~a~~", "<p><del>a</del></p>\n"},
		{"tasks", "- [x] a\n- [ ] b", "<ul>\n<li>☑ a</li>\n<li>☐ b</li>\n</ul>\n"},
		{"a table", "|a|b|\n|-|:-:|\n|c|d|",
			"<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"center\">b</th>\n</tr>\n" +
				"</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td align=\"center\">d</td>\n</tr>\n" +
				"</tbody>\n" +
				"</table>\n"},
		{"a link", "[a](https://a.example/b?c&d \"e\")",
			"<p><a href=\"https://a.example/b?c&amp;d\" title=\"e\"" + rel + ">a</a></p>\n"},
		{"an address", "see https://a.example/b.", "<p>see <a href=\"https://a.example/b\"" + rel +
			">https://a.example/b</a>.</p>\n"},
		{"an address in angles", "<https://a.example/>",
			"<p><a href=\"https://a.example/\"" + rel +
				">https://a.example/</a></p>\n"},
		{"a mail address", "<a@a.example>",
			"<p><a href=\"mailto:a@a.example\"" + rel + ">a@a.example</a></p>\n"},
		{"a telephone", "[a](tel:+49123)", "<p><a href=\"tel:+49123\"" + rel + ">a</a></p>\n"},
		{"a link on the host", "[a](/b)", "<p>a</p>\n"},
		{"a link to script", "[a](javascript:b)", "<p>a</p>\n"},
		{"a picture", "![a](https://a.example/b.png)",
			"<p><a href=\"https://a.example/b.png\"" + rel + ">a</a></p>\n"},
		{"a picture in a link", "[![a](https://a.example/b.png)](https://c.example/)",
			"<p><a href=\"https://c.example/\"" + rel + ">a</a></p>\n"},
		{"a picture by itself", "![a](data:image/png;base64,QUJD)",
			"<p><img src=\"data:image/png;base64,QUJD\" alt=\"a\"></p>\n"},
		{"a drawing", "![a](data:image/svg+xml;base64,QUJD)", "<p>a</p>\n"},
		{"HTML in a line", "a <b onclick=c>d</b>", "<p>a &lt;b onclick=c&gt;d&lt;/b&gt;</p>\n"},
		{"HTML as a block", "<div>\n*a*\n</div>",
			"<p>&lt;div&gt;\n<em>a</em>\n&lt;/div&gt;</p>\n"},
		{"entities", "&lt;b&gt; &copy;", "<p>&lt;b&gt; ©</p>\n"},
		{"control characters", "a\x00\x1bb\r\nc", "<p>a\ufffd\ufffdb\nc</p>\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := abi.Entry{From: abi.FromBot, Kind: abi.KindMarkdown, Body: tt.body}
			if got, ok := New().HTML(&e); !ok || got != tt.want {
				t.Errorf("HTML(%q) =\n%q, want\n%q", tt.body, got, tt.want)
			}
		})
	}
}

func TestHTML(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"what may be there", `<p>a <b>b</b> <i>c</i><br>d</p>`,
			`<p>a <b>b</b> <i>c</i><br>d</p>`},
		{"text", `a "b" 'c' & d`, `a "b" 'c' &amp; d`},
		{"script", `a<script>b</script>c`, `ac`},
		{"a handler", `<b onclick="c">a</b>`, `<b>a</b>`},
		{"a form", `<form><input value=a><button>b</button></form>`, `b`},
		{"a style and an id", `<p style="a" id="b" class="c">d</p>`, `<p>d</p>`},
		{"a language", `<code class="language-go">a</code>`, `<code class="language-go">a</code>`},
		{"a link", `<a href="https://a.example/">a</a>`,
			`<a href="https://a.example/"` + rel + `>a</a>`},
		{"a link that says what it is",
			`<a href="https://a.example/" rel="opener" target="_top">a</a>`,
			`<a href="https://a.example/"` + rel + `>a</a>`},
		{"a picture without words", `<img src="https://a.example/b.png">`,
			`<a href="https://a.example/b.png"` + rel + `>https://a.example/b.png</a>`},
		{"never ended", `<div><p>a<b>c`, `<div><p>a<b>c</b></p></div>`},
		{"ended too often", `a</div></p></b>c`, `ac`},
		{"ended in the wrong order", `<b><i>a</b>b</i>`, `<b><i>a</i></b>b`},
		{"paragraphs that end by themselves", `<p>a<p>b<ul><li>c<li>d</ul>e`,
			`<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>e`},
		{"terms that end by themselves", `<dl><dt>a<dd>b<dt>c</dl>`,
			`<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>`},
		{"a paragraph around a list", `<p>a<b>b<ul><li>c</ul>d</p>`,
			`<p>a<b>b</b></p><ul><li>c</li></ul>d`},
		{"headings", `<h1>a<h2>b</h1>c`, `<h1>a</h1><h2>b</h2>c`},
		{"a list in an item", `<ul><li>a<ul><li>b</ul>c</ul>`,
			`<ul><li>a<ul><li>b</li></ul>c</li></ul>`},
		{"items without a list", `<li>a<dd>b<dt>c`, `abc`},
		{"a table that ends by itself", `<table><tr><th>a<td>b<tr><td>c</table>d`,
			`<table><tbody><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></tbody></table>d`},
		{"a table without rows", `<table><td>a</table>`,
			`<table><tbody><tr><td>a</td></tr></tbody></table>`},
		{"a table with text between", `<table>a<tr>b<td>c</table>`,
			`<table><tbody><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></tbody></table>`},
		{"a table in a cell", `<table><td><table><td>a</td></table>b</table>c`,
			`<table><tbody><tr><td><table>` +
				`<tbody><tr><td>a</td></tr></tbody></table>b</td></tr></tbody></table>c`},
		{"a cell that ends what is outside", `<div><table><td></div>a</table>b</div>c`,
			`<div><table><tbody><tr><td>a</td></tr></tbody></table>b</div>c`},
		{"parts without a table", `<tr><td>a</td></tr><caption>b`, `ab`},
		{"a link in a link", `<a href="https://a.example/">a<a href="https://b.example/">b</a>c`,
			`<a href="https://a.example/"` + rel +
				`>a</a><a href="https://b.example/"` + rel + `>b</a>c`},
		{"a rule in a paragraph", `<p>a<hr>b</p>`, `<p>a</p><hr>b`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := New()
			got, ok := r.HTML(&abi.Entry{From: abi.FromBot, Kind: abi.KindHTML, Body: tt.body})
			if !ok || got != tt.want {
				t.Errorf("HTML(%q) =\n%q, want\n%q", tt.body, got, tt.want)
			}
			if again := r.sanitize(got); again != got {
				t.Errorf("a second pass makes\n%q of\n%q", again, got)
			}
			if faults := rendertest.Faults(got); faults != nil {
				t.Error(faults)
			}
		})
	}
}

// TestOtherKinds tells that bodies which are no HTML are not made any.
func TestOtherKinds(t *testing.T) {
	for _, row := range abi.Kinds() {
		if row.Kind == abi.KindMarkdown || row.Kind == abi.KindHTML {
			continue
		}
		if html, ok := New().HTML(&abi.Entry{Kind: row.Kind, Body: "<b>a</b>"}); ok || html != "" {
			t.Errorf("HTML of %s = %q, %t, want none", row.Kind, html, ok)
		}
	}
}

// TestDeep tells how deep elements may be nested.
func TestDeep(t *testing.T) {
	for _, tt := range []struct {
		name       string
		body       string
		open, want int
	}{
		{"one below", strings.Repeat("<b>", maxDepth-1) + "a", maxDepth - 1, maxDepth - 1},
		{"at the bound", strings.Repeat("<b>", maxDepth) + "a", maxDepth, maxDepth},
		{"one above", strings.Repeat("<b>", maxDepth+1) + "a", maxDepth + 1, maxDepth},
		{"far above", strings.Repeat("<div>", 20_000) + "a", 20_000, maxDepth},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := New().sanitize(tt.body)
			if n := strings.Count(got, "</"); n != tt.want || !strings.Contains(got, "a") {
				t.Errorf("%d elements of %d are left in %.80q, want %d", n, tt.open, got, tt.want)
			}
		})
	}
}
