package host

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// giveBack is a bot that gives back the first 64 KiB of a file.
const giveBack = `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "file_read" (func $read (param i32 i64 i32 i32) (result i32)))
  (import "bothost_v1" "reply_file" (func $file (param i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 3)
  (data (i32.const 0) "back.bin")
  (data (i32.const 16) "application/octet-stream")
  (func (export "on_message")
    (call $reply (i32.const 1024) (call $input (i32.const 1024) (i32.const 65536))))
  (func (export "on_file")
    (call $file (i32.const 0) (i32.const 8) (i32.const 16) (i32.const 24) (i32.const 1024)
      (call $read (i32.const 0) (i64.const 0) (i32.const 1024) (i32.const 65536)))))`

// carrier brings files to a host, and looks where it keeps them.
type carrier struct {
	*talker
	host, dir string
	http      *http.Client
}

// serveFiles runs a host on a folder, and connects to it.
func serveFiles(t *testing.T, opts Options) (*running, *carrier) {
	t.Helper()
	opts.Data, opts.Gone = t.TempDir(), -1
	h := serve(t, assemble(t, giveBack), opts)
	return h, newCarrier(t, dial(t, h), h.Addr().String(), opts.Data)
}

func newCarrier(tb testing.TB, c *talker, host, data string) *carrier {
	transport := &http.Transport{}
	tb.Cleanup(transport.CloseIdleConnections)
	return &carrier{c, host, filepath.Join(data, "files"), &http.Client{Transport: transport}}
}

// ticket asks for a token.
func (c *carrier) ticket(id string) client.Frame {
	c.tb.Helper()
	if err := c.Upload(c.tb.Context(), id); err != nil {
		c.tb.Fatal(err)
	}
	f := c.receive()
	if f.Type != native.Upload || f.ID != id || f.Token == "" ||
		!strings.HasPrefix(f.URL, "/bots/bot/sessions/") {
		c.tb.Fatalf("answer to upload = %+v", f)
	}
	return f
}

// brought is the answer to a post.
type brought struct {
	status           int
	File, Name, Type string
	Size             int64
	Error, Code      string
}

// post brings a file.
func (c *carrier) post(ticket client.Frame, query, typ string, body io.Reader) brought {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"http://"+c.host+ticket.URL+query, body)
	if err != nil {
		c.tb.Fatal(err)
	}
	if ticket.Token != "" {
		req.Header.Set("Authorization", "Bearer "+ticket.Token)
	}
	req.Header.Set("Content-Type", typ)
	res, err := c.http.Do(req)
	if err != nil {
		c.tb.Fatal(err)
	}
	defer res.Body.Close()
	b := brought{status: res.StatusCode}
	if err := json.NewDecoder(res.Body).Decode(&b); err != nil {
		c.tb.Fatal(err)
	}
	return b
}

// wantFiles wants so many files, whole ones, and nothing else below the folder.
func (c *carrier) wantFiles(n int) {
	c.tb.Helper()
	var whole, others []string
	waitForOr(c.tb, func() bool {
		whole, others = nil, nil
		err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || d.IsDir():
			case filepath.Base(filepath.Dir(path)) == "sha256":
				whole = append(whole, path)
			default:
				others = append(others, path)
			}
			return err
		})
		return err == nil && len(whole) == n && len(others) == 0
	}, func() string { return fmt.Sprintf("there are %q and %q, want %d files", whole, others, n) })
}

// waitForOr is waitFor that says what is wrong.
func waitForOr(tb testing.TB, ok func() bool, wrong func() string) {
	tb.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			tb.Fatal(wrong())
		}
	}
}

