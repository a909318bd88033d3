package besser

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestIdentityOf(t *testing.T) {
	long := strings.Repeat("i", 64)
	for _, tc := range []struct {
		name    string
		target  string
		headers []string
		want    Identity
	}{
		{"nobody", "/", nil, Identity{}},
		{"session header", "/", []string{"X-Session-ID: s1"}, Identity{Session: "s1"}},
		{"session query", "/?session_id=s2", nil, Identity{Session: "s2"}},
		{"header beats query", "/?session_id=s2&user_id=q",
			[]string{"X-Session-ID: s1", "X-User-ID: u"},
			Identity{Session: "s1", User: "u"}},
		{"Streamlit", "/", []string{"X-User-ID: u"}, Identity{Session: "u", User: "u"}},
		{"query beats Streamlit", "/?session_id=s2", []string{"X-User-ID: u"},
			Identity{Session: "s2", User: "u"}},
		{"React, a new session", "/?user_id=U&session_name=N", nil,
			Identity{User: "U", Title: "N"}},
		{"a title of 128 bytes", "/?session_name=" + long + long, nil,
			Identity{Title: long + long}},
		{"a title of 129 bytes", "/?session_name=n" + long + long, nil, Identity{}},
		{"a title that is none", "/?session_name=a%0Ab", nil, Identity{}},
		{"React, an old session", "/?user_id=U&session_id=S", nil,
			Identity{Session: "S", User: "U"}},
		{"empty counts as absent", "/?session_id=&user_id=",
			[]string{"X-Session-ID: ", "X-User-ID: "},
			Identity{}},
		{"printable UTF-8", "/?session_id=" + "%C3%A9%20%F0%9F%98%80", nil,
			Identity{Session: "é 😀"}},
		{"63 bytes", "/?session_id=" + long[1:], nil, Identity{Session: long[1:]}},
		{"64 bytes", "/?session_id=" + long, nil, Identity{Session: long}},
		{"65 bytes", "/?session_id=" + long + "i", nil, Identity{Session: long + "i", Bad: true}},
		{"not UTF-8", "/?session_id=%FF", nil, Identity{Session: "\xff", Bad: true}},
		{"control characters", "/?session_id=a%00b", nil, Identity{Session: "a\x00b", Bad: true}},
		{"a bad one is not replaced", "/?session_id=s2", []string{"X-Session-ID: " + long + "i"},
			Identity{Session: long + "i", Bad: true}},
		{"a bad user is none", "/?session_id=s2&user_id=a%0Ab", nil, Identity{Session: "s2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", tc.target, nil)
			for _, h := range tc.headers {
				name, value, _ := strings.Cut(h, ": ")
				r.Header.Set(name, value)
			}
			if got := IdentityOf(r, 64); got != tc.want {
				t.Errorf("IdentityOf() = %+v, want %+v", got, tc.want)
			}
		})
	}
}
