package files

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/answer"
	"github.com/bothost/bothost/host/internal/bearer"
)

// Patterns for [http.ServeMux], of what a Handler serves.
const (
	PatternUpload   = "/bots/{name}/sessions/{id}/files"
	PatternDownload = "/bots/{name}/sessions/{id}/files/{seq}/{index}"
)

// maxPath bounds the names of bots and sessions that are looked for.
const maxPath = 256

// Handler serves the interface. Use [New].
type Handler struct {
	opts Options
	mux  http.ServeMux
	// linger is lingerTime, but for tests.
	linger time.Duration

	mu     sync.Mutex // guards the following
	closed bool
	bodies map[*body]bool
}

// New returns a Handler.
func New(opts Options) *Handler {
	h := &Handler{opts: opts.defaults(), bodies: make(map[*body]bool), linger: lingerTime}
	h.mux.HandleFunc(PatternUpload, h.only(h.upload, http.MethodPost))
	h.mux.HandleFunc(PatternDownload, h.only(h.download, http.MethodGet, http.MethodHead))
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.refuse(w, r, h.begin(w, r), notFound)
	})
	return h
}

// Close ends the uploads that run; more are refused. It is idempotent and does not
// wait, which the server's Shutdown does.
func (h *Handler) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for b := range h.bodies {
		b.cut()
	}
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	h.mux.ServeHTTP(w, r)
}

// served handles a request to a session. It writes nothing if it returns a fault.
type served func(w http.ResponseWriter, r *http.Request, b *body) *answer.Fault

// only answers what has another method, and what the handler finds to be wrong.
func (h *Handler) only(serve served, methods ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b := h.begin(w, r)
		defer h.end(b)
		for _, method := range methods {
			if r.Method != method {
				continue
			}
			if f := serve(w, r, b); f != nil {
				h.refuse(w, r, b, f)
			}
			return
		}
		w.Header().Set("Allow", strings.Join(methods, ", "))
		h.refuse(w, r, b, answer.BadMethod())
	}
}

// begin makes the body of a request one that Close ends.
func (h *Handler) begin(w http.ResponseWriter, r *http.Request) *body {
	b := &body{r: r.Body, rc: http.NewResponseController(w), ended: r.ContentLength == 0,
		pace: h.pace()}
	h.mu.Lock()
	defer h.mu.Unlock()
	b.off = h.closed
	h.bodies[b] = true
	return b
}

func (h *Handler) end(b *body) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.bodies, b)
}

func (h *Handler) pace() pace { return pace{idle: h.opts.Idle, rate: h.opts.Rate} }

// target is the session that a request is about, and the token that came with it.
type target struct{ bot, session, token string }

// target returns them; ok is false if there cannot be such a session.
func (h *Handler) target(r *http.Request) (t target, ok bool) {
	token, _ := bearer.Token(r)
	t = target{r.PathValue("name"), r.PathValue("id"), token}
	return t, abi.ValidID(t.bot, maxPath) && abi.ValidID(t.session, maxPath)
}
