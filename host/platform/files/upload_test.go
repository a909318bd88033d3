package files_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	store "github.com/bothost/bothost/host/files"
	"github.com/bothost/bothost/host/platform/files"
)

const png = "\x89PNG\r\n\x1a\n----"

func TestPost(t *testing.T) {
	for _, tt := range []struct {
		name, query, typ, content string
		wantName, wantType        string
	}{
		{"text", "?name=a.txt", "text/plain; charset=utf-8", "hello", "a.txt", "text/plain"},
		{"no name", "", "text/plain", "hello", "file", "text/plain"},
		{"no type", "?name=a.png", "", png, "a.png", "image/png"},
		{"hostile name", "?name=../../x", "text/plain", "hello", "x", "text/plain"},
		{"hostile name, Windows", `?name=..%5C..%5Cx`, "text/plain", "hello", "x", "text/plain"},
		{"absolute name", "?name=/etc/passwd", "text/plain", "hello", "passwd", "text/plain"},
		{"name with a NUL", "?name=a%00b", "text/plain", "hello", "ab", "text/plain"},
		{"name that turns", "?name=a%E2%80%AEgpj.exe", "text/plain", "hello",
			"agpj.exe", "text/plain"},
		{"name that is a tag", "?name=%3Cimg%20onerror=x%3E", "text/plain", "hello",
			"_img onerror=x_", "text/plain"},
		{"name of dots", "?name=..", "text/plain", "hello", "file", "text/plain"},
		{"empty", "?name=a", "text/plain", "", "a", "text/plain"},
		{"as large as may be", "?name=a", "text/plain",
			strings.Repeat("x", 100), "a", "text/plain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, files.Options{Limit: 100})
			r := post(t, s, s.token(t), tt.query, tt.typ, tt.content)
			want := fmt.Sprintf(`{"file":%q,"name":%q,"type":%q,"size":%d}`, r.field("file"),
				tt.wantName, tt.wantType, len(tt.content))
			if r.status != 201 || r.doc != want || len(r.field("file")) != 32 {
				t.Errorf("POST = %d %s, want %s", r.status, r.doc, want)
			}
			if r.header.Get("Content-Type") != "application/json" ||
				r.header.Get("X-Content-Type-Options") != "nosniff" ||
				r.header.Get("Cache-Control") != "no-store" ||
				r.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("headers = %v", r.header)
			}
			_, hold, err := s.uploads.Take("echo/s1", r.field("file"))
			if err != nil {
				t.Fatal(err)
			}
			hold.Release()
			wantFolder(t, s, tt.content)
		})
	}
}

func TestPost_Form(t *testing.T) {
	one, typ := form("../../ä b.txt", "text/csv", "hello")
	two, _ := form("a", "text/plain", "a", "b", "text/plain", "b")
	large, _ := form("a", "text/plain", strings.Repeat("x", 101))
	largest, _ := form("a", "text/plain", strings.Repeat("x", 100))
	none, _ := form()
	for _, tt := range []struct {
		name, query, typ, body string
		status                 int
		want                   string
	}{
		{"one file", "", typ, one, 201, `"name":"ä b.txt","type":"text/csv","size":5}`},
		{"name in the query", "?name=c", typ, one, 201, `"name":"c","type":"text/csv","size":5}`},
		{"empty name in the query", "?name=", typ, one, 201,
			`"name":"file","type":"text/csv","size":5}`},
		{"preamble and epilogue", "", typ, "hi\r\n" + one + "bye", 201, `"size":5}`},
		{"largest", "", typ, largest, 201, `"size":100}`},
		{"content like a boundary", "", typ,
			strings.Replace(one, "hello", "\r\n--xy\r\n--xyzz", 1), 201, `"size":14}`},
		{"no type", "", typ, strings.Replace(one, "Content-Type: text/csv\r\n", "", 1), 201,
			`"type":"text/plain","size":5}`},
		{"binary", "", typ, strings.Replace(one, "Content-Type",
			"Content-Transfer-Encoding: Binary\r\nContent-Type", 1), 201, `"size":5}`},

		{"none", "", typ, none, 400, "bad_form"},
		{"two", "", typ, two, 400, "bad_form"},
		{"no file", "", typ, strings.Replace(one, "; filename=", "; other=", 1), 400, "bad_form"},
		{"base64", "", typ, strings.Replace(one, "Content-Type",
			"Content-Transfer-Encoding: base64\r\nContent-Type", 1), 400, "bad_form"},
		{"too large", "", typ, large, 413, "too_large"},
		{"cut within the file", "", typ, one[:len(one)-12], 400, "bad_form"},
		{"cut before the last boundary", "", typ,
			strings.TrimSuffix(one, "--xyz--\r\n"), 400, "bad_form"},
		{"cut within the head", "", typ, one[:30], 400, "bad_form"},
		{"empty", "", typ, "", 400, "bad_form"},
		{"long head", "", typ, strings.Replace(one, "Content-Type",
			"X: "+strings.Repeat("x", 16<<10)+"\r\nContent-Type", 1), 400, "bad_form"},
		{"long preamble", "", typ, strings.Repeat("x\r\n", 8<<10) + one, 400, "bad_form"},
		{"long epilogue", "", typ, one + strings.Repeat("x", 32<<10-100), 400, "bad_form"},
		{"no boundary", "", "multipart/form-data", one, 400, "bad_form"},
		{"long boundary", "", "multipart/form-data; boundary=" + strings.Repeat("x", 71),
			one, 400, "bad_form"},
		{"other multipart", "", "multipart/mixed; boundary=xyz", one, 400, "bad_form"},
		{"bad type", "", typ, strings.Replace(one, "text/csv", "image/png", 1), 415,
			"unsupported_media_type"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, files.Options{Limit: 100})
			token := s.token(t)
			r := post(t, s, token, tt.query, tt.typ, tt.body)
			if r.status != tt.status ||
				!strings.HasSuffix(r.doc, tt.want) && r.field("code") != tt.want {
				t.Errorf("POST = %d %s, want %d %s", r.status, r.doc, tt.status, tt.want)
			}
			if r.status != 201 {
				wantFolder(t, s)
				// The token is as good as before.
				if r := post(t, s, token, "", "text/plain", "x"); r.status != 201 {
					t.Errorf("POST = %d %s", r.status, r.doc)
				}
			}
		})
	}
}

