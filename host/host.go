package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/outbound"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/platform/files"
	"github.com/bothost/bothost/host/platform/websocket"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/reload"
	"github.com/bothost/bothost/host/render"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
	"github.com/bothost/bothost/host/webui"
)

// Options configure a [Host]. The zero value serves nothing: Files or Folders
// name the modules.
type Options struct {
	// Files are module files, each a bot named after its file without .wasm; or
	// Extism manifests, without .json.
	Files []string
	// Folders are folders of module files; bots come and go with their files.
	Folders []string
	// Addr is the address to listen on. If empty, 127.0.0.1:8765.
	Addr string
	// Open allows an address that is not loopback.
	Open bool
	// Dialect is what clients without a subprotocol speak. If zero, agent.
	Dialect websocket.Dialect
	// TrustSessionIDs honours session ids that BESSER clients choose, also on an
	// address that is not loopback: whoever knows one has the session.
	TrustSessionIDs bool
	// SessionsAPI lists the sessions that BESSER clients can take up at /api/sessions,
	// and deletes them: whoever may ask can have them all. Sessions that such clients
	// do not name get a name then.
	SessionsAPI bool
	// Hosts and Origins are allowed besides the loopback ones.
	Hosts, Origins []string
	// Rates are how often clients may do things. If nil, as often as they like.
	Rates *websocket.Rates
	// Token says whether a token lets its bearer in, and for which user. If nil,
	// everybody is let in.
	Token func(token string) (user string, ok bool)
	// Allow names the hosts that bots may call, as [outbound.Options] has it. If
	// empty, they may call none.
	Allow []string
	// Config is what bots read with config_get.
	Config map[string]string
	// Workshop lets those who talk to bots on the host's page look inside: their own
	// session, the dialog, what became of reloads.
	Workshop bool
	// Limits, where zero, have their defaults.
	Limits abi.Limits
	// Data is the folder for sessions and what else must last. If empty, sessions
	// are in memory.
	Data string
	// Durability is what a turn that was answered outlives. If zero, [Sync].
	Durability Durability
	// Store keeps the sessions in the place of Data; the host closes it.
	Store session.Store
	// UploadTypes are the MIME types of the files that users may send, such as image/*
	// or text/plain. If empty, all.
	UploadTypes []string
	// CacheDir is the folder for compiled code, and for what was learned of intents.
	// If empty, there is none.
	CacheDir string
	// Grace is how long turns may take to end at a reload or at the end. If zero,
	// 10 s.
	Grace time.Duration
	// Quiet and Gone are the times of the same meaning in [reload.Options], Quiet
	// and Grace. If zero, the defaults there.
	Quiet, Gone time.Duration
	// Logger hears of everything that goes on. If nil, nothing is logged.
	Logger *slog.Logger
	// Reloaded is told of each change of a module file, by one goroutine. If nil,
	// the log is.
	Reloaded func(Reload)
	// Now is the clock of turns. If nil, time.Now.
	Now func() time.Time
}

const (
	// provisional is how long a session stays in memory that had no event of its
	// user, after its last connection.
	provisional = 10 * time.Minute
	// warmSessions is how many sessions without a connection stay in memory.
	warmSessions = 4096
)

