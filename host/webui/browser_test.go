package webui_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/bothost/bothost/host/needed"
)

// patience is how long a test waits for what must happen.
const patience = 60 * time.Second

// errNoBrowser is why tests of the page are skipped.
var errNoBrowser = errors.New("no Chromium is here")

// chromium is the one browser of all tests, which end ends.
var chromium struct {
	once sync.Once
	ctx  context.Context
	end  func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.end != nil {
		chromium.end()
		if dir, err := compiled(); err == nil {
			_ = os.RemoveAll(dir)
		}
	}
	os.Exit(code)
}

// browse returns the browser's context. It ends a test where there is no Chromium.
func browse(tb testing.TB) context.Context {
	tb.Helper()
	if testing.Short() {
		tb.Skip("a browser takes long")
	}
	chromium.once.Do(start)
	if errors.Is(chromium.err, errNoBrowser) {
		needed.Browser.Skip(tb, chromium.err)
	}
	if chromium.err != nil {
		tb.Fatal(chromium.err)
	}
	return chromium.ctx
}

func start() {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		chromium.err = errNoBrowser
		return
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.DisableGPU,
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("lang", "en-GB"), chromedp.WindowSize(1000, 800),
	)
	if os.Getuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	all, endAll := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, end := chromedp.NewContext(all)
	chromium.ctx = ctx
	chromium.end = func() {
		end()
		endAll() // which waits for its end
	}
	if err := chromedp.Do(ctx); err != nil {
		chromium.err = fmt.Errorf("start Chromium: %w", err)
	}
}

// tab is one page in the browser.
type tab struct {
	testing.TB
	ctx context.Context

	mu sync.Mutex
	// guards the following
	faults []string
}

// profile begins with an empty memory, as another person's browser. Its tabs share
// what they remember.
type profile struct{ first context.Context }

// open opens a page in a new profile.
func open(tb testing.TB, url string) *tab {
	tb.Helper()
	t, _ := openProfile(tb, url)
	return t
}

func openProfile(tb testing.TB, url string) (*tab, profile) {
	tb.Helper()
	ctx, cancel := chromedp.NewContext(browse(tb), chromedp.WithNewBrowserContext())
	tb.Cleanup(cancel)
	return newTab(tb, ctx, url), profile{ctx}
}

// open opens another tab.
func (p profile) open(tb testing.TB, url string) *tab {
	tb.Helper()
	ctx, cancel := chromedp.NewContext(p.first)
	tb.Cleanup(cancel)
	return newTab(tb, ctx, url)
}

func newTab(tb testing.TB, ctx context.Context, url string) *tab {
	tb.Helper()
	t := &tab{TB: tb, ctx: ctx}
	listening, stop := context.WithCancel(ctx)
	messages := chromedp.Console(listening)
	var heard sync.WaitGroup
	// It ends when the test does, below.
	heard.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			t.hear(m)
		}
	})
	tb.Cleanup(func() {
		stop()
		heard.Wait()
		t.wellBehaved()
	})
	t.visit(url)
	return t
}

// visit loads a page.
func (t *tab) visit(url string) {
	t.Helper()
	t.do(chromedp.Navigate(url))
}

// hear collects what the console says of faults, and what policies forbade. That
// the host was away is none.
func (t *tab) hear(m chromedp.ConsoleMessage) {
	if m.Type != "error" && m.Type != "warning" && !m.IsException() {
		return
	}
	for _, usual := range []string{"WebSocket connection to",
		"Failed to load resource", "net::ERR"} {
		if strings.Contains(m.Text, usual) {
			return
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = append(t.faults, m.Text)
}

// expect takes the faults of now, which a test wants.
func (t *tab) expect() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	faults := t.faults
	t.faults = nil
	return faults
}

// wellBehaved fails a test whose page had faults that nobody expected.
func (t *tab) wellBehaved() {
	for _, fault := range t.expect() {
		t.Errorf("the page's console: %s", fault)
	}
}

// do runs steps.
func (t *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.shot("failed")
		t.Fatal(err)
	}
}

