package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// Frame is one frame of the host.
type Frame = native.Frame

// Options say what to connect to. URL must be set.
type Options struct {
	// URL is where the host is, as ws, wss, http or https. Where several bots are
	// served, the path names one: /bots/{name}.
	URL string
	// Session and Resume take up a session. If empty, a new one begins.
	Session, Resume string
	// Epoch and After say how far the log is known: what came after is sent. If
	// zero, everything is.
	Epoch, After uint64
	// User is a name for the user, which nobody checks. It may be empty.
	User string
	// Token lets the client in where the host wants one.
	Token string
	// Header is sent with the request. It may be nil.
	Header http.Header
	// HTTPClient makes the connection. If nil, http.DefaultClient.
	HTTPClient *http.Client
	// MaxFrame is how many bytes a WebSocket frame of the host may have. If zero,
	// 64 MiB.
	MaxFrame int64
}

// ClosedError is how a connection ended that the host closed.
type ClosedError struct {
	// Code is a close code of abi, or 0 if the host did not give one.
	Code abi.Code
	// Status is the WebSocket close code; -1 if none came.
	Status int
	// Retry is when to come back; 0 if the host did not say.
	Retry time.Duration
	// Err is the error of the connection.
	Err error
}

// Error names the code.
func (e *ClosedError) Error() string {
	if name := native.Info(e.Code).Name; name != "" {
		return "client: closed by the host: " + name
	}
	return "client: connection ended: " + e.Err.Error()
}

// Unwrap returns the error of the connection.
func (e *ClosedError) Unwrap() error { return e.Err }

// Conn is a connection to a session.
type Conn struct {
	ws      *ws.Conn
	opts    Options
	welcome Frame

	// Whoever receives owns the following: what is left of the last message, and
	// what a closing frame said.
	in    []byte
	rest  []byte
	retry time.Duration
	// heard, if not nil, is called for each message.
	heard func()

	mu sync.Mutex // guards the following
	// epoch and seq are how far the log is known.
	epoch, seq uint64
	// resume is the session's token of now.
	resume string
	closed bool
}

// Dial connects, says hello and waits for the welcome, all bounded by ctx.
//
// # Errors
//
// A [*RefusedError] if the host answered with something else, a [*ClosedError] if
// it closed, and those of the connection.
func Dial(ctx context.Context, opts Options) (*Conn, error) {
	conn, response, err := ws.Dial(ctx, opts.URL, &ws.DialOptions{
		HTTPClient: opts.HTTPClient, HTTPHeader: opts.Header,
		Subprotocols: []string{native.Protocol},
	})
	if err != nil {
		return nil, dialError(opts.URL, response, err)
	}
	if conn.Subprotocol() != native.Protocol {
		_ = conn.CloseNow()
		return nil, neverError{
			fmt.Errorf("client: %s does not speak %s", opts.URL, native.Protocol)}
	}
	if opts.MaxFrame == 0 {
		opts.MaxFrame = 64 << 20
	}
	conn.SetReadLimit(opts.MaxFrame)
	c := &Conn{ws: conn, opts: opts}
	if err := c.hello(ctx); err != nil {
		_ = conn.CloseNow()
		return nil, err
	}
	return c, nil
}

// RefusedError is an answer of the host that is no WebSocket.
type RefusedError struct {
	URL string
	// Status is the HTTP status, and Text what the host said, in plain text.
	Status int
	Text   string
	// Retry is when to come back; 0 if the host did not say.
	Retry time.Duration
	// Err is the error of the handshake.
	Err error
}

// Error says what the host said.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("client: connect to %s: %d %s: %s", e.URL, e.Status,
		http.StatusText(e.Status), e.Text)
}

// Unwrap returns the error of the handshake.
func (e *RefusedError) Unwrap() error { return e.Err }

// Temporary reports whether it makes sense to come back.
func (e *RefusedError) Temporary() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.Status >= 500
}

// dialError adds what the host said in plain text.
func dialError(url string, response *http.Response, err error) error {
	if response == nil || response.Body == nil {
		return fmt.Errorf("client: connect to %s: %w", url, err)
	}
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1024))
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return &RefusedError{
		URL: url, Status: response.StatusCode, Text: strings.TrimSpace(string(text)), Err: err,
		Retry: time.Duration(min(max(seconds, 0), 3600)) * time.Second,
	}
}

func (c *Conn) hello(ctx context.Context) error {
	err := c.request(ctx, native.Request{
		Type: native.Hello, Session: c.opts.Session, Resume: c.opts.Resume,
		Epoch: c.opts.Epoch, After: c.opts.After, User: c.opts.User, Token: c.opts.Token,
	})
	if err != nil {
		return err
	}
	for {
		f, err := c.Receive(ctx)
		switch {
		case err != nil:
			return err
		case f.Type == native.Welcome:
			c.welcome, c.resume = f, f.Resume
			return nil
		case f.Type == native.Rejected && f.Code != native.Info(native.CloseUnauthorized).Name:
			return neverError{fmt.Errorf("client: hello rejected: %s: %s", f.Code, f.Field)}
		}
	}
}

// Welcome returns how the session was taken up, or begun.
func (c *Conn) Welcome() Frame { return c.welcome }

// Resume returns the options of a connection that goes on where this one is:
// what was received on this one is not sent again.
func (c *Conn) Resume() Options {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.opts
	o.Session, o.Resume = c.welcome.Session, c.resume
	o.Epoch, o.After = c.epoch, c.seq
	return o
}

// Send sends a message. The id is chosen by the caller, once for each message.
func (c *Conn) Send(ctx context.Context, id, text string) error {
	return c.request(ctx, native.Request{Type: native.Message, ID: id, Text: text})
}

