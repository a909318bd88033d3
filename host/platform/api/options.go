package api

import (
	"context"
	"errors"
	"log/slog"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// Backend is what a handler speaks for: the sessions of bots. Its methods are
// called by many goroutines at once.
type Backend interface {
	// Open takes up a session. wake is called after each commit to the session until
	// the conversation is closed; it does not block, and may be nil. Open fails with
	// an error that wraps session.ErrNotFound if there is no such bot or session,
	// with [ErrTooMany] or [ErrClosed], or with an error of the store.
	Open(ctx context.Context, bot, id string, wake func()) (Conversation, error)
}

// Conversation is one request's hold on a session.
type Conversation interface {
	Key() session.Key

	Head() session.Head

	// Submit puts an event into the session's queue and may run its turn before it
	// returns. It blocks while the queue is full; only that ends with ctx. done is
	// called exactly once, after the commit and after wake, possibly before Submit
	// returns; it does not block. If Submit returns an error, the event was not
	// queued and done is not called.
	Submit(ctx context.Context, ev *abi.Event, done func(session.Outcome)) error

	// Read appends to dst what the log holds above seq after, at most limit
	// entries. The page tells of one moment.
	Read(ctx context.Context, after uint64, limit int, dst []abi.Entry) (session.Page, error)

	// Close lets go of the session. Events that were submitted still run.
	Close()
}

// Filer is a [Backend] that keeps files. Without it none are taken, and posts are
// told so. Errors are those of package attach, maybe wrapped; all others mean that
// the store failed. What Filer of package websocket says of the methods is true of
// these.
type Filer interface {
	IssueUpload(key session.Key) (token string, err error)

	TakeUploads(ctx context.Context, key session.Key, ids []string) (
		files []abi.File, done func(taken bool), err error)
}

var (
	// ErrTooMany is what a Backend returns, maybe wrapped, for a session that has as
	// many connections as it may have.
	ErrTooMany = errors.New("api: too many connections")
	// ErrClosed is what a Backend returns, maybe wrapped, when it takes nothing any
	// more.
	ErrClosed = errors.New("api: shutting down")
)

// Options configure a [Handler]. Backend must be set.
type Options struct {
	Backend Backend
	// Sessions are listed and deleted at [PatternSessions]. If nil, nothing is there.
	Sessions Sessions
	// Token says whether a token lets its bearer in, and for whom: user is empty if
	// the token is nobody's in particular. It compares in constant time, and is
	// called by many goroutines at once. If nil, everybody is let in.
	Token func(token string) (user string, ok bool)
	// HTML returns what a page may hold, as it is, for an entry of the kind markdown or
	// html; ok is false for other kinds. It is called by many goroutines at once. If
	// nil, entries come without.
	HTML func(e *abi.Entry) (html string, ok bool)
	// Limits are held to as far as they are about frames, which bodies count as, ids
	// and waiting. Zero fields have their defaults.
	Limits abi.Limits
	// Logger hears of requests that the backend failed. If nil, nothing is logged.
	Logger *slog.Logger
}

func (o Options) defaults() Options {
	if o.Backend == nil {
		panic("api: Options.Backend is nil")
	}
	o.Limits = o.Limits.Defaults()
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// filer returns who keeps files; nil if nobody does.
func (o *Options) filer() Filer {
	f, _ := o.Backend.(Filer)
	return f
}
