package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/base64"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// ResponseCode says why a request has no answer.
type ResponseCode string

// Reasons for which there is no answer.
const (
	// ResponseTimeout: the whole answer was not there in time. The server may have
	// done what it was asked to do.
	ResponseTimeout ResponseCode = "timeout"
	// ResponseRefused: there is nobody at that address.
	ResponseRefused ResponseCode = "refused"
	// ResponseTooLarge: the answer is larger than the host takes.
	ResponseTooLarge ResponseCode = "too_large"
	// ResponseRedirect: the answer leads elsewhere too often, or to where the bot
	// may not go.
	ResponseRedirect ResponseCode = "redirect"
	// ResponseFailed: anything else.
	ResponseFailed ResponseCode = "failed"
	// ResponseForbidden: the operator does not let the bot go there.
	ResponseForbidden ResponseCode = "forbidden"
)

// Response is what came of a request. Like [Event] it asks the host each time.
type Response struct{}

// Response returns what came of the request, in an event of [EventHTTP].
func (Event) Response() Response { return Response{} }

// Status returns the answer's HTTP status; 0 if there is no answer.
func (Response) Status() int {
	text, _ := Event{}.Get("response.status")
	status, _ := strconv.Atoi(text)
	return status
}

// Header returns a header of the answer, by its name in any case; empty if it has
// none. A name that holds a dot cannot be asked for.
func (Response) Header(name string) string {
	const prefix = "response.headers."
	path := append(make([]byte, 0, len(prefix)+len(name)), prefix...)
	for _, c := range []byte(name) {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		path = append(path, c)
	}
	value, _ := Event{}.Get(wire.Text(path))
	return value
}

// Body returns the answer's body: text, or any bytes if it is no text. See
// [Response.Truncated].
func (Response) Body() string {
	if body, ok := (Event{}).Get("response.body"); ok {
		return body
	}
	text, _ := Event{}.Get("response.body_base64")
	data, _ := base64.Decode(text)
	return wire.Text(data)
}

// Truncated reports whether the body was longer than the host takes, and was cut.
func (Response) Truncated() bool {
	_, ok := Event{}.Get("response.truncated")
	return ok
}

// Code says why there is no answer; empty if there is one.
func (Response) Code() ResponseCode {
	code, _ := Event{}.Get("response.code")
	return ResponseCode(code)
}

// Error returns the words to [Response.Code], for the log.
func (Response) Error() string {
	words, _ := Event{}.Get("response.error")
	return words
}