// Option chooses an option by its value.
func (c *Conn) Option(ctx context.Context, id, value string) error {
	return c.request(ctx, native.Request{Type: native.Choice, ID: id, Value: value})
}

// Reset asks for a new beginning of the session.
func (c *Conn) Reset(ctx context.Context, id string) error {
	return c.request(ctx, native.Request{Type: native.Reset, ID: id})
}

// Event sends an event of a program's own. Data is JSON without newlines, or
// empty.
func (c *Conn) Event(ctx context.Context, id, name, data string) error {
	return c.request(ctx, native.Request{Type: native.Event, ID: id, Name: name, Data: data})
}

// JSON sends a message that is any JSON, without newlines.
func (c *Conn) JSON(ctx context.Context, id, data string) error {
	return c.request(ctx, native.Request{Type: native.JSON, ID: id, Data: data})
}

// Set sets variables: an object of JSON, without newlines, of those that the bot
// lets clients set. A string is kept as its text, null removes the variable, and all
// else is kept as JSON.
func (c *Conn) Set(ctx context.Context, id, vars string) error {
	return c.request(ctx, native.Request{Type: native.Set, ID: id, Vars: vars})
}

// Feedback says what the user thinks of an entry, as JSON: a string of 1 to 64 bytes
// or a number.
func (c *Conn) Feedback(ctx context.Context, id string, seq uint64, value string) error {
	return c.request(ctx, native.Request{Type: native.Feedback, ID: id, Seq: seq, Value: value})
}

// Upload asks for a token with which one file can be brought; a frame of type upload
// answers.
func (c *Conn) Upload(ctx context.Context, id string) error {
	return c.request(ctx, native.Request{Type: native.Upload, ID: id})
}

// Files hands over files that were brought, by their ids.
func (c *Conn) Files(ctx context.Context, id string, uploads ...string) error {
	return c.request(ctx, native.Request{
		Type: native.Files, ID: id, Files: native.FileList(uploads...),
	})
}

// Voice hands over a sound that was brought, by its id.
func (c *Conn) Voice(ctx context.Context, id, upload string) error {
	return c.request(ctx, native.Request{Type: native.Voice, ID: id, File: upload})
}

// History asks for at most limit entries before a sequence number; 0 means the
// newest, and as many as there may be. The entries come as frames marked
// History, oldest first, and end with one of type history.
func (c *Conn) History(ctx context.Context, before, limit uint64) error {
	return c.request(ctx, native.Request{Type: native.History, Before: before, Limit: limit})
}

func (c *Conn) request(ctx context.Context, r native.Request) error {
	b := r.Append(make([]byte, 0, 256))
	if err := c.ws.Write(ctx, ws.MessageText, b[:len(b)-1]); err != nil {
		return fmt.Errorf("client: send %s: %w", r.Type, err)
	}
	return nil
}

// Receive returns the next frame. It answers pings itself and passes over pongs.
// When ctx ends first, the connection is lost.
//
// # Errors
//
// A [*ClosedError] when the connection has ended.
func (c *Conn) Receive(ctx context.Context) (Frame, error) {
	for {
		line, err := c.line(ctx)
		if err != nil {
			return Frame{}, err
		}
		f, err := native.ParseFrame(line)
		if err != nil {
			return Frame{}, fmt.Errorf("client: %w", err)
		}
		switch f.Type {
		case native.Ping:
			if err := c.request(ctx, native.Request{Type: native.Pong}); err != nil {
				return Frame{}, c.ended(err)
			}
		case native.Pong:
		default:
			c.note(&f)
			return f, nil
		}
	}
}

// line returns the next line of the message that is being received, or of the
// next one.
func (c *Conn) line(ctx context.Context) ([]byte, error) {
	for len(c.rest) == 0 {
		_, r, err := c.ws.Reader(ctx)
		if err != nil {
			return nil, c.ended(err)
		}
		if c.heard != nil {
			c.heard()
		}
		buf := bytes.NewBuffer(c.in[:0])
		if _, err := buf.ReadFrom(r); err != nil {
			return nil, c.ended(err)
		}
		c.in = buf.Bytes()
		c.rest = bytes.TrimSpace(c.in)
	}
	line, rest, _ := bytes.Cut(c.rest, []byte{'\n'})
	c.rest = rest
	return line, nil
}

// ended says how the connection ended.
func (c *Conn) ended(err error) error {
	e := &ClosedError{Status: int(ws.CloseStatus(err)), Retry: c.retry, Err: err}
	if e.Status >= 4000 {
		e.Code = abi.Code(e.Status)
	}
	return e
}

// note keeps what a frame says for later.
func (c *Conn) note(f *Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch f.Type {
	case native.Welcome, native.Reset:
		c.epoch, c.seq = f.Epoch, f.Seq
		if f.Type == native.Reset && f.Resume != "" {
			c.resume = f.Resume
		}
	case native.Entry, native.Accepted:
		// The log comes without gaps. What does not fit is history, a duplicate, or
		// a reset's answer.
		if f.Seq == c.seq+1 && !f.History && !f.Duplicate {
			c.seq = f.Seq
		}
	case native.Closing:
		c.retry = f.Retry()
	}
}

// Close says goodbye and closes the connection, once.
func (c *Conn) Close() error {
	c.mu.Lock()
	closed := c.closed
	c.closed = true
	c.mu.Unlock()
	if closed {
		return nil
	}
	err := c.ws.Close(ws.StatusNormalClosure, "")
	var ce ws.CloseError
	if errors.As(err, &ce) || errors.Is(err, net.ErrClosed) {
		// The host closed first.
		return nil
	}
	return err
}

// CloseNow cuts the connection.
func (c *Conn) CloseNow() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	return c.ws.CloseNow()
}