// TestPost_Refused: what is wrong has an answer, and leaves nothing.
func TestPost_Refused(t *testing.T) {
	const auth = "Authorization"
	for _, tt := range []struct {
		name, method, path, typ, content string
		headers                          []string
		allow                            string
		status                           int
		want, retry                      string
	}{
		{name: "too large", content: strings.Repeat("x", 101), status: 413, want: "too_large"},
		{name: "wrong type", typ: "image/png", content: "hello", status: 415,
			want: "unsupported_media_type"},
		{name: "no type at all", typ: "text", content: "hello", status: 415,
			want: "unsupported_media_type"},
		{name: "type that is not allowed", content: "hello", allow: "image/*", status: 415,
			want: "unsupported_media_type"},
		{name: "compressed", content: "hello", headers: []string{"Content-Encoding: gzip"},
			status: 415, want: "unsupported_media_type"},
		{name: "no token", content: "hello", headers: []string{auth + ": "}, status: 401,
			want: "unauthorized"},
		{name: "other scheme", content: "hello", headers: []string{auth + ": Basic eDp5"},
			status: 401, want: "unauthorized"},
		{name: "other token", content: "hello", headers: []string{auth +
			": Bearer AAAAAAAAAAAAAAAAAAAAAA"}, status: 401, want: "unauthorized"},
		{name: "other session's token", path: "/bots/echo/sessions/s2/files", status: 401,
			want: "unauthorized"},
		{name: "other bot", path: "/bots/other/sessions/s1/files", status: 401,
			want: "unauthorized"},
		{name: "session that is no text", path: "/bots/echo/sessions/%00/files", status: 401,
			want: "unauthorized"},
		{name: "long session", path: "/bots/echo/sessions/" + strings.Repeat("a", 300) + "/files",
			status: 401, want: "unauthorized"},
		{name: "unknown parameter", path: uploadPath + "?names=x", status: 400,
			want: "unknown_field"},
		{name: "two names", path: uploadPath + "?name=x&name=y", status: 400, want: "bad_value"},
		{name: "bad query", path: uploadPath + "?name=%zz", status: 400, want: "bad_value"},
		{name: "PUT", method: "PUT", content: "x", status: 405, want: "method_not_allowed"},
		{name: "GET", method: "GET", status: 405, want: "method_not_allowed"},
		{name: "elsewhere", path: uploadPath + "/1", content: "x", status: 404, want: "not_found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, files.Options{Limit: 100})
			s.allow = strings.Fields(tt.allow)
			method, path, typ := http.MethodPost, uploadPath, "text/plain"
			if tt.method != "" {
				method = tt.method
			}
			if tt.path != "" {
				path = tt.path
			}
			if tt.typ != "" {
				typ = tt.typ
			}
			token := s.token(t)
			headers := append([]string{auth + ": Bearer " + token, "Content-Type: " + typ},
				tt.headers...)
			// With its length in front, and without.
			for _, body := range []io.Reader{strings.NewReader(tt.content),
				io.MultiReader(strings.NewReader(tt.content))} {
				r := do(t, s, method, path, body, headers...)
				if r.status != tt.status || r.field("code") != tt.want || r.field("error") == "" {
					t.Errorf("%s = %d %s, want %d %s", method, r.status, r.doc, tt.status, tt.want)
				}
				if got := r.header.Get("WWW-Authenticate") != ""; got != (tt.status == 401) {
					t.Errorf("challenge = %q", r.header.Get("WWW-Authenticate"))
				}
				if got := r.header.Get("Allow"); got != "" != (tt.status == 405) {
					t.Errorf("Allow = %q", got)
				}
			}
			wantFolder(t, s)
			if r := post(t, s, token, "", "text/plain", "x"); tt.allow == "" && r.status != 201 {
				t.Errorf("POST with the token = %d %s", r.status, r.doc)
			}
		})
	}
}

