package webui

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

const sign = "This is bothost, a host for chat bots.\n"

// Who tries an address with curl reads what is there.
func TestHandler_sign(t *testing.T) {
	const cat = "\ncat\n" +
		"  in a browser  http://example.com/bots/cat\n" +
		"  by WebSocket  ws://example.com/bots/cat\n" +
		"  in a terminal bothost chat ws://example.com/bots/cat\n"
	const dog = "\na dog\n" +
		"  in a browser  http://example.com/bots/a%20dog\n" +
		"  by WebSocket  ws://example.com/bots/a%20dog\n" +
		"  in a terminal bothost chat ws://example.com/bots/a%20dog\n"
	const alone = "\ncat\n" +
		"  in a browser  https://example.com/\n" +
		"  by WebSocket  wss://example.com/\n" +
		"  in a terminal bothost chat wss://example.com/\n"
	for _, tt := range []struct {
		name, path string
		bots       []string
		header     []string
		status     int
		want       string
	}{
		{"all", "/", []string{"cat", "a dog"}, nil, 200, sign + dog + cat},
		{"one of them", "/bots/cat", []string{"cat", "a dog"}, nil, 200, sign + cat},
		{"another", "/bots/a%20dog", []string{"cat", "a dog"}, nil, 200, sign + dog},
		{"behind TLS", "/", []string{"cat"}, []string{"X-Forwarded-Proto", "https"},
			200, sign + alone},
		{"none is there", "/", []string{}, nil, 418, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newServer(t, Options{Bots: func() []string { return tt.bots }})
			res := get(h, tt.path, append(tt.header, "Accept", "*/*")...)
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != tt.status || string(body) != tt.want {
				t.Errorf("GET %s = %d, %v:\n%s\nwant %d:\n%s", tt.path, res.StatusCode, err, body,
					tt.status, tt.want)
			}
			typ := res.Header.Get("Content-Type")
			if tt.status == 200 && (typ != "text/plain; charset=utf-8" ||
				res.Header.Get("Vary") != "Accept" ||
				res.Header.Get("X-Content-Type-Options") != "nosniff") {
				t.Errorf("headers = %v", res.Header)
			}
		})
	}
}

// The sign is for those only who may come in.
func TestHandler_sign_forbidden(t *testing.T) {
	h := newServer(t, Options{Allowed: func(host, _ string) bool { return host == "localhost" }})
	for host, want := range map[string]int{"localhost": 200, "evil.example": 403} {
		r := httptest.NewRequest(http.MethodHead, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("HEAD / at %s = %d, want %d", host, w.Code, want)
		}
	}
}