// A file goes from the client to the bot and back, whatever it is called.
func TestUpload(t *testing.T) {
	_, c := serveFiles(t, Options{})
	up := c.post(c.ticket("u1"), "?name=..%2F..%2Fx", "text/plain", strings.NewReader("hello"))
	if up.status != 201 || up.Name != "x" || up.Type != "text/plain" ||
		up.Size != 5 || up.File == "" {
		t.Fatalf("POST = %+v", up)
	}
	c.wantFiles(1)
	if err := c.Files(t.Context(), "f1", up.File); err != nil {
		t.Fatal(err)
	}
	if f := c.receive(); f.Type != native.Accepted || f.ID != "f1" {
		t.Fatalf("answer to files = %+v", f)
	}
	reply := c.receive()
	if reply.Kind != abi.KindFile || len(reply.Files) != 1 || reply.Files[0].Size != 5 ||
		reply.Files[0].Name != "back.bin" {
		t.Fatalf("reply = %+v", reply)
	}
	c.wantFiles(1) // the same content is kept once
	path := reply.Files[0].URL
	owner := c.Welcome().Resume
	for _, tt := range []struct {
		name, path, token, ranges string
		status                    int
		want                      string
	}{
		{"the owner", path, owner, "", 200, "hello"},
		{"a part", path, owner, "bytes=1-2", 206, "el"},
		{"what the user sent", strings.Replace(path, "/2/0", "/1/0", 1), owner, "", 200, "hello"},
		{"nobody", path, "", "", 401, ""},
		{"somebody else", path, owner + "x", "", 401, ""},
		{"no such file", strings.Replace(path, "/2/0", "/2/1", 1), owner, "", 404, ""},
	} {
		status, body, header := c.fetch(tt.path, tt.token, tt.ranges)
		if status != tt.status || tt.want != "" && body != tt.want {
			t.Errorf("%s: GET = %d %q, want %d %q", tt.name, status, body, tt.status, tt.want)
		}
		if status/100 == 2 &&
			(!strings.HasPrefix(header.Get("Content-Disposition"), "attachment") ||
				header.Get("X-Content-Type-Options") != "nosniff" ||
				!strings.Contains(header.Get("Content-Security-Policy"), "sandbox")) {
			t.Errorf("%s: headers = %v", tt.name, header)
		}
	}
	// A reset takes the log, and the files with it.
	if err := c.Reset(t.Context(), "r1"); err != nil {
		t.Fatal(err)
	}
	c.wantFiles(0)
	if status, _, _ := c.fetch(path, owner, ""); status == 200 {
		t.Error("a file is there after the reset")
	}
}

// fetch gets a file.
func (c *carrier) fetch(path, token, ranges string) (status int, body string, header http.Header) {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.host+path, nil)
	if err != nil {
		c.tb.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if ranges != "" {
		req.Header.Set("Range", ranges)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.tb.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.tb.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

// unknownLength hides how much comes.
type unknownLength struct{ io.Reader }

// What cannot be taken is answered, leaves nothing, and the token is as good as
// before.
func TestUpload_Refused(t *testing.T) {
	h, c := serveFiles(t, Options{
		Limits: abi.Limits{FileBytes: 1000}, UploadTypes: []string{"text/*", "image/png"},
	})
	other := newCarrier(t, dial(t, h), c.host, filepath.Dir(c.dir))
	large := strings.Repeat("x", 1001)
	ticket, foreign := c.ticket("u1"), other.ticket("u2")
	mixed := client.Frame{URL: ticket.URL, Token: foreign.Token}
	for _, tt := range []struct {
		name   string
		ticket client.Frame
		typ    string
		body   io.Reader
		status int
		code   string
	}{
		{"one byte too large", ticket, "text/plain", strings.NewReader(large), 413, "too_large"},
		{"too large, of unknown length", ticket, "text/plain",
			unknownLength{strings.NewReader(large)}, 413, "too_large"},
		{"far too large, of unknown length", ticket, "text/plain",
			unknownLength{strings.NewReader(strings.Repeat(large, 1000))}, 413, "too_large"},
		{"of another type than it says", ticket, "image/png", strings.NewReader("hello"), 415,
			"unsupported_media_type"},
		{"of a type that is not taken", ticket, "application/pdf", strings.NewReader("%PDF-1.7"),
			415, "unsupported_media_type"},
		{"of no type that is one", ticket, "what?", strings.NewReader("hello"), 415,
			"unsupported_media_type"},
		{"with another session's token", mixed, "text/plain", strings.NewReader("hello"),
			401, "unauthorized"},
		{"without a token", client.Frame{URL: ticket.URL}, "text/plain",
			strings.NewReader("hello"),
			401, "unauthorized"},
		{"with a token that is none", client.Frame{URL: ticket.URL, Token: "x"}, "text/plain",
			strings.NewReader("x"), 401, "unauthorized"},
	} {
		got := c.post(tt.ticket, "", tt.typ, tt.body)
		if got.status != tt.status || got.Code != tt.code || got.Error == "" {
			t.Errorf("%s: POST = %+v, want %d %s", tt.name, got, tt.status, tt.code)
		}
		c.wantFiles(0)
	}
	if got := c.post(ticket, "", "text/plain",
		strings.NewReader(large[:1000])); got.status != 201 || got.Size != 1000 {
		t.Errorf("at the limit: POST = %+v, want 201", got)
	}
	c.wantFiles(1)
}

// begin sends the head of a post and a part of its body, and waits until the host has
// some of it on disk.
func (c *carrier) begin(ticket client.Frame, part []byte, size int) net.Conn {
	c.tb.Helper()
	conn, err := net.Dial("tcp", c.host)
	if err != nil {
		c.tb.Fatal(err)
	}
	c.tb.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn,
		"POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
		ticket.URL, c.host, ticket.Token, size, part)
	if err != nil {
		c.tb.Fatal(err)
	}
	waitForOr(c.tb, func() bool {
		names, err := os.ReadDir(filepath.Join(c.dir, "tmp"))
		return err == nil && len(names) > 0
	}, func() string { return "no temporary file appears" })
	return conn
}

// noise returns bytes that nothing else has.
func noise(size int, seed uint64) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b) // it never fails
	return b
}

