package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/session"
)

var _ api.Filer = (*fake)(nil)

// fakeFiles are the uploads of a fake.
type fakeFiles struct {
	token string

	mu       sync.Mutex // guards the following
	uploads  map[string]abi.File
	released []bool
	err      error
}

// upload brings a file for a session.
func (f *fake) upload(session, id string, file abi.File) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	if f.files.uploads == nil {
		f.files.uploads = make(map[string]abi.File)
	}
	f.files.uploads[session+"/"+id] = file
}

// IssueUpload implements [api.Filer].
func (f *fake) IssueUpload(session.Key) (string, error) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	return f.files.token, f.files.err
}

// TakeUploads implements [api.Filer].
func (f *fake) TakeUploads(_ context.Context, key session.Key, ids []string) (
	[]abi.File, func(bool), error) {
	f.files.mu.Lock()
	defer f.files.mu.Unlock()
	var files []abi.File
	for _, id := range ids {
		file, ok := f.files.uploads[key.ID+"/"+id]
		if !ok {
			return nil, nil, fmt.Errorf("take: %w", attach.ErrUnknown)
		}
		files = append(files, file)
	}
	return files, func(taken bool) {
		f.files.mu.Lock()
		defer f.files.mu.Unlock()
		f.files.released = append(f.files.released, taken)
	}, f.files.err
}

// TestPost_Files: what a post with files is answered with, and what becomes of them.
func TestPost_Files(t *testing.T) {
	many := `["a"` + strings.Repeat(`,"a"`, 16) + `]`
	id64 := strings.Repeat("x", 64)
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
		released   []bool
	}{
		{"files", `{"type":"files","files":["a","b"]}`, 202, ``, []bool{true}},
		{"as many as there may be", `{"type":"files","files":` +
			strings.Replace(many, `,"a"`, ``, 1) + `}`, 202, ``, []bool{true}},
		{"voice", `{"type":"voice","file":"v"}`, 202, ``, []bool{true}},
		{"a film as a voice", `{"type":"voice","file":"w"}`, 202, ``, []bool{true}},
		{"no sound", `{"type":"voice","file":"a"}`, 400, `bad_value "file"`, []bool{false}},
		{"too many", `{"type":"files","files":` + many + `}`, 400, `too_many_files "files"`, nil},
		{"too large", `{"type":"files","files":["a","big"]}`, 413,
			`too_large "files"`, []bool{false}},
		{"unknown", `{"type":"files","files":["a","nobody"]}`, 400, `unknown_upload "files"`, nil},
		{"another session's", `{"type":"voice","file":"theirs"}`, 400,
			`unknown_upload "file"`, nil},
		{"refused", `{"type":"files","files":["a"],"id":"refused"}`, 503,
			`store_unavailable `, []bool{false}},
		{"no files", `{"type":"files"}`, 400, `missing_field "files"`, nil},
		{"an empty list", `{"type":"files","files":[]}`, 400, `bad_value "files"`, nil},
		{"null", `{"type":"files","files":null}`, 400, `wrong_type "files"`, nil},
		{"no list", `{"type":"files","files":"a"}`, 400, `wrong_type "files"`, nil},
		{"a list of numbers", `{"type":"files","files":["a",1]}`, 400, `wrong_type "files"`, nil},
		{"a list of nulls", `{"type":"files","files":[null]}`, 400, `wrong_type "files"`, nil},
		{"an empty id", `{"type":"files","files":[""]}`, 400, `bad_value "files"`, nil},
		{"a long id", `{"type":"files","files":["x` + id64 + `"]}`, 400, `bad_value "files"`, nil},
		{"the longest id", `{"type":"voice","file":"` + id64 + `"}`, 400,
			`unknown_upload "file"`, nil},
		{"a long voice", `{"type":"voice","file":"x` + id64 + `"}`, 400, `bad_value "file"`, nil},
		{"an empty voice", `{"type":"voice","file":""}`, 400, `bad_value "file"`, nil},
		{"no voice", `{"type":"voice"}`, 400, `missing_field "file"`, nil},
		{"a list as a voice", `{"type":"voice","file":["v"]}`, 400, `wrong_type "file"`, nil},
		{"files of a voice", `{"type":"voice","files":["v"]}`, 400, `unknown_field "files"`, nil},
		{"the kind's own name", `{"type":"file","files":["v"]}`, 400, `unknown_type "type"`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, "s1", "s2")
			f.code = func(ev *abi.Event) abi.Code {
				if ev.ID == "refused" {
					return abi.CodeStoreUnavailable
				}
				return 0
			}
			f.upload("s1", "a", abi.File{Name: "a", Type: "text/plain", Size: 1})
			f.upload("s1", "b", abi.File{Name: "b", Type: "image/png", Size: 64<<20 - 1})
			f.upload("s1", "big", abi.File{Name: "b", Type: "image/png", Size: 64 << 20})
			f.upload("s1", "v", abi.File{Name: "v", Type: "audio/ogg", Size: 1})
			f.upload("s1", "w", abi.File{Name: "w", Type: "video/webm", Size: 1})
			f.upload("s2", "theirs", abi.File{Name: "t", Type: "audio/ogg", Size: 1})
			s, _ := newServer(t, f, api.Options{})
			r := post(t, s, tt.body)
			got := strings.Trim(r.field("code"), `"`) + " " + r.field("field")
			if r.status != tt.status || tt.want != "" && got != tt.want {
				t.Errorf("POST %s = %d %s, want %d %s", tt.body, r.status,
					r.doc, tt.status, tt.want)
			}
			f.files.mu.Lock()
			defer f.files.mu.Unlock()
			if !slices.Equal(f.files.released, tt.released) {
				t.Errorf("released %v, want %v", f.files.released, tt.released)
			}
		})
	}
}

