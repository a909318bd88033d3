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
		return fmt.Sprintf(`{"name":"a","type":"text/plain","size":3,"url":"%s/7/%d"}`,
			path, index)
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
		{"two files", "files", "[" + one + "," + one + "]",
			`,"files":[` + link(0) + "," + link(1) + `]`},
		{"no files", "files", "[]", ""},
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
	file := func(typ string,
		size int64) abi.File {
		return abi.File{Name: "a", Type: typ, Size: size}
	}
	limits := abi.Limits{EventFiles: 2, EventFileBytes: 100}
	for _, tt := range []struct {
		name  string
		kind  abi.EventKind
		files []abi.File
		want  abi.Code
		text  string
	}{
		{"none", abi.EventFile, nil, 0, ""},
		{"as many as there may be", abi.EventFile, make([]abi.File, 2), 0, ""},
		{"one too many", abi.EventFile, make([]abi.File, 3),
			abi.CodeTooManyFiles, "at most 2 files"},
		{"one byte less", abi.EventFile, []abi.File{file("a/b", 60), file("a/b", 39)}, 0, ""},
		{"as large as they may be", abi.EventFile,
			[]abi.File{file("a/b", 60), file("a/b", 40)}, 0, ""},
		{"too large", abi.EventFile, []abi.File{file("a/b", 60), file("a/b", 41)},
			abi.CodeTooLarge,
			"at most 100 bytes"},
		{"a voice", abi.EventVoice, []abi.File{file("audio/ogg", 1)}, 0, "audio/ogg"},
		{"a voice in a container", abi.EventVoice,
			[]abi.File{file("video/webm", 1)}, 0, "audio/webm"},
		{"no voice", abi.EventVoice, []abi.File{file("text/plain", 1)},
			abi.CodeBadValue, "must be a sound"},
		{"a film", abi.EventVoice, []abi.File{file("video/quicktime", 1)},
			abi.CodeBadValue, "must be a sound"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := attach.Check(tt.kind, tt.files, &limits)
			if got.Code == 0 && tt.kind == abi.EventVoice {
				got.Text = tt.files[0].Type
			}
			if got.Code != tt.want || !strings.Contains(got.Text, tt.text) {
				t.Errorf("Check() = %+v, want %v and %q", got, tt.want, tt.text)
			}
		})
	}
}

func TestAbout(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1_000_000: "976.6 KiB", 5<<20 + 1: "5.0 MiB",
	} {
		if got := attach.About(n); got != want {
			t.Errorf("About(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1023: "1023 bytes", 1024: "1 KiB", 1536: "1536 bytes", 64 << 10: "64 KiB",
		16 << 20: "16 MiB", 700_000: "700 kB", 5_000_000: "5 MB", 5_000_001: "5000001 bytes",
	} {
		if got := attach.Size(n); got != want {
			t.Errorf("Size(%d) = %s, want %s", n, got, want)
		}
	}
}
