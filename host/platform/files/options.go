package files

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"
)

// Uploads is where files go that clients bring. Its methods are called by many
// goroutines at once.
type Uploads interface {
	// Check says whether a one-time token is good for a session: ErrToken or
	// ErrRunning if not.
	Check(ctx context.Context, bot, session, token string) error

	// Receive reads body to its end, and returns when the file is safe. If it does not
	// read on, the client is told so at once. Its errors may be any of this package, or
	// wrap what body returned; all others mean that the store failed.
	Receive(ctx context.Context, in Incoming, body io.Reader) (Upload, error)
}

// Downloads is where files come from that entries refer to. Its methods are called
// by many goroutines at once.
type Downloads interface {
	// Permit says whether the bearer of a token may read the files of a session:
	// ErrToken if not, or if there is no such session. token is empty if there is none.
	Permit(ctx context.Context, bot, session, token string) error

	// Find opens the file number index, from 0, of the entry with sequence number seq:
	// ErrNotFound if there is none.
	Find(ctx context.Context, bot, session string, seq uint64, index int) (*Content, error)
}

// Incoming is a file that a client brings.
type Incoming struct {
	Bot, Session, Token string
	// Remote is the network address that it comes from, with its port.
	Remote string
	// Name is clean, as of [CleanName].
	Name string
	// Type is the MIME type as the client says it, not looked at; empty if it says
	// none.
	Type string
	// Size is how much comes at most, if that is known; else 0.
	Size int64
	// Limit is how much may come.
	Limit int64
}

// Upload is what became of it.
type Upload struct {
	// ID is what the client's event says that refers to the file.
	ID, Name, Type string
	Size           int64
}

// Content is a file that is open for reading.
type Content struct {
	Name, Type string
	// Hash tells contents apart: two files with the same Hash are the same. If empty,
	// nobody knows.
	Hash string
	io.ReadSeekCloser
}

// Errors that Uploads and Downloads return, maybe wrapped.
var (
	ErrToken    = errors.New("files: token is not good")
	ErrSpent    = errors.New("files: token was used for another file")
	ErrRunning  = errors.New("files: token is being used")
	ErrTooLarge = errors.New("files: too large")
	ErrType     = errors.New("files: wrong type")
	ErrBusy     = errors.New("files: busy")
	ErrNotFound = errors.New("files: not found")
	ErrClosed   = errors.New("files: shutting down")
)

// Options configure a [Handler]. Uploads and Downloads must be set.
type Options struct {
	Uploads   Uploads
	Downloads Downloads
	// Limit is how large a file may be. If zero, 16 MiB.
	Limit int64
	// Idle is how long a client may send or take nothing. If zero, 30 s.
	Idle time.Duration
	// Rate is how many bytes a second a client sends or takes at least, Idle apart. If
	// zero, 8 KiB.
	Rate int64
	// Logger hears of requests that the store failed. If nil, nothing is logged.
	Logger *slog.Logger
}

func (o Options) defaults() Options {
	if o.Uploads == nil || o.Downloads == nil {
		panic("files: Options.Uploads or Options.Downloads is nil")
	}
	if o.Limit == 0 {
		o.Limit = 16 << 20
	}
	if o.Idle == 0 {
		o.Idle = 30 * time.Second
	}
	if o.Rate == 0 {
		o.Rate = 8 << 10
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
