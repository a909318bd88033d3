package webui_test

import (
	"testing"

	"github.com/bothost/bothost/host"
)

// TestKinds sees each kind of reply, and keeps a picture of it.
func TestKinds(t *testing.T) {
	h := serve(t, host.Options{})
	p := open(t, h.url+"/")
	p.sees("Hello from the test bot.")
	for _, tt := range []struct{ word, want string }{
		{"text", `[...document.querySelectorAll('.row.bot a')].some((a) => a.href === 'https://bots.example/a?b=c' &&
			a.target === '_blank' && a.rel.includes('noopener')) && document.body.innerText.includes('Plain <b>text</b>')`},
		{"markdown", `document.querySelector('.markup .level1')?.localName === 'h3' && document.querySelector('.markup table')`},
		{"html", `document.querySelector('.markup mark')?.textContent === '17'`},
		{"options", `document.querySelectorAll('.choices.open button').length === 3`},
		{"table", `document.querySelectorAll('.kind-dataframe tbody tr').length === 4`},
		{"globe", `document.querySelector('.kind-plotly .table')?.textContent.includes('Europe')`},
		{"place", `document.querySelector('.place a')?.href.includes('mlat=47.0707')`},
		{"answer", `document.querySelectorAll('.answer .sources li').length === 2`},
		{"steps", `document.querySelector('.steps.done summary')?.textContent === 'Thought in 2 steps'`},
		{"tasks", `document.querySelectorAll('.tasks li').length === 4`},
		{"form", `document.querySelector('.screens form input[required]')`},
		{"update", `document.querySelector('.screens')?.innerText.includes('Order another')`},
		{"fail", `document.querySelector('.row.host .words')`},
	} {
		t.Run(tt.word, func(t *testing.T) {
			p := &tab{TB: t, ctx: p.ctx}
			p.say(tt.word)
			p.wait(tt.want)
			p.shot("kind")
		})
	}
}
