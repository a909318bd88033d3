package door

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestRoute(t *testing.T) {
	for _, tc := range []struct {
		bots []string
		path string
		want string
	}{
		{[]string{"a"}, "/", "a"},
		{[]string{"a"}, "/chat/ws?user_id=1", "a"},
		{[]string{"b", "a"}, "/bots/a", "a"},
		{[]string{"b", "a"}, "/bots/b", "b"},
		{[]string{"b", "a"}, "/bots/c", "404 These bots are served here:\n/bots/a\n/bots/b\n"},
		{[]string{"b", "a"}, "/", "404 These bots are served here:\n/bots/a\n/bots/b\n"},
		{nil, "/", "404 No bot is served here.\n"},
		{[]string{"a"}, "/plain", "426 This is a WebSocket: connect with a chat client.\n"},
	} {
		r := httptest.NewRequest(http.MethodGet, tc.path, nil)
		if tc.path != "/plain" {
			r.Header.Set("Upgrade", "WebSocket")
		}
		got, refused := Route(r, tc.bots)
		if refused != nil {
			w := httptest.NewRecorder()
			refused.Write(w)
			got = w.Result().Status[:4] + w.Body.String()
		}
		if got != tc.want {
			t.Errorf("Route(%v, %s) = %q, want %q", tc.bots, tc.path, got, tc.want)
		}
	}
}

func TestRules(t *testing.T) {
	rules := Rules{Loopback: true, Origins: []string{"https://chat.example"}}
	for _, tt := range []struct {
		name, host string
		origins    []string
		want       string
	}{
		{"a program", "localhost:1", nil, ""},
		{"a page", "localhost", []string{"https://chat.example"}, ""},
		{"a foreign name", "evil.example", nil,
			`The host name "evil.example" is not allowed here.`},
		{"a foreign page", "localhost", []string{"https://evil.example"},
			`Pages of the origin "https://evil.example" are not allowed here.`},
		{"a foreign page behind another one", "localhost",
			[]string{"https://chat.example", "null"},
			`Pages of the origin "null" are not allowed here.`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Host, r.Header["Origin"] = tt.host, tt.origins
			refused := rules.Check(r)
			switch {
			case refused == nil && tt.want != "":
				t.Errorf("Check() = nil, want %s", tt.want)
			case refused != nil && (refused.Text != tt.want || refused.Status != http.StatusForbidden):
				t.Errorf("Check() = %+v, want %q", refused, tt.want)
			}
		})
	}
}

func TestOffers(t *testing.T) {
	for _, tt := range []struct {
		headers []string
		want    bool
	}{
		{nil, false}, {[]string{"a"}, true}, {[]string{"b, a"}, true}, {[]string{"b", " a ,c"}, true},
		{[]string{"ab"}, false}, {[]string{"A"}, false}, {[]string{""}, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		for _, h := range tt.headers {
			r.Header.Add("Sec-WebSocket-Protocol", h)
		}
		if got := Offers(r, "a"); got != tt.want {
			t.Errorf("Offers(%q) = %t, want %t", tt.headers, got, tt.want)
		}
	}
}

// What is refused says so as plain text, and what could be done.
func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		r            *Refusal
		header, want string
	}{
		{Unauthorized(), "WWW-Authenticate", "Bearer"},
		{Stopping(), "Retry-After", "1"},
		{&Refusal{Status: http.StatusUpgradeRequired, Text: "x"}, "Upgrade", "websocket"},
		{&Refusal{Status: http.StatusForbidden, Text: "x"}, "Retry-After", ""},
	} {
		w := httptest.NewRecorder()
		tt.r.Write(w)
		h := w.Result().Header
		if w.Code != tt.r.Status || w.Body.String() != tt.r.Text+"\n" ||
			h.Get(tt.header) != tt.want || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%+v: answer %d %q %v", tt.r, w.Code, w.Body, h)
		}
	}
}
