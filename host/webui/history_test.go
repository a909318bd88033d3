package webui_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/bothost/bothost/host/webui"
)

// longLog is how many entries the long conversation has.
const longLog = 10_000

// tellHistory answers requests for history until the connection ends.
func (c *fakeConn) tellHistory(asked chan<- int) {
	for {
		frame, ok := c.next(patience)
		if !ok {
			return
		}
		if frame["type"] != "history" {
			continue
		}
		before, limit := int(frame["before"].(float64)), int(frame["limit"].(float64))
		first := max(1, before-limit)
		var frames []string
		for seq := first; seq < before; seq++ {
			frames = append(frames, longEntry(seq, `,"history":true`))
		}
		frames = append(frames,
			fmt.Sprintf(`{"type":"history","before":%d,"count":%d,"more":%t,"first":1}`,
				before, before-first, first > 1))
		c.send(frames...)
		asked <- first
	}
}

// longEntry is an entry of the long conversation: of various heights.
func longEntry(seq int, more string) string {
	words := "Entry " + strconv.Itoa(seq)
	for range seq % 7 {
		words += " and some more words that make it a good deal longer than it was"
	}
	from := "bot"
	if seq%3 == 0 {
		from = "user"
	}
	return entry(seq, from, "text", quote(words), more)
}

// TestHistory loads the past as the reader comes to it.
func TestHistory(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	c.send(text(longLog, "bot", "The newest."))
	p.sees("The newest.")
	p.do(chromedp.Reload())
	c = f.accept()
	if c.hello["after"] != float64(longLog) {
		t.Errorf("hello of a page that was loaded again = %v, want it to go on after %d",
			c.hello, longLog)
	}
	c.welcome(longLog, true)
	asked := make(chan int, 100)
	done := make(chan struct{})
	// It ends with the connection, below.
	go func() {
		defer close(done)
		c.tellHistory(asked)
	}()
	p.sees("Entry 9999")
	if first := <-asked; first < longLog-300 { // it asked: Entry 9999 is from there
		t.Errorf("the page asked for all from %d on at once", first)
	}
	for range 3 {
		// What came is above the reader, who stays where they were.
		p.wait(`document.querySelector('#log').scrollTop > 1000`)
		eval[bool](p, `document.querySelector('#log').scrollTop = 0, true`)
		select {
		case <-asked:
		case <-time.After(patience):
			t.Fatal("the page did not ask for more")
		}
	}
	if n := eval[int](p, count(".row")); n > 150 {
		t.Errorf("%d rows are in the page, want those that are seen", n)
	}
	_ = c.ws.CloseNow()
	<-done
}

// tellAll sends the long conversation as it would come to a page that knows nothing.
func (c *fakeConn) tellAll(from, to int) {
	for seq := from; seq <= to; {
		var frames []string
		for ; seq <= to && len(frames) < 500; seq++ {
			frames = append(frames, longEntry(seq, ""))
		}
		c.send(frames...)
	}
}

// scrolled is what is seen of a page that is scrolled through.
type scrolled struct {
	// Rows is how many were in the page at most, Blank how often there was none to be
	// seen, Slowest the longest time of a step in ms.
	Rows, Blank int
	Slowest     float64
	// work is the time in ms that the page took for a step.
	work float64
}

const scrollSteps = 25

// scroll scrolls up, step by step.
func (t *tab) scroll() scrolled {
	t.Helper()
	before := t.worked()
	m := eval[scrolled](t, fmt.Sprintf(`(async () => {
		const log = document.querySelector('#log');
		const m = { Rows: 0, Blank: 0, Slowest: 0 };
		const frame = () => new Promise((r) => requestAnimationFrame(r));
		const seen = () => {
			const box = log.getBoundingClientRect();
			const y = box.top + box.height / 2;
			return [...log.querySelectorAll('.row')].some((r) => {
				const b = r.getBoundingClientRect();
				return b.top < y + 60 && b.bottom > y - 60;
			});
		};
		let before = performance.now();
		for (let step = 0; step < %d; step++) {
			log.scrollTop -= 400;
			await frame();
			await frame();
			const now = performance.now();
			m.Slowest = Math.max(m.Slowest, now - before);
			before = now;
			m.Rows = Math.max(m.Rows, log.querySelectorAll('.row').length);
			if (!seen()) m.Blank++;
		}
		return m;
	})()`, scrollSteps))
	m.work = (t.worked() - before) / scrollSteps
	return m
}

// worked returns for how many ms the page ran script and laid itself out.
func (t *tab) worked() (ms float64) {
	t.Helper()
	call(t, performance.Enable, performance.EnableParams{})
	for _, m := range call(t, performance.GetMetrics, cdp.Empty{}).Metrics {
		switch m.Name {
		case "ScriptDuration", "LayoutDuration", "RecalcStyleDuration":
			ms += m.Value * 1000
		}
	}
	return ms
}

// TestHistory_long scrolls in a short conversation and in a long one: few rows are
// ever in the page, none is missing, and the long one takes no more work.
func TestHistory_long(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	const short = 400
	c.tellAll(1, short)
	p.sees(fmt.Sprint("Entry ", short))
	little := p.scroll()
	p.do(clickOn("#newest"))
	c.tellAll(short+1, longLog)
	p.sees(fmt.Sprint("Entry ", longLog))
	// The best of some: what else the machine does at the time is not the page's.
	much := p.scroll()
	for range 2 {
		again := p.scroll()
		again.work, again.Blank = min(again.work, much.work), again.Blank+much.Blank
		much = again
	}
	t.Logf("a step takes %.1f ms of work at %d entries (slowest %.0f ms), and %.1f ms at %d (slowest %.0f ms); %d rows",
		little.work, short, little.Slowest, much.work, longLog, much.Slowest, much.Rows)
	if much.Rows < 5 || much.Rows > 150 {
		t.Errorf("%d rows were in the page at a time, want those that are seen", much.Rows)
	}
	if little.Blank+much.Blank > 0 {
		t.Errorf("%d and %d steps showed nothing", little.Blank, much.Blank)
	}
	if much.work > 3*little.work+5 {
		t.Errorf("a step takes %.1f ms of work at %d entries and %.1f at %d, want about the same",
			little.work, short, much.work, longLog)
	}
	p.do(clickOn("#newest"))
	p.sees("Entry " + strconv.Itoa(longLog))
	// Who reads stays where they are when something comes.
	eval[bool](p, `document.querySelector('#log').scrollTop -= 3000, true`)
	p.wait(`!document.querySelector('#newest').hidden`)
	top := eval[float64](p, `document.querySelector('#log .row').getBoundingClientRect().top`)
	c.send(text(longLog+1, "bot", "Something new."))
	p.wait(`document.querySelector('#newest').innerText.includes('1 new')`)
	now := eval[float64](p, `document.querySelector('#log .row').getBoundingClientRect().top`)
	if now != top {
		t.Errorf("when something came, the reader's rows moved from %v to %v", top, now)
	}
	p.wait(`document.querySelector('#announcer').textContent.includes('Something new.')`)
}
