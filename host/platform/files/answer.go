package files

import (
	"net/http"
	"strconv"
	"time"

	"github.com/bothost/bothost/abi"
)

// fault is why a request is refused.
type fault struct {
	status int
	// code is for programs, text for people.
	code, text string
	// field is the parameter that is wrong, if it is one.
	field string
	// retry is when to send the same again; 0 if that would not help.
	retry time.Duration
	// challenge is for requests without a good token.
	challenge string
}

// reject makes a fault from a code of the contract.
func reject(status int, code abi.Code, field string) *fault {
	info := code.Info()
	f := &fault{status: status, code: info.Name, text: info.Text, field: field}
	if code.Retry() {
		f.retry = time.Second
	}
	return f
}

var (
	tooLarge = reject(http.StatusRequestEntityTooLarge, abi.CodeTooLarge, "")
	notFound = &fault{status: http.StatusNotFound, code: "not_found", text: "There is nothing here."}
	badType  = &fault{
		status: http.StatusUnsupportedMediaType, code: "unsupported_media_type",
		text: "Files of this type are not taken, or the file is of another type than it says.",
	}
	timeout = &fault{
		status: http.StatusRequestTimeout, code: "timeout", text: "The file did not come in time.",
	}
	spent = &fault{
		status: http.StatusConflict, code: "token_used", text: "This token was already used for another file.",
	}
	running = &fault{
		status: http.StatusConflict, code: "upload_running", retry: time.Second,
		text: "A file is being sent with this token right now.",
	}
	badForm = &fault{
		status: http.StatusBadRequest, code: "bad_form", text: "A form must hold one file and nothing else.",
	}
	brokenOff = &fault{status: http.StatusBadRequest, code: "bad_body", text: "The file broke off."}
	busy      = reject(http.StatusTooManyRequests, abi.CodeBusy, "")
	closed    = reject(http.StatusServiceUnavailable, abi.CodeShuttingDown, "")
	failed    = &fault{
		status: http.StatusServiceUnavailable, code: abi.CodeStoreUnavailable.String(), retry: time.Second,
		text: "The file could not be reached right now. Please try again.",
	}
)

// unauthorized says that a token is missing, or is not good.
func unauthorized(sent bool) *fault {
	f := &fault{
		status: http.StatusUnauthorized, code: "unauthorized", text: "A valid bearer token is needed.",
		challenge: `Bearer realm="bothost"`,
	}
	if sent {
		f.challenge += `, error="invalid_token"`
	}
	return f
}

func badValue(field string) *fault {
	return reject(http.StatusBadRequest, abi.CodeBadValue, field)
}

// refuse writes a fault.
func refuse(w http.ResponseWriter, f *fault) {
	b := append([]byte(nil), `{"error":`...)
	b = abi.AppendString(b, f.text)
	b = append(b, `,"code":`...)
	b = abi.AppendString(b, f.code)
	if f.field != "" {
		b = append(b, `,"field":`...)
		b = abi.AppendString(b, f.field)
	}
	if f.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.retry+time.Second-1)/time.Second)))
	}
	if f.challenge != "" {
		w.Header().Set("WWW-Authenticate", f.challenge)
	}
	answer(w, f.status, append(b, '}'))
}

// answer writes a JSON document, which a page may hold. A client that does not take
// it is cut off: the deadline ends with the answer, and is no business of the next
// request.
func answer(w http.ResponseWriter, status int, doc []byte) {
	const maxAnswerTime = 30 * time.Second
	doc = abi.EscapePage(append(doc, '\n'), 0)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
	rc := http.NewResponseController(w)
	// None of the errors matters: there are writers without deadlines, and clients
	// that went away need no answer.
	_ = rc.SetWriteDeadline(time.Now().Add(maxAnswerTime))
	w.WriteHeader(status)
	_, _ = w.Write(doc)
	_ = rc.Flush()
	_ = rc.SetWriteDeadline(time.Time{})
}
