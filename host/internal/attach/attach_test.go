package attach_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
)

func TestAppend(t *testing.T) {
	folder := attach.Folder("b", "s 1/<é")
	const path = `/bots/b/sessions/s%201%2F%3C%C3%A9/files`
	if folder != path {
		t.Errorf("Folder() = %s, want %s", folder, path)
	}
	one := `{"name":"a","type":"text/plain","size":3}`
	link := func(index int) string {
		return fmt.Sprintf(`{"name":"a","type":"text/plain","size":3,"url":"%s/7/%d"}`, path, index)
	}
	for _, tt := range []struct {
		name string
		kind abi.Kind
		body string
		want string
	}{
		{"a text", abi.KindText, one, ""},
		{"a file", "file", one, `,"files":[` + link(0) + `]`},
		{"an image", "image", one, `,"files":[` + link(0) + `]`},
		{"a sound", "audio", one, `,"files":[` + link(0) + `]`},
		{"a voice", "voice", one, `,"files":[` + link(0) + `]`},
		{"two files", "files", "[" + one + "," + one + "]", `,"files":[` + link(0) + "," + link(1) + `]`},
		{"no files", "files", "[]", ""},
		{"no list", "files", one, ""},
		{"a list", "file", "[" + one + "]", ""},
		{"no JSON", "file", "{", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := abi.Entry{Seq: 7, Kind: tt.kind, Body: tt.body}
			if got := string(attach.Append(nil, &e, folder)); got != tt.want {
				t.Errorf("Append() = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestFaultOf(t *testing.T) {
	for err, want := range map[error]abi.Code{
		attach.ErrUnknown: abi.CodeUnknownUpload, attach.ErrTooMany: abi.CodeTooManyUploads,
		attach.ErrBusy: abi.CodeBusy, attach.ErrTooLarge: abi.CodeTooLarge,
		attach.ErrType: abi.CodeBadValue, errors.New("disk"): abi.CodeStoreUnavailable,
	} {
		if got := attach.FaultOf(fmt.Errorf("put: %w", err)); got.Code != want {
			t.Errorf("FaultOf(%v) = %+v, want %v", err, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	file := func(typ string, size int64) abi.File { return abi.File{Name: "a", Type: typ, Size: size} }
	many := make([]abi.File, attach.MaxFiles+1)
	for _, tt := range []struct {
		name  string
		kind  abi.EventKind
		files []abi.File
		want  abi.Code
		text  string
	}{
		{"none", abi.EventFile, nil, 0, ""},
		{"as many as there may be", abi.EventFile, many[1:], 0, ""},
		{"one too many", abi.EventFile, many, abi.CodeTooManyFiles, "at most 16 files"},
		{"as large as they may be", abi.EventFile, []abi.File{file("a/b", 60), file("a/b", 40)}, 0, ""},
		{"too large", abi.EventFile, []abi.File{file("a/b", 60), file("a/b", 41)}, abi.CodeTooLarge, "at most 100 B"},
		{"a voice", abi.EventVoice, []abi.File{file("audio/ogg", 1)}, 0, ""},
		{"a voice in a container", abi.EventVoice, []abi.File{file("video/webm", 1)}, 0, ""},
		{"no voice", abi.EventVoice, []abi.File{file("text/plain", 1)}, abi.CodeBadValue, "must be a sound"},
		{"half a type", abi.EventVoice, []abi.File{file("audio/", 1)}, abi.CodeBadValue, "must be a sound"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := attach.Check(tt.kind, tt.files, 100)
			if got.Code != tt.want || !strings.Contains(got.Text, tt.text) {
				t.Errorf("Check() = %+v, want %v and %q", got, tt.want, tt.text)
			}
		})
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 1<<20 - 1: "1023.9 KiB",
		1 << 20: "1 MiB", 16 << 20: "16 MiB", 5<<19 + 1: "2.5 MiB",
	} {
		if got := attach.Size(n); got != want {
			t.Errorf("Size(%d) = %s, want %s", n, got, want)
		}
	}
}
