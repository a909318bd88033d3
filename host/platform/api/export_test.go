package api

import (
	"time"

	"github.com/bothost/bothost/abi"
)

// SetBodyTime says how long a client may take to send its body.
func (h *Handler) SetBodyTime(d time.Duration) { h.bodyTime = d }

// ParsePost reads a body; code is empty if it can be read.
func ParsePost(body []byte, limits abi.Limits) (ev abi.Event, code string) {
	limits = limits.Defaults()
	p, f := parsePost(body, &limits)
	if f != nil {
		return p.event, f.Code
	}
	return p.event, ""
}
