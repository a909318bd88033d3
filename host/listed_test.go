package host

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	ws "github.com/coder/websocket"
)

// request makes a request to the host, with headers as "Name: value".
func (r *running) request(tb testing.TB, method, target string, headers ...string) (int, string) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), method,
		"http://"+r.Addr().String()+target, nil)
	if err != nil {
		tb.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if req.Header.Add(name, value); name == "Host" {
			req.Host = value
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var doc strings.Builder
	if err := resp.Write(&doc); err != nil {
		tb.Fatal(err)
	}
	_, body, _ := strings.Cut(doc.String(), "\r\n\r\n")
	return resp.StatusCode, body
}

// listedRow is a row of the list.
type listedRow struct {
	ID   string  `json:"session_id"`
	Name *string `json:"session_name"`
}

// list reads the list of sessions.
func (r *running) list(tb testing.TB, query string) []listedRow {
	tb.Helper()
	status, doc := r.request(tb, http.MethodGet, "/api/sessions"+query)
	var rows []listedRow
	if err := json.Unmarshal([]byte(doc), &rows); err != nil || status != http.StatusOK {
		tb.Fatalf("list: %d %s: %v", status, doc, err)
	}
	return rows
}

// converse begins a session as BESSER's page does, and says something.
func converse(t *testing.T, h *running, query string) {
	t.Helper()
	c := dialBESSER(t, h, query, nil)
	c.send("user_message", "hi")
	c.wants(said("bot:hi"))
	if err := c.conn.Close(ws.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
}

// What BESSER's page does: it begins a session without an id, finds it in the list,
// takes it up, and deletes it.
func TestListed(t *testing.T) {
	h := serve(t, makeBot(t, "bot", "", ""), Options{SessionsAPI: true})
	if rows := h.list(t, "?agent_name=bot"); len(rows) != 0 {
		t.Fatalf("list = %+v, want none", rows)
	}
	converse(t, h, "?user_id=ann&session_name=Pizza")
	converse(t, h, "?user_id=bob")
	rows := h.list(t, "?agent_name=bot&username=ann")
	if len(rows) != 1 || rows[0].Name == nil || *rows[0].Name != "Pizza" {
		t.Fatalf("list of ann = %+v, want the one called Pizza", rows)
	}
	if all := h.list(t, "?agent_name=whatever"); len(all) != 2 {
		t.Errorf("list of all = %+v, want two", all)
	}
	id := rows[0].ID
	back := dialBESSER(t, h, "?user_id=ann&session_id="+id, nil)
	back.send("fetch_user_messages", "")
	back.wants(besserPayload{"user_message", "hi", true},
		besserPayload{"agent_reply_str", "bot:hi", true})
	_ = back.conn.CloseNow()
	for _, step := range []struct{ query, want string }{
		{"?session_id=" + id + "&username=bob", `{"deleted":0}`},
		{"?session_id=nobody", `{"deleted":0}`},
		{"?session_id=" + id, `{"deleted":1}`},
		{"?session_id=" + id, `{"deleted":0}`},
	} {
		status, doc := h.request(t, http.MethodDelete, "/api/sessions"+step.query)
		if status != http.StatusOK || doc != step.want+"\n" {
			t.Errorf("DELETE %s = %d %s, want %s", step.query, status, doc, step.want)
		}
	}
	if rows := h.list(t, "?username=ann"); len(rows) != 0 {
		t.Errorf("list of ann = %+v, want none", rows)
	}
}

// Without the option there is nothing, and the sessions of clients that name none
// are found by nobody.
func TestListed_Off(t *testing.T) {
	h := serve(t, makeBot(t, "bot", "", ""), Options{})
	converse(t, h, "?user_id=ann")
	if status, doc := h.request(t, http.MethodGet, "/api/sessions"); status == http.StatusOK {
		t.Errorf("GET = %d %s, want that nothing is there", status, doc)
	}
	rows, err := (listed{h.bots, h.runner, h.opts.Store}).List(t.Context(), "bot", "")
	if err != nil || len(rows) != 0 {
		t.Errorf("List() = %+v, %v, want none", rows, err)
	}
}

// The list is guarded as everything else is.
func TestListed_Guarded(t *testing.T) {
	users := map[string]string{"0123456789abcdef": "ann"}
	h := serve(t, makeBot(t, "bot", "", ""), Options{SessionsAPI: true,
		Token: func(token string) (string, bool) { user, ok := users[token]; return user, ok }})
	const token = "Authorization: Bearer 0123456789abcdef"
	for _, tc := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"token", []string{token}, http.StatusOK},
		{"no token", nil, http.StatusUnauthorized},
		{"wrong token", []string{token + "x"}, http.StatusUnauthorized},
		{"foreign origin", []string{token, "Origin: https://evil.example"}, http.StatusForbidden},
		{"two origins, one foreign", []string{
			token, "Origin: http://localhost:5173", "Origin: https://evil.example",
		}, http.StatusForbidden},
		{"own origin", []string{token, "Origin: http://localhost:5173"}, http.StatusOK},
		{"foreign host", []string{token, "Host: evil.example"}, http.StatusForbidden},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodDelete} {
				status, doc := h.request(t, method, "/api/sessions?session_id=x", tc.headers...)
				if status != tc.want {
					t.Errorf("%s = %d %s, want %d", method, status, doc, tc.want)
				}
			}
		})
	}
}

// Several bots: each has its list, and an id means that of each.
func TestListed_Named(t *testing.T) {
	b := &bots{byName: map[string]*bot{}}
	for _, name := range []string{"a", "b"} {
		one := &bot{name: name}
		one.current.Store(new(generation))
		b.byName[name] = one
	}
	l := listed{bots: b}
	for name, want := range map[string][]string{"": {"a", "b"}, "a": {"a"}, "c": {}} {
		if got := l.named(name); !slices.Equal(got, want) {
			t.Errorf("named(%q) = %q, want %q", name, got, want)
		}
	}
}
