package guest

import (
	"testing"

	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// recordingHost answers every read with the same value and remembers what was
// called.
type recordingHost struct {
	value  string
	absent bool
	reads  int
	pushed []push
}

type push struct {
	name, a, b string
	n          int64
}

func (h *recordingHost) Pull(_, _ string, _ int, buf []byte) int {
	h.reads++
	if h.absent {
		return wire.Absent
	}
	if len(h.value) <= len(buf) {
		copy(buf, h.value)
	}
	return len(h.value)
}

func (h *recordingHost) Push(name, a, b string, n int64) {
	h.pushed = append(h.pushed, push{name, a, b, n})
}

func (h *recordingHost) ReplyFile(name, mime string, content []byte) {
	h.pushed = append(h.pushed, push{name, mime, string(content), -1})
}

func (h *recordingHost) FileRead(_ int, offset int64, buf []byte) int {
	h.reads++
	if h.absent {
		return wire.Absent
	}
	return copy(buf, h.value[min(int(offset), len(h.value)):])
}

func (h *recordingHost) Now() int64 { return 42 }

func (h *recordingHost) Random(buf []byte) {
	for i := range buf {
		buf[i] = 7
	}
}

// install makes h the host, and the buffers new, until the test ends.
func install(tb testing.TB, h *recordingHost) *recordingHost {
	tb.Helper()
	wire.Install(h)
	chunk, used, scratch = make([]byte, chunkSize), 0, nil
	tb.Cleanup(func() { wire.Install(nil) })
	return h
}
