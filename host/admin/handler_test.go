package admin_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/admin"
	"github.com/bothost/bothost/host/session"
)

const secret = "5ec7e7"

// request returns a request as Remote makes it.
func request(method, target string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr, r.Host = "127.0.0.1:50000", "127.0.0.1:8765"
	r.Header.Set("Authorization", "Bearer "+secret)
	return r
}

func TestHandler_who(t *testing.T) {
	store := newStore(t)
	h := admin.Handler(admin.Local(store), secret)
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	from := func(addr string) func(*http.Request) {
		return func(r *http.Request) { r.RemoteAddr = addr }
	}
	to := func(host string) func(*http.Request) {
		return func(r *http.Request) { r.Host = host }
	}
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"right", func(*http.Request) {}, 200},
		{"no secret", func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		{"empty secret", set("Authorization", "Bearer "), 401},
		{"wrong secret", set("Authorization", "Bearer 5ec7e8"), 401},
		{"shorter secret", set("Authorization", "Bearer 5ec7e"), 401},
		{"longer secret", set("Authorization", "Bearer 5ec7e77"), 401},
		{"other scheme", set("Authorization", "Basic "+secret), 401},
		{"bare secret", set("Authorization", secret), 401},
		{"two secrets", func(r *http.Request) { r.Header.Add("Authorization", "Bearer x") }, 401},
		{"from IPv6", from("[::1]:50000"), 200},
		{"from mapped", from("[::ffff:127.0.0.1]:50000"), 200},
		{"from loopback net", from("127.9.9.9:1"), 200},
		{"from outside", from("192.0.2.1:50000"), 404},
		{"from link", from("[fe80::1%eth0]:50000"), 404},
		{"from nowhere", from(""), 404},
		{"from socket", from("@"), 404},
		{"to localhost", to("LocalHost:1"), 200},
		{"to localhost bare", to("localhost"), 200},
		{"to IPv6", to("[::1]:8765"), 200},
		{"to IPv6 bare", to("[::1]"), 200},
		{"to rebound name", to("evil.example:8765"), 404},
		{"to like localhost", to("localhost.evil.example"), 404},
		{"to public", to("192.0.2.1:8765"), 404},
		{"to any", to("0.0.0.0:8765"), 404},
		{"to nothing", to(""), 404},
		{"page", set("Origin", "http://127.0.0.1:8765"), 404},
		{"page null", set("Origin", "null"), 404},
		{"page empty", set("Origin", ""), 404},
		{"proxy", set("X-Forwarded-For", "127.0.0.1"), 404},
		{"proxy standard", set("Forwarded", "for=127.0.0.1"), 404},
		{"proxy via", set("Via", "1.1 x"), 404},
	} {
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			r := request(method, "/admin/sessions/record?bot=greetings&namespace=host&id=a")
			test.change(r)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != test.want {
				t.Errorf("%s: %s = %d %s, want %d", test.name, method, w.Code, w.Body, test.want)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" ||
				w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s: headers %v lack nosniff or no-store", test.name, w.Header())
			}
			if w.Code != 200 && strings.Contains(w.Body.String(), "hello") {
				t.Errorf("%s: %s tells of the session", test.name, w.Body)
			}
		}
		_, err := store.Load(t.Context(), key("greetings", "a"))
		if gone := err != nil; gone != (test.want == 200) {
			t.Errorf("%s: deleted is %v", test.name, gone)
		}
		if err != nil {
			commit(t, store, key("greetings", "a"), 1,
				func(c *session.Commit) { c.Head.State = "hello" })
		}
	}
}

// TestHandler_noSecret holds that a host which could not announce itself lets
// nobody in.
func TestHandler_noSecret(t *testing.T) {
	h := admin.Handler(admin.Local(newStore(t)), "")
	for _, given := range []string{"", "Bearer", "Bearer ", "Bearer x"} {
		r := request(http.MethodGet, "/admin/sessions")
		r.Header.Set("Authorization", given)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 401 {
			t.Errorf("with %q: %d, want 401", given, w.Code)
		}
	}
}

func TestHandler_input(t *testing.T) {
	h := admin.Handler(admin.Local(newStore(t)), secret)
	const a = "bot=greetings&namespace=host&id=a"
	for _, test := range []struct {
		method, target string
		status         int
		want           string // the error's name
	}{
		{"GET", "/admin/sessions", 200, ""},
		{"GET", "/admin/sessions?bot=none", 200, ""},
		{"GET", "/admin/sessions?limit=1", 200, ""},
		{"GET", "/admin/sessions?limit=0", 200, ""},
		{"GET", "/admin/sessions?limit=2147483647", 200, ""},
		{"GET", "/admin/sessions?limit=2147483648", 400, "bad_request"},
		{"GET", "/admin/sessions?limit=-1", 400, "bad_request"},
		{"GET", "/admin/sessions?limit=", 400, "bad_request"},
		{"GET", "/admin/sessions?limit=x", 400, "bad_request"},
		{"GET", "/admin/sessions?limit=1&limit=2", 400, "bad_request"},
		{"GET", "/admin/sessions?after_namespace=x", 400, "bad_request"},
		{"GET", "/admin/sessions?wrong=1", 400, "bad_request"},
		{"GET", "/admin/sessions?bot=%zz", 400, "bad_request"},
		{"GET", "/admin/sessions?bot=a;b", 400, "bad_request"},
		{"GET", "/admin/sessions/record?" + a, 200, ""},
		{"GET", "/admin/sessions/record?bot=greetings&namespace=host&id=none", 404, "not_found"},
		{"GET", "/admin/sessions/record?bot=greetings&namespace=client&id=a", 404, "not_found"},
		{"GET", "/admin/sessions/record?bot=greetings&id=a", 400, "bad_request"},
		{"GET", "/admin/sessions/record?bot=greetings&namespace=host", 400, "bad_request"},
		{"GET", "/admin/sessions/record?bot=greetings&namespace=&id=a", 400, "bad_request"},
		{"GET", "/admin/sessions/record", 400, "bad_request"},
		{"DELETE", "/admin/sessions/record", 400, "bad_request"},
		{"DELETE", "/admin/sessions/record?" + a + "&limit=1", 400, "bad_request"},
		{"GET", "/admin/sessions/entries?" + a, 200, ""},
		{"GET", "/admin/sessions/entries?" + a + "&after=18446744073709551615", 200, ""},
		{"GET", "/admin/sessions/entries?" + a + "&after=18446744073709551616", 400,
			"bad_request"},
		{"GET", "/admin/sessions/entries?bot=greetings&namespace=host&id=none", 404, "not_found"},
		{"DELETE", "/admin/sessions", 405, "-"},
		{"POST", "/admin/sessions/record?" + a, 405, "-"},
		{"GET", "/admin/sessions/", 404, "-"},
		{"GET", "/admin", 404, "-"},
		{"GET", "/", 404, "-"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request(test.method, test.target))
		var e struct{ Error, Message string }
		if test.want != "-" {
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
				t.Errorf("%s %s = %q, which is no JSON: %v", test.method, test.target, w.Body, err)
			}
			if test.want != e.Error || (e.Message == "") != (e.Error == "") {
				t.Errorf("%s %s = %+v, want %s", test.method, test.target, e, test.want)
			}
		}
		if w.Code != test.status {
			t.Errorf("%s %s = %d, want %d", test.method, test.target, w.Code, test.status)
		}
	}
}