// call runs a command of the browser.
func call[P, R any](t *tab, command cdp.Command[P, R], params P) R {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// eval returns what an expression of the page comes to.
func eval[T any](t *tab, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.shot("failed")
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// text returns the text of the page.
func (t *tab) text() string {
	t.Helper()
	return eval[string](t, `document.body.innerText`)
}

// look is a script that waits a while for an expression to be true.
const look = `new Promise((done) => {
	const end = Date.now() + 2000;
	const look = () => {
		let is = false;
		try { is = Boolean(%s) } catch { }
		if (is || Date.now() > end) done(is); else setTimeout(look, 15);
	};
	look();
})`

// wait waits until an expression of the page is true.
func (t *tab) wait(expression string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithDeadline(t.ctx, deadline)
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(look, expression),
			chromedp.EvalAwaitPromise))
		cancel()
		// A page that is loaded meanwhile answers nothing.
		if err == nil && is {
			return
		}
		if time.Now().After(deadline) || t.ctx.Err() != nil {
			t.shot("failed")
			t.Fatalf("waited for %s (%v); the page has:\n%s", expression, err, t.text())
		}
	}
}

// say types a text as a user does, and sends it.
func (t *tab) say(text string) {
	t.Helper()
	t.do(chromedp.SendKeys(chromedp.CSS("#input"), text+"\r"))
}

// sees waits until the conversation has a text.
func (t *tab) sees(text string) {
	t.Helper()
	t.wait(fmt.Sprintf("document.querySelector('#log').innerText.includes(%s)", quote(text)))
}

// quote writes a string of JavaScript.
func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// shot keeps a picture of the page: in the folder of BOTHOST_SCREENSHOTS, or among
// the test's artefacts.
func (t *tab) shot(name string) {
	t.Helper()
	dir := os.Getenv("BOTHOST_SCREENSHOTS")
	if dir == "" {
		dir = t.ArtifactDir()
	}
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Errorf("screenshot %s: %v", name, err)
		return
	}
	file := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+name+".png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Error(err)
	}
}

// scheme sets whether the system prefers dark or light.
func (t *tab) scheme(name string) {
	t.Helper()
	call(t, emulation.SetEmulatedMedia,
		emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: name},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		}})
}

// size sets how large the window is.
func (t *tab) size(width, height int64) {
	t.Helper()
	t.do(chromedp.EmulateViewport(width, height))
}

// Keys as the browser's protocol names them.
const (
	keyUp    = kb.ArrowUp
	keyLeft  = kb.ArrowLeft
	keyRight = kb.ArrowRight
)

// eventually waits for something outside of the page.
func (t *tab) eventually(what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.shot("failed")
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// stillness is a script that brings an element into view, and waits until it does not
// move any more; for some time only, if there is none yet.
const stillness = `new Promise((done) => {
	let before, same = 0, looks = 0;
	const look = () => {
		const node = document.querySelector(%s);
		if (looks === 0) node?.scrollIntoViewIfNeeded();
		const box = node && JSON.stringify(node.getBoundingClientRect());
		same = box && box === before ? same + 1 : 0;
		before = box;
		if (same === 3 || ++looks === 100) done(same === 3);
		else setTimeout(look, 16);
	};
	look();
})`

// clickOn clicks on an element that stands still. Rows that grow move what is below
// them: a click on the place where something was is lost.
func clickOn(selector string) chromedp.Action[chromedp.Void] {
	still := chromedp.Evaluate[bool](fmt.Sprintf(stillness, strconv.Quote(selector)),
		chromedp.EvalAwaitPromise)
	click := chromedp.Click(chromedp.CSS(selector))
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := still(ctx, t); err != nil {
			return chromedp.Void{}, err
		}
		return click(ctx, t)
	}
}

func sendKeys(selector, keys string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(chromedp.CSS(selector), keys)
}
