package websocket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// doorman serves sockets, and files for a fake: it answers posts with the statuses
// it is told, and then takes what comes.
type doorman struct {
	f       *fake
	sockets http.Handler

	mu sync.Mutex // guards the following
	// answers are the statuses of the next posts.
	answers []int
	// seen are the posts, in a line each.
	seen []string
}

func (d *doorman) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.URL.Path, "/files") {
		d.sockets.ServeHTTP(w, r)
		return
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	body, err := io.ReadAll(r.Body)
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Method == http.MethodGet {
		if strings.HasSuffix(r.URL.Path, "/9/0") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"error":"There is no such file.","code":"not_found"}`)
			return
		}
		_, _ = fmt.Fprint(w, token)
		return
	}
	d.seen = append(d.seen, fmt.Sprintf("%s %s %s %s %d %v", token, r.URL.Query().Get("name"),
		r.Header.Get("Content-Type"), body, r.ContentLength, err))
	if len(d.answers) > 0 {
		status := d.answers[0]
		d.answers = d.answers[1:]
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"error":"Not now.","code":"not_now"}`)
		return
	}
	session := strings.Split(r.URL.Path, "/")[4]
	d.f.upload(session, "up-"+token, r.URL.Query().Get("name"),
		r.Header.Get("Content-Type"), int64(len(body)))
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"file":"up-%s"}`, token)
}

// openWith opens a session at a fake whose doorman gives these answers first.
func openWith(t *testing.T, f *fake, answers ...int) (*client.Session, *doorman) {
	t.Helper()
	s := New(Options{Backend: f, Loopback: true, Limits: abi.Limits{FileBytes: 100}})
	d := &doorman{f: f, sockets: s, answers: answers}
	server := httptest.NewServer(d)
	open, err := client.Open(background(t), client.SessionOptions{
		Options: client.Options{URL: "ws" + strings.TrimPrefix(server.URL, "http")},
		MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond,
	})
	do(t, err)
	t.Cleanup(func() {
		do(t, open.Close())
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		server.Close()
		do(t, s.Shutdown(background(t)))
		f.wg.Wait()
	})
	return open, d
}

func textFile(name, typ, content string) client.File {
	return client.File{Name: name, Type: typ, Content: strings.NewReader(content),
		Size: int64(len(content))}
}

// A file is brought in spite of what goes wrong for a while, and handed over.
func TestSession_Upload(t *testing.T) {
	for _, tc := range []struct {
		name    string
		answers []int
		want    []string
	}{
		{"at once", nil, []string{"token-1"}},
		{"again", []int{503, 429, 408}, []string{"token-1", "token-1", "token-1", "token-1"}},
		{"with another token", []int{401, 503}, []string{"token-1", "token-2", "token-2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, ctx := newFake(), background(t)
			f.bot = fileBot
			s, d := openWith(t, f, tc.answers...)
			id, err := s.Upload(ctx, textFile("ä &.txt", "text/plain", "hello"))
			do(t, err)
			sent, err := s.Files(ctx, id)
			do(t, err)
			for _, line := range []string{"welcome 1 0 false ", `entry 1 bot text "Welcome!"`,
				"accepted " + sent + " 2",
				`entry 3 bot file {"name":"ä \u0026.txt","type":"text/plain","size":5}`} {
				got, err := s.Receive(ctx)
				do(t, err)
				if short(got) != line {
					t.Fatalf("Receive() = %s, want %s", short(got), line)
				}
				if got.Kind == abi.KindFile {
					wantDownload(t, s, got)
				}
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			if len(d.seen) != len(tc.want) {
				t.Fatalf("posts = %q, want %d", d.seen, len(tc.want))
			}
			for i, token := range tc.want {
				if want := token + " ä &.txt text/plain hello 5 <nil>"; d.seen[i] != want {
					t.Errorf("post %d = %s, want %s", i, d.seen[i], want)
				}
			}
		})
	}
}

// wantDownload wants the session's own token to fetch the file.
func wantDownload(t *testing.T, s *client.Session, f client.Frame) {
	t.Helper()
	body, err := s.Download(background(t), f.Files[0].URL)
	do(t, err)
	text, err := io.ReadAll(body)
	if want := s.Options().Resume; err != nil || string(text) != want || want == "" {
		t.Errorf("Download() = %q, %v, want %q", text, err, want)
	}
	do(t, body.Close())
	var refused *client.FileError
	_, err = s.Download(background(t), strings.Replace(f.Files[0].URL, "/3/0", "/9/0", 1))
	if !errors.As(err, &refused) || refused.Code != "not_found" ||
		refused.Text != "There is no such file." {
		t.Errorf("Download() = %v, want not_found", err)
	}
	for _, elsewhere := range []string{"http://localhost/x", "//localhost/x", "x", "", ":"} {
		if _, err := s.Download(background(t), elsewhere); err == nil || errors.As(err, &refused) {
			t.Errorf("Download(%q) = %v, want an error before anything is asked", elsewhere, err)
		}
	}
}

// What cannot work is not tried again.
func TestSession_Upload_refused(t *testing.T) {
	f, ctx := newFake(), background(t)
	s, d := openWith(t, f, 415)
	var refused *client.FileError
	if _, err := s.Upload(ctx, textFile("a", "", "hello")); !errors.As(err, &refused) ||
		refused.Status != 415 ||
		refused.Text != "Not now." || refused.Code != "not_now" || refused.Temporary() {
		t.Errorf("Upload() = %v, want 415", err)
	}
	if _, err := s.Upload(ctx, client.File{Name: "a", Size: 101}); !errors.Is(err,
		client.ErrTooLarge) {
		t.Errorf("Upload() = %v, want ErrTooLarge", err)
	}
	f.files.fail(attach.ErrTooMany)
	if _, err := s.Upload(ctx, textFile("a", "", "x")); !errors.As(err, &refused) ||
		refused.Code != abi.CodeTooManyUploads.String() || refused.Status != 0 {
		t.Errorf("Upload() = %v, want too_many_uploads", err)
	}
	f.files.fail(nil)
	d.mu.Lock()
	d.answers = []int{503, 503, 503, 503, 503, 503, 503, 503, 503}
	d.mu.Unlock()
	if _, err := s.Upload(ctx, textFile("a", "", "x")); !errors.As(err, &refused) ||
		refused.Status != 503 || !refused.Temporary() {
		t.Errorf("Upload() = %v, want 503 in the end", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.answers) != 1 {
		t.Errorf("%d answers are left, want 8 to be asked for", len(d.answers))
	}
}

// An empty file is a file; and whoever gives up, gives up.
func TestSession_Upload_edges(t *testing.T) {
	f := newFake()
	s, d := openWith(t, f)
	id, err := s.Upload(background(t), client.File{Name: "empty"})
	if err != nil || id != "up-token-1" {
		t.Errorf("Upload() = %q, %v", id, err)
	}
	ctx, cancel := context.WithCancel(background(t))
	cancel()
	if _, err := s.Upload(ctx, textFile("a", "", "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("Upload() = %v, want canceled", err)
	}
	do(t, s.Close())
	if _, err := s.Upload(background(t),
		textFile("a", "", "x")); !errors.Is(err, client.ErrClosed) {
		t.Errorf("Upload() = %v, want ErrClosed", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.seen) != 1 || !strings.HasSuffix(d.seen[0], " 0 <nil>") {
		t.Errorf("posts = %q", d.seen)
	}
}

// Many files at once.
func TestSession_Upload_Hammer(t *testing.T) {
	f := newFake()
	f.bot = fileBot
	s, _ := openWith(t, f)
	ctx := background(t)
	const n = 32
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			id, err := s.Upload(ctx, textFile(fmt.Sprint("f", i), "a/b", "x"))
			if err == nil {
				_, err = s.Files(ctx, id)
			}
			if err != nil {
				t.Errorf("file %d: %v", i, err)
			}
		})
	}
	seen := make(map[string]bool)
	for len(seen) < n {
		got, err := s.Receive(ctx)
		do(t, err)
		if got.Type == native.Entry && got.Kind == abi.KindFile {
			seen[string(got.Body)] = true
		}
	}
	wg.Wait()
}
