package websocket

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/socket"
)

// Bounds of one connection. What happens at each is in the package
// documentation.
const (
	// maxTransient is how many bytes of frames wait that are in no log.
	maxTransient = 64 << 10
	// maxUnanswered is how many events a client may have without an answer.
	maxUnanswered = 128
	// holdTime is how long frames wait for others when more input is at hand.
	holdTime = time.Millisecond
)

// conn is one connection. Its reader is the goroutine of run; who writes is told
// in write.go.
type conn struct {
	srv    *Server
	ws     *ws.Conn
	socket *socket.Socket
	proto  protocol
	bot    string
	// address is where the client is, as limits count it.
	address string
	// release gives back the connection's place in the limits.
	release func()

	// The reader owns the following.

	// visitor is who was let in, and user whom events come from.
	visitor visitor
	user    abi.User
	// held says that frames wait for others; hold ends that in time.
	held bool
	hold *time.Timer
	// readErr is how the client ended the connection; nil if we did.
	readErr error

	// closing says that control frames are not counted any more.
	closing bool

	// The watchdog owns the following.

	opened, nextPing int64
	// asked is when a ping was sent that is not answered, and reads what the
	// socket had counted then; 0 if none is.
	asked int64
	reads uint64
	// runs is the turn that runs, as far as the watchdog saw.
	runs lasting
	// quiet is watched, as of the last look.
	quiet Watched

	// stirred says that it is among the server's stirred ones.
	stirred atomic.Bool

	mu   sync.Mutex // guards the following
	cond sync.Cond  // broadcast when something below makes room or ends
	// conv is set once, before open.
	conv Conversation
	// watched is conv, if its turns can be watched.
	watched Watched
	// open says that the cursor stands and entries may be sent.
	open bool
	// epoch and seq are the cursor: the entry sent last. Whoever holds the write
	// side changes them, under mu.
	epoch, seq uint64
	// said is the newest turn of which an entry was sent.
	said uint64
	// dirty says that there may be entries beyond the cursor.
	dirty bool
	// transient are frames that are in no log, as lines.
	transient []byte
	// shows is what the client sees of a turn that runs.
	shows provisional
	// history is a request that is not answered yet.
	history *historyRequest
	// unanswered are events that the client was not told the end of, in order.
	unanswered []*submission
	// writing says that somebody holds the write side.
	writing bool
	// inline says that the reader has a message in hand and writes after it; wakes
	// counts the commits since it submitted an event.
	inline bool
	wakes  int
	// closeCode is why the connection ends; 0 as long as nobody wants that.
	closeCode abi.Code
	// comeBack is when the client may come back. If zero, as with all of the code.
	comeBack time.Duration
	// failed says that writing is over.
	failed bool
	// gone says that the reader is leaving: no new writers.
	gone bool
}

// run reads until the connection ends. Only this goroutine reads, also the
// client's part of a closing handshake; so only it closes.
func (c *conn) run() {
	ok := c.proto.begin(c)
	c.flush()
	for ok && c.waitForRoom() && c.readOne() {
	}
	c.finish()
	c.leave()
}

// readOne reads one message and takes it. It reports whether the connection
// goes on.
func (c *conn) readOne() bool {
	typ, r, err := c.ws.Reader(context.Background())
	if err != nil {
		return c.readFailed(err)
	}
	buf := c.srv.inboxes.Get().(*[]byte)
	defer c.srv.putInbox(buf)
	msg, err := socket.ReadMessage(r, (*buf)[:0], int(c.srv.opts.Limits.FrameBytes))
	*buf = msg[:0]
	switch {
	case errors.Is(err, socket.ErrFarTooLarge):
		return c.refuse(abi.CloseTooLarge)
	case err != nil && !errors.Is(err, socket.ErrTooLarge):
		return c.readFailed(err)
	}
	c.socket.Completed()
	c.setInline()
	if err != nil {
		c.reject(rejection{code: abi.CodeTooLarge})
	} else {
		c.proto.receive(c, msg, typ == ws.MessageBinary)
	}
	c.settle(c.socket.Ahead())
	return true
}

// refuse ends the connection of a client that does not keep to the limits.
func (c *conn) refuse(code abi.Code) bool {
	c.closing = true
	c.end(code)
	return false
}

