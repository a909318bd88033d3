package websocket

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/besser"
	"github.com/bothost/bothost/host/platform/websocket/door"
	"github.com/bothost/bothost/host/session"
)

// Backend is what a server talks for: the bots and their sessions. Its methods
// are called by many goroutines at once.
type Backend interface {
	// Bots returns the names of the bots that are served.
	Bots() []string

	// Create makes a session and returns it with the token that lets a client join
	// it. The caller submits abi.EventStart then. wake is called after each commit
	// to the session until the conversation is closed; it does not block.
	Create(ctx context.Context, bot string, wake func()) (c Conversation, token string, err error)

	// Join takes up a session. It fails with session.ErrNotFound if there is no
	// such session, or the token is not its token: nobody learns which.
	Join(ctx context.Context, bot, sessionID, token string, wake func()) (Conversation, error)
}

// Enterer is a [Backend] that keeps sessions under ids that clients chose. Without
// it, and without Options.TrustSessionIDs, such ids are ignored.
type Enterer interface {
	// Enter takes up the session of that id in session.NamespaceClient, or makes
	// it. created says that it made it: the caller submits abi.EventStart then, and
	// nobody else does. by is who comes. For wake, see Create. It fails with
	// ErrTooMany for a session that has as many connections as it may have.
	Enter(ctx context.Context, bot, id string, by Guest, wake func()) (
		c Conversation, created bool, err error)
}

// Filer is a [Backend] that keeps files. Without it none are taken, and clients are
// told so. Errors are those of package attach, maybe wrapped; all others mean that
// the store failed. Sessions are any that the backend made, of either namespace.
type Filer interface {
	// IssueUpload makes a one-time token with which one file can be brought for a
	// session, at attach.Folder: ErrTooMany or ErrBusy if there are too many. It does
	// not block.
	IssueUpload(key session.Key) (token string, err error)

	// TakeUploads finds what was brought for a session, by the ids with which bringing
	// it was answered, in their order: ErrUnknown if one of them is not known, not any
	// more, or is another session's. The files stay, and have the Ref by which the
	// session's log will know them, until done is called, once and without blocking:
	// with true if the event that has them was accepted, or may have been. Then its
	// entry refers to them, and the uploads are used up, but can be taken again for a
	// while, because the same event may come again. With false it is as if nothing
	// had happened.
	TakeUploads(ctx context.Context, key session.Key, ids []string) (
		files []abi.File, done func(taken bool), err error)

	// PutFile keeps a file that came within a frame, as TakeUploads has it; with false
	// it is gone. name and typ are what the client says: the name is made one that is
	// safe to show, and the type compared with the content, or guessed if it is empty:
	// ErrType. ErrTooLarge and ErrBusy are others.
	PutFile(ctx context.Context, key session.Key, name, typ string, data []byte) (
		file abi.File, done func(taken bool), err error)

	// ReadFile reads the file number index, from 0, of an entry that Read returned, if
	// it has at most so many bytes: ErrTooLarge if not, ErrUnknown if it is gone.
	ReadFile(ctx context.Context, key session.Key, e *abi.Entry, index int, most int64) (
		[]byte, error)
}

// Guest is what is known of whoever enters a session.
type Guest struct {
	// User is who the client says it is, or whom its token names; it may be empty.
	User string
	// Title is what the client calls the session; it may be empty.
	Title string
}

// KeepingCreator is a [Backend] that can make sessions which end sooner than
// others.
type KeepingCreator interface {
	// CreateKept is Create for a session that nobody can join: it is to end when
	// it had no connection for as long as keep.
	CreateKept(ctx context.Context, bot string, keep time.Duration, wake func()) (
		Conversation, error)
}

// Conversation is one connection's hold on a session.
type Conversation interface {
	Key() session.Key

	Head() session.Head

	// Submit puts an event into the session's queue and may run its turn before it
	// returns. It blocks while the queue is full: the socket is not read
	// meanwhile. done is called exactly once, after the commit and after wake,
	// possibly before Submit returns; it does not block. If Submit returns an
	// error, the event was not queued and done is not called.
	Submit(ctx context.Context, ev *abi.Event, done func(session.Outcome)) error

	// Read appends to dst what the log holds above seq after, at most limit
	// entries. The page tells of one moment.
	Read(ctx context.Context, after uint64, limit int, dst []abi.Entry) (session.Page, error)

	// Close lets go of the session. Events that were submitted still run.
	Close()
}

// Renewer is what a [Conversation] also is whose session gets a new token when it
// is reset. Whoever is connected then, is told the new token.
//
// A client whose connection breaks around a reset may come back with the old
// token. A backend that does not take it for a while longer gives that client a
// new session.
type Renewer interface {
	// Token returns the token that lets a client join the session, from when Read
	// shows the epoch that it came with. It is empty if the token never changed, or
	// the backend does not know it. It does not block.
	Token() string
}

// ErrTooMany is what a Backend returns, maybe wrapped, for a session that has as
// many connections as it may have. The client is told so.
var ErrTooMany = errors.New("websocket: too many connections")

