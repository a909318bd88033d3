package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/session"
)

func TestPost(t *testing.T) {
	long := strings.Repeat("x", 64)
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"message", `{"type":"message","text":"hi","id":"1"}`, 202,
			`{"accepted":true,"id":"1","epoch":1,"seq":1,"turn":1}`},
		{"without id", `{"type":"message","text":"hi"}`, 202,
			`{"accepted":true,"epoch":1,"seq":1,"turn":1}`},
		{"wait false", `{"type":"message","text":"hi","wait":false}`, 202,
			`{"accepted":true,"epoch":1,"seq":1,"turn":1}`},
		{"wait", `{"type":"message","text":"hi","id":"1","wait":true}`, 200,
			`{"accepted":true,"id":"1","epoch":1,"seq":1,"turn":1,"entries":[` +
				`{"seq":1,"from":"user","kind":"text","body":"hi","id":"1","time":7,"turn":1},` +
				`{"seq":2,"from":"bot","kind":"text","body":"message:hi","time":7,"turn":1}]}`},
		{"wait in ms", `{"type":"option","value":"a","wait":5000}`, 200,
			`{"accepted":true,"epoch":1,"seq":1,"turn":1,"entries":[` +
				`{"seq":1,"from":"user","kind":"option","body":"a","time":7,"turn":1},` +
				`{"seq":2,"from":"bot","kind":"text","body":"option:a","time":7,"turn":1}]}`},
		{"event", `{"type":"event","name":"paid","data":{"order": [ 7, null ]},"wait":true}`, 200,
			`{"accepted":true,"epoch":1,"seq":1,"turn":1,"entries":[` +
				`{"seq":1,"from":"bot","kind":"text","body":"event:paid{\"order\":[7,null]}","time":7,"turn":1}]}`},
		{"event without data", `{"type":"event","name":"paid","wait":true}`, 200,
			`{"accepted":true,"epoch":1,"seq":1,"turn":1,"entries":[` +
				`{"seq":1,"from":"bot","kind":"text","body":"event:paid","time":7,"turn":1}]}`},
		{"reset", `{"type":"reset","id":"r","wait":true}`, 200,
			`{"accepted":true,"id":"r","epoch":2,"seq":1,"turn":1,"entries":[` +
				`{"seq":1,"from":"bot","kind":"text","body":"reset:","time":7,"turn":1}]}`},
		{"longest id", `{"type":"message","text":"hi","id":"` + long + `"}`, 202,
			`{"accepted":true,"id":"` + long + `","epoch":1,"seq":1,"turn":1}`},
		{"spaces", " {\n\"type\" : \"message\", \"text\" : \"\" } ", 202,
			`{"accepted":true,"epoch":1,"seq":1,"turn":1}`},

		{"empty", ``, 400, `bad_json `},
		{"no JSON", `{`, 400, `bad_json `},
		{"two values", `{"type":"reset"}{}`, 400, `bad_json `},
		{"array", `[]`, 400, `not_object `},
		{"null", `null`, 400, `not_object `},
		{"not UTF-8", "{\"type\":\"message\",\"text\":\"\xff\"}", 400, `not_utf8 `},
		{"no type", `{"text":"hi"}`, 400, `missing_field "type"`},
		{"type in upper case", `{"Type":"message","text":"hi"}`, 400, `missing_field "type"`},
		{"type is no string", `{"type":1}`, 400, `wrong_type "type"`},
		{"unknown type", `{"type":"start"}`, 400, `unknown_type "type"`},
		{"type of the host's own", `{"type":"timer","name":"x"}`, 400, `unknown_type "type"`},
		{"no text", `{"type":"message"}`, 400, `missing_field "text"`},
		{"text is null", `{"type":"message","text":null}`, 400, `wrong_type "text"`},
		{"no value", `{"type":"option","text":"a"}`, 400, `unknown_field "text"`},
		{"no name", `{"type":"event"}`, 400, `missing_field "name"`},
		{"empty name", `{"type":"event","name":""}`, 400, `bad_value "name"`},
		{"long name", `{"type":"event","name":"` + strings.Repeat("x", 129) + `"}`, 400,
			`bad_value "name"`},
		{"unknown field", `{"type":"reset","zzz":1,"yyy":1}`, 400, `unknown_field "yyy"`},
		{"empty field", `{"type":"reset","":1}`, 400, `unknown_field `},
		{"field of another type", `{"type":"reset","text":"a"}`, 400, `unknown_field "text"`},
		{"field twice", `{"type":"message","text":"a","text":"b"}`, 400, `bad_json "text"`},
		{"empty id", `{"type":"reset","id":""}`, 400, `bad_id "id"`},
		{"id is a number", `{"type":"reset","id":7}`, 400, `wrong_type "id"`},
		{"long id", `{"type":"reset","id":"x` + long + `"}`, 400, `bad_id "id"`},
		{"id with a line end", `{"type":"reset","id":"a\nb"}`, 400, `bad_id "id"`},
		{"wait is a string", `{"type":"reset","wait":"yes"}`, 400, `wrong_type "wait"`},
		{"wait is null", `{"type":"reset","wait":null}`, 400, `wrong_type "wait"`},
		{"wait is negative", `{"type":"reset","wait":-1}`, 400, `bad_value "wait"`},
		{"wait is a fraction", `{"type":"reset","wait":1.5}`, 400, `bad_value "wait"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := newServer(t, newFake(t, "s1"), api.Options{})
			r := post(t, s, tt.body)
			got := r.doc
			if r.status >= 400 {
				got = strings.Trim(r.field("code"), `"`) + " " + r.field("field")
			}
			if r.status != tt.status || got != tt.want {
				t.Errorf("POST %s = %d %s, want %d %s", tt.body, r.status,
					r.doc, tt.status, tt.want)
			}
			if r.header.Get("X-Content-Type-Options") != "nosniff" ||
				r.header.Get("Content-Type") != "application/json" ||
				r.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("headers = %v", r.header)
			}
		})
	}
}

