package abi

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/jsontext"
)

// ResponseCode says why a request has no answer.
type ResponseCode string

const (
	// ResponseTimeout: the whole answer was not there in time.
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
	// ResponseForbidden: the operator does not let the bot go there. Nothing was
	// sent.
	ResponseForbidden ResponseCode = "forbidden"
)

// ResponseInfo is one row of the table of response codes.
type ResponseInfo struct {
	Code ResponseCode
	// Says is what the code means, in the words of abi/README.md.
	Says string
}

var responses = []ResponseInfo{
	{ResponseTimeout,
		"the whole answer was not there within `timeout_ms`; the server may have acted"},
	{ResponseRefused, "there is nobody at that address"},
	{ResponseTooLarge, "the answer is larger than the host takes"},
	{ResponseRedirect, "the answer leads elsewhere too often, or to where the bot may not go"},
	{ResponseFailed, "anything else"},
	{ResponseForbidden, "the operator does not let the bot go there; nothing was sent"},
}

// Responses returns the table of response codes.
func Responses() []ResponseInfo { return responses }

// Response is what became of a [Request]: the answer, or why there is none. It
// stands in the Data of an event of [EventHTTP].
type Response struct {
	// Status is the answer's HTTP status.
	Status int
	// Headers are the answer's, by their names in lower case.
	Headers map[string]string
	// Body is text, or any bytes: bots get what is not UTF-8 in base64. If it was
	// cut, that should be between two characters.
	Body string
	// Truncated says that the body was cut.
	Truncated bool
	// Code says why there is no answer; empty if there is one.
	Code ResponseCode
	// Error is the same in words, for the bot's author.
	Error string
	// Key is the idempotency key that the request had. A request that is made
	// again after a crash has the same one.
	Key string
}

// AppendJSON appends the response as the JSON object in which bots find it. The
// body comes last: what reads another field need not go past it.
func (r *Response) AppendJSON(b []byte) []byte {
	if r.Code != "" {
		return r.appendError(b)
	}
	b = append(b, `{"status":`...)
	b = strconv.AppendInt(b, int64(r.Status), 10)
	b = append(b, `,"headers":`...)
	b = appendHeaders(b, r.Headers)
	if r.Truncated {
		b = append(b, `,"truncated":true`...)
	}
	b = append(b, `,"key":`...)
	b = jsontext.AppendString(b, r.Key)
	if utf8.ValidString(r.Body) {
		b = append(b, `,"body":`...)
		b = jsontext.AppendString(b, r.Body)
	} else {
		b = append(b, `,"body_base64":"`...)
		b = base64.StdEncoding.AppendEncode(b, []byte(r.Body))
		b = append(b, '"')
	}
	return append(b, '}')
}

func (r *Response) appendError(b []byte) []byte {
	b = append(b, `{"error":`...)
	b = jsontext.AppendString(b, r.Error)
	b = append(b, `,"code":`...)
	b = jsontext.AppendString(b, r.Code)
	b = append(b, `,"key":`...)
	b = jsontext.AppendString(b, r.Key)
	return append(b, '}')
}
