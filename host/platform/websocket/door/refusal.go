package door

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
)

// Refusal is a plain text answer to a request that does not become a WebSocket.
type Refusal struct {
	Status int
	Text   string
	// Retry is in seconds; 0 for none.
	Retry int
}

// Unauthorized returns the refusal of who has no token, or a wrong one.
func Unauthorized() *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Text: "The token is missing or wrong."}
}

// Stopping returns the refusal of a server that is about to end.
func Stopping() *Refusal {
	return &Refusal{http.StatusServiceUnavailable, "We will be right back.", 1}
}

// Write answers a request.
func (r *Refusal) Write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(r.Retry))
	}
	switch r.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case http.StatusUpgradeRequired:
		h.Set("Connection", "Upgrade")
		h.Set("Upgrade", "websocket")
	}
	w.WriteHeader(r.Status)
	// A client that went away needs no answer.
	_, _ = fmt.Fprintln(w, r.Text)
}

// Bytes is the answer as it goes over a connection of which no request was read, and
// which is closed then.
func (r *Refusal) Bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", r.Status, http.StatusText(r.Status))
	b.WriteString("Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n")
	if r.Retry > 0 {
		fmt.Fprintf(&b, "Retry-After: %d\r\n", r.Retry)
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s\n", len(r.Text)+1, r.Text)
	return b.Bytes()
}
