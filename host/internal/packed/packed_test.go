package packed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"
)

const path = "parts/engine.gz"

// file is one with these bytes; nil is none.
func file(data []byte) *File {
	files := fstest.MapFS{"parts/README.md": {}}
	if data != nil {
		files[path] = &fstest.MapFile{Data: data}
	}
	return &File{FS: files, Path: path, What: "the engine", Target: "engine"}
}

func pack(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(plain)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnpacked(t *testing.T) {
	for _, tt := range []struct {
		name string
		want []byte
	}{
		{"whole", []byte("code")},
		{"empty", []byte{}},
		{"one below the limit", make([]byte, MaxBytes-1)},
		{"at the limit", make([]byte, MaxBytes)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := pack(t, tt.want)
			f := file(data)
			if got, err := f.Unpacked(); err != nil || !bytes.Equal(got, tt.want) {
				t.Errorf("Unpacked = %d bytes, %v, want %d", len(got), err, len(tt.want))
			}
			if got, err := f.Packed(); err != nil || !bytes.Equal(got, data) || !f.There() {
				t.Errorf("Packed = %d bytes, %v, want %d", len(got), err, len(data))
			}
		})
	}
}

func TestUnpacked_Errors(t *testing.T) {
	whole := pack(t, []byte("code"))
	for _, tt := range []struct {
		name string
		data []byte
		is   error
		want string
	}{
		{"cut off", whole[:20], io.ErrUnexpectedEOF, "unpack parts/engine.gz (make -B engine): "},
		{"cut off in the header", whole[:5], io.ErrUnexpectedEOF, "make -B engine"},
		{"nothing", []byte{}, io.EOF, "make -B engine"},
		{"not packed", []byte("\x00asm\x01\x00\x00\x00    "), gzip.ErrHeader, "make -B engine"},
		{"another sum", append(whole[:len(whole)-8:len(whole)-8], "\x01\x01\x01\x01\x04\x00\x00\x00"...),
			gzip.ErrChecksum, "make -B engine"},
		{"one above the limit", pack(t, make([]byte, MaxBytes+1)), nil, "more than 16777216 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := file(tt.data).Unpacked()
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("Unpacked = %d bytes, %v, want %v, %q", len(got), err, tt.is, tt.want)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	f := file(nil)
	const want = "this program was built without the engine: " +
		"run make engine in bothost's source, and build it again"
	_, err := f.Unpacked()
	if !errors.Is(err, f.Missing()) || err.Error() != want || f.There() {
		t.Errorf("Unpacked = %v, want %s", err, want)
	}
	if _, err := f.Packed(); !errors.Is(err, file([]byte{}).Missing()) {
		t.Errorf("Packed = %v, want that of the same file", err)
	}
	if other := (&File{What: "another", Target: "engine"}).Missing(); errors.Is(err, other) {
		t.Errorf("%v is %v", err, other)
	}
}

// A file with an error of another kind is not one that is missing.
func TestPacked_Errors(t *testing.T) {
	f := file(nil)
	f.Path = "parts"
	if _, err := f.Packed(); err == nil || errors.Is(err, f.Missing()) {
		t.Errorf("Packed of a folder = %v, want another error", err)
	}
}
