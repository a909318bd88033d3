package render

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/host/render/rendertest"
)

func TestHarmless(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       bool
	}{
		{"nothing", "", true},
		{"words", "# a\n\n*b* **c** `d`\n\n- e\n- f\n\n> g\n\n```go\nh := 1\n```", true},
		{"a table", "|a|b|\n|-|-|\n|c|d|", true},
		{"a link", "[a](https://a.example/b?c&d=e%20#f)", true},
		{"a link with a title", `[a](https://a.example/ "b")`, true},
		{"a mail address", "[a](mailto:a@a.example)", true},
		{"a telephone", "[a](tel:+49123)", true},
		{"a reference", "[a][b]\n\n[b]: http://a.example/", true},
		{"a bare address", "see https://a.example/", true},
		{"signs", "1 < 2, a <= b, i <3 u, a <- b, a > b, a & b, &lt;b&gt;", true},
		{"entities", "&copy; &#106;avascript&#58;", true},
		{"a task", "- [x] a", true},
		{"a tag", "a <b>c</b>", false},
		{"a tag in code", "`<b>`", false},
		{"a tag in a fence", "```\n<b>\n```", false},
		{"an end tag", "a</b", false},
		{"a comment", "<!-- a -->", false},
		{"an instruction", "<?a?>", false},
		{"an address in angles", "<https://a.example/>", false},
		{"a picture", "![a](https://a.example/b.png)", false},
		{"a picture by reference", "![a]", false},
		{"script", "[a](javascript:b)", false},
		{"script by entities", "[a](&#106;avascript:b)", false},
		{"script by reference", "[a]\n\n[a]:\n  javascript:b", false},
		{"script in an address", "[a](https://b.example/](javascript:c)", false},
		{"data behind an address", "[[a](https://b.example/](data:text/html,c)", false},
		{"script in words", "Java Script: the good parts", false},
		{"another scheme", "[a](data:text/html,b)", false},
		{"an address on the host", "[a](/b)", false},
		{"an address without a scheme", "[a](//b.example/)", false},
		{"quotes in an address", `[a](https://a.example/"onclick=b)`, false},
		{"a handler in attributes", "[a](https://a.example/){onclick=b}", false},
		{"a null byte", "a\x00b", false},
		{"too much", fill(MaxMarkdown+1, "a"), false},
		{"too deep", strings.Repeat("> ", maxNested+1), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := New().Harmless(tt.body); got != tt.want {
				t.Errorf("Harmless(%q) = %t, want %t", tt.body, got, tt.want)
			}
		})
	}
}

// TestHarmless_payloads renders what is called harmless as clients do: with the HTML
// that is in it.
func TestHarmless_payloads(t *testing.T) {
	r, careless := New(), rendertest.NewCareless()
	harmless, harmful := 0, 0
	for _, p := range rendertest.Payloads(t) {
		if !r.Harmless(p.Text) {
			harmful++
			continue
		}
		harmless++
		for _, fault := range careless.Faults(t, p.Text) {
			t.Errorf("%s (%s) is called harmless: %s", p.Name, p.Comment, fault)
		}
	}
	t.Logf("%d payloads may leave as markdown, %d may not", harmless, harmful)
	if harmful < 300 {
		t.Errorf("%d payloads may not leave as markdown, want 300 or more", harmful)
	}
}

func FuzzHarmless(f *testing.F) {
	for _, p := range rendertest.Payloads(f) {
		if len(p.Text) < 1<<10 {
			f.Add(p.Text)
		}
	}
	f.Add("[a](https://b.example/ 'c') **d** `e` &amp; <3 [f]: tel:1\n\n[f]: mailto:g@h")
	r, careless := New(), rendertest.NewCareless()
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 8<<10 || !r.Harmless(body) {
			return
		}
		if faults := careless.Faults(t, body); faults != nil {
			t.Errorf("%q is called harmless: %q", body, faults)
		}
	})
}
