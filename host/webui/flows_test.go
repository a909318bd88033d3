package webui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/gobot"
	"github.com/bothost/bothost/host/needed"
)

// TestWorkshop_dialog draws the dialog of a bot, and where the session stands in it.
func TestWorkshop_dialog(t *testing.T) {
	browse(t)
	module := gobot.Must(t, "../../plugins/examples/weather")
	file := filepath.Join(t.TempDir(), "weather.wasm")
	if err := os.WriteFile(file, module, 0o600); err != nil {
		t.Fatal(err)
	}
	h := serve(t, host.Options{Workshop: true, Files: []string{file}})
	p := open(t, h.url+"/bots/weather")
	p.say("what is the weather like?")
	p.wait(count(".choices.open button") + " === 4")
	p.do(clickOn(".inside"))
	p.wait(`document.querySelector('#drawer .state').innerText.includes('asking')`)
	p.wait(`document.querySelector('#drawer .dialog svg') || document.querySelector('#drawer .dialog pre')`)
	drawn := eval[bool](p, `Boolean(document.querySelector('#drawer .dialog svg'))`)
	switch {
	case drawn:
		p.wait(`document.querySelector('#drawer .dialog .current .name').textContent === 'asking'`)
		p.shot("asking")
	case needed.Graphviz.Required():
		t.Error("the dialog is not drawn: make graphviz brings what draws it")
	}
	p.do(clickOn(".choices.open button"))
	if drawn {
		p.wait(`document.querySelector('#drawer .dialog .current .name').textContent === 'initial'`)
	}
	p.do(clickOn("#drawer header button"))
	p.say("a chart of Graz")
	p.wait(count(".kind-plotly") + " === 1")
	p.say("where is Graz")
	p.wait(count(".kind-location") + " === 1")
	p.shot("weather")
}

// TestLogin lets in who has a token of a real host, also after a reload.
func TestLogin(t *testing.T) {
	h := serve(t, host.Options{Token: func(token string) (string, bool) {
		return "ada", token == "open sesame"
	}})
	p := open(t, h.url)
	p.wait(`document.querySelector('#login').open`)
	p.do(sendKeys("#token", "wrong\r"))
	p.wait(`document.querySelector('#login .problem')`)
	p.shot("wrong")
	p.do(sendKeys("#token", "open sesame\r"))
	p.sees("Hello from the test bot.")
	p.do(chromedp.Reload())
	p.sees("Hello from the test bot.")
	p.do(clickOn(`[aria-label="Settings"]`), clickOn("#settings .actions button:nth-child(2)"))
	p.wait(`document.querySelector('#login').open`)
}

// count is an expression for how many elements there are.
func count(selector string) string {
	return "document.querySelectorAll(" + quote(selector) + ").length"
}

func TestOptions_click(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.say("options")
	p.wait(count(".choices.open button") + " === 3")
	p.do(clickOn(".choices.open button:nth-child(2)"))
	p.sees("You said: two")
	p.wait(`document.querySelector('.choices button[aria-pressed="true"]').textContent === 'The second'`)
	p.wait(`document.querySelector('.row.user.kind-option').innerText.includes('The second')`)
	p.wait(`document.activeElement.id === 'input'`)
	// What was chosen is known after the page is loaded again, too.
	p.do(chromedp.Reload())
	p.wait(`document.querySelector('.choices button[aria-pressed="true"]').textContent === 'The second'`)
	// It can be chosen of again, until other options are offered.
	p.do(clickOn(".choices.open button:nth-child(3)"))
	p.sees("You said: three")
	p.wait(`document.querySelector('.choices button[aria-pressed="true"]').textContent === 'The third'`)
	p.say("options")
	p.wait(count(".choices.open button:not(:disabled)") + " === 3 && " +
		count(".choices:not(.open) button:disabled") + " === 3")
}

// TestOptions_keyboard answers without a pointer: up from the field, along, and in.
func TestOptions_keyboard(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.say("options")
	p.wait(count(".choices.open button") + " === 3")
	focused := func(want string) {
		t.Helper()
		p.wait("document.activeElement.textContent === " + quote(want))
	}
	p.do(chromedp.KeyEvent(keyUp))
	focused("The first")
	p.do(chromedp.KeyEvent(keyRight))
	focused("The second")
	p.do(chromedp.KeyEvent(keyLeft), chromedp.KeyEvent(keyLeft))
	focused("The third")
	p.do(chromedp.KeyEvent("\r"))
	p.sees("You said: three")

	p.say("options")
	p.wait(count(".choices.open button") + " === 3 && " + count(".choices") + " === 2")
	p.do(chromedp.KeyEvent(keyUp))
	focused("The first")
	p.do(chromedp.KeyEvent("2"))
	p.sees("You said: two")
}

// TestTable sorts by a column, both ways and back, and has it all as CSV.
func TestTable(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.say("table")
	p.wait(count(".kind-dataframe tbody tr") + " === 4")
	column := func(n string) string {
		return eval[string](p,
			`[...document.querySelectorAll('.kind-dataframe td:nth-child(`+n+`)')].map((x) => x.textContent).join()`)
	}
	for _, tt := range []struct{ click, order, want string }{
		{"2", "ascending", "136208,303270,1702814,2028499"},
		{"2", "descending", "2028499,1702814,303270,136208"},
		{"2", "", "303270,1702814,2028499,136208"},
	} {
		p.do(chromedp.Click(chromedp.CSS(".kind-dataframe th:nth-child(" + tt.click + ") button")))
		p.wait(`(document.querySelector('.kind-dataframe th:nth-child(2)').getAttribute('aria-sort') ?? '') === ` + quote(tt.order))
		if got := column("2"); got != tt.want {
			t.Errorf("sorted %q the column is %s, want %s", tt.order, got, tt.want)
		}
	}
	got := p.download(func() {
		p.do(clickOn(".kind-dataframe figcaption button:last-child"))
	})
	want := "\ufeffcity,people,sea\r\nGraz,303270,false\r\nBarcelona,1702814,true\r\n'=Wien,2028499,\r\nLuxembourg,136208,false\r\n"
	if got != want {
		t.Errorf("CSV = %q, want %q", got, want)
	}
}

