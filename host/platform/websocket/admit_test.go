package websocket

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// tokens lets in who has one of two tokens.
func tokens(token string) (user string, ok bool) {
	switch token {
	case "anybody's":
		return "", true
	case "ann's":
		return "ann", true
	}
	return "", false
}

// The token in a hello or in the header lets in; it says who somebody is, and
// what it does not say hello may.
func TestToken(t *testing.T) {
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		return []reply{{abi.KindText, fmt.Sprintf("%s %v", ev.User.ID, ev.User.Verified)}}
	}
	url, _ := serve(t, f, Options{Token: tokens})
	bearer := func(text string) http.Header { return http.Header{"Authorization": {text}} }
	for _, tc := range []struct {
		name string
		o    client.Options
		want string
	}{
		{"in hello", client.Options{Token: "anybody's"}, " false"},
		{"in hello, with a user", client.Options{Token: "anybody's", User: "bob"}, "bob false"},
		{"in hello, a user's", client.Options{Token: "ann's"}, "ann true"},
		{"in hello, another user's", client.Options{Token: "ann's", User: "bob"}, "ann true"},
		{"in the header",
			client.Options{Header: bearer("Bearer anybody's"), User: "bob"}, "bob false"},
		{"in the header, a user's",
			client.Options{Header: bearer("bearer  ann's"), User: "bob"}, "ann true"},
		{"in both", client.Options{Header: bearer("Bearer anybody's"), Token: "ann's"}, "ann true"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.o.URL = url
			c := dial(t, tc.o)
			want(t, c, `entry 1 bot text "`+tc.want+`"`)
			do(t, c.Close())
		})
	}
	created := len(f.sessions)
	for _, tc := range []struct {
		name string
		o    client.Options
		code abi.Code
	}{
		{"missing", client.Options{}, native.CloseUnauthorized},
		{"wrong", client.Options{Token: "x", User: "ann"}, native.CloseUnauthorized},
		{"one that can be none", client.Options{Token: "ann's\u200b"}, native.CloseUnauthorized},
		{"too long", client.Options{Token: strings.Repeat("x", native.MaxToken+1)},
			native.CloseUnauthorized},
		{"right in the header, wrong in hello",
			client.Options{Header: bearer("Bearer ann's"), Token: "x"}, native.CloseUnauthorized},
		{"wrong in the header", client.Options{Header: bearer("Bearer x"), Token: "ann's"}, 0},
		// What is no bearer token is for others, and does not count.
		{"another scheme", client.Options{Header: bearer("Basic ann's")}, native.CloseUnauthorized},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.o.URL = url
			_, err := client.Dial(background(t), tc.o)
			var closed *client.ClosedError
			if tc.code == 0 {
				var refused *client.RefusedError
				if !errors.As(err, &refused) || refused.Status != http.StatusUnauthorized {
					t.Errorf("Dial = %v, want 401", err)
				}
			} else if !errors.As(err, &closed) || closed.Code != tc.code || closed.Retry != 0 {
				t.Errorf("Dial = %v, want closed with %d", err, tc.code)
			}
		})
	}
	if n := len(f.sessions); n != created {
		t.Errorf("%d sessions began without a token", n-created)
	}
}

// What a client without a token sees, frame by frame; nothing behind the hello
// counts.
func TestToken_Frames(t *testing.T) {
	f := newFake()
	_, s := serve(t, f, Options{Token: tokens})
	raw := rawServe(t, s, native.Protocol)
	raw.text(`{"type":"hello","token":"x"}` + "\n" + `{"type":"hello","token":"ann's"}`)
	raw.await(`{"type":"rejected","code":"unauthorized","error":"The token is missing or wrong.",`+
		`"field":"token"}`, 1)
	raw.await(`{"type":"closing","code":"unauthorized"}`, 1)
	raw.wantClose(native.CloseUnauthorized)
	if len(f.sessions) != 0 {
		t.Error("a session began")
	}
}

