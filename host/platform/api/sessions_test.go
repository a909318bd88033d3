package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/bothost/bothost/host/platform/api"
	"github.com/bothost/bothost/host/session"
)

// listed is a list that notes what it is asked for.
type listed struct {
	list  []session.Summary
	err   error
	asked []string
}

func (l *listed) List(_ context.Context, bot, user string) ([]session.Summary, error) {
	l.asked = append(l.asked, fmt.Sprintf("list %q of %q", bot, user))
	return l.list, l.err
}

func (l *listed) Delete(_ context.Context, bot, id, user string) (int, error) {
	l.asked = append(l.asked, fmt.Sprintf("delete %q %q of %q", bot, id, user))
	return 1, l.err
}

func TestSessions(t *testing.T) {
	key := func(id string) session.Key {
		return session.Key{Bot: "echo", Namespace: session.NamespaceClient, ID: id}
	}
	two := []session.Summary{
		{Key: key(`s"2`), Head: session.Head{Created: 1763712000000, Title: "Pizza <für> zwei"}},
		{Key: key("s1"), Head: session.Head{Created: 1763711999001}},
	}
	const rows = `[{"id":3142278677368228,"session_id":"s\"2","session_name":"Pizza \u003cfür\u003e zwei",` +
		`"platform_name":"WebSocketPlatform","timestamp":"2025-11-21T08:00:00.000Z"},` +
		`{"id":5641188185439507,"session_id":"s1","session_name":null,` +
		`"platform_name":"WebSocketPlatform","timestamp":"2025-11-21T07:59:59.001Z"}]`
	for _, test := range []struct {
		name, method, target string
		list                 []session.Summary
		err                  error
		status               int
		want, asked          string
	}{
		{"none", "GET", "?agent_name=echo", nil, nil, 200, `[]`, `list "echo" of ""`},
		{"two", "GET", "?agent_name=echo&username=ann", two, nil, 200, rows,
			`list "echo" of "ann"`},
		{"no names", "GET", "", nil, nil, 200, `[]`, `list "" of ""`},
		{"a name that is none", "GET", "?agent_name=a%00", nil, nil, 400,
			`{"error":"A field has a value that is not allowed.","code":"bad_value","field":"agent_name"}`, ""},
		{"a query that is none", "GET", "?agent_name=%zz", nil, nil, 400,
			`{"error":"A field has a value that is not allowed.","code":"bad_value"}`, ""},
		{"the store fails", "GET", "", nil, errors.New("disk on fire"), 503,
			`{"error":"Your message could not be saved and was not taken. Please try again.",` +
				`"code":"store_unavailable"}`, `list "" of ""`},
		{"delete", "DELETE", "?session_id=s1", nil, nil, 200, `{"deleted":1}`,
			`delete "" "s1" of ""`},
		{"delete of one bot's", "DELETE",
			"?session_id=s1&agent_name=echo&username=ann", nil, nil, 200,
			`{"deleted":1}`, `delete "echo" "s1" of "ann"`},
		{"delete nothing", "DELETE", "", nil, nil, 400,
			`{"error":"A field is missing.","code":"missing_field","field":"session_id"}`, ""},
		{"delete what is no id", "DELETE", "?session_id=a%0Ab", nil, nil, 400,
			`{"error":"A field has a value that is not allowed.","code":"bad_value","field":"session_id"}`, ""},
		{"another method", "POST", "", nil, nil, 405,
			`{"error":"This method is not known here.","code":"method_not_allowed"}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := &listed{list: test.list, err: test.err}
			s, _ := newServer(t, newFake(t), api.Options{Sessions: l})
			got := do(t, s, test.method, "/api/sessions"+test.target, "")
			if got.status != test.status || got.doc != test.want {
				t.Errorf("got %d %s, want %d %s", got.status, got.doc, test.status, test.want)
			}
			var asked []string
			if test.asked != "" {
				asked = []string{test.asked}
			}
			if !slices.Equal(l.asked, asked) {
				t.Errorf("asked for %q, want %q", l.asked, asked)
			}
		})
	}
}

// Without a list there is nothing.
func TestSessions_Off(t *testing.T) {
	s, _ := newServer(t, newFake(t), api.Options{})
	if got := do(t, s, http.MethodGet, "/api/sessions", ""); got.status != 404 {
		t.Errorf("got %d %s, want 404", got.status, got.doc)
	}
}

// A token is wanted, and one that is somebody's shows that user's sessions only.
func TestSessions_Token(t *testing.T) {
	users := map[string]string{"a": "ann", "n": ""}
	for _, test := range []struct {
		name, token, method, target string
		status                      int
		asked                       string
	}{
		{"none", "", "GET", "", 401, ""},
		{"wrong", "x", "DELETE", "?session_id=s1", 401, ""},
		{"nobody's", "n", "GET", "?username=bob", 200, `list "" of "bob"`},
		{"ann's", "a", "GET", "", 200, `list "" of "ann"`},
		{"ann's, for ann", "a", "GET", "?username=ann", 200, `list "" of "ann"`},
		{"ann's, for bob", "a", "GET", "?username=bob", 400, ""},
		{"ann deletes", "a", "DELETE", "?session_id=s1", 200, `delete "" "s1" of "ann"`},
		{"ann deletes bob's", "a", "DELETE", "?session_id=s1&username=bob", 400, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := new(listed)
			s, _ := newServer(t, newFake(t), api.Options{Sessions: l,
				Token: func(token string) (string, bool) {
					user,
						ok := users[token]
					return user, ok
				}})
			got := do(t, s, test.method, "/api/sessions"+test.target, "",
				"Authorization: Bearer "+test.token)
			if got.status != test.status {
				t.Errorf("got %d %s, want %d", got.status, got.doc, test.status)
			}
			if asked := fmt.Sprint(l.asked); asked != fmt.Sprintf("[%s]", test.asked) {
				t.Errorf("asked for %s, want [%s]", asked, test.asked)
			}
		})
	}
}