// TestPost_Files_twice: an event is known by its id as long as its entry is there.
func TestPost_Files_twice(t *testing.T) {
	f := newFake(t, "s1")
	f.upload("s1", "a", abi.File{Name: "a", Type: "text/plain", Size: 1})
	s, _ := newServer(t, f, api.Options{})
	const body = `{"type":"files","files":["a"],"id":"f1","wait":true}`
	first := post(t, s, body)
	link := `"files":[{"name":"a","type":"text/plain","size":1,"url":"/bots/echo/sessions/s1/files/1/0"}]`
	if first.status != 200 || !strings.Contains(first.doc, link) {
		t.Fatalf("POST = %d %s", first.status, first.doc)
	}
	want := strings.Replace(first.doc, `"turn":1,`, `"turn":1,"duplicate":true,`, 1)
	for _, what := range []string{"again", "with a forgotten upload"} {
		if r := post(t, s, body); r.status != 200 || r.doc != want {
			t.Errorf("%s: POST = %d %s, want %s", what, r.status, r.doc, want)
		}
		f.files.mu.Lock()
		clear(f.files.uploads)
		f.files.mu.Unlock()
	}
	if r := post(t, s,
		strings.Replace(body, "f1", "f2", 1)); r.field("code") != `"unknown_upload"` {
		t.Errorf("POST = %d %s", r.status, r.doc)
	}
	if r := get(t, s, "?limit=1"); !strings.Contains(r.doc, link) {
		t.Errorf("GET = %s", r.doc)
	}
}

// TestUploads: who asks for a token gets one, or learns why not.
func TestUploads(t *testing.T) {
	const path = "/bots/echo/sessions/s1/uploads"
	for _, tt := range []struct {
		name, method, path, body string
		err                      error
		status                   int
		want                     string
	}{
		{name: "a token", status: 201, want: `{"token":"t","url":"/bots/echo/sessions/s1/files"}`},
		{name: "a body", body: "{}", status: 400, want: `"bad_body"`},
		{name: "GET", method: http.MethodGet, status: 405, want: `"method_not_allowed"`},
		{name: "unknown session", path: "/bots/echo/sessions/x/uploads", status: 404,
			want: `"unknown_session"`},
		{name: "too many", err: attach.ErrTooMany, status: 429, want: `"too_many_uploads"`},
		{name: "busy", err: attach.ErrBusy, status: 429, want: `"busy"`},
		{name: "disk", err: errors.New("disk"), status: 503, want: `"store_unavailable"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, "s1")
			f.files.token, f.files.err = "t", tt.err
			s, _ := newServer(t, f, api.Options{})
			if tt.method == "" {
				tt.method = http.MethodPost
			}
			if tt.path == "" {
				tt.path = path
			}
			r := do(t, s, tt.method, tt.path, tt.body)
			got := r.doc
			if r.status >= 400 {
				got = r.field("code")
			}
			if r.status != tt.status || got != tt.want {
				t.Errorf("%s = %d %s, want %d %s", tt.path, r.status, r.doc, tt.status, tt.want)
			}
		})
	}
}

// TestFiles_None: where nobody keeps files that is said, and nothing links to any.
func TestFiles_None(t *testing.T) {
	f := newFake(t, "s1")
	f.upload("s1", "a", abi.File{Name: "a", Type: "text/plain", Size: 1})
	with, _ := newServer(t, f, api.Options{})
	post(t, with, `{"type":"files","files":["a"]}`)
	bare, _ := newServerFor(t, struct{ api.Backend }{f})
	for path, body := range map[string]string{
		eventsPath: `{"type":"files","files":["a"]}`, "/bots/echo/sessions/s1/uploads": "",
	} {
		if r := do(t, bare, http.MethodPost, path, body); r.status != 400 ||
			r.field("code") != `"no_files"` {
			t.Errorf("POST %s = %d %s, want no_files", path, r.status, r.doc)
		}
	}
	if r := get(t, bare, ""); strings.Contains(r.doc, `"url"`) ||
		!strings.Contains(r.doc, `"kind":"files"`) {
		t.Errorf("GET = %s", r.doc)
	}
}
