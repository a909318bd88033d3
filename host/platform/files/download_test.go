package files_test

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/host/files"
	web "github.com/bothost/bothost/host/platform/files"
)

func get(tb testing.TB, s *server, at string, headers ...string) result {
	tb.Helper()
	return do(tb, s, http.MethodGet, uploadPath+at, nil,
		append([]string{"Authorization: Bearer s1"}, headers...)...)
}

// TestGet_Headers: files leave as attachments, and what is shown cannot do
// anything.
func TestGet_Headers(t *testing.T) {
	const attachment, shown = "default-src 'none'; sandbox",
		"default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
	for _, tt := range []struct {
		name, typ, query string
		disposition, csp string
		wantType         string
	}{
		{"a.txt", "text/plain", "", `attachment; filename="a.txt"`, attachment, "text/plain"},
		{"a.txt", "text/plain", "?inline=1", `attachment; filename="a.txt"`,
			attachment, "text/plain"},
		{"a.html", "text/html", "?inline=1", `attachment; filename="a.html"`,
			attachment, "text/html"},
		{"a.svg", "image/svg+xml", "?inline=1", `attachment; filename="a.svg"`,
			attachment, "image/svg+xml"},
		{"a.pdf", "application/pdf", "?inline=1", `attachment; filename="a.pdf"`,
			attachment, "application/pdf"},
		{"a.png", "image/png", "", `attachment; filename="a.png"`, attachment, "image/png"},
		{"a.png", "image/png", "?inline=0", `attachment; filename="a.png"`,
			attachment, "image/png"},
		{"a.png", "image/png", "?inline=1", `inline; filename="a.png"`, shown, "image/png"},
		{"a.webm", "audio/webm", "?inline=1", `inline; filename="a.webm"`, shown, "audio/webm"},
		{"a", "no type", "?inline=1", `attachment; filename="a"`, attachment,
			"application/octet-stream"},
		{"a", "", "", `attachment; filename="a"`, attachment, "application/octet-stream"},
		{"Grüße.txt", "text/plain", "",
			`attachment; filename="Gr__e.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt`,
			attachment, "text/plain"},
		{"100% (1)'.txt", "text/plain", "",
			`attachment; filename="100_ (1)'.txt"; filename*=UTF-8''100%25%20%281%29%27.txt`,
			attachment, "text/plain"},
		{"../../x\r\nSet-Cookie: a=b", "text/plain", "",
			`attachment; filename="x Set-Cookie_ a=b"`,
			attachment, "text/plain"},
		{`"; filename=evil.exe`, "text/plain", "", `attachment; filename="_; filename=evil.exe"`,
			attachment, "text/plain"},
		{"\u202egpj.exe", "text/plain", "", `attachment; filename="gpj.exe"`,
			attachment, "text/plain"},
	} {
		t.Run(tt.name+" "+tt.typ+tt.query, func(t *testing.T) {
			s := newServer(t, web.Options{})
			s.entry(t, "s1", 7, tt.name, tt.typ, "<script>alert(1)</script>")
			r := get(t, s, "/7/0"+tt.query)
			if r.status != 200 || r.doc != "<script>alert(1)</script>" {
				t.Fatalf("GET = %d %s", r.status, r.doc)
			}
			for name, want := range map[string]string{
				"Content-Disposition": tt.disposition, "Content-Security-Policy": tt.csp,
				"Content-Type":           tt.wantType,
				"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
				"X-Frame-Options":              "DENY",
				"Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer",
				"Accept-Ranges":               "bytes",
				"Access-Control-Allow-Origin": "", "Last-Modified": "", "Set-Cookie": "",
				"Content-Length": "25",
			} {
				if got := strings.Join(r.header[name], "; "); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if _, params,
				err := mime.ParseMediaType(r.header.Get("Content-Disposition")); err != nil ||
				params["filename"] != web.CleanName(tt.name) {
				t.Errorf("the name is read as %q, %v, want %q", params["filename"], err,
					web.CleanName(tt.name))
			}
		})
	}
}

func TestGet_Range(t *testing.T) {
	s := newServer(t, web.Options{})
	s.entry(t, "s1", 1, "a", "text/plain", "other")
	s.entry(t, "s1", 7, "a", "text/plain", "first")
	s.entry(t, "s1", 7, "b", "text/plain", "0123456789")
	etag := get(t, s, "/7/1").header.Get("ETag")
	if len(etag) != 66 || etag == get(t, s, "/7/0").header.Get("ETag") {
		t.Errorf("ETag: %q", etag)
	}
	for _, tt := range []struct {
		name, header, header2 string
		status                int
		want, wantRange       string
	}{
		{"some", "Range: bytes=2-4", "", 206, "234", "bytes 2-4/10"},
		{"the end", "Range: bytes=-3", "", 206, "789", "bytes 7-9/10"},
		{"from", "Range: bytes=8-", "", 206, "89", "bytes 8-9/10"},
		{"beyond", "Range: bytes=8-100", "", 206, "89", "bytes 8-9/10"},
		{"outside", "Range: bytes=10-", "", 416, "bad_range", "bytes */10"},
		{"nonsense", "Range: bytes=x", "", 416, "bad_range", ""},
		{"same file", "Range: bytes=2-4", "If-Range: " + etag, 206, "234", "bytes 2-4/10"},
		{"other file", "Range: bytes=2-4", `If-Range: "x"`, 200, "0123456789", ""},
		{"known", "If-None-Match: " + etag, "", 304, "", ""},
		{"not known", `If-None-Match: "x"`, "", 200, "0123456789", ""},
		{"expected", `If-Match: "x"`, "", 412, "precondition_failed", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			headers := []string{tt.header}
			if tt.header2 != "" {
				headers = append(headers, tt.header2)
			}
			r := get(t, s, "/7/1", headers...)
			got := r.doc
			if r.status >= 400 {
				got = r.field("code")
				if r.header.Get("Content-Type") != "application/json" ||
					r.header.Get("Cache-Control") != "no-store" ||
					r.header.Get("Content-Disposition") != "" {
					t.Errorf("headers = %v", r.header)
				}
			}
			if r.status != tt.status || got != tt.want ||
				r.header.Get("Content-Range") != tt.wantRange {
				t.Errorf("GET = %d %q %q, want %d %q %q", r.status, got,
					r.header.Get("Content-Range"), tt.status, tt.want, tt.wantRange)
			}
		})
	}
	r := get(t, s, "/7/1", "Range: bytes=0-1,4-5")
	if r.status != 206 ||
		!strings.HasPrefix(r.header.Get("Content-Type"), "multipart/byteranges") {
		t.Errorf("GET of two ranges = %d %v", r.status, r.header)
	}
	head := do(t, s, http.MethodHead, uploadPath+"/7/1", nil, "Authorization: Bearer s1")
	if head.status != 200 || head.doc != "" || head.header.Get("Content-Length") != "10" ||
		head.header.Get("ETag") != etag {
		t.Errorf("HEAD = %d %q %v", head.status, head.doc, head.header)
	}
}

