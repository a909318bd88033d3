package files_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	store "github.com/bothost/bothost/host/files"
	"github.com/bothost/bothost/host/platform/files"
)

func TestMain(m *testing.M) {
	if child() {
		return
	}
	goleak.VerifyTestMain(m)
}

// patience bounds everything that a test waits for on real sockets.
const patience = 20 * time.Second

// backend joins a handler with what really keeps files. Who may read is simple:
// the bearer of the session's name.
type backend struct {
	store   *store.Store
	uploads *store.Uploads
	allow   []string

	mu      sync.Mutex // guards the following
	entries map[string][]store.Upload
}

var (
	_ files.Uploads   = (*backend)(nil)
	_ files.Downloads = (*backend)(nil)
)

// faults are what errors of one package are in the other.
var faults = []struct{ theirs, ours error }{
	{store.ErrToken, files.ErrToken}, {store.ErrSpent, files.ErrSpent},
	{store.ErrRunning, files.ErrRunning},
	{store.ErrTooLarge, files.ErrTooLarge}, {store.ErrType, files.ErrType},
	{store.ErrBusy, files.ErrBusy},
	{store.ErrNotFound, files.ErrNotFound},
}

func ours(err error) error {
	for _, f := range faults {
		if errors.Is(err, f.theirs) {
			return fmt.Errorf("%w: %w", f.ours, err)
		}
	}
	return err
}

func key(bot, session string) string { return bot + "/" + session }

func (b *backend) Check(_ context.Context, bot, session, token string) error {
	return ours(b.uploads.Check(key(bot, session), token))
}

func (b *backend) Receive(ctx context.Context, in files.Incoming, body io.Reader) (
	files.Upload, error) {
	up, err := b.uploads.Receive(ctx, store.Incoming{
		Session: key(in.Bot, in.Session), Token: in.Token, Name: in.Name, Size: in.Size,
		PutOptions: store.PutOptions{Limit: in.Limit, Type: in.Type, Allow: b.allow},
	}, body)
	return files.Upload{ID: up.ID, Name: up.Name, Type: up.Type, Size: up.Size}, ours(err)
}

func (b *backend) Permit(_ context.Context, bot, session, token string) error {
	if bot != "echo" || token != session {
		return files.ErrToken
	}
	return nil
}

func (b *backend) Find(_ context.Context, bot, session string, seq uint64, index int) (
	*files.Content, error) {
	b.mu.Lock()
	ups := b.entries[fmt.Sprint(key(bot, session), "/", seq)]
	b.mu.Unlock()
	if index >= len(ups) {
		return nil, files.ErrNotFound
	}
	up := ups[index]
	c, err := b.store.Open(up.Ref)
	if err != nil {
		return nil, ours(err)
	}
	return &files.Content{Name: up.Name, Type: up.Type, Hash: up.Ref.String(), ReadSeekCloser: c},
		nil
}

