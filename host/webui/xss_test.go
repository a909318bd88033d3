package webui_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/render"
	"github.com/bothost/bothost/host/render/rendertest"
	"github.com/bothost/bothost/host/webui"
)

// bait is what payloads run, and how the page would tell.
const bait = `window.ran = []; window.broken = [];
for (const name of ['steal', 'alert', 'confirm', 'prompt', 'print', 'open', 'eval']) window[name] = (x) => { ran.push(name + ' ' + x); };
addEventListener('securitypolicyviolation', (e) => broken.push(e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sample));`

// dangerous finds what could run if it were touched.
const dangerous = `[...document.querySelectorAll('#log *')].flatMap((e) => [
	...(/^(script|object|embed|iframe|base|meta|link|style|form|template|math)$/.test(e.localName) && !e.closest('.screens') ? [e.localName] : []),
	...[...e.attributes].filter((a) => a.name.startsWith('on') || ['srcdoc', 'style', 'formaction', 'xlink:href', 'ping'].includes(a.name) && !e.matches('.space') ||
		['href', 'src', 'action'].includes(a.name) && !/^(https?:|mailto:|tel:|blob:|data:image\/(png|jpeg|gif|webp);base64,)/i.test(a.value)).map((a) => e.localName + ' ' + a.name + '=' + a.value),
	...(e.localName === 'a' && e.href && !(e.target === '_blank' && /noopener/.test(e.rel)) ? ['a link without rel'] : []),
]).join('\n')`

// TestXSS sends the corpus to the page, in each kind, as the host sends it: nothing
// runs, and nothing needs the page's policy to stop it.
func TestXSS(t *testing.T) {
	renderer := render.New()
	p := baited(t, false, func(i int, payload string) (frames []entryOf) {
		for _, kind := range []abi.Kind{abi.KindMarkdown, abi.KindHTML} {
			if html, ok := renderer.HTML(&abi.Entry{Kind: kind, Body: payload}); ok &&
				len(html) < 8000 {
				frames = append(frames, entryOf{kind, quote(short(payload)), &html})
			}
		}
		kind, body := dressed(i, short(payload))
		return append(frames, entryOf{kind, body, nil},
			entryOf{abi.KindText, quote(short(payload)), nil})
	})
	if broken := eval[string](p, "broken.join('\\n')"); broken != "" {
		t.Errorf("the policy had to stop something:\n%s", broken)
	}
}

// TestXSS_unsanitised sends what no host sends: HTML that nobody looked at, to a page
// whose policy is off. Still nothing runs.
func TestXSS_unsanitised(t *testing.T) {
	baited(t, true, func(_ int, payload string) []entryOf {
		html := short(payload)
		return []entryOf{{abi.KindHTML, quote(html), &html}}
	})
}

// entryOf is an entry that a payload is sent in.
type entryOf struct {
	kind abi.Kind
	body string
	html *string
}

// short cuts a payload that is as long as it is only for renderers.
func short(payload string) string { return payload[:min(len(payload), 4000)] }

// baited sends all payloads, a few at a time, and looks at what the page makes of
// them.
func baited(t *testing.T, lawless bool, dress func(i int, payload string) []entryOf) *tab {
	t.Helper()
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	f.accept()
	call(p, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: lawless})
	call(p, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: bait})
	p.visit(f.url)
	c := f.accept()
	c.welcome(0, false)
	seq := 0
	var frames []string
	payloads := rendertest.Payloads(t)
	for i, payload := range payloads {
		for _, e := range dress(i, payload.Text) {
			seq++
			more := ""
			if e.html != nil {
				more = `,"html":` + quote(*e.html)
			}
			frames = append(frames, entry(seq, "bot", string(e.kind), e.body, more))
		}
		if i%6 != 5 && i < len(payloads)-1 {
			continue
		}
		seq++
		mark := fmt.Sprintf("After %s.", payload.Name)
		c.send(append(frames, entry(seq, "bot", "text", quote(mark), ""))...)
		frames = nil
		p.sees(mark)
		if found := eval[string](p, dangerous); found != "" {
			t.Errorf("%s (%s) or those before it: the page has\n%s", payload.Name,
				payload.Comment, found)
		}
	}
	if ran := eval[string](p, "ran.join('\\n')"); ran != "" {
		t.Errorf("something ran:\n%s", ran)
	}
	if !eval[bool](p, "steal('x'), ran.length === 1") {
		t.Error("the bait is not there")
	}
	return p
}

// dressed puts a text into each place of another kind in turn.
func dressed(i int, text string) (abi.Kind, string) {
	q, _ := json.Marshal(text)
	s := string(q)
	all := []struct {
		kind abi.Kind
		body string
	}{
		{abi.KindOptions, `[{"label":T,"value":T}]`},
		{abi.KindDataframe, `{"columns":[T],"rows":[[T]]}`},
		{abi.KindRAG, `{"llm_name":T,"question":T,"answer":T,"docs":[{"content":T,"metadata":{"source":T,"page":1}}]}`},
		{abi.KindTasks, `[{"id":1,"description":T,"status":T,"result":T}]`},
		{abi.KindReasoning, `{"kind":"llm_tool_calls","step":1,"summary":T,"details":{"tool_calls":[{"name":T}]}}`},
		{abi.KindGUI, `{"name":T,"modules":[{"name":T,"screens":[{"name":T,"view_elements":[{"type":"Link","label":T,"url":T},` +
			`{"type":"Image","source":T,"alt":T},{"type":"Form","name":T,"view_elements":[{"type":"InputField","name":T,"label":T,"value":T,"options":[T]}]},` +
			`{"type":T,"content":T},{"type":"Alert","message":T}]}]}]}`},
		{abi.KindPlotly, `{"data":[{"type":T,"name":T,"x":[T]}],"layout":{"title":{"text":T}}}`},
		{"file", `{"name":T,"type":T,"size":1}`},
		{"hologram", `{"of":T}`},
	}
	d := all[i%len(all)]
	return d.kind, strings.ReplaceAll(d.body, "T", s)
}
