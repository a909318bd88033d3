package host

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// listener is a client whose host is killed and started again.
type listener struct {
	*client.Session
	tb  testing.TB
	ctx context.Context
}

// listenAt opens a session that comes back quickly.
func listenAt(ctx context.Context, tb testing.TB, addr string) *listener {
	tb.Helper()
	s, err := client.Open(ctx, client.SessionOptions{
		Options: client.Options{URL: "ws://" + addr},
		MinWait: time.Millisecond, MaxWait: 20 * time.Millisecond,
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return &listener{s, tb, ctx}
}

// say sends a message and waits until it is accepted: its turn is committed. It
// returns the replies that came before.
func (l *listener) say(text string) (replies []string) {
	l.tb.Helper()
	id, err := l.Send(l.ctx, text)
	if err != nil {
		l.tb.Fatal(err)
	}
	return l.until(func(f client.Frame) bool { return f.Type == native.Accepted && f.ID == id })
}

// reply waits for one reply.
func (l *listener) reply() string {
	l.tb.Helper()
	replies := l.until(func(f client.Frame) bool {
		return f.Type == native.Entry && f.From == abi.FromBot
	})
	return replies[0]
}

// until returns the replies up to a frame, that one included.
func (l *listener) until(last func(client.Frame) bool) (replies []string) {
	l.tb.Helper()
	for {
		f, err := l.Receive(l.ctx)
		if err != nil {
			l.tb.Fatalf("Receive: %v, after %q", err, replies)
		}
		switch {
		case f.Type == native.Welcome && f.Reason != "", f.Type == native.Reset:
			l.tb.Fatalf("the session was not resumed: %s %s", f.Type, f.Reason)
		case f.Type == native.Entry:
			e, err := f.LogEntry()
			if err != nil {
				l.tb.Fatal(err)
			}
			replies = append(replies, e.Body)
		}
		if last(f) {
			return replies
		}
	}
}

// wantNoMore fails the test if there is another reply but the echo of a message.
func (l *listener) wantNoMore() {
	l.tb.Helper()
	const text = "hi"
	replies := append(l.say(text), l.reply())
	if !slices.Equal(replies, []string{text}) {
		l.tb.Errorf("replies to another message = %q, want only %q", replies, text)
	}
}

// childDir makes the folder of a host of the bot that begins what ends later.
func childDir(tb *testing.T) string {
	tb.Helper()
	dir := tb.TempDir()
	err := os.WriteFile(filepath.Join(dir, "bot.wasm"), assembleBot(tb, "later"), 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}

// TestRequest_kill kills the host between a request and its answer: it makes the
// request again under the same key, and the answer is told once.
func TestRequest_kill(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	seen := make(chan string, 16)
	answered := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		key := r.Header.Get("Idempotency-Key")
		seen <- fmt.Sprintf("%s %s %s %s", r.Method, r.URL, body, key)
		select {
		case <-answered:
			_, _ = io.WriteString(w, "sunny")
		case <-r.Context().Done(): // the host was killed
		}
	}))
	defer server.Close()
	arrival := func() string {
		t.Helper()
		select {
		case s := <-seen:
			return s
		case <-ctx.Done():
			t.Fatal("no request came")
		}
		return ""
	}
	t.Setenv(childAllowEnv, server.Listener.Addr().String())
	dir, addr := childDir(t), freeAddr(t)
	host := startChild(t, dir, addr)
	defer func() { host.kill() }()
	l := listenAt(ctx, t, addr)
	l.say(`{"method":"POST","url":"` + server.URL + `/v1","body":"tomorrow"}`)
	first := arrival()
	host.kill()
	close(answered)
	host = startChild(t, dir, addr)
	second := arrival()
	key, ok := strings.CutPrefix(second, "POST /v1 tomorrow ")
	if second != first || !ok || key == "" {
		t.Errorf("the server got\n%q, and then\n%q, want the same with a key", first, second)
	}
	want := "kind=http name=ask response.status=200 response.body=sunny response.key=" + key
	if got := l.reply(); got != want {
		t.Errorf("reply = %q, want %q", got, want)
	}
	l.wantNoMore()
	// What was told is not asked for again: a timer, which is due after it, is next.
	l.say("tea")
	host.kill()
	host = startChild(t, dir, addr)
	if got := l.reply(); !strings.HasPrefix(got, "kind=timer name=tea ") {
		t.Errorf("next reply = %q, want that to the timer", got)
	}
	l.wantNoMore()
	if n := len(seen); n != 0 {
		t.Errorf("the server got %d requests more: %q", n, <-seen)
	}
}

