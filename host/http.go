package host

import (
	"fmt"
	"net/http"
)

// handler serves health checks and hands everything else to the sockets.
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
	mux.Handle("/", h.sockets)
	return mux
}

// answer writes a plain text of one line.
func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// A client that went away needs no answer.
	_, _ = fmt.Fprintln(w, text)
}
