package outbound

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// Response is the answer, or why there is none.
type Response struct {
	// Status is the HTTP status; 0 if Code is set.
	Status int
	// Headers have names in lower case; several of one name are joined by commas.
	Headers map[string]string
	Body    []byte
	// Truncated says that the body went on beyond MaxBody. It is cut between two
	// characters.
	Truncated bool
	// Code is empty for an answer, of whatever status. Otherwise there is none, it
	// says why, and all other fields but Err are empty.
	Code string
	// Err is Code in words that a bot may see: no addresses.
	Err string
}

// Codes of requests that were not answered, as [abi] has them. A body that is too
// large is no error here, but truncated. Only of a forbidden one is it sure
// that nothing was done.
const (
	// CodeTimeout: the time was over before the whole answer was there.
	CodeTimeout = string(abi.ResponseTimeout)
	// CodeRefused: the host cannot be found or connected to.
	CodeRefused = string(abi.ResponseRefused)
	// CodeRedirect: there were too many redirects, or one to where bots may not
	// go.
	CodeRedirect = string(abi.ResponseRedirect)
	// CodeForbidden: bots may not call that host, or the address that its name
	// leads to.
	CodeForbidden = string(abi.ResponseForbidden)
	// CodeFailed: anything else, such as a request that is not well-formed, a
	// certificate that is not good, or an answer that breaks off.
	CodeFailed = string(abi.ResponseFailed)
)

// forbiddenError is a place that may not be called.
type forbiddenError struct{ text string }

func (e *forbiddenError) Error() string { return e.text }

// redirectError is a redirect that was not followed.
type redirectError struct{ text string }

func (e *redirectError) Error() string { return e.text }

// failure says what an error means.
func failure(ctx context.Context, err error) Response {
	if redirect, ok := errors.AsType[*redirectError](err); ok {
		return Response{Code: CodeRedirect, Err: redirect.text}
	}
	if forbidden, ok := errors.AsType[*forbiddenError](err); ok {
		return Response{Code: CodeForbidden, Err: forbidden.text}
	}
	if _, ok := errors.AsType[*addressError](err); ok {
		return Response{Code: CodeForbidden, Err: "the host has an address that bots may not call"}
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return Response{Code: CodeTimeout, Err: "there was no whole answer within the time"}
	case ctx.Err() != nil:
		return Response{Code: CodeFailed, Err: "the request was called off"}
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return Response{Code: CodeRefused, Err: words(dns)}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return Response{Code: CodeRefused, Err: words(err)}
	}
	return Response{Code: CodeFailed, Err: words(err)}
}

// maxWords bounds what a peer can put into an error.
const maxWords = 200

// words returns the error's text without what wraps it: URLs, and the addresses
// of either side.
func words(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	text := err.Error()
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		text = dns.Err
	}
	return strings.ToValidUTF8(text[:min(len(text), maxWords)], "")
}

// flat makes the header one value a name.
func flat(header http.Header) map[string]string {
	out := make(map[string]string, len(header))
	for name, values := range header {
		out[strings.ToLower(name)] = strings.ToValidUTF8(strings.Join(values, ", "), "\ufffd")
	}
	return out
}

// cut makes a body that goes on end before a character of which a part is
// missing. Of one that is no text it may take three bytes too many.
func cut(body []byte, size int64) []byte {
	body = body[:size]
	for back := 1; back < utf8.UTFMax && back <= len(body); back++ {
		if tail := body[len(body)-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				body = body[:len(body)-back]
			}
			break
		}
	}
	return body
}