// An upload that is cut off leaves nothing; the same token brings the file then.
func TestUpload_Cut(t *testing.T) {
	_, c := serveFiles(t, Options{})
	ticket, content := c.ticket("u1"), noise(1<<20, 1)
	for _, part := range []int{1, 100_000, len(content) - 1} {
		conn := c.begin(ticket, content[:part], len(content))
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		c.wantFiles(0)
	}
	if got := c.post(ticket, "", "", bytes.NewReader(content)); got.status != 201 ||
		got.Size != 1<<20 {
		t.Errorf("POST = %+v, want 201", got)
	}
	c.wantFiles(1)
}

// A token is for one file: the same again has the same answer, before and after its
// event; another file is refused.
func TestUpload_Twice(t *testing.T) {
	_, c := serveFiles(t, Options{})
	ticket := c.ticket("u1")
	first := c.post(ticket, "?name=a", "text/plain", strings.NewReader("hello"))
	check := func(when string) {
		t.Helper()
		if again := c.post(ticket, "?name=b", "text/plain",
			strings.NewReader("hello")); again != first || first.status != 201 {
			t.Errorf("%s: POST = %+v, want %+v", when, again, first)
		}
		if other := c.post(ticket, "", "text/plain",
			strings.NewReader("hellO")); other.status != 409 || other.Code != "token_used" {
			t.Errorf("%s: POST = %+v, want 409 token_used", when, other)
		}
		c.wantFiles(1)
	}
	check("before its event")
	for _, want := range []bool{false, true} {
		if err := c.Files(t.Context(), "f1", first.File); err != nil {
			t.Fatal(err)
		}
		if f := c.receive(); f.Type != native.Accepted || f.Duplicate != want {
			t.Fatalf("answer to files = %+v", f)
		}
		if !want {
			c.receive()
		}
	}
	check("after its event")
	// The bytes are those of before; the upload may be named again.
	if err := c.Files(t.Context(), "f2", first.File); err != nil {
		t.Fatal(err)
	}
	if f := c.receive(); f.Type != native.Accepted || f.Duplicate {
		t.Errorf("answer to files = %+v", f)
	}
	c.receive()
	c.wantFiles(1)
}

// A session has so many files that wait for their event, and nobody else's.
func TestUpload_Waiting(t *testing.T) {
	h, c := serveFiles(t, Options{})
	const most = 16
	var ups []string
	for i := range most {
		up := c.post(c.ticket(fmt.Sprint("u", i)), "", "", bytes.NewReader(noise(1000, uint64(i))))
		ups = append(ups, up.File)
	}
	c.rejected("u", "too_many_uploads", func(id string) error { return c.Upload(t.Context(), id) })
	other := newCarrier(t, dial(t, h), c.host, filepath.Dir(c.dir))
	other.rejected("f", "unknown_upload",
		func(id string) error { return other.Files(t.Context(), id, ups[0]) })
	other.ticket("u1") // it has its own
	c.rejected("g", "too_many_files", func(id string) error {
		return c.Files(t.Context(), id, append([]string{ups[0]}, ups...)...)
	})
	c.rejected("h", "unknown_upload",
		func(id string) error { return c.Files(t.Context(), id, ups[0], "x") })
	if err := c.Files(t.Context(), "f1", ups...); err != nil {
		t.Fatal(err)
	}
	if f := c.receive(); f.Type != native.Accepted {
		t.Fatalf("answer to %d files = %+v", most, f)
	}
	c.receive()
	c.wantFiles(most)
	c.ticket("v")
	// What waits goes with a reset, as all else does.
	up := c.post(c.ticket("w"), "", "", strings.NewReader("waits"))
	c.wantFiles(most + 1)
	if err := c.Reset(t.Context(), "r1"); err != nil {
		t.Fatal(err)
	}
	if a, b := c.receive().Type, c.receive().Type; a == b ||
		a != native.Reset && b != native.Reset {
		t.Fatalf("answer to reset = %s, %s, want reset and accepted", a, b)
	}
	c.wantFiles(0)
	c.rejected("i", "unknown_upload",
		func(id string) error { return c.Files(t.Context(), id, up.File) })
}

