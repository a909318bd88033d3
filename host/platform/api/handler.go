package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/answer"
	"github.com/bothost/bothost/host/internal/bearer"
	"github.com/bothost/bothost/host/session"
)

// Patterns for [http.ServeMux], of what a Handler serves.
const (
	PatternEvents  = "/bots/{name}/sessions/{id}/events"
	PatternEntries = "/bots/{name}/sessions/{id}/entries"
	PatternUploads = "/bots/{name}/sessions/{id}/uploads"
	// PatternSessions is served where Options.Sessions are given.
	PatternSessions = "/api/sessions"
)

const (
	// maxWait is how long a request waits for something to happen.
	maxWait = 30 * time.Second
	// maxPath bounds the names of bots and sessions that are looked for.
	maxPath = 256
	// maxBodyTime is how long a client may take to send its body.
	maxBodyTime = 30 * time.Second
)

// Handler serves the interface. Use [New].
type Handler struct {
	opts     Options
	bodyTime time.Duration
	mux      http.ServeMux

	closing sync.Once
	done    chan struct{}
}

// New returns a Handler.
func New(opts Options) *Handler {
	h := &Handler{opts: opts.defaults(), bodyTime: maxBodyTime, done: make(chan struct{})}
	h.mux.HandleFunc(PatternEvents, h.only(h.post, http.MethodPost))
	h.mux.HandleFunc(PatternEntries, h.only(h.entries, http.MethodGet, http.MethodHead))
	h.mux.HandleFunc(PatternUploads, h.only(h.issue, http.MethodPost))
	if h.opts.Sessions != nil {
		h.mux.HandleFunc(PatternSessions,
			h.only(h.sessions, http.MethodGet, http.MethodHead, http.MethodDelete))
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		answer.NotFound().Write(w)
	})
	return h
}

// Close ends the requests that wait for entries: they are answered with those
// there are. Others end by themselves. It is idempotent and does not wait, which
// the server's Shutdown does.
func (h *Handler) Close() { h.closing.Do(func() { close(h.done) }) }

// ServeHTTP implements [http.Handler]. A token is asked for first: without one
// nobody learns what there is.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	if r.ContentLength != 0 {
		// There are readers without deadlines.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.bodyTime))
	}
	user, sent, ok := h.user(r)
	if !ok {
		answer.Unauthorized(sent).Write(w)
		return
	}
	h.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user)))
}

type userKey struct{}

// user returns who a request comes from; sent says that there was a token.
func (h *Handler) user(r *http.Request) (user abi.User, sent, ok bool) {
	if h.opts.Token == nil {
		return abi.User{}, false, true
	}
	token, sent := bearer.Token(r)
	if !sent {
		return abi.User{}, false, false
	}
	name, ok := h.opts.Token(token)
	return abi.User{ID: name, Verified: ok && name != ""}, true, ok
}

// served handles a request to a session.
type served func(w http.ResponseWriter, r *http.Request) *answer.Fault

// only answers what has another method, and what the handler finds to be wrong.
func (h *Handler) only(serve served, methods ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, method := range methods {
			if r.Method != method {
				continue
			}
			if f := serve(w, r); f != nil {
				f.Write(w)
			}
			return
		}
		w.Header().Set("Allow", strings.Join(methods, ", "))
		answer.BadMethod().Write(w)
	}
}

// open takes up the session that a request is about.
func (h *Handler) open(r *http.Request, wake func()) (Conversation, *answer.Fault) {
	bot, id := r.PathValue("name"), r.PathValue("id")
	if !abi.ValidID(bot, maxPath) || !abi.ValidID(id, maxPath) {
		return nil, answer.Reject(abi.CodeUnknownSession, "")
	}
	conv, err := h.opts.Backend.Open(r.Context(), bot, id, wake)
	switch {
	case err == nil:
		return conv, nil
	case errors.Is(err, session.ErrNotFound):
		return nil, answer.Reject(abi.CodeUnknownSession, "")
	case errors.Is(err, ErrTooMany):
		return nil, answer.Reject(abi.CodeBusy, "")
	case errors.Is(err, ErrClosed):
		return nil, answer.Reject(abi.CodeShuttingDown, "")
	}
	return nil, h.unavailable(r, "cannot open a session", err)
}

// unavailable is the answer when the store fails. That a client went away is no
// failure.
func (h *Handler) unavailable(r *http.Request, message string, err error) *answer.Fault {
	if r.Context().Err() == nil {
		h.opts.Logger.Warn(message,
			"bot", r.PathValue("name"), "session", r.PathValue("id"), "err", err)
	}
	return answer.Reject(abi.CodeStoreUnavailable, "")
}