// TestPost_Errors: every error of the store has its answer.
func TestPost_Errors(t *testing.T) {
	for _, tt := range []struct {
		err         error
		status      int
		want, retry string
	}{
		{files.ErrToken, 401, "unauthorized", ""}, {files.ErrSpent, 409, "token_used", ""},
		{files.ErrRunning, 409, "upload_running", "1"}, {files.ErrTooLarge, 413, "too_large", ""},
		{files.ErrType, 415, "unsupported_media_type", ""}, {files.ErrBusy, 429, "busy", "1"},
		{files.ErrNotFound, 404, "not_found", ""}, {files.ErrClosed, 503, "shutting_down", "1"},
		{store.ErrUnavailable, 503, "store_unavailable", "1"},
		{errors.New("x"), 503, "store_unavailable", "1"},
	} {
		s := newServer(t, files.Options{Uploads: refusing{fmt.Errorf("test: %w", tt.err)}})
		r := post(t, s, "token", "", "text/plain", "hello")
		if r.status != tt.status || r.field("code") != tt.want ||
			r.header.Get("Retry-After") != tt.retry {
			t.Errorf("POST(%v) = %d %s %v, want %d %s", tt.err, r.status, r.doc,
				r.header, tt.status, tt.want)
		}
	}
}

// TestPost_TooLargeByLength: the handler itself looks at what the headers say.
func TestPost_TooLargeByLength(t *testing.T) {
	s := newServer(t, files.Options{Uploads: refusing{errors.New("was asked")}, Limit: 4})
	if r := post(t, s, "token", "", "text/plain", "hello"); r.status != 413 ||
		r.field("code") != "too_large" {
		t.Errorf("POST = %d %s, want too_large", r.status, r.doc)
	}
}

type refusing struct{ err error }

func (refusing) Check(context.Context, string, string, string) error { return nil }

func (u refusing) Receive(_ context.Context, _ files.Incoming, body io.Reader) (
	files.Upload, error) {
	_, _ = io.Copy(io.Discard, body)
	return files.Upload{}, u.err
}

// TestPost_Again: a token is good for one file, which may come again.
func TestPost_Again(t *testing.T) {
	s := newServer(t, files.Options{})
	token := s.token(t)
	first := post(t, s, token, "?name=a", "text/plain", "hello")
	if again := post(t, s, token, "?name=b", "text/plain", "hello"); again.status != 201 ||
		again.doc != first.doc {
		t.Errorf("POST(same) = %d %s, want %s", again.status, again.doc, first.doc)
	}
	if r := post(t, s, token, "?name=a", "text/plain", "hello!"); r.status != 409 ||
		r.field("code") != "token_used" {
		t.Errorf("POST(other) = %d %s, want token_used", r.status, r.doc)
	}
	wantFolder(t, s, "hello")
}

