package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// scripted is a host whose connections are scripts, one after another: lines that
// begin with > are expected, others are sent. ID stands for the id of the message
// that came last. When a script ends the connection does, with the code.
type scripted struct {
	tb    testing.TB
	codes []abi.Code

	mu      sync.Mutex // guards the following
	scripts []string
}

// stays, as a code, leaves the end to the client; 0 cuts the connection.
const stays abi.Code = 1

var idPattern = regexp.MustCompile(`"id":"([^"]*)"`)

// ServeHTTP serves one connection.
func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if len(s.scripts) == 0 {
		s.mu.Unlock()
		http.Error(w, "Later.", http.StatusServiceUnavailable)
		return
	}
	script, code := s.scripts[0], s.codes[0]
	s.scripts, s.codes = s.scripts[1:], s.codes[1:]
	s.mu.Unlock()
	conn, err := ws.Accept(w, r, &ws.AcceptOptions{Subprotocols: []string{native.Protocol}})
	if err != nil {
		s.tb.Error(err)
		return
	}
	defer func() { _ = conn.CloseNow() }()
	id := ""
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		want, expected := strings.CutPrefix(line, "> ")
		if !expected {
			line = strings.ReplaceAll(line, "ID", id)
			if err := conn.Write(r.Context(), ws.MessageText, []byte(line)); err != nil {
				s.tb.Errorf("the host sends %s: %v", line, err)
			}
			continue
		}
		_, got, err := conn.Read(r.Context())
		if m := idPattern.FindSubmatch(got); m != nil {
			id = string(m[1])
		}
		if want = strings.ReplaceAll(want, "ID", id); err != nil || string(got) != want {
			s.tb.Errorf("the host received %s, %v, want %s", got, err, want)
		}
	}
	switch code {
	case 0:
	case stays:
		_, _, _ = conn.Read(r.Context())
	default:
		_ = conn.Close(ws.StatusCode(code), "")
	}
}

// The synchronisation that a chat asks for, and its answer.
const syncs = `> {"type":"history","limit":1}
	{"type":"history","before":1,"count":0}`

const welcomes = `> {"type":"hello"}
	{"type":"welcome","session":"S","resume":"R","epoch":1,"seq":0,"resumed":false}
	{"type":"entry","seq":1,"from":"bot","kind":"text","body":"Hello.","turn":1}
	` + syncs

// A chat whose connection breaks after a message was sent, and once more before
// anybody answers, says so in one line, sends it again, and goes on.
func TestChat_ComesBack(t *testing.T) {
	resumes := `> {"type":"hello","session":"S","resume":"R","epoch":1,"after":1}`
	host := &scripted{tb: t, codes: []abi.Code{0, abi.CloseRestart, stays}, scripts: []string{
		welcomes + `
			> {"type":"message","id":"ID","text":"a"}`,
		resumes + `
			{"type":"closing","code":"restart","retry_ms":1}`,
		resumes + `
			{"type":"welcome","session":"S","resume":"R","epoch":1,"seq":1,"resumed":true}
			> {"type":"message","id":"ID","text":"a"}
			{"type":"accepted","id":"ID","seq":2,"turn":2}
			{"type":"entry","seq":3,"from":"bot","kind":"text","body":"b","turn":2}
			` + syncs,
	}}
	stdout, stderr, code := runChat(t, host, "a\n")
	if want := "Hello.\n> a\nb\n"; stdout != want || code != 0 {
		t.Errorf("stdout = %q, exit code %d, want %q", stdout, code, want)
	}
	if want := "bothost: the connection is lost; coming back\n"; stderr != want {
		t.Errorf("stderr = %q, want %q", stderr, want)
	}
}