// download returns the file that do has the browser save.
func (t *tab) download(do func()) string {
	t.Helper()
	dir := t.TempDir()
	call(t, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
		BrowserContextID: chromedp.FromContext(t.ctx).BrowserContextID,
	})
	do()
	var content string
	t.eventually("a file to be saved", func() bool {
		// The browser's own files, while it saves and after that, are hidden or named.
		files, err := filepath.Glob(filepath.Join(dir, "[^.]*"))
		if err != nil || len(files) != 1 || strings.HasSuffix(files[0], ".crdownload") {
			return false
		}
		b, err := os.ReadFile(files[0])
		content = string(b)
		return err == nil
	})
	return content
}

// TestForm fills a form and sends it; the bot is told of all fields at once.
func TestForm(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.say("form")
	p.wait(count(".screens form") + " === 1")
	p.do(clickOn(".screens form button[type=submit]"))
	p.wait(`document.querySelector('.screens form input').matches(':invalid:focus')`)
	p.do(sendKeys(`.screens [name="who"]`, "Ada"),
		clickOn(`.screens [name="fast"]`),
		clickOn(".screens form button[type=submit]"))
	p.sees(`"action":"onSubmit"`)
	p.sees(`"value":{"who":"Ada","count":1,"colour":"red","fast":true}`)
	p.do(clickOn(`.screens .tabs button:nth-child(2)`))
	p.wait(`document.querySelector('.screens').innerText.includes('Bring it back.')`)
}

// TestReload keeps what was not sent, and what was said.
func TestReload(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.say("many")
	p.sees("Line 50")
	p.do(sendKeys("#input", "half a thought"))
	p.do(chromedp.Reload())
	p.sees("Line 50")
	p.wait(`document.querySelector('#input').value === 'half a thought'`)
	if n := eval[int](p, `JSON.parse(localStorage['bothost:session:bot']).seq`); n < 52 {
		t.Errorf("after a reload the page is at entry %d, want the newest", n)
	}
	// Whoever was reading goes on where they were.
	eval[bool](p, `document.querySelector('#log').scrollTop = 300, true`)
	p.wait(`!document.querySelector('#newest').hidden`)
	top := `[...document.querySelectorAll('.row')].find((r) => r.getBoundingClientRect().bottom > document.querySelector('#log').getBoundingClientRect().top).innerText.split('\n').pop()`
	before := eval[string](p, top)
	p.do(chromedp.Reload())
	p.wait(top + " === " + quote(before))
}

// TestTabs shows the same in two tabs, whoever speaks, also after a reset.
func TestTabs(t *testing.T) {
	h := serve(t, host.Options{})
	a, people := openProfile(t, h.url)
	a.sees("Hello from the test bot.")
	b := people.open(t, h.url)
	b.sees("Hello from the test bot.")
	a.say("from a")
	b.sees("You said: from a")
	b.wait(`[...document.querySelectorAll('.row.user')].some((r) => r.innerText.includes('from a'))`)
	b.say("from b")
	a.sees("You said: from b")
	session := `JSON.parse(localStorage['bothost:session:bot']).session`
	if x, y := eval[string](a, session), eval[string](b, session); x != y {
		t.Errorf("two tabs have the sessions %s and %s, want the same", x, y)
	}
	a.do(clickOn(`[aria-label="Settings"]`), clickOn("#settings .actions button"))
	for _, p := range []*tab{a, b} {
		p.wait(count(".row") + " === 1")
		p.sees("Hello from the test bot.")
	}
	b.say("after the reset")
	a.sees("You said: after the reset")
}

// TestSwap goes on when the bot is changed while the page is open, and says so.
func TestSwap(t *testing.T) {
	h := serve(t, host.Options{Workshop: true})
	p := open(t, h.url)
	p.say("first")
	p.sees("You said: first")
	p.wait(`performance.getEntriesByType('resource').some((r) => r.name.includes('/ui/workshop/reloads'))`)
	module, err := os.ReadFile(h.module)
	if err != nil {
		t.Fatal(err)
	}
	// A custom section changes a module's bytes and nothing that it does.
	module = append(module, 0, 3, 1, 'x', 'y')
	if err := os.WriteFile(h.module, module, 0o600); err != nil {
		t.Fatal(err)
	}
	p.wait(`document.querySelector('#line').innerText.startsWith('The bot was reloaded')`)
	p.say("second")
	p.sees("You said: second")
	p.sees("You said: first")
	if err := os.WriteFile(h.module, []byte("no module at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.wait(`document.querySelector('#line.refused').innerText.includes('refused')`)
	p.shot("refused")
	p.say("third")
	p.sees("You said: third")
}

// TestWorkshop shows what is inside.
func TestWorkshop(t *testing.T) {
	h := serve(t, host.Options{Workshop: true})
	p := open(t, h.url)
	p.say("remember me")
	p.sees("You said: remember me")
	p.do(clickOn(".inside"))
	p.wait(`document.querySelector('#drawer .variables').innerText.includes('remember me')`)
	p.shot("inside")
	p.do(clickOn("#drawer header button"))
	p.wait(`document.querySelector('#drawer').hidden && document.activeElement.matches('.inside')`)
}
