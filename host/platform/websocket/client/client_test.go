package client

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	ws "github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// step is one thing that a scripted host does: it expects a message, or sends
// one.
type step struct {
	expect string
	send   string
}

// script is a host that serves one connection: it takes the steps and closes
// with the code, or when the client does.
type script struct {
	fail  func(format string, args ...any)
	code  abi.Code
	steps []step
}

func (s script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := ws.Accept(w, r, &ws.AcceptOptions{Subprotocols: []string{native.Protocol}})
	if err != nil {
		s.fail("accept: %v", err)
		return
	}
	defer func() { _ = conn.CloseNow() }()
	for _, step := range s.steps {
		if step.send != "" {
			if err := conn.Write(r.Context(), ws.MessageText, []byte(step.send)); err != nil {
				s.fail("the host sends: %v", err)
			}
			continue
		}
		_, got, err := conn.Read(r.Context())
		if err != nil || string(got) != step.expect {
			s.fail("the host received %q, %v, want %q", got, err, step.expect)
		}
	}
	if s.code != 0 {
		_ = conn.Close(ws.StatusCode(s.code), "")
		return
	}
	_, _, _ = conn.Read(context.Background())
}

// serve serves a script until the test ends.
func serve(tb testing.TB, code abi.Code, steps ...step) (url string) {
	tb.Helper()
	server := httptest.NewServer(script{tb.Errorf, code, steps})
	tb.Cleanup(server.Close)
	return server.URL
}

func ctx(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	tb.Cleanup(cancel)
	return ctx
}

const welcome = `{"type":"welcome","session":"S","resume":"R","epoch":2,"seq":5,` +
	`"resumed":true,"bot":"b"}`

func TestConn(t *testing.T) {
	entry := func(seq int, more string) string {
		return fmt.Sprintf(`{"type":"entry","seq":%d,"from":"bot","kind":"text","body":"x"%s}`, seq,
			more)
	}
	url := serve(t, abi.CloseRestart,
		step{expect: `{"type":"hello","session":"S","resume":"R","user":"ann","epoch":2,"after":5}`},
		step{send: welcome + "\n" + entry(6, "")},
		step{send: entry(7, "") + "\n" + `{"type":"ping"}` + "\n" + entry(8, "") + "\n"},
		step{expect: `{"type":"pong"}`},
		step{expect: `{"type":"message","id":"m1","text":"a\nb"}`},
		step{expect: `{"type":"option","id":"o1","value":"v"}`},
		step{expect: `{"type":"reset","id":"r1"}`},
		step{expect: `{"type":"history","before":3,"limit":2}`},
		step{send: `{"type":"accepted","id":"m1","seq":9,"turn":1}`},
		step{send: entry(2, `,"history":true`) + "\n" +
			`{"type":"history","before":3,"count":1,"more":false}`},
		step{send: `{"type":"accepted","id":"m0","seq":10,"turn":1,"duplicate":true}`},
		step{send: `{"type":"tomorrow"}`},
		step{send: `{"type":"closing","code":"restart","retry_ms":250}`},
	)
	o := Options{URL: url, Session: "S", Resume: "R", Epoch: 2, After: 5, User: "ann"}
	c, err := Dial(ctx(t), o)
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Welcome(); w.Session != "S" || !w.Resumed {
		t.Errorf("Welcome() = %+v", w)
	}
	var got []string
	receive := func(n int) {
		for range n {
			f, err := c.Receive(ctx(t))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(f.Type, f.Seq))
		}
	}
	receive(3)
	for _, err := range []error{
		c.Send(ctx(t), "m1", "a\nb"), c.Option(ctx(t), "o1", "v"), c.Reset(ctx(t), "r1"),
		c.History(ctx(t), 3, 2),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	receive(6)
	want := []string{"entry6", "entry7", "entry8", "accepted9", "entry2", "history0", "accepted10",
		"tomorrow0", "closing0"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("received %v, want %v", got, want)
	}
	if r := c.Resume(); r.Session != "S" || r.Resume != "R" || r.Epoch != 2 || r.After != 9 {
		t.Errorf("Resume() = %+v, want to go on after 9", r)
	}
	_, err = c.Receive(ctx(t))
	var closed *ClosedError
	if !errors.As(err, &closed) || closed.Code != abi.CloseRestart ||
		closed.Retry != 250*time.Millisecond {
		t.Errorf("Receive() = %v, want closed with restart", err)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	}
}

