package host

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/outbound"
)

// callers are what bots call hosts with: a client each, so that one whose requests
// are not answered takes no other one's places. They are safe for concurrent use.
type callers struct {
	opts outbound.Options
	// none is a client that is closed.
	none *outbound.Client

	mu sync.Mutex
	// guards the following
	byBot  map[string]*outbound.Client
	closed bool
}

// newCallers fails if the options are wrong.
func newCallers(opts outbound.Options) (*callers, error) {
	none, err := outbound.New(opts)
	if err != nil {
		return nil, err
	}
	none.Close()
	return &callers{opts: opts, none: none, byBot: make(map[string]*outbound.Client)}, nil
}

// of returns the client of a bot.
func (c *callers) of(bot string) *outbound.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if client := c.byBot[bot]; client != nil || c.closed {
		return cmp.Or(client, c.none)
	}
	client, err := outbound.New(c.opts)
	if err != nil { // the options were good before
		return c.none
	}
	c.byBot[bot] = client
	return client
}

// close waits for the requests that run.
func (c *callers) close() {
	c.mu.Lock()
	c.closed = true
	all := slices.Collect(maps.Values(c.byBot))
	c.mu.Unlock()
	for _, client := range all {
		client.Close()
	}
}

// ask makes a request of a bot: the way from the turn's JSON to the network and
// back.
func ask(ctx context.Context, client *outbound.Client, doc, key string) string {
	answer := abi.Response{Key: key}
	request, err := abi.ParseRequest([]byte(doc))
	if err != nil {
		// It was checked when the bot asked; the rules have changed since.
		answer.Code, answer.Error = abi.ResponseFailed, err.Error()
		return string(answer.AppendJSON(nil))
	}
	got := client.Do(ctx, outbound.Request{
		Method: request.Method, URL: request.URL, Headers: request.Headers, Body: request.Body,
		Timeout: time.Duration(request.TimeoutMillis) * time.Millisecond, Key: key,
	})
	answer.Status, answer.Headers, answer.Body = got.Status, got.Headers, string(got.Body)
	answer.Truncated, answer.Code, answer.Error = got.Truncated, abi.ResponseCode(got.Code), got.Err
	return string(answer.AppendJSON(nil))
}
