package turn

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

var (
	// ErrClosed: the runner takes no more events. Clients are told
	// [abi.CodeShuttingDown].
	ErrClosed = errors.New("turn: runner is closed")
	// ErrHandleClosed: the handle was closed.
	ErrHandleClosed = errors.New("turn: handle is closed")
	// ErrExists: a session that was to be created is there already.
	ErrExists = errors.New("turn: session exists")
	// ErrKind: an event is of a kind that is not in the table of events, or that only
	// the runner makes.
	ErrKind = errors.New("turn: not a kind of event that may be submitted")
	// ErrTooMany: the session has as many handles as a session may have.
	ErrTooMany = errors.New("turn: too many connections to one session")
)

// Options configure a Runner.
type Options struct {
	// Store keeps the sessions. It must be set; the runner does not close it.
	Store session.Store
	// Source knows the bots. It must be set.
	Source Source
	// Limits hold turns and queues. Zero fields have their defaults.
	Limits abi.Limits
	// Provisional is how long a session that had no event but its start stays after
	// its last connection, in memory only. If zero, each session is stored at once.
	Provisional time.Duration
	// Warm is how many sessions without a connection stay in memory. If zero, none.
	Warm int
	// WarmBytes is how many bytes they may take. If zero, 64 MiB.
	WarmBytes int64
	// Keep is for how long the store was opened to keep idle sessions. If zero,
	// [session.DefaultKeep].
	Keep time.Duration
	// Outbound makes a request of a bot and returns its answer, both in JSON as
	// abi/README.md has them. It is called by many goroutines, 64 at most for each
	// bot, ends with ctx, and gets the same key if a request has to be made again. If
	// nil, requests are answered with an error.
	Outbound func(ctx context.Context, bot, request, key string) (response string)
	// Files keeps the content of files. If nil, nobody does: a reply that is a file
	// fails its turn.
	Files Files
	// Ready is closed when the bots are there: before that no job happens. If nil,
	// they are.
	Ready <-chan struct{}
	// NewToken makes the token that lets clients join a session after a reset, and
	// its hash. If nil, the session's token stays.
	NewToken func() (token string, hash [32]byte)
	// Now is the clock. If nil, time.Now.
	Now func() time.Time
	// Manual lets timers and requests happen in [Runner.RunDue] only.
	Manual bool
	// Logger gets the causes of failed turns. If nil, nobody does.
	Logger *slog.Logger
}

// Runner runs turns. Use [New].
type Runner struct {
	store  session.Store
	source Source
	limits abi.Limits
	now    func() time.Time
	logger *slog.Logger

	provisional time.Duration
	warm        int // sessions in each shard
	warmBytes   int64
	keep        time.Duration
	outbound    func(ctx context.Context, bot, request, key string) string
	files       Files
	room        room
	newToken    func() (string, [32]byte)
	alarms      *alarms
	lost        <-chan struct{} // of the store, if it is [session.Lossy]
	started     int64           // in milliseconds since 1970
	// sending counts the requests that are on their way.
	sending sending
	// background are the goroutines that end with stop, when the runner closes.
	background sync.WaitGroup
	stop       context.Context
	end        context.CancelFunc

	// ctx is the runner's own, for the store and for instances: a turn that was
	// accepted does not end with the connection that brought it. It ends when
	// Close has no more patience.
	ctx    context.Context
	cancel context.CancelFunc

	// turns holds the work spaces of turns that do not run.
	turns sync.Pool

	closing sync.Once
	// pending counts the sessions that Close waits for, and Close itself.
	pending atomic.Int64
	// settled is closed when pending falls to zero.
	settled chan struct{}

	seed   maphash.Seed
	shards [shardCount]shard
}

const shardCount = 64

// shard holds some of the live sessions. Its lock is taken before a session's.
type shard struct {
	mu     sync.Mutex // guards the following
	lives  map[session.Key]*live
	warm   warmSet
	closed bool
}

