package files

import (
	"errors"
	"net/http"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/answer"
)

var (
	tooLarge = answer.Reject(abi.CodeTooLarge, "")
	notFound = answer.NotFound()
	badType  = &answer.Fault{
		Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type",
		Text: "Files of this type are not taken, or the file is of another type than it says.",
	}
	timeout = &answer.Fault{
		Status: http.StatusRequestTimeout, Code: "timeout", Text: "The file did not come in time.",
	}
	spent = &answer.Fault{
		Status: http.StatusConflict, Code: "token_used",
		Text: "This token was already used for another file.",
	}
	running = &answer.Fault{
		Status: http.StatusConflict, Code: "upload_running", Retry: time.Second,
		Text: "A file is being sent with this token right now.",
	}
	badForm = &answer.Fault{
		Status: http.StatusBadRequest, Code: "bad_form",
		Text: "A form must hold one file and nothing else.",
	}
	brokenOff = &answer.Fault{
		Status: http.StatusBadRequest, Code: "bad_body", Text: "The file broke off.",
	}
	busy   = answer.Reject(abi.CodeBusy, "")
	closed = answer.Reject(abi.CodeShuttingDown, "")
	failed = &answer.Fault{
		Status: http.StatusServiceUnavailable, Code: abi.CodeStoreUnavailable.String(),
		Retry: time.Second, Text: "The file could not be reached right now. Please try again.",
	}
)

func badValue(field string) *answer.Fault { return answer.Reject(abi.CodeBadValue, field) }

// known are the faults that errors are.
var known = []struct {
	err   error
	fault *answer.Fault
}{
	{ErrSpent, spent}, {ErrRunning, running}, {ErrTooLarge, tooLarge}, {ErrType, badType},
	{ErrBusy, busy}, {ErrNotFound, notFound}, {ErrClosed, closed}, {errForm, badForm},
}

// fault says what an error means to the client.
func (h *Handler) fault(r *http.Request, t target, b *body, err error) *answer.Fault {
	switch {
	case errors.Is(b.err, ErrClosed):
		return closed
	case b.slow():
		return timeout
	case b.err != nil:
		return brokenOff
	case errors.Is(err, ErrToken):
		return answer.Unauthorized(t.token != "")
	}
	for _, k := range known {
		if errors.Is(err, k.err) {
			return k.fault
		}
	}
	if r.Context().Err() != nil {
		return brokenOff
	}
	h.opts.Logger.Warn("files cannot be reached",
		"bot", t.bot, "session", t.session, "err", err)
	return failed
}
