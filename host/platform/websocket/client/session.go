package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/bothost/bothost/host/platform/websocket/native"
)

// SessionOptions configure a [Session]. URL must be set.
type SessionOptions struct {
	Options
	// Buffer is how many frames wait for Receive. When it is full, the connection is
	// not read: it may end then, and is made again, and nothing is lost. If zero, 64.
	Buffer int
	// Pending is how many messages may have no answer; Send waits beyond. If zero,
	// 64.
	Pending int
	// MinWait and MaxWait bound the time between two attempts to connect, which
	// doubles with each, and of which up to a half is left to chance. When the host
	// says how long to stay away, that is the least. If zero, 100 ms and 10 s.
	MinWait, MaxWait time.Duration
	// DialTime bounds one attempt. If zero, 10 s.
	DialTime time.Duration
	// Silence is after how long a connection over which nothing comes is given up;
	// hosts send something every 30 s. If zero, 75 s.
	Silence time.Duration
	// Progress lets Receive return what turns show before they end. If false, all that
	// it returns is sure.
	Progress bool
	// OnState is told of each change of the connection, by one goroutine at a time,
	// and before Open or Close returns. It must not call Close. If nil, nobody is.
	OnState func(State)
}

// Phase is what a session does about its connection.
type Phase uint8

const (
	// Connecting: an attempt is under way.
	Connecting Phase = iota + 1
	// Connected: the host welcomed us.
	Connected
	// Waiting: the next attempt is made after a while.
	Waiting
	// Ended: there are no more attempts.
	Ended
)

// String returns the phase's name.
func (p Phase) String() string {
	names := [...]string{"", "connecting", "connected", "waiting", "ended"}
	if int(p) < len(names) {
		return names[p]
	}
	return ""
}

// State is what there is to know of a session's connection.
type State struct {
	Phase Phase
	// Err is why the last connection ended, or was not made. Of Waiting and Ended.
	Err error
	// Wait is for how long. Of Waiting.
	Wait time.Duration
}

var (
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("client: session closed")
	// ErrTooLarge: the host would not take the message.
	ErrTooLarge = errors.New("client: message too large")
)

// Session is a conversation that outlives its connections.
type Session struct {
	opts SessionOptions
	// prefix begins our ids, so that they are nobody else's.
	prefix string
	ctx    context.Context
	cancel context.CancelFunc
	// closing is closed when Close is called, done when the goroutine has ended.
	closing, done chan struct{}
	once          sync.Once
	// frames are what Receive returns; it is closed at the end.
	frames chan heard
	// places holds one value for each message that has no answer.
	places chan struct{}
	// kick tells the writer that there may be something to send.
	kick chan struct{}

	mu sync.Mutex // guards the following
	d  dialogue
	// held is until when no message may be sent.
	held time.Time
	ids  int
	conn *Conn
	// answers are where frames go that answer those ids.
	answers map[string]chan<- Frame
	// received is how far Receive has come.
	received Options
	err      error
}

// heard is a frame for Receive, and where the dialogue stands with it.
type heard struct {
	frame Frame
	at    Options
}

// Open connects for the first time, bounded by ctx, and comes back as often as
// the host asks for. The session goes on until Close, or until the host says
// that there is no coming back.
//
// # Errors
//
// Those of [Dial].
func Open(ctx context.Context, opts SessionOptions) (*Session, error) {
	s := &Session{
		opts: opts.defaults(), prefix: rand.Text()[:12] + "-",
		closing: make(chan struct{}), done: make(chan struct{}), kick: make(chan struct{}, 1),
	}
	s.frames = make(chan heard, s.opts.Buffer)
	s.answers = make(map[string]chan<- Frame)
	s.places = make(chan struct{}, s.opts.Pending)
	s.d = dialogue{
		session: opts.Session, resume: opts.Resume, epoch: opts.Epoch, seq: opts.After,
		watching: opts.Progress,
	}
	s.received = opts.Options
	conn, err := s.first(ctx)
	if err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	// It ends with Close, or when there is no coming back; Close waits for it.
	go s.run(conn)
	return s, nil
}

func (o SessionOptions) defaults() SessionOptions {
	for _, n := range []*int{&o.Buffer, &o.Pending} {
		if *n <= 0 {
			*n = 64
		}
	}
	for _, d := range []struct {
		field *time.Duration
		def   time.Duration
	}{
		{&o.MinWait, 100 * time.Millisecond},
		{&o.MaxWait, 10 * time.Second},
		{&o.DialTime, 10 * time.Second},
		{&o.Silence, 75 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.def
		}
	}
	return o
}

// Send sends a message and returns its id, with which an accepted or rejected
// frame will answer. It waits while too many have no answer. Messages go one at a
// time, in order; what the host refuses for a while is sent again until it is
// taken.
//
// # Errors
//
// [ErrTooLarge], those of ctx, and [ErrClosed], or why the session ended.
func (s *Session) Send(ctx context.Context, text string) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.Message, Text: text})
}

