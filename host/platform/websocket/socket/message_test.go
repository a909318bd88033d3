package socket

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// One below, at and one above each bound, whole and byte by byte.
func TestReadMessage(t *testing.T) {
	const limit = 10
	for _, tt := range []struct {
		size int
		want error
	}{
		{0, nil}, {1, nil}, {limit - 1, nil}, {limit, nil},
		{limit + 1, ErrTooLarge}, {2*limit - 1, ErrTooLarge}, {2 * limit, ErrTooLarge},
		{2*limit + 1, ErrFarTooLarge}, {20 * limit, ErrFarTooLarge},
	} {
		text := strings.Repeat("x", tt.size)
		for name, r := range map[string]io.Reader{
			"whole": strings.NewReader(text), "bytes": iotest.OneByteReader(strings.NewReader(text)),
		} {
			got, err := ReadMessage(r, nil, limit)
			if !errors.Is(err, tt.want) || err == nil && string(got) != text {
				t.Errorf("%d %s: ReadMessage() = %q, %v, want %v", tt.size, name, got, err, tt.want)
			}
		}
	}
	broken := errors.New("broken")
	if _, err := ReadMessage(iotest.ErrReader(broken), nil, limit); !errors.Is(err, broken) {
		t.Errorf("ReadMessage() = %v, want %v", err, broken)
	}
}

// FuzzReadMessage: a message comes as it was sent, or with the error of its size,
// whatever the buffer and the pieces.
func FuzzReadMessage(f *testing.F) {
	f.Add([]byte("hello"), 5, 3)
	f.Add([]byte("hello"), 4, 0)
	f.Add([]byte("hello"), 2, 9)
	f.Fuzz(func(t *testing.T, msg []byte, limit, room int) {
		limit, room = 1+limit&0xff, room&0xff
		for _, r := range []io.Reader{bytes.NewReader(msg), iotest.HalfReader(bytes.NewReader(msg))} {
			got, err := ReadMessage(r, make([]byte, 0, room), limit)
			want := error(nil)
			switch {
			case len(msg) > 2*limit:
				want = ErrFarTooLarge
			case len(msg) > limit:
				want = ErrTooLarge
			}
			if !errors.Is(err, want) || err == nil && !bytes.Equal(got, msg) {
				t.Errorf("ReadMessage(%q, %d) = %q, %v, want %v", msg, limit, got, err, want)
			}
		}
	})
}
