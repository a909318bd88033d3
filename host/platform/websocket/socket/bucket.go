package socket

import "time"

// Control frames that a client may send: so many at once, and so many a second.
const (
	controlBurst = 64
	controlRate  = 8
)

// bucket is a token bucket of control frames. The zero value is full.
type bucket struct {
	used int64
	// at is when used was last lowered.
	at int64
}

// take reports whether there was a token left at now.
func (b *bucket) take(now int64) bool {
	const each = int64(time.Second) / controlRate
	if n := (now - b.at) / each; n > 0 {
		b.used = max(0, b.used-n)
		b.at += n * each
	}
	if b.used >= controlBurst {
		return false
	}
	b.used++
	return true
}