// readFailed ends the connection after a read that brought no message.
func (c *conn) readFailed(err error) bool {
	switch {
	case errors.Is(err, socket.ErrFlood):
		return c.refuse(abi.CloseFlood)
	case errors.Is(err, socket.ErrInterrupted), errors.Is(err, os.ErrDeadlineExceeded):
		return false
	}
	c.readErr = err
	c.srv.opts.Logger.Debug("connection ended", "bot", c.bot, "err", err)
	return false
}

// setInline says that the reader will write what comes up from now on.
func (c *conn) setInline() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inline = true
}

// settle writes what a message left to write. If more input is at hand, it waits
// for that first, so that a client that sends many messages at once gets few
// frames; beforeRead or the timer ends the wait.
func (c *conn) settle(more bool) {
	if !more || !c.mayHold() {
		c.unhold()
		c.flush()
		return
	}
	if !c.held {
		c.held = true
		if c.hold == nil {
			c.hold = time.AfterFunc(holdTime, c.endHold)
		} else {
			c.hold.Reset(holdTime)
		}
	}
}

// mayHold reports whether the log can take another turn without the cursor
// falling behind it.
func (c *conn) mayHold() bool {
	if c.conv == nil {
		return true
	}
	head := c.conv.Head()
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &c.srv.opts.Limits
	return head.Epoch == c.epoch && head.Seq+uint64(l.Replies) < c.seq+uint64(l.Entries)/2
}

func (c *conn) unhold() {
	if c.held {
		c.held = false
		c.hold.Stop()
	}
}

// endHold runs when frames were held too long: the reader is busy.
func (c *conn) endHold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.startWriterLocked()
}

// beforeRead runs in the reader when it is about to wait for the client, maybe
// in the middle of a frame.
func (c *conn) beforeRead() {
	if c.held {
		c.unhold()
		c.flush()
	}
}

// waitForRoom holds the reader back while the client takes less than it sends.
// It reports whether the connection goes on.
func (c *conn) waitForRoom() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waitWhileLocked(func() bool {
		return len(c.transient) >= maxTransient || len(c.unanswered) >= maxUnanswered
	})
	return !c.failed && c.closeCode == 0
}

// waitWhileLocked waits while the condition holds and the connection goes on.
func (c *conn) waitWhileLocked(condition func() bool) {
	for !c.failed && c.closeCode == 0 && condition() {
		// Somebody else has to write now.
		c.inline = false
		c.startWriterLocked()
		c.cond.Wait()
	}
}

// onControl runs in the reader for each ping and pong; it reports whether a
// ping is to be answered.
func (c *conn) onControl() bool {
	return !c.closing && c.socket.Control()
}

// end makes the connection close with a code, once what is committed is sent.
// The first code counts.
func (c *conn) end(code abi.Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endLocked(code)
}

// sendAway makes the connection close with a code that lets the client come back
// after a time.
func (c *conn) sendAway(code abi.Code, after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closeCode == 0 {
		c.comeBack = after
	}
	c.endLocked(code)
}

func (c *conn) endLocked(code abi.Code) {
	if c.closeCode == 0 && !c.gone {
		c.closeCode = code
		c.cond.Broadcast()
		// The reader does the rest; it may be waiting for the client.
		c.socket.Interrupt()
	}
}

// finish says goodbye, if there is a code to say it with, and waits until nobody
// writes any more.
func (c *conn) finish() {
	c.mu.Lock()
	code := c.closeCode
	if code == 0 {
		c.gone = true
		c.mu.Unlock()
		// A writer that is at work fails.
		c.socket.Abort()
		c.mu.Lock()
	}
	for c.writing {
		c.cond.Wait()
	}
	c.gone = true
	failed, comeBack := c.failed, c.comeBack
	c.mu.Unlock()
	if code == 0 || failed {
		return
	}
	c.flush()
	if comeBack == 0 {
		comeBack = c.srv.retry(code)
	}
	c.goodbye(code, comeBack)
}

// leave releases everything.
func (c *conn) leave() {
	if c.hold != nil {
		c.hold.Stop()
	}
	// Whatever happened before: the socket is ours to close.
	_ = c.ws.CloseNow()
	c.proto.end(c)
	if c.conv != nil {
		c.conv.Close()
	}
	c.srv.remove(c)
	c.release()
}