func TestGet_Refused(t *testing.T) {
	for _, tt := range []struct {
		name, method, path, token string
		status                    int
		want                      string
	}{
		{"no token", "GET", uploadPath + "/7/0", "", 401, "unauthorized"},
		{"other session's token", "GET", uploadPath + "/7/0", "s2", 401, "unauthorized"},
		{"other session", "GET", "/bots/echo/sessions/s2/files/7/0", "s1", 401, "unauthorized"},
		{"own session, which has none", "GET", "/bots/echo/sessions/s2/files/7/0",
			"s2", 404, "not_found"},
		{"other bot", "GET", "/bots/other/sessions/s1/files/7/0", "s1", 401, "unauthorized"},
		{"no such entry, without token", "GET", uploadPath + "/8/0", "", 401, "unauthorized"},
		{"no such entry", "GET", uploadPath + "/8/0", "s1", 404, "not_found"},
		{"no such file", "GET", uploadPath + "/7/1", "s1", 404, "not_found"},
		{"negative", "GET", uploadPath + "/7/-1", "s1", 404, "not_found"},
		{"leading zero", "GET", uploadPath + "/07/0", "s1", 404, "not_found"},
		{"huge", "GET", uploadPath + "/7/18446744073709551615", "s1", 404, "not_found"},
		{"too huge", "GET", uploadPath + "/99999999999999999999/0", "s1", 404, "not_found"},
		{"path", "GET", uploadPath + "/7/..%2f..%2fx", "s1", 404, "not_found"},
		{"hash", "GET", uploadPath + "/7/" + strings.Repeat("a", 64), "s1", 404, "not_found"},
		{"parameter", "GET", uploadPath + "/7/0?x=1", "s1", 400, "unknown_field"},
		{"bad parameter", "GET", uploadPath + "/7/0?inline=yes", "s1", 400, "bad_value"},
		{"POST", "POST", uploadPath + "/7/0", "s1", 405, "method_not_allowed"},
		{"DELETE", "DELETE", uploadPath + "/7/0", "s1", 405, "method_not_allowed"},
		{"gone", "GET", uploadPath + "/9/0", "s1", 404, "not_found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, web.Options{})
			s.entry(t, "s1", 7, "a", "text/plain", "secret")
			s.entry(t, "s1", 9, "a", "text/plain", "gone")
			s.mu.Lock()
			gone := s.entries["echo/s1/9"][0].Ref
			s.mu.Unlock()
			if err := s.store.Remove(gone); err != nil {
				t.Fatal(err)
			}
			r := do(t, s, tt.method, tt.path, nil, "Authorization: Bearer "+tt.token)
			if r.status != tt.status || r.field("code") != tt.want {
				t.Errorf("%s = %d %s, want %d %s", tt.method, r.status, r.doc, tt.status, tt.want)
			}
			if strings.Contains(fmt.Sprint(r), "secret") {
				t.Errorf("the answer is %v", r)
			}
		})
	}
}