// TestPost_Refused: what is wrong with the request, or with the host.
func TestPost_Refused(t *testing.T) {
	const reset = `{"type":"reset"}`
	for _, tt := range []struct {
		name, method, path, header string
		openErr                    error
		code                       abi.Code
		status                     int
		want, retry                string
	}{
		{name: "no content type", header: "Content-Type: ", status: 415,
			want: "unsupported_media_type"},
		{name: "form", header: "Content-Type: text/plain", status: 415,
			want: "unsupported_media_type"},
		{name: "other charset", header: "Content-Type: application/json; charset=latin1",
			status: 415, want: "unsupported_media_type"},
		{name: "charset", header: "Content-Type: Application/JSON; charset=UTF-8", status: 202},
		{name: "encoded", header: "Content-Encoding: gzip", status: 415,
			want: "unsupported_media_type"},
		{name: "GET", method: "GET", status: 405, want: "method_not_allowed"},
		{name: "PUT", method: "PUT", status: 405, want: "method_not_allowed"},
		{name: "OPTIONS", method: "OPTIONS", status: 405, want: "method_not_allowed"},
		{name: "unknown bot", path: "/bots/nobody/sessions/s1/events", status: 404,
			want: "unknown_session"},
		{name: "unknown session", path: "/bots/echo/sessions/s2/events", status: 404,
			want: "unknown_session"},
		{name: "session that is no text", path: "/bots/echo/sessions/%00/events", status: 404,
			want: "unknown_session"},
		{name: "long session", path: "/bots/echo/sessions/" + strings.Repeat("a", 300) + "/events",
			status: 404, want: "unknown_session"},
		{name: "elsewhere", path: "/bots/echo/sessions/s1/other", status: 404, want: "not_found"},
		{name: "too many", openErr: api.ErrTooMany, status: 429, want: "busy", retry: "1"},
		{name: "closed", openErr: api.ErrClosed, status: 503, want: "shutting_down", retry: "1"},
		{name: "no store", openErr: session.ErrUnavailable, status: 503,
			want: "store_unavailable", retry: "1"},
		{name: "what nobody knows", openErr: errors.New("x"), status: 503,
			want: "store_unavailable", retry: "1"},
		{name: "turn: busy", code: abi.CodeBusy, status: 429, want: "busy", retry: "1"},
		{name: "turn: no store", code: abi.CodeStoreUnavailable, status: 503,
			want: "store_unavailable", retry: "1"},
		{name: "turn: closed", code: abi.CodeShuttingDown, status: 503,
			want: "shutting_down", retry: "1"},
		{name: "turn: bot gone", code: abi.CodeUnknownBot, status: 404, want: "unknown_bot"},
		{name: "turn: session gone", code: abi.CodeUnknownSession, status: 404,
			want: "unknown_session"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t, "s1")
			f.openErr = tt.openErr
			f.code = func(*abi.Event) abi.Code { return tt.code }
			s, _ := newServer(t, f, api.Options{})
			method, path, headers := http.MethodPost, eventsPath, []string{}
			if tt.method != "" {
				method = tt.method
			}
			if tt.path != "" {
				path = tt.path
			}
			if tt.header != "" {
				headers = append(headers, tt.header)
			}
			r := do(t, s, method, path, reset, headers...)
			if r.status != tt.status || strings.Trim(r.field("code"), `"`) != tt.want ||
				r.header.Get("Retry-After") != tt.retry {
				t.Errorf("= %d %s retry %q, want %d %s retry %q",
					r.status, r.doc, r.header.Get("Retry-After"), tt.status, tt.want, tt.retry)
			}
			if allow := r.header.Get("Allow"); (r.status == 405) != (allow == "POST") {
				t.Errorf("Allow = %q with status %d", allow, r.status)
			}
		})
	}
}

