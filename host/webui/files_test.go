package webui_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/chromedp"

	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/webui"
)

// picture returns a small PNG.
func picture(tb testing.TB) []byte {
	tb.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 160, 90))
	for i := range 160 * 90 {
		img.Set(i%160, i/160, color.RGBA{uint8(i % 160), uint8(i / 160 * 2), 180, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// TestFiles brings files, sees them, and fetches them again.
func TestFiles(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	dir := t.TempDir()
	notes, cat := filepath.Join(dir, "notes.txt"), filepath.Join(dir, "cat.png")
	for name, content := range map[string][]byte{notes: []byte("what I know"), cat: picture(t)} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.wait(`!document.querySelector('.attach').hidden`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#picker"), []string{notes, cat}))
	p.wait(count(".upload.ready") + " === 2")
	p.shot("staged")
	p.do(clickOn(".send"))
	p.sees("notes.txt")
	p.wait(`document.querySelector('.kind-files img, .kind-files .card') && !document.querySelector('.row.waiting') && !document.querySelector('.upload')`)
	p.sees("Files: notes.txt text/plain 11, cat.png image/png")
	p.wait(`document.querySelector('.picture img').naturalWidth === 160`)
	p.shot("sent")
	save := func() string {
		return p.download(func() { p.do(clickOn(`.row.kind-files [aria-label="Download notes.txt"]`)) })
	}
	if got := save(); got != "what I know" {
		t.Errorf("the file that came back is %q", got)
	}
	// The same after the page was loaded again, where the entry comes from the host.
	p.do(chromedp.Reload())
	p.wait(`document.querySelector('.picture img').naturalWidth === 160`)
	if got := save(); got != "what I know" {
		t.Errorf("the file that came back after a reload is %q", got)
	}
}

// TestFiles_fromBot shows files, pictures and sound of a bot.
func TestFiles_fromBot(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.say("picture")
	p.wait(`document.querySelector('.kind-image img').naturalWidth > 0`)
	p.shot("picture")
	p.say("sound")
	p.wait(`document.querySelector('.kind-audio audio').duration > 0`)
	p.shot("sound")
	p.say("file")
	p.wait(`document.querySelector('.kind-file .card')`)
	got := p.download(func() { p.do(clickOn(".kind-file .card button")) })
	if got != "day,hours\nMon,8\n" {
		t.Errorf("the bot's file is %q", got)
	}
}

// TestFiles_pasted takes what is pasted and dropped, cancels, and refuses what is
// too large before it is sent.
func TestFiles_pasted(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.wait(`!document.querySelector('.attach').hidden`)
	eval[bool](p, `(() => {
		const data = new DataTransfer();
		data.items.add(new File(['pasted'], 'pasted.txt', { type: 'text/plain' }));
		document.querySelector('#input').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		const dropped = new DataTransfer();
		dropped.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
		window.dispatchEvent(new DragEvent('dragover', { dataTransfer: dropped, cancelable: true }));
		window.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, cancelable: true }));
		return true;
	})()`)
	p.wait(count(".upload.ready") + " === 2")
	p.do(clickOn(`[aria-label="Remove pasted.txt"]`))
	p.wait(count(".upload") + " === 1")
	eval[bool](p, `(() => {
		const data = new DataTransfer();
		data.items.add(new File([new Uint8Array(17 << 20)], 'large.bin'));
		document.querySelector('#input').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		return true;
	})()`)
	p.wait(`document.querySelector('.upload.failed').innerText.includes('too large')`)
	p.shot("refused")
}

// TestVoice records what the browser's fake microphone hears.
func TestVoice(t *testing.T) {
	p := open(t, serve(t, host.Options{}).url)
	p.wait(`!document.querySelector('.mic').hidden`)
	p.do(clickOn(".mic"))
	p.wait(`document.querySelector('.recording meter').value > 0 && document.querySelector('.recording .time').textContent !== '0:00'`)
	p.shot("recording")
	p.do(clickOn(".recording .choice"))
	p.wait(`document.querySelector('.kind-voice audio')`)
	p.sees("Voice: voice.webm audio/webm")
	p.shot("voice")
	// One that is given up goes nowhere.
	p.do(clickOn(".mic"))
	p.wait(`!document.querySelector('.recording').hidden && document.querySelector('.recording .dot')`)
	p.do(clickOn(`[aria-label="Give up the recording"]`))
	p.wait(`document.querySelector('.recording').hidden`)
	if n := eval[int](p, count(".kind-voice")); n != 1 {
		t.Errorf("%d voice messages, want 1", n)
	}
}

// TestFiles_forgotten looks at many pictures: those that are in no row any more are not
// kept in memory.
func TestFiles_forgotten(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	f.accept().welcome(0, false)
	eval[bool](p, `(async () => {
		const { files } = await import('/ui/kind-files.js');
		const [create, revoke] = [URL.createObjectURL, URL.revokeObjectURL].map((f) => f.bind(URL));
		globalThis.kept = new Set();
		let made = 0;
		URL.createObjectURL = (blob) => { const url = create(blob); made++; kept.add(url); return url; };
		URL.revokeObjectURL = (url) => { kept.delete(url); revoke(url); };
		const item = { kind: 'audio', body: { name: 'x', type: 'audio/ogg', size: 1 }, files: [{ url: '/x' }] };
		const page = { fetchFile: async () => new Blob(['x']) };
		globalThis.shown = files(item, page);
		for (let i = 0; i < 50; i++) files(item, page);
		while (made < 51) await new Promise((done) => setTimeout(done));
		return true;
	})()`)
	p.eventually("all but what is shown to be forgotten", func() bool {
		call(p, heapprofiler.CollectGarbage, cdp.Empty{})
		return eval[int](p, "kept.size") <= 1
	})
	if n := eval[int](p, "kept.size"); n != 1 {
		t.Errorf("%d are kept, want the one that is shown", n)
	}
}
