package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/platform/files"
	"github.com/bothost/bothost/host/platform/websocket"
	"github.com/bothost/bothost/host/reload"
	"github.com/bothost/bothost/host/turn"
	"github.com/bothost/bothost/host/webui"
)

// Host serves bots. It is safe for concurrent use.
type Host struct {
	opts     Options
	listener net.Listener
	bots     *bots
	claims   *claims
	runner   *turn.Runner
	files    *keeper
	sockets  *websocket.Server
	api      *api.Handler
	page     *webui.Handler
	workshop *workshop // nil if there is none
	carrier  *files.Handler
	watcher  *reload.Watcher
	requests *callers
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
	if err := opts.check(); err != nil {
		return nil, err
	}
	h := &Host{opts: opts, claims: newClaims(), loaded: make(chan struct{})}
	if err := h.acquire(); err != nil {
		return nil, err
	}
	h.startTurns()
	if err := errors.Join(h.announce(), h.openDoors()); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.watcher = h.newWatcher()
	return h, nil
}

// ErrNoBot: none of the modules can be served.
var ErrNoBot = errors.New("host: none of the modules can be served")

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
	limits := &h.opts.Limits
	server := newVisits(limits.Connections, limits.AddressConnections).
		server(h.handler(), h.opts.Logger)
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	watched := make(chan struct{})
	g.Go(func() error {
		defer close(watched)
		return h.watcher.Run(running, func(ctx context.Context, c reload.Change) {
			_ = h.change(ctx, c) // it is reported; the watcher goes on
		})
	})
	g.Go(func() error {
		<-running.Done()
		return h.shutdown(server, watched)
	})
	return g.Wait()
}

// shutdown ends everything, from the outside to the inside. watched is closed when
// no module is being loaded any more.
func (h *Host) shutdown(server *http.Server, watched <-chan struct{}) error {
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
	<-watched // else its bot would come after all others are closed
	return errors.Join(err, h.release())
}

// release lets go of what is left when no turn runs any more.
func (h *Host) release() error {
	h.bots.close()
	h.requests.close()
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
		h.opts.Logger.Warn("the sessions command finds this host only when it has ended",
			"err", err)
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
	switch {
	case h.claims.second(name, c.Path):
		return h.changeSecond(ctx, name, c)
	case c.Err != nil:
		return h.tell(ctx, Reload{Bot: name, Path: c.Path, Old: h.bots.generationOf(name), Err: c.Err})
	case c.Removed:
		return h.removed(ctx, name, c.Path)
	}
	return h.load(ctx, name, c)
}

// changeSecond takes a change of a file whose bot is served from another one: that is
// let alone.
func (h *Host) changeSecond(ctx context.Context, name string, c reload.Change) error {
	err := h.claims.wait(name, c)
	if err == nil {
		return nil // it was never served, and is gone
	}
	return h.tell(ctx, Reload{Bot: name, Path: c.Path, Old: h.bots.generationOf(name), Err: err})
}

// removed lets the first that can be served of the files that waited take the place of
// one that is gone; without one the bot goes.
func (h *Host) removed(ctx context.Context, name, path string) error {
	for _, heir := range h.claims.release(name) {
		if h.load(ctx, name, heir) == nil {
			return nil
		}
		h.claims.forget(name, heir.Path)
	}
	r := h.bots.remove(name)
	r.Path = path
	return h.tell(ctx, r)
}

// load makes what a file holds the newest generation of its bot.
func (h *Host) load(ctx context.Context, name string, c reload.Change) error {
	src, err := sourceOf(c)
	if err != nil { // a manifest was read before: it is bad each time, or never
		return err
	}
	r := h.bots.load(ctx, name, src)
	if r.Path = c.Path; r.Err == nil {
		h.claims.claim(name, c.Path)
	}
	return h.tell(ctx, r)
}

// tell tells everybody of a change, and returns its error.
func (h *Host) tell(ctx context.Context, r Reload) error {
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