// TestPost_BodySize: one below, at and one above.
func TestPost_BodySize(t *testing.T) {
	s, _ := newServer(t, newFake(t, "s1"), api.Options{Limits: abi.Limits{FrameBytes: 100}})
	const frame = `{"type":"message","text":""}`
	for size, want := range map[int]int{99: 202, 100: 202, 101: 413, 100_000: 413} {
		body := strings.Replace(frame, `""`, `"`+strings.Repeat("x", size-len(frame))+`"`, 1)
		if r := post(t, s, body); r.status != want {
			t.Errorf("a body of %d bytes = %d %s, want %d", size, r.status, r.doc, want)
		}
	}
}

// TestPost_SlowBody: who sends no body holds nothing for long; who waits after it
// may take longer.
func TestPost_SlowBody(t *testing.T) {
	f := newFake(t, "s1")
	f.bot = func(*abi.Event) []string {
		<-time.After(60 * time.Millisecond)
		return nil
	}
	s, h := newServer(t, f, api.Options{})
	h.SetBodyTime(20 * time.Millisecond)
	for _, tt := range []struct{ request, want string }{
		{"POST " + eventsPath + " HTTP/1.1\r\nContent-Type: application/json\r\n", "408"},
		{"POST " + eventsPath + " HTTP/1.1\r\n", "415"},
		{"PUT " + eventsPath + " HTTP/1.1\r\n", "405"},
		{"GET " + entriesPath + " HTTP/1.1\r\n", "200"},
	} {
		nc, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		fmt.Fprintf(nc, "%sHost: a\r\nContent-Length: 9\r\n\r\n{", tt.request)
		doc, err := io.ReadAll(nc)
		if err != nil || !strings.HasPrefix(string(doc), "HTTP/1.1 "+tt.want) {
			t.Errorf("%q is answered %q, %v, want %s", tt.request, doc, err, tt.want)
		}
	}
	if r := post(t, s, `{"type":"reset"}`); r.status != 202 || r.field("accepted") != "true" {
		t.Errorf("POST = %d %s, want accepted", r.status, r.doc)
	}
}

func TestPost_Idempotent(t *testing.T) {
	s, _ := newServer(t, newFake(t, "s1"), api.Options{})
	const first = `{"type":"event","name":"paid","data":{"order":7},"id":"e1","wait":true}`
	want := post(t, s, first)
	post(t, s, `{"type":"message","text":"between"}`)
	again := post(t, s,
		`{"id":"e1","wait":true,"type":"event","name":"paid","data":{ "order" : 7 }}`)
	if again.status != 200 || again.field("duplicate") != "true" ||
		again.field("turn") != want.field("turn") ||
		again.field("entries") != want.field("entries") {
		t.Errorf("the second time = %d %s, want as the first time %s", again.status,
			again.doc, want.doc)
	}
	other := post(t, s, `{"type":"event","name":"paid","data":{"order":8},"id":"e1"}`)
	if other.status != 409 || other.field("code") != `"id_reused"` ||
		other.field("field") != `"id"` {
		t.Errorf("another body = %d %s, want 409 id_reused", other.status, other.doc)
	}
	if log := get(t, s, ""); log.bodies() != `event:paid{"order":7} between message:between` {
		t.Errorf("log = %s", log.doc)
	}
}

