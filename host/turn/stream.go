package turn

import (
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/session"
)

// stream is what the connections of a session are shown of the turn that runs.
type stream struct {
	// audience is nil until something was shown. Who comes later is shown nothing:
	// the beginning is missing there.
	audience []func(session.Progress)
	// shown says that there is something to withdraw.
	shown bool
}

var _ draft.Audience = (*turn)(nil)

// Listen lets f hear what the session's turns show while they run, from the next
// one on that shows something. f must not block, and may still be called once
// while, or right after, the handle is closed.
func (h *Handle) Listen(f func(session.Progress)) {
	h.live.mu.Lock()
	defer h.live.mu.Unlock()
	h.listener = f
}

// Running returns the number of the turn that runs now; 0 if none does. It does not
// block.
func (h *Handle) Running() uint64 {
	l := h.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.busy {
		return 0
	}
	return l.head.Turn + 1
}

// listeners returns those of all handles; not nil.
func (l *live) listeners() []func(session.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fs := make([]func(session.Progress), 0, len(l.handles))
	for _, h := range l.handles {
		if h.listener != nil {
			fs = append(fs, h.listener)
		}
	}
	return fs
}

// Show implements [draft.Audience].
func (t *turn) Show(part int, text []byte) {
	s := &t.stream
	if s.audience == nil {
		s.audience = t.live.listeners()
	}
	if len(s.audience) == 0 {
		return
	}
	s.shown = true
	s.tell(session.Progress{Turn: t.live.head.Turn + 1, Part: part, Text: string(text)})
}

// Withdraw implements [draft.Audience].
func (t *turn) Withdraw() {
	if t.stream.shown {
		t.stream.shown = false
		t.stream.tell(session.Progress{Turn: t.live.head.Turn + 1, Withdrawn: true})
	}
}

func (s *stream) tell(p session.Progress) {
	for _, f := range s.audience {
		f(p)
	}
}