// TestPost_RefusedEarly: what headers tell is told before the body comes, and
// nobody is asked to send it.
func TestPost_RefusedEarly(t *testing.T) {
	for _, tt := range []struct {
		name, headers, body, want string
		noToken                   bool
	}{
		{name: "too large", headers: "Content-Length: 17000000\r\n", want: "413"},
		{name: "form too large", headers: "Content-Type: multipart/form-data; boundary=a\r\n" +
			"Content-Length: 17000000\r\n", want: "413"},
		{name: "no token", headers: "Content-Length: 10\r\n", noToken: true, want: "401"},
		{name: "compressed",
			headers: "Content-Encoding: br\r\nContent-Length: 10\r\n", want: "415"},
		{name: "too large, asked",
			headers: "Expect: 100-continue\r\nContent-Length: 17000000\r\n", want: "413"},
		{name: "no token, asked", headers: "Expect: 100-continue\r\nContent-Length: 10\r\n",
			noToken: true, want: "401"},
		{name: "no token, in chunks", headers: "Transfer-Encoding: chunked\r\n",
			noToken: true, want: "401"},
		{name: "wrong type", headers: "Content-Type: image/png\r\nContent-Length: 1000000\r\n",
			body: strings.Repeat("x", 600), want: "415"},
		{name: "wrong type, in chunks",
			headers: "Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n",
			body:    "258\r\n" + strings.Repeat("x", 600) + "\r\n", want: "415"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, files.Options{})
			token := s.token(t)
			if tt.noToken {
				token = "x"
			}
			conn := dial(t, s)
			start := time.Now()
			send(t, conn, token, tt.headers, tt.body)
			r := bufio.NewReader(conn)
			status, err := r.ReadString('\n')
			if err != nil || !strings.Contains(status, tt.want) {
				t.Fatalf("the answer is %q, %v, want %s", status, err, tt.want)
			}
			rest, err := io.ReadAll(r) // the connection ends
			if !strings.Contains(string(rest), `"code":`) ||
				!strings.Contains(string(rest), "Connection: close") {
				t.Errorf("the answer is %q, %v", rest, err)
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("it took %v", d)
			}
			wantFolder(t, s)
		})
	}
}

// TestPost_Expect: a client that waits to be told is told.
func TestPost_Expect(t *testing.T) {
	s := newServer(t, files.Options{})
	conn := dial(t, s)
	send(t, conn, s.token(t),
		"Expect: 100-continue\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n", "")
	r := bufio.NewReader(conn)
	if line, err := r.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the answer is %q, %v, want 100 Continue", line, err)
	}
	_, _ = r.ReadString('\n')
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != 201 || resp.Close {
		t.Fatalf("the answer is %+v, %v, want 201, and the connection to stay", resp, err)
	}
	_ = resp.Body.Close()
	wantFolder(t, s, "hello")
}