// What ends a chat, and what it says then.
func TestChat_Ends(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	text := []byte("\n# a comment\nann  secret\nbob other\n")
	if err := os.WriteFile(token, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		script string
		code   abi.Code
		args   []string
		stderr string
	}{
		{"no token", `> {"type":"hello"}`, native.CloseUnauthorized, nil,
			"bothost: the host closed the connection: The token is missing or wrong.\n" +
				"hint: --token FILE names a file that holds the token\n"},
		{"wrong token", `> {"type":"hello","token":"secret"}`, native.CloseUnauthorized,
			[]string{"--token", token},
			"bothost: the host closed the connection: The token is missing or wrong.\n" +
				"hint: --token FILE names a file that holds the token\n"},
		{"for good", welcomes, abi.CloseSessionGone, nil,
			"bothost: the host closed the connection: This session is gone.\n"},
		{"for too long", welcomes, abi.CloseRestart, []string{"--wait", "50ms"},
			"bothost: the connection is lost; coming back\n" +
				"bothost: the connection was lost and did not come back within 50ms: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			host := &scripted{tb: t, codes: []abi.Code{tc.code}, scripts: []string{tc.script}}
			_, stderr, code := runChat(t, host, "", tc.args...)
			if !strings.HasPrefix(stderr, tc.stderr) || code != exitFailure {
				t.Errorf("exit code %d, stderr = %q, want %q", code, stderr, tc.stderr)
			}
		})
	}
}

// TestChat_BadInput has input that cannot be read to its end, which is no good end.
func TestChat_BadInput(t *testing.T) {
	said := welcomes + `
		> {"type":"message","id":"ID","text":"a"}
		{"type":"accepted","id":"ID","seq":2,"turn":2}
		` + syncs
	for _, tc := range []struct{ name, rest, want string }{
		{"a long line", strings.Repeat("b", maxLine+1), "bothost: read the input: a line is longer " +
			"than 16777215 bytes\n"},
		{"an error", "", "bothost: read the input: the disk is gone\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			server := httptest.NewServer(&scripted{
				tb: t, codes: []abi.Code{stays}, scripts: []string{said},
			})
			defer server.Close()
			in := io.MultiReader(strings.NewReader("a\n"+tc.rest),
				iotest.ErrReader(errors.New("the disk is gone")))
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), []string{"chat", server.URL}, in, &stdout, &stderr)
			if stderr.String() != tc.want || code != exitFailure {
				t.Errorf("exit code %d, stderr = %q, want %q", code, &stderr, tc.want)
			}
		})
	}
}

// runChat runs a chat with an input that does not end before the chat has to.
func runChat(
	tb testing.TB, host *scripted, input string, args ...string,
) (stdout, stderr string, code int) {
	tb.Helper()
	server := httptest.NewServer(host)
	defer server.Close()
	in := &openInput{text: strings.NewReader(input), ends: input != "", done: make(chan struct{})}
	defer close(in.done)
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	code = run(ctx, append([]string{"chat", server.URL}, args...), in, &out, &errs)
	if ctx.Err() != nil {
		tb.Fatalf("the chat did not end within %v", time.Since(began))
	}
	return out.String(), errs.String(), code
}

// openInput is a text, after which nothing comes for a while, unless it ends.
type openInput struct {
	text *strings.Reader
	ends bool
	done chan struct{}
}

// Read implements io.Reader.
func (o *openInput) Read(p []byte) (int, error) {
	if n, err := o.text.Read(p); err == nil || o.ends {
		return n, err
	}
	<-o.done
	return o.text.Read(p)
}

// What a person types becomes JSON, whatever it is.
func TestChatJSON(t *testing.T) {
	for text, want := range map[string]string{
		"good": `"good"`, "5": `5`, "-0.5e3": `-0.5e3`, `"5"`: `"\"5\""`, "5 stars": `"5 stars"`,
		"": `""`, "true": `"true"`, "null": `"null"`,
	} {
		if got := scalar(text); got != want {
			t.Errorf("scalar(%q) = %s, want %s", text, got, want)
		}
	}
	if got, want := object(`a"b`, "c\n"), `{"a\"b":"c\n"}`; got != want {
		t.Errorf("object() = %s, want %s", got, want)
	}
}
