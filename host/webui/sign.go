package webui

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// signed reports whether there is a sign at a path for who asks for no HTML, such as
// curl: at the root, and where a bot is. It is not for the handshake of a socket of
// which a proxy has taken the upgrade away: that is to hear what it lacks.
func (h *Handler) signed(r *http.Request, name string) bool {
	if r.Header.Get("Sec-WebSocket-Key") != "" {
		return false
	}
	bots := h.opts.Bots()
	return len(bots) > 0 && (name == "" || slices.Contains(bots, name))
}

// sign says in plain words what is here, and where the page and the sockets are.
func (h *Handler) sign(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	b.WriteString("This is bothost, a host for chat bots.\n")
	page, socket := addresses(r)
	bots := slices.Sorted(slices.Values(h.opts.Bots()))
	for _, name := range bots {
		path := "/"
		if len(bots) > 1 {
			path = "/bots/" + url.PathEscape(name)
		}
		if wanted := r.PathValue("name"); wanted == "" || wanted == name {
			fmt.Fprintf(&b, "\n%s\n  in a browser  %s\n", name, page+path)
			fmt.Fprintf(&b, "  by WebSocket  %s\n", socket+path)
			fmt.Fprintf(&b, "  in a terminal bothost chat %s\n", socket+path)
		}
	}
	secure(w.Header(), strictPolicy)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	// A client that went away needs no answer.
	_, _ = w.Write([]byte(b.String()))
}

// addresses returns where the host is for who asks, as far as it can know: a proxy may
// have taken the TLS away.
func addresses(r *http.Request) (page, socket string) {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return "https://" + r.Host, "wss://" + r.Host
	}
	return "http://" + r.Host, "ws://" + r.Host
}
