package websocket

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/bothost/bothost/host/platform/websocket/door"
)

// refusal is a plain text answer to a request that does not become a WebSocket.
type refusal struct {
	status int
	text   string
	// retry is in seconds; 0 for none.
	retry int
}

func (r *refusal) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(r.retry))
	}
	switch r.status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case http.StatusUpgradeRequired:
		h.Set("Connection", "Upgrade")
		h.Set("Upgrade", "websocket")
	}
	w.WriteHeader(r.status)
	// A client that went away needs no answer.
	_, _ = fmt.Fprintln(w, r.text)
}

// refusal checks where a request comes from.
func (s *Server) refusal(r *http.Request) *refusal {
	o := &s.opts
	if !door.HostAllowed(r.Host, o.Loopback, o.Hosts) {
		return &refusal{status: http.StatusForbidden,
			text: fmt.Sprintf("The host name %.200q is not allowed here.", r.Host)}
	}
	for _, origin := range r.Header.Values("Origin") {
		if !door.OriginAllowed(origin, r.Host, o.Loopback, o.Origins) {
			return &refusal{status: http.StatusForbidden,
				text: fmt.Sprintf("Pages of the origin %.200q are not allowed here.", origin)}
		}
	}
	return nil
}

// botPath is where a bot is found if several are served, followed by its name.
const botPath = "/bots/"

// route finds the bot that a request means.
func (s *Server) route(r *http.Request) (bot string, refused *refusal) {
	bots := s.opts.Backend.Bots()
	name, named := strings.CutPrefix(r.URL.Path, botPath)
	switch {
	case len(bots) == 1:
		bot = bots[0]
	case named && slices.Contains(bots, name):
		bot = name
	default:
		return "", &refusal{status: http.StatusNotFound, text: botList(bots)}
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return "", &refusal{status: http.StatusUpgradeRequired,
			text: "This is a WebSocket: connect with a chat client."}
	}
	return bot, nil
}

func botList(bots []string) string {
	if len(bots) == 0 {
		return "No bot is served here."
	}
	var b strings.Builder
	b.WriteString("These bots are served here:")
	for _, name := range slices.Sorted(slices.Values(bots)) {
		b.WriteString("\n" + botPath + name)
	}
	return b.String()
}

// place takes a place among the connections; release gives it back, once.
func (s *Server) place(remote string) (release func(), refused *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil, &refusal{http.StatusServiceUnavailable, "We will be right back.", 1}
	}
	address := door.AddressOf(remote)
	switch s.places.Take(address) {
	case door.ErrFull:
		return nil, &refusal{http.StatusServiceUnavailable, "There are too many connections.", 10}
	case door.ErrAddressFull:
		return nil, &refusal{http.StatusTooManyRequests,
			"There are too many connections from your address.", 10}
	}
	// The place outlives the request; Shutdown waits for it.
	s.wg.Add(1)
	return func() {
		s.places.Give(address)
		s.wg.Done()
	}, nil
}
