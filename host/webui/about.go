package webui

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/bothost/bothost/host/internal/bearer"
)

// about is what the page must know before it connects.
type about struct {
	Bots []string `json:"bots"`
	// Charts: the library that draws them is here.
	Charts bool `json:"charts"`
	// Workshop: people see the inside of bots.
	Workshop bool `json:"workshop"`
}

func (h *Handler) about(w http.ResponseWriter, _ *http.Request) {
	a := about{
		Bots: h.opts.Bots(), Charts: h.assets[plotlyName] != nil, Workshop: h.opts.Workshop != nil,
	}
	if a.Bots == nil {
		a.Bots = []string{}
	}
	writeJSON(w, http.StatusOK, a)
}

func (h *Handler) reloads(w http.ResponseWriter, r *http.Request) {
	if !h.admitted(w, r) {
		return
	}
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil {
		fail(w, http.StatusBadRequest, "after must be a whole number.")
		return
	}
	list, newest := h.opts.Workshop.Reloads(after)
	if list == nil {
		list = []Reload{}
	}
	writeJSON(w, http.StatusOK, struct {
		Newest  int      `json:"newest"`
		Reloads []Reload `json:"reloads"`
	}{newest, list})
}

func (h *Handler) dialog(w http.ResponseWriter, r *http.Request) {
	if !h.admitted(w, r) {
		return
	}
	picture, svg, err := h.opts.Workshop.Dialog(r.Context(), r.PathValue("name"))
	if err != nil {
		failWith(w, err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		SVG  string `json:"svg,omitempty"`
		Text string `json:"text,omitempty"`
	}{pick(svg, picture), pick(!svg, picture)})
}

func pick(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

// inside answers the bearer of the session's own token, which lets nobody else in.
func (h *Handler) inside(w http.ResponseWriter, r *http.Request) {
	token, ok := bearer.Token(r)
	if !ok || token == "" {
		unauthorized(w)
		return
	}
	in, err := h.opts.Workshop.Inside(r.Context(), r.PathValue("name"), r.PathValue("id"), token)
	if err != nil {
		failWith(w, err)
		return
	}
	writeJSON(w, http.StatusOK, in)
}

// admitted reports whether who asks may look into bots; if not, it answers.
func (h *Handler) admitted(w http.ResponseWriter, r *http.Request) bool {
	if h.opts.Admitted == nil {
		return true
	}
	token, ok := bearer.Token(r)
	if !ok || !h.opts.Admitted(token) {
		unauthorized(w)
		return false
	}
	return true
}

func unauthorized(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	fail(w, http.StatusUnauthorized, "A valid bearer token is needed.")
}

func failWith(w http.ResponseWriter, err error) {
	if errors.Is(err, ErrNone) {
		fail(w, http.StatusNotFound, "There is none.")
		return
	}
	// Who looks into bots is told what is wrong.
	fail(w, http.StatusInternalServerError, err.Error())
}

func fail(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, struct {
		Error string `json:"error"`
	}{text})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	secure(h, strictPolicy)
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that went away needs no answer
}
