package socket

import (
	"errors"
	"io"
)

// What [ReadMessage] fails with.
var (
	ErrTooLarge    = errors.New("socket: message too large")
	ErrFarTooLarge = errors.New("socket: message far too large")
)

// ReadMessage reads a message of at most limit bytes into buf, which it grows.
// A longer one is read to its end and dropped, up to twice the limit.
//
// # Errors
//
// [ErrTooLarge], [ErrFarTooLarge], and those of the connection.
func ReadMessage(r io.Reader, buf []byte, limit int) ([]byte, error) {
	for dropped := 0; ; {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):min(cap(buf), limit+1)])
		buf = buf[:len(buf)+n]
		if len(buf) > limit {
			dropped += len(buf)
			buf = buf[:0]
		}
		switch {
		case err == io.EOF && dropped > 0 && dropped+len(buf) <= 2*limit:
			return buf[:0], ErrTooLarge
		case dropped+len(buf) > 2*limit && dropped > 0:
			return buf[:0], ErrFarTooLarge
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, err
		}
	}
}