// New returns a Runner without sessions.
func New(opts Options) *Runner {
	r := &Runner{
		store: opts.Store, source: opts.Source, limits: opts.Limits.Defaults(),
		now: opts.Now, logger: opts.Logger,
		settled: make(chan struct{}), seed: maphash.MakeSeed(),
		provisional: opts.Provisional, warm: (opts.Warm + shardCount - 1) / shardCount,
		warmBytes: cmp.Or(opts.WarmBytes, 64<<20) / shardCount, keep: cmp.Or(opts.Keep, session.DefaultKeep),
		outbound: opts.Outbound, files: opts.Files, newToken: opts.NewToken, alarms: newAlarms(),
	}
	// A turn that is alone has all that a turn may have.
	r.room.limit = max(r.limits.StagedFileBytes, r.limits.EventFileBytes)
	if r.files == nil {
		r.files = noFiles{}
	}
	if r.outbound == nil {
		r.outbound = noOutbound
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.logger == nil {
		r.logger = slog.New(slog.DiscardHandler)
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.stop, r.end = context.WithCancel(r.ctx)
	r.turns.New = func() any { return newTurn(r) }
	for i := range r.shards {
		r.shards[i].lives = make(map[session.Key]*live)
	}
	if store, ok := r.store.(session.Lossy); ok {
		r.lost = store.Lost()
	}
	r.started = r.now().UnixMilli()
	if opts.Manual {
		return r
	}
	r.background.Go(func() {
		if opts.Ready != nil {
			select {
			case <-opts.Ready:
			case <-r.stop.Done():
				return
			}
		}
		r.keepTime()
	})
	return r
}

// CreateOptions say what a new session is.
type CreateOptions struct {
	// Resume is the hash of the token that lets clients join the session.
	Resume [32]byte
	// Keep is how long the session stays after its last turn. If zero, what the
	// store was opened for.
	Keep time.Duration
	// User and Title are those of [session.Head].
	User, Title string
	// Fresh says that nobody else can have the id, since it is random: the store is
	// not asked, and may even be out of service as long as nothing is committed.
	Fresh bool
}

// Create returns a handle of a session that does not exist yet. It comes into
// being with its first turn: the caller submits [abi.EventStart]. Until then
// the handle's Head has turn 0, and the session is gone if its handles close.
// For wake, see [Runner.Open].
//
// # Errors
//
// [ErrExists], [ErrClosed], or an error of the store.
func (r *Runner) Create(ctx context.Context, key session.Key, opts CreateOptions,
	wake func()) (*Handle, error) {
	h, err := r.attach(key, wake)
	if err != nil {
		return nil, err
	}
	if err := h.live.create(ctx, opts); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Open returns a handle of a session that exists. After each commit to the
// session wake is called: it must not block, and may still be called once
// while, or right after, the handle is closed. If nil, nobody is woken.
//
// # Errors
//
// [session.ErrNotFound], [ErrTooMany], [ErrClosed], or an error of the store.
func (r *Runner) Open(ctx context.Context, key session.Key, wake func()) (*Handle, error) {
	h, err := r.attach(key, wake)
	if err != nil {
		return nil, err
	}
	err = h.live.load(ctx)
	if errors.Is(err, errOwned) {
		// A timer may have gone off before anybody took the session up.
		err = r.await(ctx, key, (*live).ensure)
	}
	if err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Enter returns a handle of a session that exists, or else of a new one, as
// [Runner.Open] and [Runner.Create] do, and whether it is new: it has not begun, be it
// that somebody else made it whose start was refused.
//
// # Errors
//
// [ErrTooMany], [ErrClosed], or an error of the store.
func (r *Runner) Enter(ctx context.Context, key session.Key, opts CreateOptions, wake func()) (
	h *Handle, created bool, err error) {
	for {
		h, err = r.Open(ctx, key, wake)
		if err == nil {
			return h, h.Head().Turn == 0, nil
		}
		if !errors.Is(err, session.ErrNotFound) {
			return nil, false, err
		}
		h, err = r.Create(ctx, key, opts, wake)
		if !errors.Is(err, ErrExists) {
			return h, true, err
		}
	}
}

// Delete removes a session with all that it holds, in its queue, after the events
// that wait there. Connections that it has stay; what they send is refused as for
// an unknown session. No error if there is none.
//
// # Errors
//
// [ErrClosed], ctx's error, after which the session may be deleted all the same, or
// an error of the store.
func (r *Runner) Delete(ctx context.Context, key session.Key) error {
	return r.await(ctx, key, r.delete)
}

// Close refuses new events and handles, runs the events that were accepted, and
// returns when no turn runs. If ctx ends first, what still waits in queues is
// answered with [abi.CodeShuttingDown], and Close returns ctx's error without
// waiting longer; Close may be called again to wait for the turns that run. It
// must not be called by the callbacks of a turn.
func (r *Runner) Close(ctx context.Context) error {
	r.closing.Do(r.refuse)
	defer r.cancel()
	r.background.Wait() // it was told to end, and ends at once
	select {
	case <-r.settled:
		return nil
	default:
	}
	select {
	case <-r.settled:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// refuse closes all sessions to new events and counts those at work.
func (r *Runner) refuse() {
	r.pending.Add(1)
	r.end()
	for i := range r.shards {
		sh := &r.shards[i]
		sh.mu.Lock()
		sh.closed = true
		for _, l := range sh.lives {
			l.refuse()
		}
		sh.mu.Unlock()
	}
	r.settle()
}

// settle says that one of those that pending counts is done.
func (r *Runner) settle() {
	if r.pending.Add(-1) == 0 {
		close(r.settled)
	}
}

func (r *Runner) shard(key session.Key) *shard {
	return &r.shards[maphash.Comparable(r.seed, key)%shardCount]
}

// attach makes a handle, which holds its session from then on.
func (r *Runner) attach(key session.Key, wake func()) (*Handle, error) {
	sh := r.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.closed {
		return nil, ErrClosed
	}
	l := sh.lives[key]
	if l == nil {
		l = &live{runner: r, key: key}
		sh.lives[key] = l
	}
	h, err := l.attach(wake)
	if err == nil {
		sh.warm.remove(l)
		l.idleSince = time.Time{}
	}
	return h, err
}
