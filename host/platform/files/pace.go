package files

import (
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/bothost/bothost/host/internal/answer"
)

// pace is a deadline that moves with what a client sends or takes. It ends after
// idle without a byte, and before that if all that came is less than rate.
type pace struct {
	idle  time.Duration
	rate  int64
	start time.Time
	set   time.Time
	n     int64
}

// next returns the deadline; moved is false if it is hardly later than the one
// before: to set one costs more than to read some bytes.
func (p *pace) next(now time.Time) (deadline time.Time, moved bool) {
	if p.start.IsZero() {
		p.start = now
	}
	earned := time.Duration(float64(p.n) / float64(p.rate) * float64(time.Second))
	deadline = now.Add(p.idle)
	if least := p.start.Add(p.idle + earned); least.Before(deadline) {
		deadline = least
	}
	if deadline.Sub(p.set) < p.idle/16 {
		return p.set, false
	}
	p.set = deadline
	return deadline, true
}

// body is what a client sends. One goroutine reads it; cut may come from another.
type body struct {
	r    io.Reader
	rc   *http.ResponseController
	pace pace
	// ended says that all of it was read, err why not, begun that some of it was
	// asked for.
	ended, begun bool
	err          error

	mu  sync.Mutex // guards the following, and deadlines
	off bool
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	b.begun = true
	if !b.extend() {
		b.err = ErrClosed
		return 0, b.err
	}
	n, err := b.r.Read(p)
	b.pace.n += int64(n)
	switch {
	case err == io.EOF:
		b.ended = true
	case err != nil && b.isOff():
		b.err = ErrClosed
		return n, b.err
	case err != nil:
		b.err = err
	}
	return n, err
}

// extend moves the deadline; it reports false if the body was cut.
func (b *body) extend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.off {
		return false
	}
	if deadline, moved := b.pace.next(time.Now()); moved {
		_ = b.rc.SetReadDeadline(deadline) // there are readers without deadlines
	}
	return true
}

// cut ends a Read that waits, and all that follow.
func (b *body) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.off = true
	_ = b.rc.SetReadDeadline(time.Unix(1, 0)) // there are readers without deadlines
}

func (b *body) isOff() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.off
}

// slow reports whether the client took too long.
func (b *body) slow() bool { return b.err != nil && os.IsTimeout(b.err) }

// pacedWriter is an answer that a client must take at a pace. Errors of
// http.ServeContent become ours.
type pacedWriter struct {
	http.ResponseWriter
	rc   *http.ResponseController
	pace pace
	// refused says that the answer is an error, which was written.
	refused bool
}

func (w *pacedWriter) WriteHeader(status int) {
	if status < http.StatusBadRequest || w.refused {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.refused = true
	asFault(w.Header(), status).Write(w.ResponseWriter)
}

func (w *pacedWriter) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	if deadline, moved := w.pace.next(time.Now()); moved {
		_ = w.rc.SetWriteDeadline(deadline) // there are writers without deadlines
	}
	n, err := w.ResponseWriter.Write(p)
	w.pace.n += int64(n)
	return n, err
}

// asFault says what http.ServeContent finds to be wrong.
func asFault(h http.Header, status int) *answer.Fault {
	// They are those of the file.
	for _, name := range []string{"Content-Disposition", "Accept-Ranges", "ETag"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store") // it was taken away
	switch status {
	case http.StatusRequestedRangeNotSatisfiable:
		return &answer.Fault{
			Status: status, Code: "bad_range", Text: "The file has no such range.", Field: "Range",
		}
	case http.StatusPreconditionFailed:
		return &answer.Fault{
			Status: status, Code: "precondition_failed", Text: "The file is another one.",
		}
	}
	return failed
}