// TestPost_Wait: what is not committed in time is not said to be.
func TestPost_Wait(t *testing.T) {
	f := newFake(t, "s1")
	open := make(chan struct{})
	f.bot = func(*abi.Event) []string {
		<-open
		return []string{"done"}
	}
	s, _ := newServer(t, f, api.Options{})
	const body = `{"type":"message","text":"hi","id":"1","wait":20}`
	if r := post(t, s, body); r.status != 202 || r.doc != `{"accepted":false,"id":"1"}` {
		t.Errorf("before the commit = %d %s, want 202 and not accepted", r.status, r.doc)
	}
	close(open)
	eventually(t, func() bool {
		r := post(t, s, body)
		return r.status == 200 && r.field("duplicate") == "true" && r.bodies() == "hi done"
	})
}

// TestPost_EntriesOfOthers: an answer holds the entries of its own turn only.
func TestPost_EntriesOfOthers(t *testing.T) {
	f := newFake(t, "s1")
	f.bot = func(ev *abi.Event) []string {
		return []string{ev.Text + ev.Name + "-1", ev.Text + ev.Name + "-2"}
	}
	s, _ := newServer(t, f, api.Options{})
	for _, tt := range []struct{ body, want string }{
		{`{"type":"message","text":"a","id":"a","wait":true}`, "a a-1 a-2"},
		{`{"type":"event","name":"b","id":"b","wait":true}`, "b-1 b-2"},
		{`{"type":"message","text":"c","wait":true}`, "c c-1 c-2"},
		{`{"type":"message","text":"a","id":"a","wait":true}`, "a a-1 a-2"},
		{`{"type":"event","name":"b","id":"b","wait":true}`, "b-1 b-2"},
		{`{"type":"reset","wait":true}`, "-1 -2"},
		{`{"type":"event","name":"b","id":"b","wait":true}`, ""},
	} {
		if r := post(t, s, tt.body); r.status != 200 || r.bodies() != tt.want {
			t.Errorf("POST %s = %d %s, want the entries %q", tt.body, r.status, r.doc, tt.want)
		}
	}
	f.readErr = session.ErrUnavailable
	if r := post(t, s, `{"type":"reset","wait":true}`); r.status != 200 ||
		r.field("entries") != "" {
		t.Errorf("without a log = %d %s, want 200 without entries", r.status, r.doc)
	}
}