// TestUpload_Slow: who brings files slowly, with as many sessions as they like, holds
// up neither other sessions nor, in the end, other addresses.
func TestUpload_Slow(t *testing.T) {
	h, c := serveFiles(t, Options{})
	slow := func(c *carrier) {
		t.Helper()
		for i := range 16 { // as many as a session has
			conn := c.begin(c.ticket(fmt.Sprint("s", i)), noise(1000, uint64(i)), 10_000)
			go dribble(conn)
		}
	}
	fast := func(seed uint64, from string) {
		t.Helper()
		other := newCarrier(t, dial(t, h), c.host, filepath.Dir(c.dir))
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		other.http.Transport.(*http.Transport).DialContext = dialer.DialContext
		begun := time.Now()
		got := other.post(other.ticket("f"), "", "", bytes.NewReader(noise(100_000, seed)))
		if took := time.Since(begun); got.status != 201 || took > 5*time.Second {
			t.Errorf("POST from %s = %+v after %v, want 201 at once", from, got, took)
		}
	}
	slow(c)
	running := func(n int) {
		t.Helper()
		waitForOr(t, func() bool {
			names, err := os.ReadDir(filepath.Join(c.dir, "tmp"))
			return err == nil && len(names) == n
		}, func() string { return fmt.Sprintf("not %d files are being brought", n) })
	}
	running(8)
	fast(100, "127.0.0.1")
	for range 3 {
		slow(newCarrier(t, dial(t, h), c.host, filepath.Dir(c.dir)))
	}
	running(32)
	if runtime.GOOS == "linux" { // others have but one loopback address
		fast(101, "127.0.0.2")
	}
}

// dribble sends a byte now and then, until the connection is closed.
func dribble(conn net.Conn) {
	for range time.Tick(50 * time.Millisecond) {
		if _, err := conn.Write([]byte("x")); err != nil {
			return
		}
	}
}

// rejected sends something, and wants it to be rejected with a code.
func (c *carrier) rejected(id, code string, send func(id string) error) {
	c.tb.Helper()
	if err := send(id); err != nil {
		c.tb.Fatal(err)
	}
	if f := c.receive(); f.Type != native.Rejected || f.ID != id ||
		f.Code != code || f.Error == "" {
		c.tb.Fatalf("answer to %s = %+v, want %s", id, f, code)
	}
}

// A sound is one whatever its upload was taken for, and is the bot's as a voice.
func TestUpload_Voice(t *testing.T) {
	h := serve(t, assemble(t, speakerOfAll), Options{Gone: -1, Data: t.TempDir()})
	c := newCarrier(t, dial(t, h), h.Addr().String(), h.opts.Data)
	c.receive() // the welcome
	for i, tt := range []struct{ typ, content, upload, voice string }{
		{"", goldenWAV, "audio/wave", "audio/wave"},
		{"audio/wav", goldenWAV, "audio/wav", "audio/wav"},
		{"", "\x1a\x45\xdf\xa3\x42\x82\x84webm", "video/webm", "audio/webm"},
		{"audio/webm", "\x1a\x45\xdf\xa3\x42\x82\x84webm", "audio/webm", "audio/webm"},
		{"", "OggS\x00\x02", "application/ogg", "audio/ogg"},
	} {
		id := fmt.Sprint("v", i)
		up := c.post(c.ticket("u"+id), "?name=v", tt.typ, strings.NewReader(tt.content))
		if up.status != 201 || up.Type != tt.upload {
			t.Fatalf("POST = %+v, want the type %s", up, tt.upload)
		}
		if err := c.Voice(t.Context(), id, up.File); err != nil {
			t.Fatal(err)
		}
		f := c.receive()
		if f.Type != native.Accepted || f.ID != id {
			t.Fatalf("answer to voice = %+v", f)
		}
		if reply := c.receive(); reply.Kind != abi.KindAudio ||
			reply.Files[0].Size != int64(len(tt.content)) {
			t.Errorf("reply = %+v", reply)
		}
		_, page := h.get(t, fmt.Sprintf("/bots/bot/sessions/%s/entries?after=%d&limit=1",
			c.Welcome().Session, f.Seq-1))
		if want := `"kind":"voice","body":{"name":"v","type":"` + tt.voice +
			`"`; !strings.Contains(page, want) {
			t.Errorf("entry = %s, want %s in it", page, want)
		}
	}
}

