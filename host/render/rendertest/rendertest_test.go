package rendertest

import "testing"

// TestFaults tells that there are faults where there are.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name, html string
		want       int
	}{
		{"nothing", "", 0},
		{"text", "a &lt;b&gt;", 0},
		{"elements", `<p>a <b>b</b></p><ul><li>c</li></ul>`, 0},
		{"a link",
			`<a href="https://a.example/" rel="noopener noreferrer nofollow" target="_blank">a</a>`,
			0},
		{"a picture", `<img src="data:image/png;base64,QUJD" alt="x">`, 0},
		{"script", "<script>x</script>", 1},
		{"a handler", `<p onclick="x">a</p>`, 1},
		{"a style", `<p style="x">a</p>`, 1},
		{"an id", `<p id="x">a</p>`, 1},
		{"a class", `<p class="x">a</p>`, 1},
		{"a link without rel", `<a href="https://a.example/">a</a>`, 1},
		{"a link to script",
			`<a href="javascript:x" rel="noopener noreferrer nofollow" target="_blank">a</a>`, 1},
		{"a picture elsewhere", `<img src="https://a.example/x.png">`, 1},
		{"a drawing", `<svg><b>x</b></svg>`, 1},
		{"a comment", `<!-- x -->`, 1},
		{"links that browsers repair",
			`<a href="https://a.example/" rel="noopener noreferrer nofollow" target="_blank">` +
				`<table><tr><td><a href="https://b.example/" rel="noopener noreferrer nofollow" target="_blank">x</table>`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Faults(tt.html); len(got) < tt.want || tt.want == 0 && len(got) > 0 {
				t.Errorf("Faults(%q) = %q, want %d", tt.html, got, tt.want)
			}
		})
	}
}

// TestPayloads tells that what the corpus tries would do something.
func TestPayloads(t *testing.T) {
	payloads, bad := Payloads(t), 0
	seen := map[string]string{}
	for _, p := range payloads {
		if other := seen[p.Text]; other != "" {
			t.Errorf("%s is %s again", p.Name, other)
		}
		seen[p.Text] = p.Name
		if len(Faults(p.Text)) > 0 {
			bad++
		}
	}
	t.Logf("%d payloads, of which %d are bad HTML as they are", len(payloads), bad)
	if bad < len(payloads)/2 {
		t.Errorf("%d of %d payloads are bad HTML, want half of them", bad, len(payloads))
	}
}
