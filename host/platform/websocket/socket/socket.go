package socket

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

var (
	// ErrSlow ends a write of which the client took no byte for too long.
	ErrSlow = errors.New("socket: the client takes no bytes")
	// ErrInterrupted ends a read that Interrupt came before.
	ErrInterrupted = errors.New("socket: the connection is to close")
	// ErrFlood ends a read when too much came that is no message.
	ErrFlood = errors.New("socket: too many bytes without a message")
)

// refillRate is how many bytes a second a client may send without ever
// completing a message: pongs, mostly.
const refillRate = 4 << 10

// Options say what a [Socket] is to do. All must be set.
type Options struct {
	// Clock is the time in ns, never 0. It may be late; Slow makes up for that.
	Clock *atomic.Int64
	// Slow is how long a client may take no byte of a write.
	Slow time.Duration
	// Budget is how many bytes may come before a message is complete.
	Budget int64
	// BeforeRead runs in the reader before it may wait for the client.
	BeforeRead func()
	// BeforeWrite runs when a write is under way, as Busy says.
	BeforeWrite func()
}

// Socket is the connection beneath a WebSocket. It counts what the library does
// not show: bytes without a message, and reads and writes that take long, which
// somebody else looks for: see Waiting and Poke. So no deadline is set where nothing
// is wrong.
type Socket struct {
	net.Conn
	opts Options
	in   *bufio.Reader

	// The reader owns the following.

	// early are bytes that came with the handshake.
	early []byte
	// budget is how many bytes may come before a message is complete; refilled is
	// when time last added to it.
	budget, refilled int64
	// controls is the budget of control frames.
	controls bucket
	// flooded fails reads until a message is completed.
	flooded bool
	// linger makes Close wait for what the client still sends.
	linger bool

	// reads counts reads that brought bytes.
	reads atomic.Uint64
	// interrupted fails reads.
	interrupted atomic.Bool
	// waiting and busy say since when a read or a write has been under way; 0 if
	// none is.
	waiting, busy atomic.Int64

	writeMu sync.Mutex // one write at a time; guards the following
	// gathered, if not nil, takes what is written.
	gathered []byte
}

// New returns a socket, which has no connection before Over.
func New(o Options) *Socket { return &Socket{opts: o} }

// Ahead reports whether more input is at hand. The reader asks.
func (s *Socket) Ahead() bool { return s.in.Buffered() > 0 }

// Reads counts the reads that brought bytes.
func (s *Socket) Reads() uint64 { return s.reads.Load() }

// Waiting says since when the reader has waited for the client, as of the clock; 0 if
// it does not.
func (s *Socket) Waiting() int64 { return s.waiting.Load() }

// Busy reports whether a write is under way.
func (s *Socket) Busy() bool { return s.busy.Load() != 0 }

// Read counts against the budget.
func (s *Socket) Read(p []byte) (int, error) {
	if len(s.early) > 0 {
		n := copy(p, s.early)
		if s.early = s.early[n:]; len(s.early) == 0 {
			s.early = nil
		}
		return n, s.spend(n)
	}
	if s.flooded {
		return 0, ErrFlood
	}
	s.opts.BeforeRead()
	if s.interrupted.Load() {
		return 0, ErrInterrupted
	}
	s.waiting.Store(s.opts.Clock.Load())
	n, err := s.Conn.Read(p)
	s.waiting.Store(0)
	if n > 0 {
		s.reads.Add(1)
	}
	if err != nil {
		return n, err
	}
	return n, s.spend(n)
}

func (s *Socket) spend(n int) error {
	if s.flooded {
		return ErrFlood
	}
	if s.budget -= int64(n); s.budget >= 0 {
		return nil
	}
	now := s.opts.Clock.Load()
	passed := now - s.refilled
	s.refilled = now
	// Beyond an hour the product could overflow, and the budget is full anyway.
	if passed > int64(time.Hour) {
		s.budget = s.opts.Budget
		return nil
	}
	if s.budget = min(s.opts.Budget, s.budget+passed*refillRate/int64(time.Second)); s.budget < 0 {
		return ErrFlood
	}
	return nil
}

