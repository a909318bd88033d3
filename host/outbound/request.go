package outbound

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bothost/bothost/abi"
)

// Request is what a bot wants to be sent.
type Request struct {
	// Method is one of [abi.Methods], in any case. If empty, GET.
	Method string
	// URL is absolute, of the scheme http or https, without a user.
	URL string
	// Headers are sent. Those that are not a bot's to set, [abi.ReservedHeaders],
	// fail the request.
	Headers map[string]string
	Body    string
	// Timeout is how long the request may take. If zero, or above MaxTime, that.
	Timeout time.Duration
	// Key is the idempotency key, the same for each attempt at the same thing: it
	// is sent as Idempotency-Key. If empty, none.
	Key string
}

const (
	maxURL    = 8 << 10
	keyHeader = "Idempotency-Key"
)

// request makes the first request, or says why it is none.
func (c *Client) request(ctx context.Context, r *Request) (*http.Request, error) {
	u, err := c.allow.parseURL(r.URL)
	if err != nil {
		return nil, err
	}
	method := strings.ToUpper(r.Method)
	if method == "" {
		method = http.MethodGet
	}
	if !slices.Contains(abi.Methods(), method) {
		return nil, fmt.Errorf("the method %.20q is not one that bots may use", r.Method)
	}
	header, err := c.header(r)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), strings.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	req.URL, req.Header = u, header
	return req, nil
}

// header makes the header of the first request.
func (c *Client) header(r *Request) (http.Header, error) {
	header := http.Header{"User-Agent": {c.opts.UserAgent}}
	size := 0
	seen := make(map[string]bool, len(r.Headers))
	for name, value := range r.Headers {
		if !isToken(name) || !isValue(value) {
			return nil, fmt.Errorf("the header %.40q is not well-formed", name)
		}
		size += len(name) + len(value)
		name = http.CanonicalHeaderKey(name)
		if isReserved(strings.ToLower(name)) {
			return nil, fmt.Errorf("the header %s is not a bot's to set", name)
		}
		if seen[name] {
			return nil, fmt.Errorf("the header %.40q is there twice", name)
		}
		seen[name] = true
		header[name] = []string{value}
	}
	if size > maxHeader {
		return nil, fmt.Errorf("the headers are above %d bytes", maxHeader)
	}
	if r.Key != "" {
		if !isValue(r.Key) {
			return nil, fmt.Errorf("the idempotency key is not well-formed")
		}
		header[keyHeader] = []string{r.Key}
	}
	return header, nil
}

// isReserved reports whether a header, in lower case, is the host's to set.
func isReserved(name string) bool {
	return strings.HasPrefix(name, "proxy-") || slices.Contains(abi.ReservedHeaders(), name)
}

// isToken reports whether s is a token as RFC 9110 has it.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isValue reports whether s can be a header's value: no line can end in it.
func isValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// parseURL reads a URL, whose host is then in the one form in which hosts are
// compared and connected to, and refuses those that may not be called.
func (l allowList) parseURL(text string) (*url.URL, error) {
	if len(text) > maxURL {
		return nil, fmt.Errorf("the URL is above %d bytes", maxURL)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("the URL is not well-formed")
	}
	return u, l.check(u)
}

// check brings the host of u into its one form, and refuses what may not be
// called.
func (l allowList) check(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return &forbiddenError{"only http:// and https:// may be called"}
	}
	if u.User != nil {
		return &forbiddenError{"a URL must not hold a user or a password"}
	}
	t, err := parseTarget(u)
	if err != nil {
		return err
	}
	if !l.allows(t) {
		return &forbiddenError{fmt.Sprintf("%s is not among the hosts that bots may call", t)}
	}
	u.Host, u.Fragment, u.RawFragment = t.urlHost(), "", ""
	return nil
}
