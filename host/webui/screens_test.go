package webui_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/needed"
	"github.com/bothost/bothost/host/webui"
)

// TestChart draws a chart in its frame, in light and dark.
func TestChart(t *testing.T) {
	needs(t, "npm/library/plotly.js.gz")
	p := open(t, serve(t, host.Options{}).url)
	p.sees("Hello")
	if n := eval[int](p, `performance.getEntriesByType('resource').filter((r) => /plotly|chart[.]html/.test(r.name)).length`); n != 0 {
		t.Errorf("the chart library was loaded before there was a chart")
	}
	p.say("chart")
	p.wait(`'drawn' in document.querySelector('iframe.plot').dataset`)
	p.shot("light")
	if eval[bool](p, `(() => { try { return Boolean(document.querySelector('iframe.plot').contentWindow.document) } catch { return false } })()`) {
		t.Error("the frame of a chart has the page's origin")
	}
	p.do(clickOn(".chart .sources summary"))
	p.wait(count(".chart .sources tbody tr") + " === 6")
	got := p.download(func() { p.do(clickOn(".chart > figcaption button")) })
	if !strings.Contains(got, `"Visitors"`) {
		t.Errorf("the figure that was saved is %s", got)
	}
	eval[bool](p, `delete document.querySelector('iframe.plot').dataset.drawn`)
	p.scheme("dark")
	p.wait(`'drawn' in document.querySelector('iframe.plot').dataset`)
	p.shot("dark")
}

// needs ends a test without what npm brings.
func needs(tb testing.TB, file string) string {
	tb.Helper()
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		needed.Browser.Skip(tb, "there is no "+file+": make ui brings it")
	}
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}

