package guest

import (
	"strconv"

	"github.com/bothost/bothost/sdk/guest-go/internal/jsontext"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// Header is a header of a request.
type Header struct{ Name, Value string }

// Request is an HTTP request.
type Request struct {
	// Method is GET, HEAD, POST, PUT, PATCH or DELETE. If empty, GET.
	Method string
	// URL is absolute, of http or https, without user and fragment.
	URL string
	// Headers are at most 32. Those that frame a message, such as Content-Length,
	// are the host's, and so is Idempotency-Key.
	Headers []Header
	Body    string
	// TimeoutMillis is how long all of it may take, at most 60000. If zero, 30000.
	TimeoutMillis int64
}

// HTTP has the host make a request when the turn has ended well. What comes of it
// is an event of [EventHTTP] with this name, for [OnEvent] to handle in a turn of
// its own: [Event.Response]. A turn may begin 8 requests of 64 KiB each, unless
// the operator chose other limits. To where requests may go is the operator's to
// say.
//
// A host that is killed before the answer came makes the request again, with the
// same Idempotency-Key.
func (*Session) HTTP(name string, r Request) {
	b := r.appendJSON(scratch[:0])
	wire.HTTPStart(name, b)
	keep(b)
}

// appendJSON appends the JSON that the host takes, without what has its default.
func (r *Request) appendJSON(b []byte) []byte {
	b = append(b, `{"url":`...)
	b = jsontext.AppendString(b, r.URL)
	if r.Method != "" {
		b = append(b, `,"method":`...)
		b = jsontext.AppendString(b, r.Method)
	}
	for i, h := range r.Headers {
		if i == 0 {
			b = append(b, `,"headers":{`...)
		} else {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, h.Name)
		b = append(b, ':')
		b = jsontext.AppendString(b, h.Value)
	}
	if len(r.Headers) > 0 {
		b = append(b, '}')
	}
	if r.Body != "" {
		b = append(b, `,"body":`...)
		b = jsontext.AppendString(b, r.Body)
	}
	if r.TimeoutMillis != 0 {
		b = append(b, `,"timeout_ms":`...)
		b = strconv.AppendInt(b, r.TimeoutMillis, 10)
	}
	return append(b, '}')
}
