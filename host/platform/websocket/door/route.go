package door

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Rules say from where requests may come.
type Rules struct {
	// Loopback says that only this machine reaches the listener.
	Loopback bool
	// Hosts and Origins are what [HostAllowed] and [OriginAllowed] take besides what
	// they always take.
	Hosts, Origins []string
}

// Check checks where a request comes from; nil if it may.
func (o *Rules) Check(r *http.Request) *Refusal {
	if !HostAllowed(r.Host, o.Loopback, o.Hosts) {
		return &Refusal{Status: http.StatusForbidden,
			Text: fmt.Sprintf("The host name %.200q is not allowed here.", r.Host)}
	}
	for _, origin := range r.Header.Values("Origin") {
		if !OriginAllowed(origin, r.Host, o.Loopback, o.Origins) {
			return &Refusal{Status: http.StatusForbidden,
				Text: fmt.Sprintf("Pages of the origin %.200q are not allowed here.", origin)}
		}
	}
	return nil
}

// botPath is where a bot is found if several are served, followed by its name.
const botPath = "/bots/"

// Route finds the bot that a request for a WebSocket means: any path leads to the only
// one, and otherwise that which names it.
func Route(r *http.Request, bots []string) (bot string, refused *Refusal) {
	name, named := strings.CutPrefix(r.URL.Path, botPath)
	switch {
	case len(bots) == 1:
		bot = bots[0]
	case named && slices.Contains(bots, name):
		bot = name
	default:
		return "", &Refusal{Status: http.StatusNotFound, Text: botList(bots)}
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return "", &Refusal{Status: http.StatusUpgradeRequired,
			Text: "This is a WebSocket: connect with a chat client."}
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

// Offers reports whether a request offers a subprotocol.
func Offers(r *http.Request, protocol string) bool {
	for _, header := range r.Header.Values("Sec-WebSocket-Protocol") {
		for name := range strings.SplitSeq(header, ",") {
			if strings.TrimSpace(name) == protocol {
				return true
			}
		}
	}
	return false
}
