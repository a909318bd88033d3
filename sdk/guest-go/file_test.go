package guest

import (
	"io"
	"testing"
	"testing/iotest"
)

func TestFile(t *testing.T) {
	h := install(t, &recordingHost{value: "hello"})
	f := File{Name: "a.txt", Type: "text/plain", Size: 5}
	if err := iotest.TestReader(f.Open(), []byte("hello")); err != nil {
		t.Error(err)
	}
	if got, err := f.Content(); string(got) != "hello" || err != nil {
		t.Errorf("Content() = %q, %v", got, err)
	}
	reads := h.reads
	if n, err := f.ReadAt(make([]byte, 1), -1); n != 0 || err == nil || h.reads > reads {
		t.Errorf("ReadAt(-1) = %d, %v, want an error without a call", n, err)
	}
	for _, tt := range []struct {
		size, at, n int
		err         error
	}{{4, 0, 4, nil}, {5, 0, 5, nil}, {6, 0, 5, io.EOF}, {1, 5, 0, io.EOF}, {1, 9, 0, io.EOF}} {
		n, err := f.ReadAt(make([]byte, tt.size), int64(tt.at))
		if n != tt.n || err != tt.err {
			t.Errorf("ReadAt(%d bytes, %d) = %d, %v, want %d, %v", tt.size, tt.at, n, err, tt.n, tt.err)
		}
	}
	h.absent = true
	if _, err := f.Content(); err == nil {
		t.Error("Content() of no file = no error, want one")
	}
}

func TestReplyFile(t *testing.T) {
	h := install(t, new(recordingHost))
	for _, tt := range []struct {
		do   func()
		want push
	}{
		{func() { session.ReplyFile("a", "b/c", []byte("\xff")) }, push{"a", "b/c", "\xff", -1}},
		{func() { session.ReplyImage("a.b.PNG", nil) }, push{"a.b.PNG", "image/png", "", -1}},
		{func() { session.ReplyImage("a.jpg", nil) }, push{"a.jpg", "image/jpeg", "", -1}},
		{func() { session.ReplyImage("a.svg", nil) }, push{"a.svg", "image/svg+xml", "", -1}},
		{func() { session.ReplyImage("png", nil) }, push{"png", "image/x-unknown", "", -1}},
		{func() { session.ReplyImage("png.", nil) }, push{"png.", "image/x-unknown", "", -1}},
		{func() { session.ReplyAudio("a.wav", nil) }, push{"a.wav", "audio/wav", "", -1}},
		{func() { session.ReplyAudio("a.mp3", nil) }, push{"a.mp3", "audio/mpeg", "", -1}},
		{func() { session.ReplyAudio("a.m4a", nil) }, push{"a.m4a", "audio/mp4", "", -1}},
	} {
		h.pushed = nil
		tt.do()
		if len(h.pushed) != 1 || h.pushed[0] != tt.want {
			t.Errorf("pushed %v, want %v", h.pushed, tt.want)
		}
	}
}
