package script

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"
	"testing/fstest"
)

func TestUnpack(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte("code")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		code  string
		err   error
	}{
		{"whole", fstest.MapFS{engineFile: {Data: packed.Bytes()}}, "code", nil},
		{"not there", fstest.MapFS{"engine/README.md": {}}, "", ErrMissing},
		{"cut off", fstest.MapFS{engineFile: {Data: packed.Bytes()[:20]}}, "", io.ErrUnexpectedEOF},
		{"not packed", fstest.MapFS{engineFile: {Data: []byte("\x00asm\x01\x00\x00\x00    ")}}, "",
			gzip.ErrHeader},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, err := unpack(tt.files)
			if string(code) != tt.code || !errors.Is(err, tt.err) {
				t.Errorf("unpack = %q, %v, want %q, %v", code, err, tt.code, tt.err)
			}
		})
	}
}