func (o Options) defaults() Options {
	o.Limits = o.Limits.Defaults()
	if o.Addr == "" {
		o.Addr = "127.0.0.1:8765"
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Host serves bots. It is safe for concurrent use.
type Host struct {
	opts     Options
	listener net.Listener
	bots     *bots
	runner   *turn.Runner
	files    *keeper
	sockets  *websocket.Server
	api      *api.Handler
	page     *webui.Handler
	workshop *workshop // nil if there is none
	carrier  *files.Handler
	watcher  *reload.Watcher
	requests *outbound.Client
	// loaded is closed when Load has ended well.
	loaded chan struct{}
	// secret opens the operator's door; empty if there is none. unannounce takes
	// away what tells where it is.
	secret     string
	unannounce func()
	ready      atomic.Bool
}

// New makes a host and opens its listener; nothing is served before Run. A host
// that does not run must be closed.
//
// # Errors
//
// What is wrong in the options, or with the address.
func New(opts Options) (*Host, error) {
	opts = opts.defaults()
	if err := errors.Join(checkNames(opts.Files), checkTypes(opts.UploadTypes)); err != nil {
		return nil, err
	}
	requests, err := outbound.New(outbound.Options{Allow: opts.Allow, Logger: opts.Logger})
	if err != nil {
		return nil, err
	}
	listener, err := listen(opts.Addr, opts.Open || opts.Token != nil)
	if err != nil {
		requests.Close()
		return nil, err
	}
	if opts.Store, err = openStore(opts); err != nil {
		requests.Close()
		return nil, errors.Join(err, listener.Close())
	}
	h := &Host{opts: opts, listener: listener, requests: requests, loaded: make(chan struct{})}
	if h.files, err = openKeeper(opts); err != nil {
		requests.Close()
		return nil, errors.Join(err, opts.Store.Close(), listener.Close())
	}
	h.files.start(opts.Store)
	cache, models := openCache(opts)
	h.bots = newBots(plugin.Options{
		Limits: opts.Limits, Config: opts.Config, Cache: cache,
	}, models, opts.Limits, opts.Logger, opts.Grace)
	h.bots.allow = opts.Allow
	h.bots.opts.Extism.Send = sender(h.bots.calls, requests, answerBytes)
	h.runner = turn.New(turn.Options{
		Store: opts.Store, Source: h.bots, Limits: opts.Limits, Now: opts.Now, Logger: opts.Logger,
		Files: h.files, Ready: h.loaded, Provisional: provisional, Warm: warmSessions, NewToken: newToken,
		Outbound: func(ctx context.Context, request, key string) string {
			return ask(ctx, requests, request, key)
		},
	})
	attached := &attachments{
		keeper: h.files, runner: h.runner, now: opts.Now, operator: opts.Token, types: opts.UploadTypes,
	}
	h.carrier = files.New(files.Options{
		Uploads: attached, Downloads: attached, Limit: opts.Limits.FileBytes, Logger: opts.Logger,
	})
	renderer := render.New()
	h.sockets = websocket.New(websocket.Options{
		Backend: backend{attached, h.bots}, Dialect: opts.Dialect, Limits: opts.Limits, Logger: opts.Logger,
		Hosts: opts.Hosts, Origins: opts.Origins, Loopback: isLoopback(listener.Addr()),
		Rates: opts.Rates, Token: opts.Token, Renderer: renderer,
		TrustSessionIDs: opts.TrustSessionIDs || isLoopback(listener.Addr()),
		NameSessions:    opts.SessionsAPI,
	})
	if err := h.announce(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.api = api.New(api.Options{
		Backend: hooks{attached, h.bots, h.runner}, Token: opts.Token, Limits: opts.Limits, Logger: opts.Logger,
		HTML: renderer.HTML, Sessions: h.listed(),
	})
	if h.page, err = h.newPage(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	modules, manifests := bundles(opts.Files)
	h.watcher = reload.New(reload.Options{
		Files: modules, Bundles: manifests, Folders: opts.Folders, Quiet: opts.Quiet, Grace: opts.Gone,
		Limit: opts.Limits.ModuleBytes, Check: plugin.Whole, Logger: opts.Logger,
	})
	return h, nil
}

// openCache opens the cache of compiled code, and returns the folder for what is
// learned of intents, which is private because it lies in the other one. It returns
// nil and no folder if there is to be no cache, or it is not to be trusted.
func openCache(opts Options) (cache *plugin.Cache, models string) {
	if opts.CacheDir == "" {
		return nil, ""
	}
	cache, err := plugin.OpenCache(opts.CacheDir, 0, opts.Logger)
	if err != nil {
		opts.Logger.Warn("modules are compiled without a cache", "err", err)
		return nil, ""
	}
	return cache, filepath.Join(opts.CacheDir, "intents")
}

// listen opens the listener. Everybody who reaches an open port talks to the
// bots: only loopback addresses go without saying so.
func listen(addr string, open bool) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if !open && !isLoopback(l.Addr()) {
		return nil, errors.Join(fmt.Errorf("listen on %s: %w", addr, ErrNotLoopback), l.Close())
	}
	return l, nil
}

// ErrNoBot: none of the modules can be served.
var ErrNoBot = errors.New("host: none of the modules can be served")

// ErrNotLoopback: an address that others can reach must be asked for.
var ErrNotLoopback = errors.New("host: anybody could reach this address, which must be allowed (Open)")

func isLoopback(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

func checkNames(files []string) error {
	seen := make(map[string]string)
	for _, path := range files {
		name := BotName(path)
		if other, ok := seen[name]; ok {
			return fmt.Errorf("two files hold a bot called %s: %s and %s", name, other, path)
		}
		seen[name] = path
	}
	return nil
}

// Addr returns the address that the host listens on.
func (h *Host) Addr() net.Addr { return h.listener.Addr() }

// Bots returns the names of the bots that are served, in order.
func (h *Host) Bots() []string { return h.bots.names() }

// Look makes the host look at its files now.
func (h *Host) Look() { h.watcher.Look() }

// Load loads all modules for the first time. It may be called once, before Run,
// which otherwise does it.
//
// # Errors
//
// None of the files can be served: [ErrNoBot] joined with all reasons. If only
// some cannot, Options.Reloaded or the log says so.
func (h *Host) Load(ctx context.Context) error {
	var errs []error
	err := h.watcher.Load(ctx, func(ctx context.Context, c reload.Change) {
		errs = append(errs, h.change(ctx, c))
	})
	if err != nil {
		return err
	}
	if len(h.bots.names()) == 0 && len(h.opts.Files) > 0 {
		return errors.Join(append(errs, ErrNoBot)...)
	}
	h.ready.Store(true)
	close(h.loaded)
	return nil
}

// Run serves until ctx ends. Then it stops accepting, ends the turns that run,
// tells the clients to come back, and returns nil; what is not done within
// Options.Grace is cut off.
func (h *Host) Run(ctx context.Context) error {
	if !h.ready.Load() {
		if err := h.Load(ctx); err != nil {
			return errors.Join(err, h.Close())
		}
	}
	server := &http.Server{
		Handler: h.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(h.opts.Logger.Handler(), slog.LevelDebug),
	}
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		return h.watcher.Run(running, func(ctx context.Context, c reload.Change) { _ = h.change(ctx, c) })
	})
	g.Go(func() error {
		<-running.Done()
		return h.shutdown(server)
	})
	return g.Wait()
}

// shutdown ends everything, from the outside to the inside.
func (h *Host) shutdown(server *http.Server) error {
	h.ready.Store(false)
	ctx, cancel := context.WithTimeout(context.Background(), h.opts.Grace)
	defer cancel()
	// Hijacked connections are not the server's any more: this only stops
	// accepting, and waits for plain requests.
	h.api.Close()
	h.carrier.Close()
	served := make(chan error, 1)
	go func() { served <- server.Shutdown(ctx) }()
	turns := h.runner.Close(ctx)
	h.bots.callOff() // whoever still waits for an answer has no more time
	sockets := h.sockets.Shutdown(ctx)
	err := errors.Join(turns, sockets, <-served)
	return errors.Join(err, h.release())
}

// release lets go of what is left when no turn runs any more.
func (h *Host) release() error {
	h.bots.close()
	h.requests.Close()
	h.unannounce()
	h.files.close()
	return h.opts.Store.Close()
}

// announce lets the operator's commands find the host that runs on a folder.
func (h *Host) announce() (err error) {
	h.unannounce = func() {}
	if h.opts.Data == "" {
		return nil
	}
	var remove func()
	h.secret, remove, err = admin.Announce(h.opts.Data, h.listener.Addr().String())
	switch {
	case errors.Is(err, admin.ErrAddress):
		h.opts.Logger.Warn("the sessions command finds this host only when it has ended", "err", err)
		return nil
	case err != nil:
		return err
	}
	h.unannounce = remove
	return nil
}

// Close releases a host that does not run.
func (h *Host) Close() error {
	err := errors.Join(h.listener.Close(), h.runner.Close(context.Background()))
	return errors.Join(err, h.release())
}

// change takes one change of a module file.
func (h *Host) change(ctx context.Context, c reload.Change) error {
	name := BotName(c.Path)
	var r Reload
	switch {
	case c.Err != nil:
		r = Reload{Bot: name, Err: c.Err}
		if b := h.bots.get(name); b != nil {
			r.Old = b.generationName()
		}
	case c.Removed:
		r = h.bots.remove(name)
	default:
		src, err := sourceOf(c)
		if err != nil { // a manifest was read before: it is bad each time, or never
			return err
		}
		r = h.bots.load(ctx, name, src)
	}
	r.Path = c.Path
	h.workshop.note(r)
	if h.opts.Reloaded != nil {
		h.opts.Reloaded(r)
	} else {
		h.report(ctx, r)
	}
	return r.Err
}

func (h *Host) report(ctx context.Context, r Reload) {
	level, text := slog.LevelInfo, "bot loaded"
	attrs := []slog.Attr{
		slog.String("bot", r.Bot), slog.String("path", r.Path),
		slog.String("old", r.Old), slog.String("new", r.New),
	}
	for _, s := range r.Steps {
		attrs = append(attrs, slog.Duration(s.Name, s.Took))
	}
	switch {
	case r.Err != nil:
		level, text = slog.LevelWarn, "module refused"
		attrs = append(attrs, slog.Any("err", r.Err))
	case r.New == "":
		text = "bot removed"
	}
	h.opts.Logger.LogAttrs(ctx, level, text, attrs...)
}
