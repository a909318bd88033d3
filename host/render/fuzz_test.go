package render

import (
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/render/rendertest"
)

// FuzzHTML holds that what leaves is on the list, in a nesting that no browser
// repairs, and that a second pass changes nothing.
func FuzzHTML(f *testing.F) {
	for _, p := range rendertest.Payloads(f) {
		if len(p.Text) < 1<<10 {
			f.Add(p.Text, false)
			f.Add(p.Text, true)
		}
	}
	r := New()
	f.Fuzz(func(t *testing.T, body string, markdown bool) {
		if len(body) > 8<<10 {
			return
		}
		kind := abi.KindHTML
		if markdown {
			kind = abi.KindMarkdown
		}
		html, ok := r.HTML(&abi.Entry{From: abi.FromBot, Kind: kind, Body: body})
		if !ok {
			t.Fatal("not rendered")
		}
		if faults := rendertest.Faults(html); faults != nil {
			t.Errorf("HTML(%q) = %q: %q", body, html, faults)
		}
		if again := r.sanitize(html); again != html {
			t.Errorf("HTML(%q) = %q, and a second pass makes %q", body, html, again)
		}
	})
}