// Clients that speak no native protocol have only the header.
func TestToken_Besser(t *testing.T) {
	url, _ := serve(t, newFake(), Options{Token: tokens})
	for _, tc := range []struct {
		headers []string
		want    int
	}{
		{nil, http.StatusUnauthorized},
		{[]string{"Bearer"}, http.StatusUnauthorized},
		{[]string{"Bearer x"}, http.StatusUnauthorized},
		{[]string{"Bearer ann's"}, http.StatusSwitchingProtocols},
		// Which of two counts is not for us to say.
		{[]string{"Bearer ann's", "Bearer bob's"}, http.StatusUnauthorized},
	} {
		r, err := http.NewRequestWithContext(background(t), http.MethodGet, "http"+url[2:], nil)
		do(t, err)
		for name, value := range map[string]string{
			"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
			"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
		} {
			r.Header.Set(name, value)
		}
		r.Header["Authorization"] = tc.headers
		response, err := http.DefaultTransport.RoundTrip(r)
		do(t, err)
		if response.StatusCode != tc.want {
			t.Errorf("%q: status = %d, want %d", tc.headers, response.StatusCode, tc.want)
		}
		if asks := response.Header.Get("WWW-Authenticate"); (asks == "Bearer") != (tc.want == 401) {
			t.Errorf("%q: WWW-Authenticate = %q", tc.headers, asks)
		}
		_ = response.Body.Close()
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

// A session's messages are counted over all its connections, one below, at and
// one above the burst; what is refused did not run, and runs when it is sent
// again in time.
func TestRates_Messages(t *testing.T) {
	f := newFake()
	f.bot = func(*abi.Event) []reply { return nil }
	url, _ := serve(t, f, Options{Rates: &Rates{Messages: 5, MessageBurst: 10}})
	one := dial(t, client.Options{URL: url})
	two := dial(t, one.Resume())
	other := dial(t, client.Options{URL: url})
	for i := range 10 {
		c, id := one, fmt.Sprint("m", i)
		if i%2 == 1 {
			c = two
		}
		do(t, c.Send(background(t), id, "x"))
		if got := answer(t, c, id); got.Type != native.Accepted {
			t.Fatalf("message %d: %s", i, short(got))
		}
	}
	for _, c := range []*client.Conn{one, two} {
		do(t, c.Send(background(t), "late", "y"))
		got := answer(t, c, "late")
		if got.Code != "busy" || got.Retry() <= 0 || got.Retry() > time.Second || got.Error == "" {
			t.Errorf("beyond the burst: %+v, want busy", got)
		}
	}
	// Other sessions are not meant.
	do(t, other.Send(background(t), "m", "x"))
	want(t, other, "accepted m 1")
	// Neither are history and signs of life.
	do(t, one.History(background(t), 0, 1))
	for _, c := range []*client.Conn{one, two} {
		var got client.Frame
		for got.Type != native.Accepted {
			do(t, c.Send(background(t), "late", "y"))
			got = answer(t, c, "late")
			time.Sleep(got.Retry())
		}
		if got.Seq != 11 || got.Duplicate != (c == two) {
			t.Errorf("sent again: %s, want accepted at 11", short(got))
		}
	}
}

// answer receives until an id is answered.
func answer(tb testing.TB, c *client.Conn, id string) client.Frame {
	tb.Helper()
	for {
		f, err := c.Receive(background(tb))
		do(tb, err)
		if f.ID == id && (f.Type == native.Accepted || f.Type == native.Rejected) {
			return f
		}
	}
}

// New sessions are counted by address; taking one up is none.
func TestRates_NewSessions(t *testing.T) {
	url, _ := serve(t, newFake(), Options{Rates: &Rates{NewSessions: 1, NewSessionBurst: 3}})
	var last *client.Conn
	for range 3 {
		last = greeted(t, url)
	}
	_, err := client.Dial(background(t), client.Options{URL: url})
	var closed *client.ClosedError
	if !errors.As(err, &closed) || closed.Code != native.CloseBusy || !closed.Code.Retry() ||
		closed.Retry <= 0 || closed.Retry > 2*time.Second {
		t.Errorf("fourth session: %v, want busy", err)
	}
	if again := dial(t, last.Resume()); !again.Welcome().Resumed {
		t.Error("a session could not be taken up")
	}
}

// A reset gives a session a new token, which everybody hears who is there; who
// was not there learns it with the welcome.
func TestNative_ResetRenewsToken(t *testing.T) {
	f := newFake()
	f.renew = true
	url, _ := serve(t, f, Options{})
	one := greeted(t, url)
	old := one.Resume()
	two := dial(t, old)
	do(t, one.Reset(background(t), "r1"))
	want(t, one, "accepted r1 1", "reset 2 0", `entry 1 bot text "Welcome!"`)
	want(t, two, "reset 2 0", `entry 1 bot text "Welcome!"`)
	renewed := one.Resume()
	if renewed.Resume == old.Resume || two.Resume().Resume != renewed.Resume {
		t.Errorf("tokens %q, %q, were %q", renewed.Resume, two.Resume().Resume, old.Resume)
	}
	if w := dial(t, renewed).Welcome(); !w.Resumed || w.Resume != renewed.Resume {
		t.Errorf("with the new token: %s", short(w))
	}
	if w := dial(t, old).Welcome(); w.Resumed || w.Reason != native.ReasonEpoch ||
		w.Resume != renewed.Resume {
		t.Errorf("with the token before: %+v", w)
	}
	do(t, one.Reset(background(t), "r2"))
	want(t, one, "accepted r2 1", "reset 3 0")
	if w := dial(t, old).Welcome(); w.Reason != native.ReasonUnknown {
		t.Errorf("with an old token: %s", short(w))
	}
}

// What is refused without a time, may be sent again after Retry.
func TestNative_RetryHasATime(t *testing.T) {
	f := newFake()
	url, _ := serve(t, f, Options{Retry: 70 * time.Millisecond})
	c := greeted(t, url)
	f.mu.Lock()
	f.retry = 0
	f.code = func(*abi.Event) abi.Code { return abi.CodeStoreUnavailable }
	f.mu.Unlock()
	do(t, c.Send(background(t), "m1", "x"))
	if got := answer(t, c, "m1"); got.Code != "store_unavailable" ||
		got.Retry() != 70*time.Millisecond {
		t.Errorf("answer = %+v", got)
	}
}

// An event of whose commit nobody knows the outcome is not answered: the
// connection ends, and when the client sends it again it is known.
func TestNative_UnknownOutcome(t *testing.T) {
	for _, ran := range []bool{false, true} {
		f := newFake()
		lost := true
		f.unknown = func(*abi.Event) (bool, bool) {
			defer func() { lost = false }()
			return lost, ran
		}
		url, _ := serve(t, f, Options{Retry: 30 * time.Millisecond})
		c := greeted(t, url)
		do(t, c.Send(background(t), "m1", "x"))
		closed := (*client.ClosedError)(nil)
		for closed == nil {
			got, err := c.Receive(background(t))
			if err != nil && !errors.As(err, &closed) {
				t.Fatal(err)
			}
			if err == nil && (got.Type == native.Accepted || got.Type == native.Rejected) {
				t.Errorf("ran %v: it was answered: %s", ran, short(got))
			}
		}
		if closed.Code != abi.CloseUnavailable || closed.Retry != 30*time.Millisecond {
			t.Errorf("closed with %v, %v, want unavailable", closed, closed.Retry)
		}
		again := dial(t, c.Resume())
		do(t, again.Send(background(t), "m1", "x"))
		if got := answer(t, again, "m1"); got.Type != native.Accepted || got.Seq != 2 ||
			got.Duplicate != ran {
			t.Errorf("ran %v: sent again: %s", ran, short(got))
		}
	}
}

// Frames that need no answer get none.
func TestNative_Ack(t *testing.T) {
	_, s := serve(t, newFake(), Options{})
	raw := rawServe(t, s, native.Protocol)
	raw.text(`{"type":"ack","seq":1}`)
	raw.await("hello_expected", 1)
	raw.text(`{"type":"hello"}`)
	raw.await("Welcome!", 1)
	raw.text(`{"type":"ack","seq":1}` + "\n" + `{"type":"ping"}`)
	op, payload, err := raw.frame()
	if want := `{"type":"pong"}`; op != opText || string(payload) != want {
		t.Errorf("frame = %s, %v, want %s", payload, err, want)
	}
}
