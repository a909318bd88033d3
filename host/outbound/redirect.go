package outbound

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
)

// trip is one request on its way over redirects.
type trip struct {
	client *Client
	// header is that of the first request, meant for origin only.
	header http.Header
	origin string
	// left says that a redirect led away from there: what the bot sent is secret
	// from then on, even on the way back, which is not the bot's own any more.
	left bool
}

// follow decides about a redirect. It replaces what net/http makes of the
// header: that would send most of it to anybody, and tell them where it comes
// from.
func (t *trip) follow(req *http.Request, via []*http.Request) error {
	if len(via) > t.client.opts.MaxRedirects {
		return &redirectError{fmt.Sprintf("more than %d redirects", t.client.opts.MaxRedirects)}
	}
	if err := t.client.allow.check(req.URL); err != nil {
		return &redirectError{"a redirect was not followed: " + err.Error()}
	}
	last := via[len(via)-1].URL
	if last.Scheme == "https" && req.URL.Scheme == "http" && !t.client.allow.explicit(req.URL) {
		return &redirectError{"a redirect from https to http was not followed"}
	}
	t.left = t.left || origin(req.URL) != t.origin
	req.Header = t.next(req.Body != nil && req.Body != http.NoBody)
	return nil
}

// next makes the header of the request that follows a redirect. A body that is
// sent again keeps its type.
func (t *trip) next(body bool) http.Header {
	header := maps.Clone(t.header)
	if t.left {
		header = http.Header{"User-Agent": {t.client.opts.UserAgent}}
		copyHeader(header, t.header, keyHeader)
	}
	for _, name := range []string{
		"Content-Type", "Content-Encoding", "Content-Language", "Content-Location",
	} {
		delete(header, name)
		if body {
			copyHeader(header, t.header, name)
		}
	}
	return header
}

func copyHeader(to, from http.Header, name string) {
	if values, ok := from[name]; ok {
		to[name] = values
	}
}

// origin is what the browsers call so. The hosts of URLs are in their one form
// here.
func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }
