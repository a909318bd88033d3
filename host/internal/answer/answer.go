// Package answer writes the answers of interfaces over HTTP: documents of JSON, and
// in one form for all of them why a request is refused.
package answer

import (
	"net/http"
	"strconv"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
)

// maxTime is how long a client may take to take an answer.
const maxTime = 30 * time.Second

// JSON writes a document, which a page may hold. A client that does not take it is
// cut off: the deadline ends with the answer, and is no business of the next
// request.
func JSON(w http.ResponseWriter, status int, doc []byte) {
	doc = jsontext.EscapePage(append(doc, '\n'), 0)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
	rc := http.NewResponseController(w)
	// None of the errors matters: there are writers without deadlines, and clients
	// that went away need no answer.
	_ = rc.SetWriteDeadline(time.Now().Add(maxTime))
	w.WriteHeader(status)
	_, _ = w.Write(doc)
	_ = rc.Flush()
	_ = rc.SetWriteDeadline(time.Time{})
}

// Fault is why a request is refused.
type Fault struct {
	Status int
	// Code is for programs, Text for people.
	Code, Text string
	// Field is the field, header or parameter that is wrong, if it is one.
	Field string
	// Epoch is the session's, if the one that the client named is over.
	Epoch uint64
	// Retry is when to send the same again; 0 if that would not help.
	Retry time.Duration
	// Challenge is for requests without a good token.
	Challenge string
}

// Reject makes a fault from a code of the contract.
func Reject(code abi.Code, field string) *Fault {
	info := code.Info()
	f := &Fault{Status: status(code), Code: info.Name, Text: info.Text, Field: field}
	if code.Retry() {
		f.Retry = time.Second
	}
	return f
}

func status(code abi.Code) int {
	switch code {
	case abi.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case abi.CodeIDReused:
		return http.StatusConflict
	case abi.CodeUnknownBot, abi.CodeUnknownSession:
		return http.StatusNotFound
	case abi.CodeBusy, abi.CodeTooManyUploads:
		return http.StatusTooManyRequests
	case abi.CodeStoreUnavailable, abi.CodeShuttingDown:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// NotFound says that nothing is served at a path.
func NotFound() *Fault {
	return &Fault{Status: http.StatusNotFound, Code: "not_found", Text: "There is nothing here."}
}

// BadMethod says that a path is not served for a method.
func BadMethod() *Fault {
	return &Fault{
		Status: http.StatusMethodNotAllowed, Code: "method_not_allowed",
		Text: "This method is not known here.",
	}
}

// Unauthorized says that a token is missing, or if one was sent, that it is not
// good.
func Unauthorized(sent bool) *Fault {
	f := &Fault{
		Status: http.StatusUnauthorized, Code: "unauthorized",
		Text: "A valid bearer token is needed.", Challenge: `Bearer realm="bothost"`,
	}
	if sent {
		f.Challenge += `, error="invalid_token"`
	}
	return f
}

// UnknownField says that a request has a field that nobody reads. Of a long name it
// shows the first 40 bytes.
func UnknownField(name string) *Fault {
	return &Fault{
		Status: http.StatusBadRequest, Code: "unknown_field",
		Text: "This field is not known here.", Field: Shown(name),
	}
}

// Shown shortens what a client called something to 40 bytes.
func Shown(name string) string {
	const most = 40
	return name[:min(len(name), most)]
}

// Write answers with the fault.
func (f *Fault) Write(w http.ResponseWriter) {
	b := append([]byte(nil), `{"error":`...)
	b = jsontext.AppendString(b, f.Text)
	b = append(b, `,"code":`...)
	b = jsontext.AppendString(b, f.Code)
	if f.Field != "" {
		b = append(b, `,"field":`...)
		b = jsontext.AppendString(b, f.Field)
	}
	if f.Epoch != 0 {
		b = append(b, `,"epoch":`...)
		b = strconv.AppendUint(b, f.Epoch, 10)
	}
	if f.Retry > 0 {
		seconds := (f.Retry + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	if f.Challenge != "" {
		w.Header().Set("WWW-Authenticate", f.Challenge)
	}
	JSON(w, f.Status, append(b, '}'))
}