// Renderer makes what bots say in markdown and HTML safe to show. It is called by
// many goroutines at once.
type Renderer interface {
	// HTML returns what a page may hold, as it is, for an entry of the kind markdown
	// or html; ok is false for other kinds.
	HTML(e *abi.Entry) (html string, ok bool)

	// Harmless reports whether clients may get markdown to render it themselves: as
	// it is, nothing can come of it but what HTML returns, whatever they render it
	// with.
	Harmless(markdown string) bool
}

// Options configure a [Server]; one server answers for one listener. Backend
// must be set.
type Options struct {
	Backend Backend
	// Limits are held to as far as they are about connections and frames. Zero
	// fields have their defaults.
	Limits abi.Limits
	// Renderer is for markdown and HTML. If nil, they leave as text.
	Renderer Renderer
	// Dialect is what clients without a subprotocol speak. If zero, agent.
	Dialect besser.Dialect
	// TrustSessionIDs honours the session ids that clients without a subprotocol
	// choose: whoever knows one has the session. If false, they are ignored.
	TrustSessionIDs bool
	// NameSessions gives the sessions that such clients do not name an id in the same
	// way, if ids are trusted: whoever lists the sessions can take them up. If false,
	// nobody finds them again.
	NameSessions bool
	// Loopback says that only this machine reaches the listener.
	Loopback bool
	// Hosts are what the Host header may hold besides what [door.HostAllowed] always
	// takes: names or addresses, with a port for that port only.
	Hosts []string
	// Origins are what the Origin header may hold besides what [door.OriginAllowed]
	// always takes, such as https://example.com, or null.
	Origins []string
	// HelloTimeout is how long a native client may take to say hello. If zero,
	// 10 s.
	HelloTimeout time.Duration
	// PingInterval is the time between pings, give or take a fifth. If zero, 25 s.
	PingInterval time.Duration
	// PingTimeout is how long a client may take to answer one. If zero, 10 s.
	PingTimeout time.Duration
	// SlowTimeout is how long a client may take no byte. If zero, 10 s.
	SlowTimeout time.Duration
	// TypingAfter is how long a turn may take before clients are told that it runs,
	// give or take half of it; of a turn that others began they hear up to a second
	// later. If zero, 500 ms.
	TypingAfter time.Duration
	// Retry is when clients should come back after Shutdown, and send again what was
	// refused without a time. If zero, 1 s.
	Retry time.Duration
	// Rates are how often clients may do things. If nil, as often as they like.
	Rates *Rates
	// Token says whether a token lets its bearer in, and for whom: user is empty if
	// the token is nobody's in particular. It compares in constant time, and is
	// called by many goroutines at once. If nil, everybody is let in.
	Token func(token string) (user string, ok bool)
	// Logger hears of connections that end badly. If nil, nothing is logged.
	Logger *slog.Logger
}

// Rates are how often clients may do things; the zero value holds the defaults.
type Rates struct {
	// NewSessions is how many sessions a second may begin from one address, after
	// NewSessionBurst at once. Whoever wants more is sent away for a while. If zero,
	// 10 and 20; if NewSessions is negative, there is no limit.
	NewSessions, NewSessionBurst int64
	// Messages is how many events a second all connections of one session may bring,
	// after MessageBurst at once. More are rejected as busy. If zero, 20 and 40; if
	// Messages is negative, there is no limit.
	Messages, MessageBurst int64
}

// rates returns what is allowed of new sessions and of messages.
func (r *Rates) rates() (begins, messages door.Rate) {
	if r == nil {
		return door.Rate{}, door.Rate{}
	}
	or := func(n, def int64) int64 {
		if n == 0 {
			return def
		}
		return n
	}
	return door.NewRate(or(r.NewSessions, 10), or(r.NewSessionBurst, 20)),
		door.NewRate(or(r.Messages, 20), or(r.MessageBurst, 40))
}

func (o Options) defaults() Options {
	if o.Backend == nil {
		panic("websocket: Options.Backend is nil")
	}
	o.Limits = o.Limits.Defaults()
	for _, d := range []struct {
		field *time.Duration
		def   time.Duration
	}{
		{&o.HelloTimeout, 10 * time.Second},
		{&o.PingInterval, 25 * time.Second},
		{&o.PingTimeout, 10 * time.Second},
		{&o.SlowTimeout, 10 * time.Second},
		{&o.TypingAfter, 500 * time.Millisecond},
		{&o.Retry, time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.def
		}
	}
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

// tick is how often the watchdog looks where something is outstanding: what it
// enforces comes that much late.
func (o *Options) tick() time.Duration {
	return min(o.rest(), max(o.TypingAfter/2, time.Millisecond))
}

// rest is how often the watchdog looks where nothing is outstanding: that much late
// come pings, and what is said of turns that others began.
func (o *Options) rest() time.Duration {
	shortest := min(o.HelloTimeout, o.PingInterval, o.PingTimeout, o.SlowTimeout)
	return min(time.Second, max(shortest/8, time.Millisecond))
}