// Completed says that a message arrived: the budget is full again.
func (s *Socket) Completed() {
	s.budget, s.refilled, s.flooded = s.opts.Budget, s.opts.Clock.Load(), false
}

// Control counts a control frame. It reports whether there may be another one; if
// not, reads fail.
func (s *Socket) Control() bool {
	ok := s.controls.take(s.opts.Clock.Load())
	s.flooded = !ok
	return ok
}

// Write writes, or gathers if it was told so.
func (s *Socket) Write(p []byte) (int, error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	if s.gathered != nil {
		s.gathered = append(s.gathered, p...)
		return len(p), nil
	}
	return s.writeLocked(p)
}

// Gather makes writes gather in buf, whose capacity is not 0, until Release. The
// caller holds the connection's write side; of others only control frames come,
// whole and between its own.
func (s *Socket) Gather(buf []byte) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.gathered = buf[:0]
}

// Release writes what was gathered, at once, and returns the buffer.
func (s *Socket) Release() ([]byte, error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	buf := s.gathered
	s.gathered = nil
	_, err := s.writeLocked(buf)
	return buf, err
}

// flushGathered writes what was gathered so far.
func (s *Socket) flushGathered() {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	if len(s.gathered) > 0 {
		// What cannot be written is lost with the connection.
		_, _ = s.writeLocked(s.gathered)
		s.gathered = s.gathered[:0]
	}
}

// writeLocked fails with ErrSlow if the client takes no byte for too long. A
// client that takes few is written to for as long as it likes.
func (s *Socket) writeLocked(p []byte) (int, error) {
	moved := s.opts.Clock.Load()
	s.busy.Store(moved)
	defer s.busy.Store(0)
	s.opts.BeforeWrite()
	total := 0
	for {
		n, err := s.Conn.Write(p[total:])
		total += n
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return total, err
		}
		// Poke has asked how far we are.
		now := s.opts.Clock.Load()
		if n > 0 {
			moved = now
		}
		if now-moved >= int64(s.opts.Slow) {
			return total, ErrSlow
		}
		if err := s.Conn.SetWriteDeadline(time.Time{}); err != nil {
			return total, err
		}
	}
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// Interrupt makes the read that waits fail, and those that come, until Farewell.
func (s *Socket) Interrupt() {
	s.interrupted.Store(true)
	// If the socket is closed, the read knows.
	_ = s.Conn.SetReadDeadline(past)
}

// Farewell lets the reader read again, for the closing handshake.
func (s *Socket) Farewell() {
	s.Completed()
	s.linger = true
	s.interrupted.Store(false)
	// If the socket is closed, the read knows.
	_ = s.Conn.SetReadDeadline(time.Now().Add(farewellTime))
}

// How long a client has for the closing handshake and what it still sends, and
// how much of the latter is read.
const (
	farewellTime = 2 * time.Second
	lingerBytes  = 1 << 20
)

// Close lets a client that is sent away see why: if the socket were closed with
// bytes unread, the system would drop what the client has not read. The library
// calls it, also right after its answer to a client that closes: which may have
// been gathered.
func (s *Socket) Close() error {
	s.flushGathered()
	half, ok := s.Conn.(interface{ CloseWrite() error })
	if ok && s.linger && half.CloseWrite() == nil {
		// Whatever ends this, the end is what comes next.
		_, _ = io.CopyN(io.Discard, s.Conn, lingerBytes)
	}
	return s.Conn.Close()
}

// Poke interrupts a write that began a while ago, so that it sees whether the
// client took anything. It is harmless when there is none.
func (s *Socket) Poke(now int64, patience time.Duration) {
	if since := s.busy.Load(); since != 0 && now-since >= int64(patience) {
		// If the socket is closed, the write knows.
		_ = s.Conn.SetWriteDeadline(past)
	}
}

// Abort cuts the connection, if there is one: reads and writes that wait fail.
func (s *Socket) Abort() {
	if s.Conn != nil {
		// The library closes it too; who comes second gets an error.
		_ = s.Conn.Close()
	}
}
