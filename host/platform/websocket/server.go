package websocket

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/door"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/platform/websocket/socket"
	"github.com/bothost/bothost/host/session"
)

// Server answers the WebSocket requests of one listener. It is an http.Handler
// and safe for concurrent use.
type Server struct {
	opts  Options
	began time.Time
	// clock is the time since began, in ns, as of the watchdog's last look: up to a
	// tick late, and never 0.
	clock atomic.Int64
	// tick is how often the watchdog looks where something is outstanding, and rest
	// how often elsewhere.
	tick, rest time.Duration

	// ctx ends when Shutdown runs out of time.
	ctx    context.Context
	cancel context.CancelFunc
	// wg counts the readers, the writers and the watchdog.
	wg sync.WaitGroup
	// emptied tells the watchdog that no connection is left.
	emptied chan struct{}

	// begins holds addresses back that begin many sessions, and messages sessions
	// that get many events, whichever of their connections brings them.
	begins   door.Gates[string]
	messages door.Gates[session.Key]

	inboxes, scratches sync.Pool

	// places counts connections, and those on their way.
	places door.Places

	besser  besserSessions
	stirred stirred

	mu       sync.Mutex // guards the following
	conns    map[*conn]struct{}
	watching bool
	stopping bool
}

// New makes a server. It panics if Options.Backend is nil. A server that took
// connections must be shut down.
func New(opts Options) *Server {
	s := &Server{
		opts: opts.defaults(), began: time.Now(), emptied: make(chan struct{}, 1),
		conns: make(map[*conn]struct{}),
	}
	s.begins.Rate, s.messages.Rate = s.opts.Rates.rates()
	s.places.Most, s.places.MostOfOne = s.opts.Limits.Connections, s.opts.Limits.AddressConnections
	s.tick, s.rest = s.opts.tick(), s.opts.rest()
	s.clock.Store(1)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.inboxes.New = func() any { b := make([]byte, 0, socket.BufferSize); return &b }
	s.scratches.New = func() any { return new(scratch) }
	return s
}

// maxPooled is the size up to which buffers are kept for others.
const maxPooled = 128 << 10

func (s *Server) putInbox(b *[]byte) {
	if cap(*b) <= maxPooled {
		s.inboxes.Put(b)
	}
}

func (s *Server) putScratch(sc *scratch) {
	if cap(sc.out) > maxPooled || cap(sc.gathered) > maxPooled || cap(sc.page) > pageSize {
		return
	}
	sc.page = sc.page[:cap(sc.page)]
	clear(sc.page)
	sc.page = sc.page[:0]
	s.scratches.Put(sc)
}

// ServeHTTP checks who asks, upgrades the connection and returns; a goroutine of
// the server has it from then on. What it refuses it answers in plain text: 401
// for a token that lets nobody in, 403 for a foreign Host or Origin, 404 for a path
// that leads to no bot, 426 for what is no WebSocket, 429 and 503 where there are
// too many connections.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bot, who, refused := s.letIn(r)
	if refused != nil {
		refused.Write(w)
		return
	}
	release, refused := s.place(r.RemoteAddr)
	if refused != nil {
		refused.Write(w)
		return
	}
	if c := s.upgrade(w, r, bot); c != nil {
		c.release, c.visitor = release, who
		s.add(c)
		return
	}
	release()
}

// upgrade makes a WebSocket of a request. It returns nil if it answered it.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, bot string) *conn {
	c := s.newConn(bot)
	conn, err := ws.Accept(c.socket.Over(w), r, &ws.AcceptOptions{
		Subprotocols: []string{native.Protocol},
		// The origin was checked by rules of our own.
		InsecureSkipVerify: true,
		CompressionMode:    ws.CompressionDisabled,
		OnPingReceived:     func(context.Context, []byte) bool { return c.onControl() },
		OnPongReceived:     func(context.Context, []byte) { c.onControl() },
	})
	if err != nil {
		c.socket.Abort()
		return nil
	}
	// Our own limit is wider, and does not end the connection.
	conn.SetReadLimit(-1)
	c.ws = conn
	c.address = door.AddressOf(r.RemoteAddr)
	c.proto = s.speak(conn.Subprotocol(), r)
	return c
}

// speak returns what a client speaks that asked for a subprotocol, or for none.
func (s *Server) speak(subprotocol string, r *http.Request) protocol {
	if subprotocol == native.Protocol {
		return &speakNative{renderer: s.opts.Renderer}
	}
	return newSpeakBESSER(r, &s.opts)
}

// newConn makes a connection that has no WebSocket yet.
func (s *Server) newConn(bot string) *conn {
	c := &conn{srv: s, bot: bot, inline: true}
	c.cond.L = &c.mu
	c.socket = socket.New(socket.Options{
		Clock: &s.clock, Slow: s.opts.SlowTimeout + s.tick, BeforeRead: c.beforeRead,
		BeforeWrite: func() { s.stirred.add(c) },
		// Twice a message may come before it is far too large, in pieces.
		Budget: 2*s.opts.Limits.FrameBytes + maxTransient,
	})
	return c
}

// add starts the reader of a connection that has its place.
func (s *Server) add(c *conn) {
	s.mu.Lock()
	if !s.watching {
		s.watching = true
		// The watchdog ends when no connection is left.
		s.wg.Go(s.watch)
	}
	s.clock.Store(s.sinceBegan())
	c.opened = s.clock.Load()
	c.nextPing = c.opened + s.untilPing()
	c.socket.Completed()
	s.conns[c] = struct{}{}
	s.stirred.add(c)
	stopping := s.stopping
	s.mu.Unlock()
	if stopping {
		c.end(abi.CloseRestart)
	}
	if s.ctx.Err() != nil {
		c.socket.Abort()
	}
	// It ends with the connection.
	s.wg.Go(c.run)
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if len(s.conns) == 0 {
		select {
		case s.emptied <- struct{}{}:
		default:
		}
	}
}

func (s *Server) sinceBegan() int64 { return max(1, int64(time.Since(s.began))) }

// untilPing spreads pings, so that connections that came together do not ping
// together.
func (s *Server) untilPing() int64 {
	return int64(float64(s.opts.PingInterval) * (0.8 + 0.4*rand.Float64()))
}

// retry is when a client may come back after a close code.
func (s *Server) retry(code abi.Code) time.Duration {
	if code.Retry() {
		return s.opts.Retry
	}
	return 0
}

// Shutdown stops accepting, sends everyone what is committed and a frame that
// says when to come back, and waits until all connections are closed. When ctx
// ends it cuts what is left, waits for that, and returns ctx's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	for _, c := range s.connections(nil) {
		c.end(abi.CloseRestart)
	}
	done := make(chan struct{})
	// It ends when everything has, below at the latest.
	go func() {
		s.wg.Wait()
		close(done)
	}()
	defer s.cancel()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	s.cancel()
	for _, c := range s.connections(nil) {
		c.socket.Abort()
	}
	<-done
	return ctx.Err()
}

// connections appends all connections of now.
func (s *Server) connections(to []*conn) []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		to = append(to, c)
	}
	return to
}
