package files

import "time"

// SetLinger says for how long a file that was refused is read.
func (h *Handler) SetLinger(d time.Duration) { h.linger = d }