// TestGet_held: a file that is being read is not removed, and is when it was read.
func TestGet_held(t *testing.T) {
	s := newServer(t, web.Options{})
	content := strings.Repeat("0123456789", 3<<19)
	s.entry(t, "s1", 7, "a", "text/plain", content)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		s.URL+uploadPath+"/7/0", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer s1")
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	s.mu.Lock()
	ref := s.entries["echo/s1/7"][0].Ref
	s.mu.Unlock()
	if err := s.store.Remove(ref); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(resp.Body)
	if string(got) != content {
		t.Errorf("%d bytes came, %v, want %d", len(got), err, len(content))
	}
	eventually(t, func() string {
		if _, err := s.store.Hold(ref); !errors.Is(err, files.ErrNotFound) {
			return fmt.Sprintf("Hold() = %v, want ErrNotFound", err)
		}
		return ""
	})
	wantFolder(t, s)
}

// TestGet_Slow: a client that does not take a file is given up, and the file is
// let go.
func TestGet_Slow(t *testing.T) {
	s := newServer(t, web.Options{Idle: 200 * time.Millisecond})
	content := strings.Repeat("0123456789", 3<<19)
	s.entry(t, "s1", 7, "a", "text/plain", content)
	conn := dial(t, s)
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "GET %s/7/0 HTTP/1.1\r\nHost: x\r\n"+
		"Authorization: Bearer s1\r\n\r\n", uploadPath); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	ref := s.entries["echo/s1/7"][0].Ref
	s.mu.Unlock()
	if _, err := conn.Read(make([]byte, 1)); err != nil { // it is being sent
		t.Fatal(err)
	}
	if err := s.store.Remove(ref); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, s) // the file goes when nobody reads it
	// The deadline of one answer is none of the next.
	s.entry(t, "s1", 8, "a", "text/plain", "hello")
	for range 3 {
		if r := get(t, s, "/8/0"); r.doc != "hello" {
			t.Errorf("GET = %d %s", r.status, r.doc)
		}
		<-time.After(250 * time.Millisecond)
	}
}