// Choose chooses an option by its value; else it is as Send.
func (s *Session) Choose(ctx context.Context, value string) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.Choice, Value: value})
}

// Event sends an event of a program's own; else it is as Send. Data is JSON
// without newlines, or empty.
func (s *Session) Event(ctx context.Context, name, data string) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.Event, Name: name, Data: data})
}

// JSON sends a message that is any JSON, without newlines; else it is as Send.
func (s *Session) JSON(ctx context.Context, data string) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.JSON, Data: data})
}

// Set sets variables, as [Conn.Set] has them; else it is as Send. The answer has no
// place in the order of the log, as that to Feedback.
func (s *Session) Set(ctx context.Context, vars string) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.Set, Vars: vars})
}

// Feedback says what the user thinks of an entry, as [Conn.Feedback] has it; else it
// is as Send.
func (s *Session) Feedback(ctx context.Context, seq uint64, value string) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.Feedback, Seq: seq, Value: value})
}

// Reset asks for a new beginning; else it is as Send. The answer has no place in
// the order of the log; the reset frame has.
func (s *Session) Reset(ctx context.Context) (id string, err error) {
	return s.submit(ctx, native.Request{Type: native.Reset})
}

// Sync asks for a frame of type history, which comes when everything came that is
// committed once all that was sent before has its answer. Else it is as Send.
func (s *Session) Sync(ctx context.Context) error {
	_, err := s.submit(ctx, native.Request{Type: native.History})
	return err
}

func (s *Session) submit(ctx context.Context, r native.Request) (id string, err error) {
	return s.submitFor(ctx, r, nil)
}

// submitFor is submit for somebody who waits for the answer, if that is not nil; it
// has room for one frame.
func (s *Session) submitFor(ctx context.Context, r native.Request, answer chan<- Frame) (
	id string, err error) {
	if err := s.ended(); err != nil {
		return "", err
	}
	select {
	case s.places <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	case <-s.done:
		return "", s.ended()
	}
	s.mu.Lock()
	if r.Type != native.History {
		s.ids++
		r.ID = s.prefix + strconv.Itoa(s.ids)
	}
	if n := int64(len(r.Append(nil))) - 1; s.d.largest > 0 && n > s.d.largest {
		most := s.d.largest
		s.mu.Unlock()
		<-s.places
		return "", fmt.Errorf("%w: %d bytes as a frame, the host takes %d", ErrTooLarge, n, most)
	}
	if answer != nil {
		s.answers[r.ID] = answer
	}
	s.d.out = append(s.d.out, &message{request: r})
	s.mu.Unlock()
	s.wake()
	return r.ID, nil
}

func (s *Session) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Receive returns the next frame of the dialogue, which is the same whatever
// becomes of the connections:
//
//   - welcome comes first, if the session is a new one;
//   - entry is a line of the log, without gaps;
//   - accepted and rejected answer what was sent, each once; where that left an
//     entry, accepted stands in its place;
//   - reset says that what came before is void. Reason says why if it happened
//     while there was no connection: with unknown, the session is a new one;
//   - welcome with the reason trimmed says that the entries before First are lost;
//   - history answers Sync;
//   - with SessionOptions.Progress, delta is text of a reply in progress, typing says
//     that a turn takes a while, and withdrawn takes back what both showed: none of the
//     three is sure to come. The entries of the same turn take the place of it all.
//
// # Errors
//
// Those of ctx, after which it may be called again; [ErrClosed], or why the session
// ended: a [*ClosedError] or [*RefusedError].
func (s *Session) Receive(ctx context.Context) (Frame, error) {
	select {
	case h, ok := <-s.frames:
		if !ok {
			return Frame{}, s.ended()
		}
		s.mu.Lock()
		s.received = h.at
		s.mu.Unlock()
		return h.frame, nil
	case <-ctx.Done():
		return Frame{}, ctx.Err()
	}
}

// Options returns options with which another session goes on after what was
// received on this one.
func (s *Session) Options() Options {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received
}

// goodbyeTime is how long the host has to answer a goodbye.
const goodbyeTime = time.Second

// Close ends the session on our side, and waits until nothing of it is left. What
// has no answer may have been run or not. Close may be called several times, and
// returns nil.
func (s *Session) Close() error {
	s.once.Do(func() {
		close(s.closing)
		s.mu.Lock()
		conn := s.conn
		s.mu.Unlock()
		if conn != nil {
			cut := time.AfterFunc(goodbyeTime, func() { _ = conn.CloseNow() })
			// How the connection ends matters to nobody now.
			_ = conn.Close()
			cut.Stop()
		}
		s.cancel()
	})
	<-s.done
	return nil
}

// neverError is an error that another attempt would bring again.
type neverError struct{ error }

// Unwrap returns the error itself.
func (e neverError) Unwrap() error { return e.error }
