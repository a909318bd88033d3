package websocket

import (
	"errors"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/session"
)

// pageSize is how many entries are read at once.
const pageSize = 256

// walk appends to sc.out what the log has beyond the cursor. It writes where a
// turn ends and enough has come together; the rest is for the caller to write.
func (c *conn) walk(sc *scratch) error {
	for {
		page, err := c.conv.Read(c.srv.ctx, c.seq, pageSize, sc.page[:0])
		if err != nil {
			c.readLogFailed(err)
			return nil
		}
		sc.page = page.Entries
		if page.Epoch != c.epoch {
			c.beginEpoch(sc, page)
			continue
		}
		if page.First > c.seq+1 {
			c.end(abi.CloseBehind)
			return nil
		}
		whole := page.Entries
		if len(whole) >= pageSize {
			whole = wholeTurns(whole)
		}
		if err := c.appendTurns(sc, whole); err != nil || len(page.Entries) < pageSize {
			return err
		}
	}
}

// wholeTurns cuts off the last turn, which may go on beyond the page.
func wholeTurns(entries []abi.Entry) []abi.Entry {
	last := entries[len(entries)-1].Turn
	for i := len(entries) - 1; i > 0; i-- {
		if entries[i-1].Turn != last {
			return entries[:i]
		}
	}
	return entries
}

func (c *conn) appendTurns(sc *scratch, entries []abi.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	c.mu.Lock()
	// What their turns showed was heard before they were in the log, maybe only just.
	sc.out = c.takeTransientLocked(sc.out)
	c.mu.Unlock()
	for i := range entries {
		e := &entries[i]
		if c.mayCut(len(sc.out), i == 0 || e.Turn != entries[i-1].Turn) {
			if err := c.write(sc); err != nil {
				return err
			}
		}
		if e.From == abi.FromUser && c.answer(e) {
			sc.out = c.proto.accepted(sc.out, e.ID, e.Seq, e.Turn, false)
			continue
		}
		sc.out = c.proto.entry(sc.out, e, false)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	last := &entries[len(entries)-1]
	c.seq, c.said = last.Seq, last.Turn
	c.answerPassedLocked()
	return nil
}

// mayCut reports whether so many bytes are enough for a write of their own before an
// entry, with which a turn may begin. Only frames with whole files in them are large
// enough to be cut off within a turn.
func (c *conn) mayCut(size int, begins bool) bool {
	return size > joinBytes && (begins || !c.proto.joined() && size > inlineCut)
}

// beginEpoch sets the cursor to the beginning of the log of a new epoch.
func (c *conn) beginEpoch(sc *scratch, page session.Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch, c.seq = page.Epoch, max(page.First, 1)-1
	// What the last epoch took with it is answered before the client forgets it.
	c.answerPassedLocked()
	sc.out = c.takeTransientLocked(sc.out)
	// It forgets what it was shown too, of whichever turn: the rest is not shown alone.
	c.shows.cut = true
	if p, ok := c.proto.(renewing); ok {
		sc.out = p.renewed(sc.out, c.epoch, c.seq, renewed(c.conv))
	} else {
		sc.out = c.proto.reset(sc.out, c.epoch, c.seq)
	}
}

// readLogFailed ends a connection whose log cannot be read.
func (c *conn) readLogFailed(err error) {
	code := abi.CloseUnavailable
	if errors.Is(err, session.ErrNotFound) {
		code = abi.CloseSessionGone
	}
	c.srv.opts.Logger.Warn("log cannot be read",
		"bot", c.bot, "session", c.conv.Key().ID, "err", err)
	c.end(code)
}

// historyRequest is a client's wish for older entries.
type historyRequest struct {
	before uint64
	limit  uint64
}

// answerHistory answers a history request, in one write with what stands in sc.out.
func (c *conn) answerHistory(sc *scratch, h *historyRequest) error {
	for {
		before, limit := h.within(c.seq)
		page, err := c.conv.Read(c.srv.ctx, before-1-limit, int(max(limit, 1)), sc.page[:0])
		if err != nil {
			c.readLogFailed(err)
			return nil
		}
		sc.page = page.Entries
		if page.Epoch == c.epoch {
			c.appendHistory(sc, page, before)
			return nil
		}
		// The client asked for what a reset took. It hears of that first.
		was := c.epoch
		if err := c.walk(sc); err != nil || c.epoch == was {
			return err // or the log cannot be read
		}
	}
}

// appendHistory appends what a page has of the entries before one.
func (c *conn) appendHistory(sc *scratch, page session.Page, before uint64) {
	older := newestWithin(beforeSeq(page.Entries, before), historyBytes)
	for i := range older {
		sc.out = c.proto.entry(sc.out, &older[i], true)
	}
	f := native.Frame{
		Type: native.History, Before: before, Count: len(older), First: page.First,
		More: len(older) > 0 && older[0].Seq > page.First,
	}
	sc.out = f.Append(sc.out)
}

// within returns what a request asks for of a log that the client was sent up to an
// entry: what it was not sent yet is no history.
func (h *historyRequest) within(sent uint64) (before, limit uint64) {
	before = sent + 1
	if h.before != 0 {
		before = min(before, h.before)
	}
	limit = min(native.MaxHistory, before-1)
	if h.limit != 0 {
		limit = min(limit, h.limit)
	}
	return before, limit
}

// beforeSeq returns the entries before one.
func beforeSeq(entries []abi.Entry, before uint64) []abi.Entry {
	for len(entries) > 0 && entries[len(entries)-1].Seq >= before {
		entries = entries[:len(entries)-1]
	}
	return entries
}

// historyBytes is how many bytes of bodies one history frame brings; the client
// asks again for the rest.
const historyBytes = 1 << 20

// newestWithin returns the newest entries whose bodies fit, at least one.
func newestWithin(entries []abi.Entry, size int) []abi.Entry {
	for i := len(entries) - 1; i >= 0; i-- {
		if size -= len(entries[i].Body); size < 0 && i < len(entries)-1 {
			return entries[i+1:]
		}
	}
	return entries
}