// TestPost_ClientGone: the event runs all the same.
func TestPost_ClientGone(t *testing.T) {
	f := newFake(t, "s1")
	entered, open := make(chan struct{}), make(chan struct{})
	f.bot = func(*abi.Event) []string {
		close(entered)
		<-open
		return []string{"done"}
	}
	s, _ := newServer(t, f, api.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+eventsPath,
		strings.NewReader(`{"type":"message","text":"hi"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := s.Client().Do(req); err == nil {
			resp.Body.Close()
			t.Error("Do() = no error, want one")
		}
	}()
	<-entered
	cancel()
	<-gone
	close(open)
	eventually(t, func() bool { return get(t, s, "").bodies() == "hi done" })
}

// TestPost_QueueFull: nobody waits for room without end.
func TestPost_QueueFull(t *testing.T) {
	f := newFake(t, "s1")
	open := make(chan struct{})
	f.bot = func(*abi.Event) []string {
		<-open
		return nil
	}
	s, _ := newServer(t, f, api.Options{Limits: abi.Limits{WaitTime: 20 * time.Millisecond}})
	defer close(open)
	eventually(t, func() bool {
		r := post(t, s, `{"type":"message","text":"hi","wait":0}`)
		return r.status == 429 && r.header.Get("Retry-After") == "1" && r.field("code") == `"busy"`
	})
}

// TestPost_Order: whoever posts one after the other has them handled so.
func TestPost_Order(t *testing.T) {
	f := newFake(t, "s1")
	f.bot = func(*abi.Event) []string { return nil }
	s, _ := newServer(t, f, api.Options{})
	var wg sync.WaitGroup
	const clients, each = 8, 30
	for i := range clients {
		wg.Go(func() {
			for j := range each {
				r := post(t, s,
					fmt.Sprintf(`{"type":"message","id":"%d-%d","text":"%d-%d"}`, i, j, i, j))
				if r.status != 202 || r.field("accepted") != "true" {
					t.Errorf("POST = %d %s", r.status, r.doc)
				}
			}
		})
	}
	wg.Wait()
	var next [clients]int
	for _, e := range f.sessions["s1"].log {
		var i, j int
		if _, err := fmt.Sscanf(e.Body, "%d-%d", &i, &j); err != nil || j != next[i] {
			t.Fatalf("the log has %s, want %d-%d", e.Body, i, next[i])
		}
		next[i]++
	}
	for i, n := range next {
		if n != each {
			t.Errorf("client %d has %d entries, want %d", i, n, each)
		}
	}
}

func TestToken(t *testing.T) {
	f := newFake(t, "s1")
	f.bot = func(ev *abi.Event) []string { return []string{fmt.Sprint(ev.User, ev.Human)} }
	s, _ := newServer(t, f, api.Options{Token: func(token string) (string, bool) {
		users := map[string]string{"secret": "alice", "shared": ""}
		user, ok := users[token]
		return user, ok
	}})
	const wrong = `Bearer realm="bothost", error="invalid_token"`
	for _, tt := range []struct {
		name, header string
		status       int
		want         string
	}{
		{"none", "X: y", 401, `Bearer realm="bothost"`},
		{"empty", "Authorization: ", 401, `Bearer realm="bothost"`},
		{"basic", "Authorization: Basic c2VjcmV0", 401, `Bearer realm="bothost"`},
		{"wrong", "Authorization: Bearer other", 401, wrong},
		{"empty token", "Authorization: Bearer ", 401, wrong},
		{"a user's", "Authorization: Bearer secret", 200, "{alice true} true"},
		{"lower case", "Authorization: bearer secret", 200, "{alice true} true"},
		{"nobody's", "Authorization: Bearer shared", 200, "{ false} true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := do(t, s, http.MethodPost, eventsPath,
				`{"type":"message","text":"x","wait":true}`, tt.header)
			got := strings.TrimPrefix(r.bodies(), "x ")
			if r.status == 401 {
				got = r.header.Get("WWW-Authenticate")
			}
			if r.status != tt.status || got != tt.want {
				t.Errorf("= %d %q %s, want %d %q", r.status, got, r.doc, tt.status, tt.want)
			}
			if tt.status != 401 {
				return
			}
			for _, path := range []string{entriesPath, "/bots/echo/sessions/none/entries", "/",
				"/bots/echo/sessions/s1/other"} {
				for _, method := range []string{"GET", "DELETE"} {
					if other := do(t, s, method, path, "", tt.header); other.status != 401 ||
						other.doc != r.doc {
						t.Errorf("%s %s = %d %s, want 401 as everywhere", method, path,
							other.status, other.doc)
					}
				}
			}
		})
	}
	req := httptest.NewRequest(http.MethodGet, entriesPath, nil)
	req.Header["Authorization"] = []string{"Bearer secret", "Bearer other"}
	w := httptest.NewRecorder()
	s.Config.Handler.ServeHTTP(w, req)
	if w.Code != 401 {
		t.Errorf("two tokens = %d, want 401", w.Code)
	}
}

func TestHandler_Hammer(t *testing.T) {
	s, h := newServer(t, newFake(t, "s1", "s2"), api.Options{})
	var wg sync.WaitGroup
	for i := range 8 {
		path := fmt.Sprintf("/bots/echo/sessions/s%d/", i%2+1)
		wg.Go(func() {
			for j := range 40 {
				kind := []string{`"message","text":"a"`, `"event","name":"b"`, `"reset"`}[(i+j)%3]
				r := do(t, s, http.MethodPost, path+"events",
					fmt.Sprintf(`{"type":%s,"wait":%v}`, kind, j%2 == 0))
				if r.status != 200 && r.status != 202 {
					t.Errorf("POST = %d %s", r.status, r.doc)
				}
			}
		})
		wg.Go(func() {
			for j := range 40 {
				if r := do(t, s, http.MethodGet,
					fmt.Sprintf("%sentries?after=%d&wait=20", path, j),
					""); r.status != 200 {
					t.Errorf("GET = %d %s", r.status, r.doc)
				}
			}
		})
	}
	wg.Wait()
	for range 4 {
		wg.Go(func() { do(t, s, http.MethodGet, entriesPath+"?after=0&wait=30000", "") })
		wg.Go(h.Close)
	}
	wg.Wait()
}
