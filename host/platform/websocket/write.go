package websocket

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/platform/websocket/socket"
)

// The write side of a connection belongs to whoever set conn.writing: the reader
// after a turn of its own, or a goroutine that lives as long as there is
// something to write. Whatever comes up meanwhile is noted, and the holder sees
// it before it lets go. So there is one writer, and nobody waits for it.

// joinBytes is how much is joined into one frame. A turn is never cut, but see
// inlineCut.
const joinBytes = 64 << 10

// inlineCut is how much is gathered of a turn at most, but for its last frame, where
// files are within frames.
const inlineCut = 1 << 20

// scratch is what a writer needs while it writes.
type scratch struct {
	out, gathered []byte
	page          []abi.Entry
}

// kickLocked sees to it that somebody writes.
func (c *conn) kickLocked() {
	if !c.inline {
		c.startWriterLocked()
	}
}

// startWriterLocked sees to it that somebody writes, even if the reader would
// later.
func (c *conn) startWriterLocked() {
	if !c.writing && !c.gone && !c.failed && c.workLocked() {
		c.writing = true
		// It ends when there is nothing left to write, or the connection fails;
		// finish waits for it.
		c.srv.wg.Go(c.drive)
	}
}

// wake notes that the session has new entries. It never blocks.
func (c *conn) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dirty = true
	if c.inline {
		// The first commit is most likely that of the reader's own event, and
		// Submit is about to return. With a second one the reader is waiting its
		// turn.
		if c.wakes++; c.wakes > 1 {
			c.startWriterLocked()
		}
		return
	}
	c.kickLocked()
}

// flush writes what there is, unless somebody does already.
func (c *conn) flush() {
	if c.takeWriteSide() {
		c.drive()
	}
}

func (c *conn) takeWriteSide() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inline = false
	if c.writing || c.failed || !c.workLocked() {
		return false
	}
	c.writing = true
	return true
}

func (c *conn) workLocked() bool {
	return len(c.transient)+len(c.shows.text) > 0 || c.open && c.dirty || c.history != nil
}

// work is what the writer took upon itself.
type work struct {
	walk    bool
	history *historyRequest
}

// drive writes until there is nothing left; the caller holds the write side.
func (c *conn) drive() {
	sc := c.srv.scratches.Get().(*scratch)
	defer c.srv.putScratch(sc)
	for {
		w, ok := c.take(sc)
		if !ok {
			return
		}
		if err := c.do(sc, w); err != nil {
			c.writeFailed(err)
			return
		}
	}
}

// take moves what is to be written to sc. If there is nothing, it lets go of the
// write side and returns false.
func (c *conn) take(sc *scratch) (w work, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.workLocked() {
		c.writing = false
		c.cond.Broadcast()
		return work{}, false
	}
	sc.out = c.takeTransientLocked(sc.out[:0])
	w = work{walk: c.open && c.dirty, history: c.history}
	if w.walk {
		c.dirty = false
	}
	c.history = nil
	return w, true
}

// takeTransientLocked moves the frames that are in no log to the end of b.
func (c *conn) takeTransientLocked(b []byte) []byte {
	b = c.appendShownLocked(append(b, c.transient...))
	c.transient = c.transient[:0]
	if cap(c.transient) > socket.BufferSize {
		c.transient = nil
	}
	c.cond.Broadcast()
	return b
}

// do writes what take took.
func (c *conn) do(sc *scratch, w work) error {
	if w.walk {
		if err := c.walk(sc); err != nil {
			return err
		}
	}
	if w.history != nil {
		if err := c.answerHistory(sc, w.history); err != nil {
			return err
		}
	}
	return c.write(sc)
}

// goodbye closes the connection. The client has farewellTime to do the same.
// The reader calls it, when nobody writes any more.
func (c *conn) goodbye(code abi.Code, comeBack time.Duration) {
	name := native.Info(code).Name
	c.srv.opts.Logger.Debug("connection closes", "bot", c.bot, "code", name)
	sc := c.srv.scratches.Get().(*scratch)
	defer c.srv.putScratch(sc)
	sc.out = c.proto.closing(sc.out[:0], code, comeBack)
	if c.write(sc) != nil {
		return
	}
	c.socket.Farewell()
	// A client that does not answer is cut off, which is no news.
	_ = c.ws.Close(ws.StatusCode(code), name)
}

// write sends the lines in sc.out in one write, and empties it.
func (c *conn) write(sc *scratch) error {
	out := sc.out
	sc.out = out[:0]
	if len(out) == 0 {
		return nil
	}
	out = out[:len(out)-1]
	if c.proto.joined() && len(out) <= socket.BufferSize-maxHeader {
		return c.ws.Write(context.Background(), ws.MessageText, out)
	}
	c.socket.Gather(slices.Grow(sc.gathered[:0], len(out)+maxHeader))
	err := c.writeFrames(out)
	gathered, err2 := c.socket.Release()
	sc.gathered = gathered
	return errors.Join(err, err2)
}

// maxHeader is the size of the largest frame header of a server.
const maxHeader = 10

// writeFrames writes lines as the client wants them.
func (c *conn) writeFrames(out []byte) error {
	if c.proto.joined() {
		return c.ws.Write(context.Background(), ws.MessageText, out)
	}
	for line := range bytes.SplitSeq(out, []byte{'\n'}) {
		if err := c.ws.Write(context.Background(), ws.MessageText, line); err != nil {
			return err
		}
	}
	return nil
}

// writeFailed lets go of the write side for good.
func (c *conn) writeFailed(err error) {
	if errors.Is(err, socket.ErrSlow) {
		c.srv.opts.Logger.Debug("connection cut", "bot", c.bot, "code", abi.CloseSlow.String())
	}
	c.socket.Abort()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = true
	c.writing = false
	c.cond.Broadcast()
}
