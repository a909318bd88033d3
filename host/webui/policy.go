package webui

import (
	"net/http"
	"strings"
)

// pagePolicy is what the page may do: its own files and nothing else, pictures and
// sound also out of memory. No text becomes HTML or script but through the one
// policy that page/markup.js makes.
func pagePolicy(frames []string) string {
	return strings.Join([]string{
		"default-src 'self'", "script-src 'self'", "style-src 'self'",
		"img-src 'self' data: blob:", "media-src 'self' data: blob:",
		"object-src 'none'", "base-uri 'none'", "form-action 'none'",
		"require-trusted-types-for 'script'", "trusted-types bothost-markup",
		"frame-ancestors " + strings.Join(frames, " "),
	}, "; ")
}

// chartPolicy is what the frame of a chart may do. It has no origin, so that it
// reads nothing of the page's; plotly sets styles as it likes, and reaches nobody.
// It stands in no frame but the page's.
const chartPolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; " +
	"img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
	"sandbox allow-scripts"

// strictPolicy is for answers that are no pages.
const strictPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// secure sets what all answers have.
func secure(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), display-capture=()")
}

// ancestors are the origins whose pages may show ours: the same rule as for
// sockets, as far as a policy can say it.
func ancestors(loopback bool, origins []string) []string {
	all := []string{"'self'"}
	if loopback {
		for _, scheme := range []string{"http", "https"} {
			// Policies know no addresses of IPv6.
			for _, name := range []string{"localhost", "127.0.0.1"} {
				all = append(all, scheme+"://"+name+":*")
			}
		}
	}
	for _, origin := range origins {
		origin = strings.TrimSuffix(origin, "/")
		// null is no origin that a policy can name, and the rest would end the
		// directive, or the header.
		if origin != "null" && !strings.ContainsAny(origin, " ;,\t\r\n'\"") {
			all = append(all, origin)
		}
	}
	return all
}