// TestPost_SendsAllFirst: a client that reads nothing before it sent all sees the
// answer as well.
func TestPost_SendsAllFirst(t *testing.T) {
	s := newServer(t, files.Options{Limit: 1 << 20})
	s.handler.SetLinger(patience)
	for _, headers := range []string{"Content-Length: 12582912\r\n",
		"Transfer-Encoding: chunked\r\n"} {
		conn := dial(t, s)
		send(t, conn, s.token(t), headers, "")
		body := strings.Repeat("x", 12<<20)
		if strings.HasPrefix(headers, "Transfer") {
			body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
		}
		if _, err := io.WriteString(conn, body); err != nil {
			t.Fatalf("%s: the body cannot be sent: %v", headers, err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 413 || !resp.Close {
			t.Fatalf("%s: the answer is %+v, %v, want 413 and the end", headers, resp, err)
		}
		_ = resp.Body.Close()
	}
	wantFolder(t, s)
}

// TestPost_Cut: a client that goes away leaves nothing, and its token is good.
func TestPost_Cut(t *testing.T) {
	s := newServer(t, files.Options{})
	multi, typ := form("a", "text/plain", strings.Repeat("x", 5000))
	for _, tt := range []struct{ headers, body string }{
		{"Content-Type: text/plain\r\nContent-Length: 10000\r\n", ""},
		{"Content-Type: text/plain\r\nContent-Length: 10000\r\n", "x"},
		{"Content-Type: text/plain\r\nContent-Length: 10000\r\n", strings.Repeat("x", 9999)},
		{"Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n",
			"2000\r\n" + strings.Repeat("x", 5000)},
		{"Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n", "2\r\nxx\r\n"},
		{"Content-Type: " + typ + "\r\nContent-Length: 10000\r\n", multi[:60]},
		{"Content-Type: " + typ + "\r\nContent-Length: 10000\r\n", multi[:3000]},
	} {
		for _, half := range []bool{false, true} {
			token := s.token(t)
			conn := dial(t, s)
			send(t, conn, token, tt.headers, tt.body)
			if half { // it says that no more comes, and reads
				if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
				answer, err := io.ReadAll(conn)
				if !strings.Contains(string(answer), "HTTP/1.1 400") {
					t.Errorf("%q, %q: the answer is %q, %v, want 400", tt.headers,
						tt.body, answer, err)
				}
			}
			_ = conn.Close()
			wantFolder(t, s)
			eventually(t, func() string { // until the server has seen it
				if r := post(t, s, token, "", "text/plain", "x"); r.status != 201 {
					return fmt.Sprintf("POST with the token = %d %s", r.status, r.doc)
				}
				return ""
			})
			s.uploads.Drop("echo/s1")
			wantFolder(t, s)
		}
	}
}

// TestPost_Slow: no byte for too long, or too few, ends an upload.
func TestPost_Slow(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rate  int64
		pause time.Duration
	}{
		{"nothing comes", 1, time.Hour},
		{"too little comes", 1 << 20, 20 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, files.Options{Idle: 300 * time.Millisecond, Rate: tt.rate})
			conn := dial(t, s)
			token := s.token(t)
			send(t, conn, token, "Content-Type: text/plain\r\nContent-Length: 1000000\r\n", "x")
			stop := make(chan struct{})
			var wg sync.WaitGroup
			wg.Go(func() {
				for {
					select {
					case <-time.After(tt.pause):
						if _, err := conn.Write([]byte("x")); err != nil {
							return
						}
					case <-stop:
						return
					}
				}
			})
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			close(stop)
			wg.Wait()
			if err != nil || resp.StatusCode != 408 || !resp.Close {
				t.Fatalf("the answer is %+v, %v, want 408 and the end", resp, err)
			}
			_ = resp.Body.Close()
			wantFolder(t, s)
		})
	}
	t.Run("slow but steady", func(t *testing.T) {
		s := newServer(t, files.Options{Idle: 300 * time.Millisecond, Rate: 1})
		conn := dial(t, s)
		send(t, conn, s.token(t), "Content-Type: text/plain\r\nContent-Length: 11\r\n", "x")
		start := time.Now()
		for range 10 { // three times as long as a client may be silent
			<-time.After(90 * time.Millisecond)
			if _, err := conn.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 201 {
			t.Fatalf("the answer is %+v, %v after %v, want 201", resp, err, time.Since(start))
		}
		_ = resp.Body.Close()
		// The deadline is none of the next request.
		<-time.After(400 * time.Millisecond)
		send(t, conn, s.token(t), "Content-Type: text/plain\r\nContent-Length: 1\r\n", "x")
		resp, err = http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 201 {
			t.Fatalf("the second answer is %+v, %v, want 201", resp, err)
		}
		_ = resp.Body.Close()
	})
}

// TestPost_Many: a hundred at once are all taken.
func TestPost_Many(t *testing.T) {
	s := newServer(t, files.Options{})
	var wg sync.WaitGroup
	var contents []string
	for i := range 100 {
		content := fmt.Sprintf("%d ", i%50) + strings.Repeat("x", 100_000)
		if i < 50 {
			contents = append(contents, content)
		}
		token := s.token(t)
		wg.Go(func() {
			r, err := try(s, "POST", uploadPath, strings.NewReader(content),
				"Authorization: Bearer "+token, "Content-Type: text/plain")
			if err != nil || r.status != 201 || r.field("size") != fmt.Sprint(len(content)) {
				t.Errorf("POST = %d %s, %v", r.status, r.doc, err)
			}
		})
	}
	wg.Wait()
	wantFolder(t, s, contents...)
}

// TestClose: uploads that run are ended, and no more begin.
func TestClose(t *testing.T) {
	s := newServer(t, files.Options{})
	conn := dial(t, s)
	token := s.token(t)
	send(t, conn, token, "Content-Type: text/plain\r\nContent-Length: 1000000\r\n",
		strings.Repeat("x", 600))
	eventually(t, func() string {
		if err := s.uploads.Check("echo/s1", token); !errors.Is(err, store.ErrRunning) {
			return fmt.Sprint("the upload does not run: ", err)
		}
		return ""
	})
	s.handler.Close()
	s.handler.Close()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != 503 {
		t.Fatalf("the answer is %+v, %v, want 503", resp, err)
	}
	_ = resp.Body.Close()
	_ = conn.Close()
	if r := post(t, s, s.token(t), "", "text/plain", "x"); r.status != 503 ||
		r.field("code") != "shutting_down" {
		t.Errorf("POST(closed) = %d %s, want shutting_down", r.status, r.doc)
	}
	wantFolder(t, s)
}
