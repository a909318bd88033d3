package files

import (
	"fmt"
	"net/http"
	"time"

	"github.com/bothost/bothost/host/internal/answer"
)

// SetLinger says for how long a file that was refused is read.
func (h *Handler) SetLinger(d time.Duration) { h.linger = d }

// FaultCodes returns what answers may be, each as in the table of README.md.
func FaultCodes() (codes []string) {
	all := []*answer.Fault{
		tooLarge, notFound, badType, timeout, spent, running, badForm, brokenOff,
		busy, closed, failed,
		answer.Unauthorized(true), badValue(""), answer.UnknownField("x"),
		asFault(http.Header{}, 412), asFault(http.Header{}, 416),
	}
	for _, f := range all {
		codes = append(codes, fmt.Sprintf("`%s`", f.Code))
	}
	return codes
}
