package abi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/jsontext"
)

// Rules of requests.
const (
	MaxHeaders = 32
	// DefaultTimeout and MaxTimeout are in milliseconds.
	DefaultTimeout = 30_000
	MaxTimeout     = 60_000
	// MaxRequests is how many requests of a session may wait for their answers: a bot
	// that makes two for each answer would fill the disk.
	MaxRequests = 256
)

// methods are those that a request may have; the first is the default.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

// reserved are the headers that the host sets or leaves out itself: those that
// frame a message or concern one connection only, and the key that tells a
// request's second try from another request.
var reserved = []string{
	"connection", "content-length", "expect", "host", "http2-settings", "idempotency-key",
	"keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
}

// CheckWaiting checks how many requests of a session would wait for their answers
// after a turn.
//
// # Errors
//
// There are more than [MaxRequests].
func CheckWaiting(requests int) error {
	if requests > MaxRequests {
		return fmt.Errorf("%d requests of the session would wait for their answers, more than %d",
			requests, MaxRequests)
	}
	return nil
}

// Methods returns the methods that a request may have; the first is the default.
func Methods() []string { return methods }

// ReservedHeaders returns the names of the headers that a request may not have,
// in lower case; those that begin with proxy- are reserved too.
func ReservedHeaders() []string { return reserved }

// Request is an HTTP request that a bot wants the host to make after the turn.
// Whether the operator lets it go to that host is not known here.
type Request struct {
	// Name comes back with the answer. It is no part of the JSON.
	Name   string
	Method string
	// URL is absolute, of http or https, without user and fragment.
	URL string
	// Headers are by their names in lower case. If nil, there are none.
	Headers       map[string]string
	Body          string
	TimeoutMillis int64
}

// ParseRequest reads the JSON object that http_start takes, and fills in the
// defaults.
//
// # Errors
//
// The error names the field and the rule that it breaks.
func ParseRequest(doc []byte) (Request, error) {
	r := Request{Method: methods[0], TimeoutMillis: DefaultTimeout}
	if !utf8.Valid(doc) {
		return Request{}, ErrNotUTF8
	}
	// A map, because encoding/json takes the names of a struct's fields in any
	// case, and other hosts would not.
	var fields map[string]json.RawMessage
	if err := decode(bytes.TrimSpace(doc), &fields); err != nil {
		return Request{}, err
	}
	if _, ok := fields["url"]; !ok {
		return Request{}, errors.New("url: is missing")
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := r.set(name, fields[name]); err != nil {
			return Request{}, err
		}
	}
	return r, nil
}

// decode is json.Unmarshal, but takes no null in the place of a value.
func decode(doc []byte, v any) error {
	if string(doc) == "null" {
		return fmt.Errorf("must be %s, is null", jsontext.TypeName(reflect.TypeOf(v).Elem()))
	}
	if err := json.Unmarshal(doc, v); err != nil {
		return jsontext.Explain(err)
	}
	return nil
}

// set reads and checks the field called name.
func (r *Request) set(name string, value json.RawMessage) (err error) {
	switch name {
	case "method":
		if err = decode(value, &r.Method); err == nil {
			err = checkMethod(r.Method)
		}
	case "url":
		if err = decode(value, &r.URL); err == nil {
			err = checkURL(r.URL)
		}
	case "headers":
		var headers map[string]json.RawMessage
		if err = decode(value, &headers); err == nil {
			err = r.setHeaders(headers)
		}
	case "body":
		err = decode(value, &r.Body)
	case "timeout_ms":
		err = decode(value, &r.TimeoutMillis)
		if n := r.TimeoutMillis; err == nil && (n < 1 || n > MaxTimeout) {
			err = fmt.Errorf("must be 1 to %d, is %d", MaxTimeout, n)
		}
	default:
		return fmt.Errorf("the field %.40q is unknown", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func checkMethod(method string) error {
	if !slices.Contains(methods, method) {
		return fmt.Errorf("must be one of %s, is %.40q", strings.Join(methods, " "), method)
	}
	return nil
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if bad, ok := errors.AsType[*url.Error](err); ok {
		return bad.Err // without the whole of a text that may be long
	}
	port, portErr := "", error(nil)
	if err == nil {
		if port = u.Port(); port != "" {
			_, portErr = strconv.ParseUint(port, 10, 16)
		}
	}
	switch {
	case err != nil:
		return err
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("must begin with http:// or https://")
	case u.Hostname() == "":
		return errors.New("must name a host")
	case portErr != nil:
		return fmt.Errorf("has the port %.40q, which does not exist", port)
	case u.User != nil:
		return errors.New("must not name a user: use a header")
	case strings.Contains(text, "#"):
		return errors.New("must not have a fragment")
	}
	return nil
}

func (r *Request) setHeaders(headers map[string]json.RawMessage) error {
	if len(headers) > MaxHeaders {
		return fmt.Errorf("at most %d, not %d", MaxHeaders, len(headers))
	}
	if len(headers) == 0 {
		return nil
	}
	r.Headers = make(map[string]string, len(headers))
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		low := strings.ToLower(name)
		value, err := parseHeader(name, headers[name])
		if _, twice := r.Headers[low]; err == nil && twice {
			err = errors.New("stands twice")
		}
		if err != nil {
			return fmt.Errorf("%.40q: %w", low, err)
		}
		r.Headers[low] = value
	}
	return nil
}

func parseHeader(name string, doc json.RawMessage) (value string, err error) {
	if err := checkHeaderName(name); err != nil {
		return "", err
	}
	if err := decode(doc, &value); err != nil {
		return "", err
	}
	if !isHeaderValue(value) {
		return "", errors.New("must be printable ASCII, without spaces around it")
	}
	return value, nil
}

func checkHeaderName(name string) error {
	if name == "" {
		return errors.New("must not be empty")
	}
	for _, c := range []byte(name) {
		if !isTokenChar(c) {
			return errors.New("is no name of a header")
		}
	}
	low := strings.ToLower(name)
	if slices.Contains(reserved, low) || strings.HasPrefix(low, "proxy-") {
		return errors.New("is set by the host")
	}
	return nil
}

// isTokenChar reports whether c may stand in the name of a header (RFC 9110).
func isTokenChar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func isHeaderValue(value string) bool {
	for _, c := range []byte(value) {
		if c != '\t' && (c < ' ' || c > '~') {
			return false
		}
	}
	return strings.Trim(value, " \t") == value
}

// AppendJSON appends the request as the JSON object that [ParseRequest] reads,
// in one order, with the defaults filled in, and without the name.
func (r *Request) AppendJSON(b []byte) []byte {
	b = append(b, `{"method":`...)
	b = jsontext.AppendString(b, r.Method)
	b = append(b, `,"url":`...)
	b = jsontext.AppendString(b, r.URL)
	if len(r.Headers) > 0 {
		b = append(b, `,"headers":`...)
		b = appendHeaders(b, r.Headers)
	}
	if r.Body != "" {
		b = append(b, `,"body":`...)
		b = jsontext.AppendString(b, r.Body)
	}
	b = append(b, `,"timeout_ms":`...)
	b = strconv.AppendInt(b, r.TimeoutMillis, 10)
	return append(b, '}')
}

// appendHeaders appends a JSON object, sorted by names.
func appendHeaders(b []byte, headers map[string]string) []byte {
	b = append(b, '{')
	for i, name := range slices.Sorted(maps.Keys(headers)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, name)
		b = append(b, ':')
		b = jsontext.AppendString(b, headers[name])
	}
	return append(b, '}')
}