// entry makes an entry that refers to a file.
func (b *backend) entry(tb testing.TB, session string, seq uint64, name, typ, content string) {
	tb.Helper()
	h, err := b.store.Put(tb.Context(), strings.NewReader(content), store.PutOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	h.Keep()
	h.Release()
	h.Type = typ
	b.mu.Lock()
	defer b.mu.Unlock()
	at := fmt.Sprint(key("echo", session), "/", seq)
	b.entries[at] = append(b.entries[at], store.Upload{Name: name, File: h.File})
}

type ref = store.Ref

// server is a handler on loopback, with a folder.
type server struct {
	*httptest.Server
	*backend
	handler *files.Handler
	dir     string
}

func newServer(tb testing.TB, opts files.Options) *server {
	tb.Helper()
	return newServerAt(tb, tb.TempDir(), opts)
}

func newServerAt(tb testing.TB, dir string, opts files.Options) *server {
	tb.Helper()
	disk, err := store.OpenStore(store.Options{Dir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	b := &backend{
		store: disk, uploads: store.NewUploads(store.UploadOptions{Store: disk, Open: 200}),
		entries: make(map[string][]store.Upload),
	}
	if opts.Uploads == nil {
		opts.Uploads = b
	}
	opts.Downloads = b
	h := files.New(opts)
	h.SetLinger(200 * time.Millisecond)
	s := &server{httptest.NewServer(h), b, h, dir}
	tb.Cleanup(s.Close)
	return s
}

func (s *server) Close() {
	s.handler.Close()
	s.Server.Close()
}

// token returns a one-time token of session s1.
func (s *server) token(tb testing.TB) string {
	tb.Helper()
	token, err := s.uploads.Issue(key("echo", "s1"))
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

const uploadPath = "/bots/echo/sessions/s1/files"

// result is an answer.
type result struct {
	status int
	header http.Header
	doc    string
}

// field returns a member of the answer.
func (r result) field(name string) string {
	var doc map[string]any
	if json.Unmarshal([]byte(r.doc), &doc) != nil {
		return "no JSON: " + r.doc
	}
	if doc[name] == nil {
		return ""
	}
	return fmt.Sprint(doc[name])
}

// do sends a request, with headers as "Name: value"; one of no value is left out.
func do(tb testing.TB, s *server, method, path string, body io.Reader, headers ...string) result {
	tb.Helper()
	r, err := try(s, method, path, body, headers...)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func try(s *server, method, path string, body io.Reader, headers ...string) (result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, body)
	if err != nil {
		return result{}, err
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		return result{}, err
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(resp.Body)
	return result{resp.StatusCode, resp.Header, strings.TrimSuffix(string(doc), "\n")}, err
}

// post brings a file.
func post(tb testing.TB, s *server, token, query, typ, content string) result {
	tb.Helper()
	return do(tb, s, http.MethodPost, uploadPath+query, strings.NewReader(content),
		"Authorization: Bearer "+token, "Content-Type: "+typ)
}

// form writes a form with files, as name, type, content, and so on.
func form(parts ...string) (body, typ string) {
	var b bytes.Buffer
	for i := 0; i < len(parts); i += 3 {
		fmt.Fprintf(&b,
			"--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=%q\r\n", parts[i])
		fmt.Fprintf(&b, "Content-Type: %s\r\n\r\n%s\r\n", parts[i+1], parts[i+2])
	}
	b.WriteString("--xyz--\r\n")
	return b.String(), "multipart/form-data; boundary=xyz"
}

// dial opens a raw connection.
func dial(tb testing.TB, s *server) net.Conn {
	tb.Helper()
	return dialAddress(tb, s.Listener.Addr().String())
}

func dialAddress(tb testing.TB, address string) net.Conn {
	tb.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		tb.Fatal(err)
	}
	return conn
}

// send writes a request's head and something of its body.
func send(tb testing.TB, conn net.Conn, token, headers, body string) {
	tb.Helper()
	_, err := fmt.Fprintf(conn,
		"POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n%s",
		uploadPath, token, headers, body)
	if err != nil {
		tb.Fatal(err)
	}
}

// wantFolder wants files of these contents, and nothing else, in the folder.
func wantFolder(tb testing.TB, s *server, contents ...string) {
	tb.Helper()
	var all []string
	look := func() string {
		all = nil
		err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				all = append(all, path)
			}
			return err
		})
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err.Error()
		}
		if len(all) != len(contents) {
			return fmt.Sprintf("there are %d files, want %d: %q", len(all), len(contents), all)
		}
		return ""
	}
	// A client may know the answer a little before the last file is gone.
	eventually(tb, look)
	for _, path := range all {
		got, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		found := false
		for _, c := range contents {
			found = found || c == string(got)
		}
		if !found {
			tb.Errorf("%s has %.20q", path, got)
		}
	}
}

// eventually waits until nothing is wrong.
func eventually(tb testing.TB, wrong func() string) {
	tb.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		text := wrong()
		if text == "" {
			return
		}
		if time.Now().After(end) {
			tb.Fatal(text)
		}
	}
}
