package websocket

import "github.com/bothost/bothost/host/session"

// Watched is what a [Conversation] also is whose turns can be watched while they
// run.
type Watched interface {
	// Listen lets f hear what turns show before they end. f does not block, and may
	// still be called once after Close.
	Listen(f func(session.Progress))
	// Running returns the number of the turn that runs; 0 if none does. It does not
	// block.
	Running() uint64
}

// streaming is a protocol whose clients can be shown what is not sure yet.
type streaming interface {
	delta(b []byte, p session.Progress) []byte
	withdrawn(b []byte, turn uint64) []byte
	typing(b []byte, turn uint64) []byte
}

// provisional is what a client is shown of the turn that runs. It only ever sees the
// beginning of a reply in progress: from where it did not get along on, it waits for
// the entry.
type provisional struct {
	// next is what the client was not sent yet.
	next session.Progress
	text []byte
	// cut says that there was more than the client took.
	cut bool
	// shown is the turn of which frames were sent, or wait.
	shown uint64
	// told is a turn that is over, of which the client was told that it takes long.
	told uint64
}

// progress hears what a turn shows. It is called while the turn runs.
func (c *conn) progress(p session.Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone || c.failed {
		return
	}
	v := &c.shows
	if p.Withdrawn {
		c.withdrawLocked(p.Turn)
		return
	}
	if p.Turn != v.next.Turn || p.Part != v.next.Part {
		c.transient = c.appendShownLocked(c.transient)
		v.next, v.cut = p, !c.open
	}
	if v.cut = v.cut || len(c.transient)+len(v.text)+len(p.Text) > maxTransient; v.cut {
		return
	}
	v.text = append(v.text, p.Text...)
	c.startWriterLocked()
}

// withdrawLocked takes back what was shown of a turn.
func (c *conn) withdrawLocked(turn uint64) {
	c.shows.text = nil
	if c.shows.shown == turn {
		c.shows.shown = 0
		s := c.proto.(streaming) // or it would not listen
		c.transient = s.withdrawn(c.transient, turn)
		c.startWriterLocked()
	}
}

// appendShownLocked appends the text that the client was not sent yet as a frame.
// What came meanwhile goes into one.
func (c *conn) appendShownLocked(b []byte) []byte {
	v := &c.shows
	if len(v.text) == 0 {
		return b
	}
	p := v.next
	p.Text, v.text = string(v.text), nil
	v.shown = p.Turn
	return c.proto.(streaming).delta(b, p)
}

// lasting is what the watchdog knows of the turn that runs.
type lasting struct {
	turn  uint64
	since int64
	told  bool
}

// endTypingLocked takes back that a turn takes long which has ended since, if no entry
// of it says so.
func (c *conn) endTypingLocked() {
	v := &c.shows
	if v.told == 0 || c.dirty || c.writing {
		return
	}
	if c.said < v.told && v.shown != v.told {
		c.transient = c.proto.(streaming).withdrawn(c.transient, v.told)
		c.startWriterLocked()
	}
	v.told = 0
}

// typingLocked tells the client of a turn that takes long. It reports whether one
// runs, or has just ended.
func (c *conn) typingLocked(now int64) (runs bool) {
	if c.watched == nil || !c.open {
		return false
	}
	c.endTypingLocked()
	turn, w := c.watched.Running(), &c.runs
	if turn != w.turn {
		if w.told {
			c.shows.told = w.turn // until the next look: its entries may be on their way
		}
		*w = lasting{turn: turn, since: now}
	}
	if c.shows.told != 0 {
		return true
	}
	if turn == 0 || w.told || now-w.since < int64(c.srv.opts.TypingAfter) {
		return turn != 0
	}
	w.told = true
	if c.shows.shown != turn { // or it would be plain to see
		c.transient = c.proto.(streaming).typing(c.transient, turn)
		c.startWriterLocked()
	}
	return true
}
