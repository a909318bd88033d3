package websocket

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// fileBot replies to files with a file, and to all else as a fake does.
func fileBot(ev *abi.Event) []reply {
	if len(ev.Files) > 0 {
		f := ev.Files[0]
		return []reply{{f.Kind(), f.Body()}}
	}
	return greet(ev)
}

// receive returns the next frame.
func receive(tb testing.TB, c *client.Conn) client.Frame {
	tb.Helper()
	f, err := c.Receive(background(tb))
	do(tb, err)
	return f
}

// rejectedFor returns the next frame, which must be rejected with this id and code.
func rejectedFor(tb testing.TB, c *client.Conn, id string, code abi.Code) client.Frame {
	tb.Helper()
	f := receive(tb, c)
	if f.Type != native.Rejected || f.ID != id || f.Code != code.String() || f.Error == "" {
		tb.Fatalf("Receive() = %+v, want %s rejected with %v", f, id, code)
	}
	return f
}

// Files are asked for, named, accepted in their place, and linked to.
func TestNative_Files(t *testing.T) {
	f := newFake()
	f.bot = fileBot
	url, _ := serve(t, f, Options{})
	c, ctx := greeted(t, url), background(t)
	other := dial(t, c.Resume())
	id := c.Welcome().Session
	if l := c.Welcome().Limits; l.FileBytes != 16<<20 || l.EventFiles != 16 ||
		l.EventFileBytes != 64<<20 {
		t.Errorf("limits = %+v", l)
	}
	folder := "/bots/echo/sessions/" + id + "/files"
	for n := 1; n <= 2; n++ { // the same id again is another token
		do(t, c.Upload(ctx, "u1"))
		want := client.Frame{Type: native.Upload, ID: "u1",
			Token: fmt.Sprint("token-", n), URL: folder}
		if got := receive(t, c); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("upload = %+v, want %+v", got, want)
		}
	}
	f.upload(id, "a", "a.txt", "text/plain", 2)
	f.upload(id, "b", "b.png", "image/png", 3)
	f.upload(id, "v", "v.webm", "video/webm", 4)
	do(t, c.Files(ctx, "f1", "a", "b"))
	do(t, c.Voice(ctx, "v1", "v"))
	const a, b = `{"name":"a.txt","type":"text/plain","size":2}`,
		`{"name":"b.png","type":"image/png","size":3}`
	const v = `{"name":"v.webm","type":"audio/webm","size":4}`
	want(t, c, "accepted f1 2", "entry 3 bot file "+a, "accepted v1 4", "entry 5 bot audio "+v)
	for _, w := range []struct {
		line  string
		files []native.File
	}{
		{"entry 2 user files [" + a + "," + b + "]", []native.File{
			{File: abi.File{Name: "a.txt", Type: "text/plain", Size: 2}, URL: folder + "/2/0"},
			{File: abi.File{Name: "b.png", Type: "image/png", Size: 3}, URL: folder + "/2/1"}}},
		{"entry 3 bot file " + a, []native.File{
			{File: abi.File{Name: "a.txt", Type: "text/plain", Size: 2}, URL: folder + "/3/0"}}},
		{"entry 4 user voice " + v, []native.File{
			{File: abi.File{Name: "v.webm", Type: "audio/webm", Size: 4}, URL: folder + "/4/0"}}},
	} {
		if got := receive(t, other); short(got) != w.line || !slices.Equal(got.Files, w.files) {
			t.Errorf("entry = %s, %+v, want %s, %+v", short(got), got.Files, w.line, w.files)
		}
	}
	// In the past they are the same.
	do(t, other.History(ctx, 4, 1))
	want(t, other, "entry 5 bot audio "+v)
	if got := receive(t, other); !got.History || len(got.Files) != 1 ||
		got.Files[0].URL != folder+"/3/0" {
		t.Errorf("history = %+v", got)
	}
	f.files.wantReleased(t, "a true", "v true")
}

// What is wrong with files is answered, with the rule, and they are let go of.
func TestNative_Files_refused(t *testing.T) {
	f := newFake()
	f.bot = fileBot
	limits := abi.Limits{EventFiles: 2, EventFileBytes: 100}
	url, _ := serve(t, f, Options{Limits: limits})
	c, ctx := greeted(t, url), background(t)
	id := c.Welcome().Session
	f.upload(id, "half", "h", "a/b", 50)
	f.upload(id, "more", "m", "a/b", 51)
	f.upload("another", "theirs", "t", "a/b", 1)
	f.code = func(ev *abi.Event) abi.Code {
		if ev.ID == "closed" {
			return abi.CodeStoreUnavailable
		}
		return 0
	}
	for _, tc := range []struct {
		name    string
		uploads []string
		code    abi.Code
		words   string
	}{
		{"unknown", []string{"nobody"}, abi.CodeUnknownUpload, "send it again"},
		{"one of them unknown", []string{"half", "nobody"}, abi.CodeUnknownUpload, "send it again"},
		{"foreign", []string{"theirs"}, abi.CodeUnknownUpload, "send it again"},
		{"many", []string{"half", "half", "half"}, abi.CodeTooManyFiles, "at most 2 files"},
		{"large", []string{"half", "more"}, abi.CodeTooLarge, "at most 100 bytes together"},
		{"closed", []string{"half"}, abi.CodeStoreUnavailable, "could not be saved"},
	} {
		do(t, c.Files(ctx, tc.name, tc.uploads...))
		if got := rejectedFor(t, c, tc.name, tc.code); !strings.Contains(got.Error, tc.words) {
			t.Errorf("%s: error = %q, want %q in it", tc.name, got.Error, tc.words)
		} else if tc.code != abi.CodeStoreUnavailable && got.Field != "files" {
			t.Errorf("%s: field = %q", tc.name, got.Field)
		}
	}
	do(t, c.Voice(ctx, "v1", "half"))
	if got := rejectedFor(t, c, "v1", abi.CodeBadValue); got.Field != "file" ||
		got.Error != "A voice message must be a sound." {
		t.Errorf("voice = %+v", got)
	}
	f.files.wantReleased(t, "half false", "half false", "half false")
	// As much as there may be.
	do(t, c.Files(ctx, "f1", "half", "half"))
	want(t, c, "accepted f1 2", `entry 3 bot file {"name":"h","type":"a/b","size":50}`)
}

