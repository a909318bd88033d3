package render

import (
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	"github.com/bothost/bothost/abi"
)

// Bounds on what is rendered, in bytes; more is shown as plain text.
const (
	// MaxMarkdown and MaxHTML are for bodies.
	MaxMarkdown = 64 << 10
	MaxHTML     = 256 << 10
	// maxRendered is for the HTML that markdown becomes.
	maxRendered = 1 << 20
)

// Renderer renders entries. Make it with [New].
type Renderer struct {
	markdown goldmark.Markdown
	policy   *bluemonday.Policy
	cache    cache
}

// New makes a renderer.
func New() *Renderer {
	return &Renderer{markdown: newMarkdown(), policy: newPolicy()}
}

// HTML returns what a client may put into a page for an entry of the kind
// markdown or html; ok is false for any other kind, whose body is no HTML.
func (r *Renderer) HTML(e *abi.Entry) (html string, ok bool) {
	if e.Kind != abi.KindMarkdown && e.Kind != abi.KindHTML {
		return "", false
	}
	key := source{e.Kind, e.Body}
	if html, ok = r.cache.get(key); !ok {
		html = r.render(e)
		r.cache.put(key, html)
	}
	return html, true
}

func (r *Renderer) render(e *abi.Entry) string {
	if e.Kind == abi.KindHTML {
		if len(e.Body) > MaxHTML {
			return preformatted(e.Text())
		}
		return r.sanitize(e.Body)
	}
	if len(e.Body) > MaxMarkdown || tangled(e.Body) {
		return preformatted(e.Body)
	}
	var b capped
	if err := r.markdown.Convert([]byte(e.Body), &b); err != nil {
		return preformatted(e.Body)
	}
	return r.sanitize(b.text.String())
}

// sanitize returns what is on the list of HTML, nested as browsers would.
func (r *Renderer) sanitize(html string) string {
	return balance(r.policy.Sanitize(html))
}

// preformatted shows a text as it is.
func preformatted(text string) string {
	var b strings.Builder
	b.WriteString("<pre>")
	escapeText(&b, text)
	b.WriteString("</pre>")
	return b.String()
}

// capped keeps what is written to it, up to maxRendered.
type capped struct{ text strings.Builder }

func (c *capped) Write(p []byte) (int, error) {
	if c.text.Len()+len(p) > maxRendered {
		return 0, errTooMuch
	}
	return c.text.Write(p)
}