// TestRequest_outcomes: whatever becomes of a request, the bot is told.
func TestRequest_outcomes(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(outcome))
	defer server.Close()
	nowhere := freeAddr(t)
	h := serve(t, assembleBot(t, "later"), Options{
		Allow: []string{server.Listener.Addr().String(), nowhere},
	})
	for _, tt := range []struct {
		name, url string
		timeout   int
		want      string
	}{
		{"answers", server.URL + "/answers", 0, "response.status=200 response.body=sunny"},
		{"nothing", server.URL + "/nothing", 0, "response.status=204 response.body="},
		{"fails", server.URL + "/fails", 0, "response.status=500 response.body=broken"},
		{"hangs", server.URL + "/hangs", 50, "response.code=timeout"},
		{"hangs in the midst", server.URL + "/stalls", 50, "response.code=timeout"},
		{"breaks off", server.URL + "/breaks", 0, "response.code=failed"},
		{"leads elsewhere", server.URL + "/leads", 0, "response.code=redirect"},
		{"never ends", server.URL + "/endless", 0, "response.status=200 response.truncated=true"},
		{"not allowed", "http://127.0.0.1:1/", 0, "response.code=forbidden"},
		{"not there", "http://" + nowhere + "/", 0, "response.code=refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, h)
			request := fmt.Sprintf(`{"url":%q}`, tt.url)
			if tt.timeout > 0 {
				request = fmt.Sprintf(`{"url":%q,"timeout_ms":%d}`, tt.url, tt.timeout)
			}
			body := c.ask("m1", request).Body
			got, key, _ := strings.Cut(body, " response.key=")
			if want := "kind=http name=ask " + tt.want; got != want || key == "" {
				t.Errorf("reply = %q, want %q and a key", body, want)
			}
		})
	}
}

// outcome does what its path says.
func outcome(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/answers":
		_, _ = io.WriteString(w, "sunny")
	case "/nothing":
		w.WriteHeader(http.StatusNoContent)
	case "/fails":
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "broken")
	case "/hangs":
		<-r.Context().Done()
	case "/stalls":
		_, _ = io.WriteString(w, "sun")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	case "/breaks":
		w.Header().Set("Content-Length", "5")
		_, _ = io.WriteString(w, "sun")
	case "/leads":
		http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
	case "/endless":
		for line := []byte(strings.Repeat("sunny ", 1024)); ; {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	}
}

// TestTimer_kill kills the host while a timer is set, and starts it when the timer
// was due: it goes off once. That it is gone shows when another one goes off in
// the same way.
func TestTimer_kill(t *testing.T) {
	const delay = 1500 * time.Millisecond // the bot's
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dir, addr := childDir(t), freeAddr(t)
	host := startChild(t, dir, addr)
	defer func() { host.kill() }()
	l := listenAt(ctx, t, addr)
	for _, name := range []string{"tea", "toast"} {
		// The first turn of a host may take a while.
		l.wantNoMore()
		began := time.Now()
		l.say(name)
		set := time.Now()
		host.kill()
		if took := time.Since(began); took >= delay {
			t.Fatalf("the host was killed after %v, too late for a timer of %v", took, delay)
		}
		waitFor(t, func() bool { return time.Since(set) > delay })
		host = startChild(t, dir, addr)
		want := "kind=timer name=" + name + " data=3 minutes late=true"
		if got := l.reply(); got != want {
			t.Errorf("reply = %q, want %q", got, want)
		}
	}
	l.wantNoMore()
}

