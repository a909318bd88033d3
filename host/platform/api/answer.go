package api

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
	// field is the field or parameter that is wrong, if it is one.
	field string
	// epoch is the session's, if the one that the client named is over.
	epoch uint64
	// retry is when to send the same again; 0 if that would not help.
	retry time.Duration
}

// reject makes a fault from a code of the contract.
func reject(code abi.Code, field string) *fault {
	info := code.Info()
	f := &fault{status: status(code), code: info.Name, text: info.Text, field: field}
	if code.Retry() {
		f.retry = time.Second
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
	if f.epoch != 0 {
		b = append(b, `,"epoch":`...)
		b = strconv.AppendUint(b, f.epoch, 10)
	}
	if f.retry > 0 {
		seconds := (f.retry + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	answer(w, f.status, append(b, '}'))
}

// answer writes a JSON document, which a page may hold. A client that does not take it is cut off: the
// deadline ends with the answer, and is no business of the next request.
func answer(w http.ResponseWriter, status int, doc []byte) {
	doc = abi.EscapePage(append(doc, '\n'), 0)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
	rc := http.NewResponseController(w)
	// Neither of the errors matters: there are writers without deadlines, and
	// clients that went away need no answer.
	_ = rc.SetWriteDeadline(time.Now().Add(maxAnswerTime))
	w.WriteHeader(status)
	_, _ = w.Write(doc)
	_ = rc.Flush()
	_ = rc.SetWriteDeadline(time.Time{})
}
