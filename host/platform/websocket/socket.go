package websocket

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

var (
	// errSlow ends a write of which the client took no byte for too long.
	errSlow = errors.New("websocket: the client takes no bytes")
	// errInterrupted ends a read that interrupt came before.
	errInterrupted = errors.New("websocket: the connection is to close")
	// errFlood ends a read when too much came that is no message.
	errFlood = errors.New("websocket: too many bytes without a message")
)

// refillRate is how many bytes a second a client may send without ever
// completing a message: pongs, mostly.
const refillRate = 4 << 10

// socket is the connection beneath a WebSocket. It counts what the library does
// not show: bytes without a message, and reads and writes that take long, which
// the watchdog looks for. So no deadline is set where nothing is wrong.
type socket struct {
	net.Conn
	// clock is the server's, up to a tick late; slow makes up for that.
	clock *atomic.Int64
	slow  int64
	// beforeRead runs in the reader before it may wait for the client.
	beforeRead func()
	// beforeWrite runs when a write is under way, as busy says.
	beforeWrite func()

	// early are bytes that came with the handshake.
	early []byte
	// budget is how many bytes may come before a message is complete, at most
	// full; refilled is when time last added to it. The reader owns all three.
	budget, full, refilled int64
	// flooded fails reads until a message is completed; the reader's too.
	flooded bool

	// reads counts reads that brought bytes.
	reads atomic.Uint64
	// interrupted fails reads.
	interrupted atomic.Bool
	// linger makes Close wait for what the client still sends; the reader's too.
	linger bool
	// waiting and busy say since when a read or a write has been under way; 0 if
	// none is.
	waiting, busy atomic.Int64

	writeMu sync.Mutex // one write at a time; guards the following
	// gathered, if not nil, takes what is written.
	gathered []byte
}

// Read counts against the budget.
func (s *socket) Read(p []byte) (int, error) {
	if len(s.early) > 0 {
		n := copy(p, s.early)
		if s.early = s.early[n:]; len(s.early) == 0 {
			s.early = nil
		}
		return n, s.spend(n)
	}
	if s.flooded {
		return 0, errFlood
	}
	s.beforeRead()
	if s.interrupted.Load() {
		return 0, errInterrupted
	}
	s.waiting.Store(s.clock.Load())
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

func (s *socket) spend(n int) error {
	if s.flooded {
		return errFlood
	}
	if s.budget -= int64(n); s.budget >= 0 {
		return nil
	}
	now := s.clock.Load()
	passed := now - s.refilled
	s.refilled = now
	// Beyond an hour the product could overflow, and the budget is full anyway.
	if passed > int64(time.Hour) {
		s.budget = s.full
		return nil
	}
	if s.budget = min(s.full, s.budget+passed*refillRate/int64(time.Second)); s.budget < 0 {
		return errFlood
	}
	return nil
}

// completed says that a message arrived: the budget is full again.
func (s *socket) completed() {
	s.budget, s.refilled, s.flooded = s.full, s.clock.Load(), false
}

// Write writes, or gathers if it was told so.
func (s *socket) Write(p []byte) (int, error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	if s.gathered != nil {
		s.gathered = append(s.gathered, p...)
		return len(p), nil
	}
	return s.writeLocked(p)
}

// gather makes writes gather in buf, whose capacity is not 0, until release. The
// caller holds the connection's write side; of others only control frames come,
// whole and between its own.
func (s *socket) gather(buf []byte) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.gathered = buf[:0]
}

// release writes what was gathered, at once, and returns the buffer.
func (s *socket) release() ([]byte, error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	buf := s.gathered
	s.gathered = nil
	_, err := s.writeLocked(buf)
	return buf, err
}

// flushGathered writes what was gathered so far.
func (s *socket) flushGathered() {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	if len(s.gathered) > 0 {
		// What cannot be written is lost with the connection.
		_, _ = s.writeLocked(s.gathered)
		s.gathered = s.gathered[:0]
	}
}

// writeLocked fails with errSlow if the client takes no byte for too long. A
// client that takes few is written to for as long as it likes.
func (s *socket) writeLocked(p []byte) (int, error) {
	moved := s.clock.Load()
	s.busy.Store(moved)
	defer s.busy.Store(0)
	s.beforeWrite()
	total := 0
	for {
		n, err := s.Conn.Write(p[total:])
		total += n
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return total, err
		}
		// The watchdog has asked how far we are.
		now := s.clock.Load()
		if n > 0 {
			moved = now
		}
		if now-moved >= s.slow {
			return total, errSlow
		}
		if err := s.Conn.SetWriteDeadline(time.Time{}); err != nil {
			return total, err
		}
	}
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// interrupt makes the read that waits fail, and those that come, until farewell.
func (s *socket) interrupt() {
	s.interrupted.Store(true)
	// If the socket is closed, the read knows.
	_ = s.Conn.SetReadDeadline(past)
}

// farewell lets the reader read again, for the closing handshake.
func (s *socket) farewell() {
	s.completed()
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
func (s *socket) Close() error {
	s.flushGathered()
	half, ok := s.Conn.(interface{ CloseWrite() error })
	if ok && s.linger && half.CloseWrite() == nil {
		// Whatever ends this, the end is what comes next.
		_, _ = io.CopyN(io.Discard, s.Conn, lingerBytes)
	}
	return s.Conn.Close()
}

// poke interrupts a write that began a while ago, so that it sees whether the
// client took anything. It is harmless when there is none.
func (s *socket) poke(now int64, patience time.Duration) {
	if since := s.busy.Load(); since != 0 && now-since >= int64(patience) {
		// If the socket is closed, the write knows.
		_ = s.Conn.SetWriteDeadline(past)
	}
}