// TestWebhook posts news for a user who is connected: the user sees the reply, and
// sees it once, however often it is posted.
func TestWebhook(t *testing.T) {
	h := serve(t, assembleBot(t, "later"), Options{})
	c := dial(t, h)
	const paid = `{"type":"event","name":"paid","data":{"order":7},"id":"e1"}`
	status, first := h.post(t, c.Welcome().Session, paid)
	if status != http.StatusOK && status != http.StatusAccepted ||
		!first.Accepted || first.Duplicate {
		t.Errorf("post = %d %+v, want it accepted", status, first)
	}
	const want = `kind=event name=paid data={"order":7}`
	if e := c.entry(); e.Body != want || e.From != abi.FromBot || e.Turn != first.Turn {
		t.Errorf("the user sees %+v, want %q of turn %d", e, want, first.Turn)
	}
	status, again := h.post(t, c.Welcome().Session, paid)
	if !again.Duplicate || !again.Accepted || again.Turn != first.Turn {
		t.Errorf("post again = %d %+v, want a duplicate of turn %d", status, again, first.Turn)
	}
	status, other := h.post(t, c.Welcome().Session, strings.Replace(paid, "7", "8", 1))
	if status != http.StatusConflict || other.Code != "id_reused" {
		t.Errorf("post with another body = %d %+v, want 409 id_reused", status, other)
	}
	// The next reply is that to the next message.
	if e := c.ask("m1", "hi"); e.Body != "hi" || e.Turn != first.Turn+1 {
		t.Errorf("the user sees %+v next, want hi of turn %d", e, first.Turn+1)
	}
}

// posted is the answer to an event.
type posted struct {
	Accepted, Duplicate bool
	Turn                uint64
	Code                string
}

// post hands an event in over HTTP.
func (r *running) post(tb testing.TB, session, event string) (status int, p posted) {
	tb.Helper()
	url := fmt.Sprintf("http://%s/bots/bot/sessions/%s/events", r.Addr(), session)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(event))
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&p); err != nil {
		tb.Fatal(err)
	}
	return response.StatusCode, p
}

// asker is a bot that makes the request that it is told, and says that an answer came.
const asker = `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "http_start" (func $http (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "answered")
  (func (export "on_message")
    (call $http (i32.const 0) (i32.const 6)
      (i32.const 64) (call $input (i32.const 64) (i32.const 1024))))
  (func (export "on_event") (call $reply (i32.const 0) (i32.const 8))))`

// TestRequest_bots: a bot that calls hosts which do not answer takes no other bot's
// turn to call one.
func TestRequest_bots(t *testing.T) {
	const many = 200
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	hanging := make(chan struct{}, many)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			hanging <- struct{}{}
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close) // when the host has ended
	dir := t.TempDir()
	calm := filepath.Join(dir, "calm.wasm")
	if err := os.WriteFile(calm, assemble(t, asker), 0o600); err != nil {
		t.Fatal(err)
	}
	h := serve(t, assemble(t, asker),
		Options{Folders: []string{dir}, Allow: []string{server.Listener.Addr().String()}})
	h.awaitReload(t)
	url := "ws://" + h.Addr().String() + "/bots/"
	greedy := connect(t, client.Options{URL: url + "bot"})
	for i := range many {
		greedy.say(fmt.Sprint(i), `{"url":"`+server.URL+`/hang"}`)
	}
	for range 64 {
		<-hanging
	}
	c := connect(t, client.Options{URL: url + "calm"})
	c.say("1", `{"url":"`+server.URL+`/"}`)
	for {
		f, err := c.Receive(ctx)
		if err != nil {
			t.Fatalf("no answer came: %v", err)
		}
		if f.Type == native.Entry {
			return
		}
	}
}

// TestPost_shortWait: a request that waits for a short time does not wait for the end
// of a turn that takes longer, in an idle session neither.
func TestPost_shortWait(t *testing.T) {
	endless := makeBot(t, "bot", "", `
  (func (export "on_event") (loop $again (br $again)))`)
	h := serve(t, endless, Options{Limits: abi.Limits{TurnTime: 2 * time.Second}})
	c := dial(t, h)
	c.ask("1", "hi")
	event := `{"type":"event","name":"e","id":"2","wait":20}`
	if status, p := h.post(t, c.Welcome().Session, event); status != 202 || p.Accepted {
		t.Errorf("POST = %d %+v, want 202 and not accepted", status, p)
	}
	if e := c.entry(); e.Body != abi.WordsFailed {
		t.Errorf("the turn said %q", e.Body)
	}
	event = `{"type":"event","name":"e","id":"2","wait":true}`
	if status, p := h.post(t, c.Welcome().Session, event); status != 200 || !p.Duplicate {
		t.Errorf("POST again = %d %+v, want the same turn", status, p)
	}
}
