package outbound

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options configure a [Client]. The zero value sends nothing anywhere.
type Options struct {
	// Allow names the hosts that bots may call:
	//
	//	api.example.org        by that name, on the default port of the scheme
	//	api.example.org:8443   on that port only
	//	*.example.org          every name below it, itself not
	//	127.0.0.1:9000         an address, which then may be one that is not public
	//	localhost:9000         the loopback addresses
	//	api.example.org:*      on any port
	//	*:*                    every host, but no address that is not public
	//
	// A name that resolves to an address that is not public needs both: the name,
	// and the address with its port.
	Allow []string
	// MaxBody is how many bytes of a body are kept; the rest is cut off. If zero,
	// 1 MiB.
	MaxBody int64
	// MaxTime is how long a request may take, from Do to the end of the body, with
	// all redirects. If zero, 60 s.
	MaxTime time.Duration
	// MaxRedirects is how many redirects are followed. If zero, 5; below zero,
	// none.
	MaxRedirects int
	// Parallel is how many requests run at once; others wait, within their time.
	// If zero, 64.
	Parallel int
	// UserAgent is sent for bots that do not name one, such as bothost/1.2.3. If
	// empty, bothost.
	UserAgent string
	// Logger hears, at the debug level, of requests that came to nothing, with the
	// whole cause. If nil, nobody does.
	Logger *slog.Logger
}

// Limits that are no options. The header's is for both ways.
const (
	maxHeader   = 64 << 10
	connectTime = 10 * time.Second
	idleTime    = 90 * time.Second
	idlePerHost = 4
)

// Client sends requests. Use [New].
type Client struct {
	opts      Options
	allow     allowList
	dialer    *net.Dialer
	transport *http.Transport
	// slots holds one element for each request that runs.
	slots chan struct{}
	// ctx ends with the client, and with it connections that are still being made
	// for requests that are over.
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex // guards the following
	closed  bool
	running sync.WaitGroup
}

// New returns a client. It must be closed.
//
// # Errors
//
// What is wrong in Options.Allow, by its text.
func New(opts Options) (*Client, error) {
	allow, err := parseAllow(opts.Allow)
	if err != nil {
		return nil, fmt.Errorf("outbound: %w", err)
	}
	opts.MaxBody = min(cmp.Or(max(opts.MaxBody, 0), 1<<20), math.MaxInt64-1)
	opts.MaxTime = cmp.Or(max(opts.MaxTime, 0), time.Minute)
	opts.MaxRedirects = max(cmp.Or(opts.MaxRedirects, 5), 0)
	opts.Parallel = cmp.Or(max(opts.Parallel, 0), 64)
	opts.UserAgent = cmp.Or(opts.UserAgent, "bothost")
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	c := &Client{opts: opts, allow: allow, slots: make(chan struct{}, opts.Parallel)}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.dialer = &net.Dialer{Timeout: connectTime, ControlContext: allow.control}
	c.transport = c.newTransport()
	return c, nil
}

func (c *Client) newTransport() *http.Transport {
	return &http.Transport{
		DialContext:            c.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    connectTime,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           c.opts.Parallel,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleTime,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// dial makes connections that end with the client: net/http goes on making one
// whose request is over, for the next request.
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()
	nc, err := c.dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(c.ctx, func() { _ = nc.Close() }) // nobody reads it any more
	return &conn{nc, stop}, nil
}

// conn is a connection that the client closes when it is closed itself.
type conn struct {
	net.Conn
	stop func() bool
}

func (c *conn) Close() error {
	c.stop()
	return c.Conn.Close()
}

// Do sends a request and reads the answer. It always returns a Response, which
// says what went wrong if something did. It ends within the request's time and
// soon after ctx: if ctx is canceled, with [CodeFailed].
func (c *Client) Do(ctx context.Context, r Request) Response {
	if !c.enter() {
		return Response{Code: CodeFailed, Err: "the host is shutting down"}
	}
	defer c.running.Done()
	limit := c.opts.MaxTime
	if r.Timeout > 0 {
		limit = min(limit, r.Timeout)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	resp, err := c.send(ctx, &r)
	if err == nil {
		return resp
	}
	resp = failure(ctx, err)
	c.opts.Logger.LogAttrs(ctx, slog.LevelDebug, "request failed",
		slog.String("code", resp.Code), slog.Any("err", err))
	return resp
}

// Close refuses new requests and waits for those that run: their contexts are
// the way to end them sooner. It is idempotent.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.running.Wait()
	c.cancel()
	c.transport.CloseIdleConnections()
}

// enter counts a request that begins, if any may.
func (c *Client) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.running.Add(1)
	return true
}

// send waits for its turn, sends the request and reads the answer.
func (c *Client) send(ctx context.Context, r *Request) (Response, error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return Response{}, err
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return Response{}, ctx.Err()
	}
	t := trip{client: c, header: req.Header.Clone(), origin: origin(req.URL)}
	hc := http.Client{Transport: c.transport, CheckRedirect: t.follow}
	resp, err := hc.Do(req)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = resp.Body.Close() }() // what was wanted has been read
	// 101 changes the protocol, which nobody asked for.
	if resp.StatusCode < http.StatusOK {
		return Response{}, fmt.Errorf("an answer of status %03d", resp.StatusCode)
	}
	return c.read(resp)
}

// read reads the answer, and one byte more than is kept to see whether there is
// more.
func (c *Client) read(resp *http.Response) (Response, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.opts.MaxBody+1))
	truncated := int64(len(body)) > c.opts.MaxBody
	if err != nil && !truncated {
		return Response{}, err
	}
	if truncated {
		body = cut(body, c.opts.MaxBody)
	}
	return Response{
		Status: resp.StatusCode, Headers: flat(resp.Header), Body: body, Truncated: truncated,
	}, nil
}