func TestConn_ResetMovesTheCursor(t *testing.T) {
	url := serve(t, 0, step{expect: `{"type":"hello"}`},
		step{send: welcome + "\n" + `{"type":"reset","epoch":3,"seq":0}` + "\n" +
			`{"type":"entry","seq":1,"from":"bot","kind":"text","body":"x"}`})
	c, err := Dial(ctx(t), Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Receive(ctx(t)); err != nil {
			t.Fatal(err)
		}
	}
	if r := c.Resume(); r.Epoch != 3 || r.After != 1 {
		t.Errorf("Resume() = %+v, want epoch 3, after 1", r)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestDial_Errors(t *testing.T) {
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "The host name is not allowed here.", http.StatusForbidden)
	}))
	defer refuses.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := ws.Accept(w, r, nil); err == nil {
			_, _, _ = conn.Read(r.Context())
			_ = conn.CloseNow()
		}
	}))
	defer other.Close()
	for _, tc := range []struct{ name, url, want string }{
		{"refused", refuses.URL, "403 Forbidden: The host name is not allowed here."},
		{"another protocol", other.URL, "does not speak bothost.v1"},
		{"nobody there", "ws://127.0.0.1:1", "connect to ws://127.0.0.1:1"},
		{"hello rejected", serve(t, 0, step{expect: `{"type":"hello"}`},
			step{send: `{"type":"rejected","code":"bad_value","error":"","field":"user"}`}),
			"bad_value: user"},
		{"closed", serve(t, abi.CloseTooMany, step{expect: `{"type":"hello"}`}), "too_many"},
		{"no JSON", serve(t, 0, step{expect: `{"type":"hello"}`}, step{send: "what?"}), "client:"},
		{"no type", serve(t, 0, step{expect: `{"type":"hello"}`}, step{send: "{}"}), "has no type"},
	} {
		c, err := Dial(ctx(t), Options{URL: tc.url})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: Dial() = %v, %v, want an error with %q", tc.name, c, err, tc.want)
		}
	}
}

func TestConn_CloseNow(t *testing.T) {
	url := serve(t, 0, step{expect: `{"type":"hello"}`}, step{send: welcome})
	c, err := Dial(ctx(t), Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CloseNow(); err != nil {
		t.Error(err)
	}
	_, err = c.Receive(ctx(t))
	var closed *ClosedError
	if !errors.As(err, &closed) || closed.Code != 0 || closed.Unwrap() == nil {
		t.Errorf("Receive() after CloseNow = %v", err)
	}
}

// A conversation of one message.
func Example() {
	host := httptest.NewServer(script{log.Printf, 0, []step{
		{expect: `{"type":"hello"}`}, {send: welcome},
		{expect: `{"type":"message","id":"m1","text":"hello"}`},
		{send: `{"type":"accepted","id":"m1","seq":6,"turn":3}` + "\n" +
			`{"type":"entry","seq":7,"from":"bot","kind":"text","body":"Hi! How are you?"}`},
	}})
	defer host.Close()

	ctx := context.Background()
	c, err := Dial(ctx, Options{URL: host.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = c.CloseNow() }()
	if err := c.Send(ctx, "m1", "hello"); err != nil {
		fmt.Println(err)
		return
	}
	for {
		f, err := c.Receive(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		if f.Type == native.Entry {
			fmt.Printf("%s: %s\n", f.From, f.Body)
			return
		}
		fmt.Printf("%s %s\n", f.Type, f.ID)
	}
	// Output:
	// accepted m1
	// bot: "Hi! How are you?"
}
