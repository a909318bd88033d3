package webui_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/bothost/bothost/host/webui"
)

// longLog is how many entries the long conversation has.
const longLog = 10_000

// tellHistory answers requests for history until the connection ends.
func (c *fakeConn) tellHistory(asked chan<- int) {
	for {
		frame, err := c.next()
		if err != nil {
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
		frames = append(frames, fmt.Sprintf(`{"type":"history","before":%d,"count":%d,"more":%t,"first":1}`,
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
		t.Errorf("hello of a page that was loaded again = %v, want it to go on after %d", c.hello, longLog)
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

// TestHistory_long scrolls through all of it: few rows are ever in the page, and
// none of the frames takes long.
func TestHistory_long(t *testing.T) {
	f := serveFake(t, webui.Options{})
	p := open(t, f.url)
	c := f.accept()
	c.welcome(0, false)
	for seq := 1; seq <= longLog; {
		var frames []string
		for range 500 {
			frames = append(frames, longEntry(seq, ""))
			seq++
		}
		c.send(frames...)
	}
	p.sees("Entry " + strconv.Itoa(longLog))
	type measures struct {
		Rows, Frames, Steps int
		Worst, Late         float64
		Lost                int
	}
	m := eval[measures](p, `(async () => {
		const log = document.querySelector('#log');
		const m = { Rows: 0, Frames: 0, Steps: 0, Worst: 0, Late: 0, Lost: 0 };
		const frame = () => new Promise((r) => requestAnimationFrame(r));
		const blank = () => {
			const box = log.getBoundingClientRect();
			const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
			return at === log && ![...log.querySelectorAll('.row')].some((r) => {
				const b = r.getBoundingClientRect();
				return b.top < box.top + box.height / 2 && b.bottom > box.top + box.height / 2 - 60;
			});
		};
		let before = performance.now();
		while (log.scrollTop > 0 && m.Steps < 400) {
			log.scrollTop -= 2000;
			m.Steps++;
			await frame();
			await frame();
			const now = performance.now();
			m.Worst = Math.max(m.Worst, now - before);
			if (now - before > 100) m.Late++;
			before = now;
			m.Frames += 2;
			m.Rows = Math.max(m.Rows, log.querySelectorAll('.row').length);
			if (blank()) m.Lost++;
		}
		return m;
	})()`)
	t.Logf("%d steps: at most %d rows at a time, the slowest two frames took %.0f ms, %0.f were above 100 ms, %d blank",
		m.Steps, m.Rows, m.Worst, m.Late, m.Lost)
	if m.Rows > 150 || m.Rows < 5 {
		t.Errorf("%d rows were in the page at a time, want those that are seen", m.Rows)
	}
	if m.Late > float64(m.Steps)/10 {
		t.Errorf("%.0f of %d steps took more than 100 ms, want few", m.Late, m.Steps)
	}
	if m.Lost > 0 {
		t.Errorf("%d of %d steps showed nothing", m.Lost, m.Steps)
	}
	p.do(clickOn("#newest"))
	p.sees("Entry " + strconv.Itoa(longLog))
	// Who reads stays where they are when something comes.
	eval[bool](p, `document.querySelector('#log').scrollTop -= 3000, true`)
	p.wait(`!document.querySelector('#newest').hidden`)
	top := eval[float64](p, `document.querySelector('#log .row').getBoundingClientRect().top`)
	c.send(text(longLog+1, "bot", "Something new."))
	p.wait(`document.querySelector('#newest').innerText.includes('1 new')`)
	if now := eval[float64](p, `document.querySelector('#log .row').getBoundingClientRect().top`); now != top {
		t.Errorf("when something came, the reader's rows moved from %v to %v", top, now)
	}
	p.wait(`document.querySelector('#announcer').textContent.includes('Something new.')`)
	p.do(chromedp.KeyEvent("\t"))
}
