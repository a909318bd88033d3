package host

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/platform/files"
	"github.com/bothost/bothost/host/platform/websocket/door"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/turn"
)

// handler serves health checks, the HTTP interface and the operator's door, the
// page, and hands everything else to the sockets.
func (h *Host) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		switch {
		case !h.ready.Load():
			answer(w, http.StatusServiceUnavailable, "shutting down")
		case len(h.Bots()) == 0:
			answer(w, http.StatusServiceUnavailable, "no bot is served")
		default:
			answer(w, http.StatusOK, "ready")
		}
	})
	mux.Handle("/bots/{name}/sessions/", h.guarded(h.api))
	mux.Handle(files.PatternUpload, h.guarded(h.carrier))
	mux.Handle(files.PatternDownload, h.guarded(h.carrier))
	if h.opts.SessionsAPI {
		mux.Handle(api.PatternSessions, h.guarded(h.api))
	}
	if h.secret != "" {
		sessions := operated{admin.Local(h.opts.Store), h.runner}
		mux.Handle("/admin/", admin.Handler(sessions, h.secret))
	}
	mux.Handle("/", h.page.Before(h.sockets))
	return mux
}

// guarded lets only requests through that come from where sockets may come from.
func (h *Host) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wrong := h.forbids(r.Host, r.Header.Values("Origin")...); wrong != "" {
			answer(w, http.StatusForbidden, "this "+wrong+" header is not allowed")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// forbids names the header because of which a request may not come in; it is empty
// if the request may.
func (h *Host) forbids(host string, origins ...string) string {
	o, loopback := &h.opts, isLoopback(h.listener.Addr())
	if !door.HostAllowed(host, loopback, o.Hosts) {
		return "Host"
	}
	for _, origin := range origins {
		if !door.OriginAllowed(origin, host, loopback, o.Origins) {
			return "Origin"
		}
	}
	return ""
}

// answer writes a plain text of one line.
func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// A client that went away needs no answer.
	_, _ = fmt.Fprintln(w, text)
}

// hooks are what the HTTP interface sees of the host.
type hooks struct {
	*attachments
	bots   *bots
	runner *turn.Runner
}

var (
	_ api.Backend = hooks{}
	_ api.Filer   = hooks{}
)

// Open implements [api.Backend]. An id may be the host's or a client's: the host's
// are random, so that no client has the same.
func (k hooks) Open(ctx context.Context, bot, id string, wake func()) (api.Conversation, error) {
	if k.bots.get(bot) == nil {
		return nil, fmt.Errorf("bot %q: %w", bot, session.ErrNotFound)
	}
	var err error
	for _, namespace := range []session.Namespace{session.NamespaceHost, session.NamespaceClient} {
		var h *turn.Handle
		h, err = k.runner.Open(ctx, session.Key{Bot: bot, Namespace: namespace, ID: id}, wake)
		if err == nil {
			return hooked{h}, nil
		}
		if !errors.Is(err, session.ErrNotFound) {
			break
		}
	}
	switch {
	case errors.Is(err, turn.ErrTooMany):
		err = fmt.Errorf("%w: %w", api.ErrTooMany, err)
	case errors.Is(err, turn.ErrClosed):
		err = fmt.Errorf("%w: %w", api.ErrClosed, err)
	}
	return nil, err
}

// hooked is a session whose turns a request does not wait for longer than it says.
type hooked struct{ *turn.Handle }

// Submit implements [api.Conversation].
func (h hooked) Submit(ctx context.Context, ev *abi.Event, done func(session.Outcome)) error {
	return h.SubmitApart(ctx, ev, done)
}

// operated are the sessions of a host that runs: turns know of what is deleted.
type operated struct {
	admin.Sessions
	runner *turn.Runner
}

// Delete implements [admin.Sessions].
func (o operated) Delete(ctx context.Context, key session.Key) error {
	return o.runner.Delete(ctx, key)
}