// What fails while files are looked for is answered, and what may work later says
// when.
func TestNative_Files_failed(t *testing.T) {
	f := newFake()
	url, _ := serve(t, f, Options{})
	c, ctx := greeted(t, url), background(t)
	f.upload(c.Welcome().Session, "a", "a", "a/b", 1)
	for err, code := range map[error]abi.Code{
		attach.ErrTooMany: abi.CodeTooManyUploads, attach.ErrBusy: abi.CodeBusy,
		errors.New("disk"): abi.CodeStoreUnavailable,
	} {
		f.files.fail(err)
		do(t, c.Upload(ctx, "u1"))
		do(t, c.Files(ctx, "f1", "a"))
		for _, id := range []string{"u1", "f1"} {
			if got := rejectedFor(t, c, id, code); (got.RetryMS > 0) != code.Retry() {
				t.Errorf("%v: retry_ms = %d", code, got.RetryMS)
			}
		}
	}
}

// Where nobody keeps files, that is said, and the welcome has no limits of them.
func TestNative_NoFiles(t *testing.T) {
	f := newFake()
	s := New(Options{Backend: struct{ Backend }{f}, Loopback: true})
	raw := rawServe(t, s, native.Protocol)
	raw.text(`{"type":"hello"}`)
	raw.await("Welcome!", 1)
	for _, line := range []string{`{"type":"upload","id":"x1"}`,
		`{"type":"files","id":"x1","files":["a"]}`,
		`{"type":"voice","id":"x1","file":"a"}`} {
		raw.text(line)
		raw.await(`{"type":"rejected","id":"x1","code":"no_files","error":"Files are not taken here."}`, 1)
	}
}

// Files count as messages: asking for tokens too.
func TestNative_Files_rate(t *testing.T) {
	f := newFake()
	url, _ := serve(t, f, Options{Rates: &Rates{Messages: 1, MessageBurst: 2}})
	c, ctx := greeted(t, url), background(t)
	for i := range 4 {
		do(t, c.Upload(ctx, fmt.Sprint("u", i)))
	}
	if a, b := receive(t, c), receive(t, c); a.Type != native.Upload || b.Type != native.Upload {
		t.Errorf("got %+v, %+v, want two tokens", a, b)
	}
	rejectedFor(t, c, "u2", abi.CodeBusy)
	rejectedFor(t, c, "u3", abi.CodeBusy)
	do(t, c.Files(ctx, "f1", "a"))
	rejectedFor(t, c, "f1", abi.CodeBusy)
	if f.files.issued != 2 {
		t.Errorf("%d tokens were issued, want 2", f.files.issued)
	}
}

// The same id with the same files does not run again; with others it is refused; and
// it is known as long as its entry is, also when the uploads are forgotten.
func TestNative_Files_twice(t *testing.T) {
	f := newFake()
	f.bot = fileBot
	url, _ := serve(t, f, Options{})
	c, ctx := greeted(t, url), background(t)
	id := c.Welcome().Session
	f.upload(id, "a", "a", "a/b", 1)
	f.upload(id, "b", "b", "a/b", 1)
	do(t, c.Files(ctx, "f1", "a"))
	want(t, c, "accepted f1 2", `entry 3 bot file {"name":"a","type":"a/b","size":1}`)
	do(t, c.Files(ctx, "f1", "a"))
	want(t, c, "accepted f1 2 duplicate")
	do(t, c.Files(ctx, "f1", "b"))
	rejectedFor(t, c, "f1", abi.CodeIDReused)
	f.files.mu.Lock()
	clear(f.files.uploads)
	f.files.mu.Unlock()
	for i := range 300 { // the entry is some pages back
		do(t, c.Send(ctx, fmt.Sprint("m", i), "x"))
		receive(t, c)
		receive(t, c)
	}
	do(t, c.Files(ctx, "f1", "a"))
	want(t, c, "accepted f1 2 duplicate")
	do(t, c.Files(ctx, "m1", "a"))
	rejectedFor(t, c, "m1", abi.CodeUnknownUpload)
	f.files.wantReleased(t, "a true", "a true", "b false")
}
