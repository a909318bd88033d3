package webui

import (
	"net/http"
	"slices"
	"strings"
)

// Handler serves the page. Use [New].
type Handler struct {
	opts   Options
	assets assets
	policy string
	mux    http.ServeMux
}

// New returns a Handler. It panics if Options.Bots is nil.
//
// # Errors
//
// A fault of the files that are part of the program.
func New(opts Options) (*Handler, error) {
	if opts.Bots == nil {
		panic("webui: Options.Bots is nil")
	}
	files, err := loaded()
	if err != nil {
		return nil, err
	}
	h := &Handler{
		opts: opts, assets: files,
		policy: pagePolicy(ancestors(opts.Loopback, opts.Origins)),
	}
	h.mux.HandleFunc("GET /ui/{file...}", h.file)
	h.mux.HandleFunc("GET /ui/about", h.about)
	h.mux.HandleFunc("GET /widget.js", h.widget)
	h.mux.HandleFunc("GET /{$}", h.page)
	h.mux.HandleFunc("GET /bots/{name}", h.page)
	if opts.Workshop != nil {
		h.mux.HandleFunc("GET /ui/workshop/reloads", h.reloads)
		h.mux.HandleFunc("GET /ui/workshop/bots/{name}/dialog", h.dialog)
		h.mux.HandleFunc("GET /ui/workshop/bots/{name}/sessions/{id}", h.inside)
	}
	return h, nil
}

// Before returns a handler that serves the page, and hands all other requests to
// next: sockets are on the same paths as the page is.
func (h *Handler) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !h.takes(r) {
			next.ServeHTTP(w, r)
			return
		}
		if h.opts.Allowed != nil && !h.opts.Allowed(r.Host, origin(r)) {
			secure(w.Header(), strictPolicy)
			http.Error(w, "Requests from there are not allowed here.", http.StatusForbidden)
			return
		}
		h.mux.ServeHTTP(w, r)
	})
}

// origin returns the origin that counts. Files hold no secret, and frames of charts,
// which have no origin, ask for some: those are there for all.
func origin(r *http.Request) string {
	if r.URL.Path == "/ui/about" || strings.HasPrefix(r.URL.Path, "/ui/workshop/") {
		return r.Header.Get("Origin")
	}
	return ""
}

// takes reports whether a request is for the page and its files, or for the sign in
// its place.
func (h *Handler) takes(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header.Get("Upgrade") != "" {
		return false
	}
	path := r.URL.Path
	if strings.HasPrefix(path, "/ui/") || path == "/widget.js" {
		return true
	}
	name, named := strings.CutPrefix(path, "/bots/")
	if !named {
		name = ""
	}
	if path != "/" && (!named || name == "" || strings.Contains(name, "/")) {
		return false
	}
	return wantsHTML(r) || h.signed(r, name)
}

// wantsHTML reports whether who asks is a browser that shows a page.
func wantsHTML(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// page serves the page of a bot, or of all of them. The page itself finds out what
// there is: it is the same for all.
func (h *Handler) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept")
	if !wantsHTML(r) {
		h.sign(w, r)
		return
	}
	secure(w.Header(), h.policy)
	h.assets["index.html"].serve(w, r)
}

// separate are the files that run elsewhere than in the page: in the frame of a
// chart, which has no origin, and in pages of others.
var separate = []string{"chart.html", "chart.js", "chart.css", plotlyName}

func (h *Handler) file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	a := h.assets[name]
	if a == nil || name == "index.html" || name == "widget.js" {
		secure(w.Header(), strictPolicy)
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	policy := strictPolicy
	if name == "chart.html" {
		policy = chartPolicy
	}
	secure(w.Header(), policy)
	if !slices.Contains(separate, name) {
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	a.serve(w, r)
}

// widget serves the script that other people's pages load.
func (h *Handler) widget(w http.ResponseWriter, r *http.Request) {
	secure(w.Header(), strictPolicy)
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.assets["widget.js"].serve(w, r)
}