// A hundred at once: each has its own, and nothing is left over.
func TestUpload_Hundred(t *testing.T) {
	const n, size = 100, 40_000
	h, c := serveFiles(t, Options{Limits: abi.Limits{AddressConnections: 2 * n}})
	_ = c.Close()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := giveAndTake(t, h.Addr().String(), noise(size, uint64(i)+2)); err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	c.wantFiles(n)
}

// giveAndTake sends a file, and wants it back.
func giveAndTake(t *testing.T, host string, content []byte) error {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	s, err := client.Open(ctx, client.SessionOptions{Options: client.Options{
		URL: "ws://" + host, HTTPClient: &http.Client{Transport: transport},
	}})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	id, err := s.Upload(ctx,
		client.File{Name: "n", Content: bytes.NewReader(content), Size: int64(len(content))})
	if err != nil {
		return err
	}
	if _, err := s.Files(ctx, id); err != nil {
		return err
	}
	for {
		f, err := s.Receive(ctx)
		if err != nil {
			return err
		}
		if f.Type == native.Rejected {
			return fmt.Errorf("%s: %s", f.Code, f.Error)
		}
		if f.Kind != abi.KindFile {
			continue
		}
		body, err := s.Download(ctx, f.Files[0].URL)
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }()
		got, err := io.ReadAll(body)
		if err == nil && !bytes.Equal(got, content) {
			err = fmt.Errorf("%d bytes came back, which are others than the %d sent",
				len(got), len(content))
		}
		return err
	}
}

// A host that is killed in the middle of an upload leaves nothing of it. What waited
// for its event is gone, and what was accepted is not, and is known by its id.
func TestUpload_Kill(t *testing.T) {
	dir, addr := t.TempDir(), freeAddr(t)
	if err := os.WriteFile(filepath.Join(dir, "bot.wasm"), assemble(t, giveBack),
		0o600); err != nil {
		t.Fatal(err)
	}
	host := startChild(t, dir, addr)
	defer func() { host.kill() }()
	c := dialCarrier(t, client.Options{URL: "ws://" + addr}, addr, filepath.Join(dir, "data"))
	said := c.post(c.ticket("u1"), "?name=said", "", bytes.NewReader(noise(50_000, 1)))
	if err := c.Files(t.Context(), "f1", said.File); err != nil {
		t.Fatal(err)
	}
	c.receive()
	reply := c.receive()
	waits := c.post(c.ticket("u2"), "?name=waits", "", bytes.NewReader(noise(50_000, 2)))
	running := c.ticket("u3")
	c.begin(running, noise(100_000, 3), 200_000)
	c.wantTemps(1)
	host.kill()
	c.wantTemps(1)

	host = startChild(t, dir, addr)
	c.wantFiles(1) // the temporary file goes at the start, and so does what waits
	c = dialCarrier(t, c.Resume(), addr, filepath.Join(dir, "data"))
	if f := c.post(running, "", "", strings.NewReader("x")); f.status != 401 {
		t.Errorf("POST with a token of before = %+v, want 401", f)
	}
	for id, want := range map[string]native.Type{"f1": native.Accepted, "f2": native.Rejected} {
		upload := map[string]string{"f1": said.File, "f2": waits.File}[id]
		if err := c.Files(t.Context(), id, upload); err != nil {
			t.Fatal(err)
		}
		if f := c.receive(); f.Type != want || f.ID != id || f.Duplicate != (id == "f1") {
			t.Errorf("answer to %s = %+v, want %s", id, f, want)
		}
	}
	if status, body, _ := c.fetch(reply.Files[0].URL, c.Welcome().Resume, ""); status != 200 ||
		body != string(noise(50_000, 1)) {
		t.Errorf("GET = %d, %d bytes", status, len(body))
	}
	if f := c.post(c.ticket("u4"), "", "", bytes.NewReader(noise(50_000, 4))); f.status != 201 {
		t.Errorf("POST = %+v, want 201", f)
	}
	c.wantFiles(2)
}

func dialCarrier(t *testing.T, opts client.Options, addr, data string) *carrier {
	t.Helper()
	return newCarrier(t, connect(t, opts), addr, data)
}

// wantTemps wants so many temporary files.
func (c *carrier) wantTemps(n int) {
	c.tb.Helper()
	names, err := os.ReadDir(filepath.Join(c.dir, "tmp"))
	if err != nil || len(names) != n {
		c.tb.Errorf("there are %d temporary files, %v, want %d", len(names), err, n)
	}
}