// shop serves a page of another origin with the widget of a host, under a policy
// that forbids styles in HTML. It returns its port.
func shop(tb testing.TB, widget string) string {
	tb.Helper()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src "+widget+"; frame-src "+widget)
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Shop</title><h1>A shop</h1>`+
			`<script src="%s/widget.js" data-title="Ask us" defer></script>`, widget)
	}))
	tb.Cleanup(other.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(other.URL, "http://"), ":")
	return port
}

// TestWidget talks to a bot in the corner of another origin's page, with the
// keyboard.
func TestWidget(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, "http://localhost:"+shop(t, f.url)+"/")
	p.shot("closed")
	p.do(chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r")) // the button is all there is
	c := f.accept()
	c.welcome(0, false)
	c.send(text(1, "bot", "Hello from the corner."))
	// It has the keyboard as soon as it is there: what is typed before goes nowhere.
	p.eventually("the corner to take what is typed", func() bool {
		p.do(chromedp.KeyEvent("x"), chromedp.KeyEvent("\r"))
		frame, ok := c.next(300 * time.Millisecond)
		return ok && frame["type"] == "message" &&
			strings.HasSuffix(fmt.Sprint(frame["text"]), "x")
	})
	p.shot("open")
	if !eval[bool](p, `document.querySelector('body > div').shadowRoot === null && !document.querySelector('iframe')`) {
		t.Error("the page can look into the widget")
	}
	// Escape closes it, and gives the keyboard back.
	p.do(chromedp.KeyEvent("\x1b"))
	p.wait(`document.activeElement === document.querySelector('body > div')`)
	c.send(text(2, "bot", "Are you there?"))
	p.shot("unread")
}

// TestWidget_elsewhere shows nothing on pages of origins that may not have it.
func TestWidget_elsewhere(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, "http://evil.localhost:"+shop(t, f.url)+"/")
	p.do(chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r"))
	p.eventually("the policy to forbid it", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return strings.Contains(strings.Join(p.faults, "\n"), "frame-ancestors")
	})
	p.expect()
	select {
	case <-f.conns:
		t.Error("the page connected in a frame where it may not be")
	default:
	}
}

// TestBots lists the bots where there are several, and waits for the first.
func TestBots(t *testing.T) {
	var served atomic.Int64
	f := serveFake(t, webui.Options{Bots: func() []string { return []string{"greetings", "weather"}[:served.Load()] }})
	p := open(t, f.url)
	p.wait(`document.body.innerText.includes("No bot is here yet")`)
	served.Store(2)
	p.wait(count(".bots a") + " === 2")
	p.shot("list")
	p.do(clickOn(".bots li:nth-child(2) a"))
	p.wait(`location.pathname === '/bots/weather' && document.querySelector('#title').textContent === 'weather'`)
	f.accept().welcome(0, false)
	p.do(clickOn("a.all"))
	p.wait(count(".bots a") + " === 2")
}

// TestBots_noName opens an address whose name is no text: the only bot is there.
func TestBots_noName(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url+"/bots/%ff")
	p.wait(`document.title === 'bot'`)
	f.accept().welcome(0, false)
}

// TestPhone is as wide as the narrowest phone: nothing is cut off.
func TestPhone(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.size(320, 640)
	for _, word := range []string{"markdown", "table", "form", "options", "place", "answer",
		"steps", "tasks", "picture", "sound"} {
		n := eval[int](p, count(".row.user"))
		p.say(word)
		p.wait(fmt.Sprintf("%s > %d || document.querySelector('#log').scrollTop > 0",
			count(".row.user"), n))
		p.wait(`!document.querySelector('.row.waiting')`)
		wide := eval[string](p,
			`[...document.querySelectorAll('.app, main, #log, .row, .bubble, .bare, #composer > .field')].filter((e) =>
			e.getBoundingClientRect().right > 320.5 || e.getBoundingClientRect().left < -0.5).map((e) => e.className).join()`)
		if wide != "" || eval[bool](p, `document.documentElement.scrollWidth > 320`) {
			t.Errorf("with %s on a phone these are too wide: %s", word, wide)
		}
		p.shot(word)
	}
}

// axeRules are those of WCAG 2.1 A and AA.
const axeRules = `axe.run(document, { iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
	.then((r) => r.violations.map((v) => v.id + ': ' + v.help + '\n' + v.nodes.slice(0, 4).map((n) => '  ' + n.html.slice(0, 200) +
	'\n    ' + n.failureSummary.replaceAll('\n', ' ')).join('\n')).join('\n'))`

// TestBarriers has axe-core look for them on each screen, light and dark.
func TestBarriers(t *testing.T) {
	axe := needs(t, "npm/node_modules/axe-core/axe.min.js")
	h := serve(t, host.Options{Workshop: true})
	p := open(t, h.url)
	// axe-core writes HTML, which the page's policy forbids.
	call(p, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
	look := func(name string) {
		t.Helper()
		eval[bool](p, axe+"; true")
		for _, scheme := range []string{"light", "dark"} {
			p.scheme(scheme)
			if found := eval[string](p, axeRules); found != "" {
				t.Errorf("%s, %s:\n%s", name, scheme, found)
			}
			p.shot(name + "-" + scheme)
		}
	}
	p.visit(h.url)
	p.size(1000, 7000)
	for _, word := range []string{
		"text", "markdown", "html", "table", "globe", "chart", "place", "answer", "steps", "tasks",
		"form", "file", "picture",
		"sound", "fail", "options", "options",
	} {
		before := eval[int](p, count(".row"))
		p.say(word)
		p.wait(fmt.Sprintf("%s > %d && !document.querySelector('.row.waiting')",
			count(".row"), before+1))
	}
	look("conversation")
	p.size(1000, 800)
	p.do(clickOn(".inside"))
	p.wait(`!document.querySelector('#drawer').hidden && document.querySelector('#drawer .state').innerText`)
	look("inside")
	p.do(clickOn("#drawer header button"), clickOn(`[aria-label="Settings"]`))
	look("settings")
	p.do(clickOn("#settings header button"))
	p.size(320, 640)
	look("phone")
}

// TestBarriers_fake looks for barriers on screens that a real host shows rarely.
func TestBarriers_fake(t *testing.T) {
	axe := needs(t, "npm/node_modules/axe-core/axe.min.js")
	names := []string{"bot"}
	f := serveFake(t, webui.Options{Bots: func() []string { return names }})
	p := open(t, f.url)
	call(p, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
	f.accept()
	p.visit(f.url)
	c := f.accept()
	look := func(name string) {
		t.Helper()
		eval[bool](p, axe+"; true")
		for _, scheme := range []string{"light", "dark"} {
			p.scheme(scheme)
			if found := eval[string](p, axeRules); found != "" {
				t.Errorf("%s, %s:\n%s", name, scheme, found)
			}
			p.shot(name + "-" + scheme)
		}
	}
	c.welcome(0, false)
	c.send(text(1, "bot", "Hello."), entry(2, "host", "notice", `"Something went wrong."`, ""),
		`{"type":"delta","turn":3,"text":"Once upon a ti"}`, `{"type":"typing"}`)
	p.wait(`document.querySelector('.streaming')`)
	p.say("one")
	c.send(fmt.Sprintf(`{"type":"rejected","id":%q,"code":"bad_value","error":"Not like this."}`,
		c.receive("message")["id"]))
	p.wait(`document.querySelector('.row.failed')`)
	look("talking")
	_ = c.ws.Close(4505, "unauthorized")
	p.wait(`document.querySelector('#login').open`)
	look("login")
	names = append(names, "other")
	p.visit(f.url)
	p.wait(count(".bots a") + " === 2")
	look("bots")
}

// TestTheme follows the system, until the user chooses.
func TestTheme(t *testing.T) {
	p, people := openProfile(t, serve(t, host.Options{}).url)
	paper := `getComputedStyle(document.body).backgroundColor`
	p.scheme("light")
	light := eval[string](p, paper)
	p.scheme("dark")
	p.wait(paper + " !== " + quote(light))
	dark := eval[string](p, paper)
	p.do(clickOn(`[aria-label="Settings"]`), clickOn(`#settings input[value="light"]`))
	p.wait(paper + " === " + quote(light))
	again := people.open(t, eval[string](p, "location.href"))
	again.scheme("dark")
	again.wait(paper + " === " + quote(light))
	p.do(clickOn(`#settings input[value="dark"]`))
	again.wait(paper + " === " + quote(dark)) // other tabs follow
}
