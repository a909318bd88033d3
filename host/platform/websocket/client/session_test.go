package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// serveAll serves one script after another; then nobody is there.
func serveAll(tb testing.TB, scripts ...script) (url string) {
	tb.Helper()
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if len(scripts) == 0 {
			mu.Unlock()
			http.Error(w, "Nobody is here.", http.StatusServiceUnavailable)
			return
		}
		s := scripts[0]
		scripts = scripts[1:]
		mu.Unlock()
		s.fail = tb.Errorf
		s.ServeHTTP(w, r)
	}))
	tb.Cleanup(server.Close)
	return server.URL
}

// states collects what a session says of itself.
type states struct {
	mu  sync.Mutex
	all []string
}

func (s *states) add(state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, state.Phase.String())
}

func (s *states) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.all, " ")
}

// openAt opens a session whose ids are p-1 and so on.
func openAt(tb testing.TB, o SessionOptions) *Session {
	tb.Helper()
	if o.MinWait == 0 {
		o.MinWait = time.Millisecond
	}
	s, err := Open(ctx(tb), o)
	if err != nil {
		tb.Fatal(err)
	}
	s.prefix = "p-"
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// hear receives n frames.
func hear(tb testing.TB, s *Session, n int) (all []Frame) {
	tb.Helper()
	for range n {
		f, err := s.Receive(ctx(tb))
		if err != nil {
			tb.Fatalf("Receive() = %v after %q", err, marks(all))
		}
		all = append(all, f)
	}
	return all
}

const (
	firstWelcome = `{"type":"welcome","session":"S","resume":"R","epoch":1,"seq":0,"resumed":false}`
	botSays      = `{"type":"entry","seq":%d,"from":"bot","kind":"text","body":"x","turn":1}`
	userSaid     = `{"type":"entry","seq":%d,"from":"user","kind":"text","body":"x","turn":1,"id":%q}`
	sendsX       = `{"type":"message","id":%q,"text":"x"}`
)

// A session through three connections: one that is sent away, one that is refused
// for a while, one that ends for good.
func TestSession(t *testing.T) {
	began := time.Now()
	url := serveAll(t,
		script{code: abi.CloseRestart, steps: []step{
			{expect: `{"type":"hello","user":"ann","token":"t"}`},
			{send: firstWelcome + "\n" + fmt.Sprintf(botSays, 1)},
			{expect: fmt.Sprintf(sendsX, "p-1")},
			{send: `{"type":"reset","epoch":2,"seq":0,"resume":"R2"}` + "\n" +
				fmt.Sprintf(botSays, 1)},
			{send: `{"type":"closing","code":"restart","retry_ms":200}`},
		}},
		script{code: abi.CloseTooMany, steps: []step{
			{expect: `{"type":"hello","session":"S","resume":"R2","user":"ann","token":"t","epoch":2,"after":1}`},
			{send: `{"type":"welcome","session":"S","resume":"R2","epoch":2,"seq":1,"resumed":true}`},
			{expect: fmt.Sprintf(sendsX, "p-1")},
			{send: fmt.Sprintf(userSaid, 2, "p-1") + "\n" + fmt.Sprintf(botSays, 3)},
			{send: `{"type":"accepted","id":"p-1","seq":2,"turn":1,"duplicate":true}`},
			{expect: fmt.Sprintf(sendsX, "p-2")},
			{send: `{"type":"rejected","id":"p-2","code":"busy","error":"","retry_ms":50}`},
			{expect: fmt.Sprintf(sendsX, "p-2")},
			{send: `{"type":"accepted","id":"p-2","seq":4,"turn":2}`},
			{expect: `{"type":"option","id":"p-3","value":"v"}`},
			{send: `{"type":"rejected","id":"p-3","code":"id_reused","error":"No."}`},
			{expect: `{"type":"event","id":"p-4","name":"gps","data":[1]}`},
			{send: `{"type":"accepted","id":"p-4","seq":4,"turn":3}`},
			{expect: `{"type":"history","limit":1}`},
			{send: `{"type":"entry","seq":4,"history":true}` + "\n" +
				`{"type":"history","before":5,"count":1}`},
		}},
	)
	var st states
	s := openAt(t,
		SessionOptions{Options: Options{URL: url, User: "ann", Token: "t"}, OnState: st.add})
	var ids []string
	for range 2 {
		id, err := s.Send(ctx(t), "x")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, err := s.Choose(ctx(t), "v"); err != nil {
		t.Error(err)
	}
	if _, err := s.Event(ctx(t), "gps", "[1]"); err != nil {
		t.Error(err)
	}
	if err := s.Sync(ctx(t)); err != nil {
		t.Error(err)
	}
	got := marks(hear(t, s, 10))
	want := []string{"welcome0", "entry1", "reset0", "entry1", "accepted2p-1",
		"entry3", "accepted4p-2",
		"rejected0p-3", "accepted4p-4", "history4"}
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(ids, []string{"p-1", "p-2"}) {
		t.Errorf("heard %q, sent %q, want %q", got, ids, want)
	}
	if d := time.Since(began); d < 250*time.Millisecond {
		t.Errorf("all was done after %v, before the host wanted it", d)
	}
	if o := s.Options(); o.Session != "S" || o.Resume != "R2" || o.Epoch != 2 || o.After != 4 {
		t.Errorf("Options() = %+v", o)
	}
	_, err := s.Receive(ctx(t))
	var closed *ClosedError
	if !errors.As(err, &closed) || closed.Code != abi.CloseTooMany {
		t.Errorf("Receive() = %v, want too_many", err)
	}
	if _, err := s.Send(ctx(t), "x"); !errors.As(err, &closed) {
		t.Errorf("Send() = %v, want too_many", err)
	}
	if got, want := st.String(),
		"connecting connected waiting connecting connected ended"; got != want {
		t.Errorf("states: %s, want %s", got, want)
	}
}

// What is not received holds the connection up, and what has no answer the
// sender; neither holds Close up.
func TestSession_Bounded(t *testing.T) {
	var entries []string
	for i := range 50 {
		entries = append(entries, fmt.Sprintf(botSays, i+1))
	}
	url := serveAll(t, script{steps: []step{
		{expect: `{"type":"hello"}`}, {send: firstWelcome + "\n" + strings.Join(entries, "\n")},
	}})
	s := openAt(t, SessionOptions{Options: Options{URL: url}, Buffer: 3, Pending: 2})
	for range 2 {
		if _, err := s.Send(ctx(t), "x"); err != nil {
			t.Fatal(err)
		}
	}
	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Send(short, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the third Send() = %v, want deadline exceeded", err)
	}
	if n := len(s.frames); n != 3 {
		t.Errorf("%d frames wait, want 3", n)
	}
	waits := make(chan error, 1)
	go func() {
		_, err := s.Send(context.Background(), "x")
		waits <- err
	}()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-waits; !errors.Is(err, ErrClosed) {
		t.Errorf("Send() while it closes = %v", err)
	}
	// What came is still to be had.
	hear(t, s, 3)
	if _, err := s.Receive(ctx(t)); !errors.Is(err, ErrClosed) {
		t.Errorf("Receive() after Close = %v", err)
	}
	if _, err := s.Send(ctx(t), "x"); !errors.Is(err, ErrClosed) {
		t.Errorf("Send() after Close = %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A connection over which nothing comes is given up, and Receive may end by its
// own context meanwhile.
func TestSession_Silence(t *testing.T) {
	mute := script{steps: []step{{expect: `{"type":"hello"}`}, {send: firstWelcome}}}
	again := script{steps: []step{
		{expect: `{"type":"hello","session":"S","resume":"R","epoch":1}`},
		{send: strings.Replace(firstWelcome, "false", "true", 1) + "\n" + fmt.Sprintf(botSays, 1)},
	}}
	s := openAt(t, SessionOptions{
		Options: Options{URL: serveAll(t, mute, again)}, Silence: 50 * time.Millisecond,
	})
	hear(t, s, 1)
	short, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := s.Receive(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Receive() = %v, want deadline exceeded", err)
	}
	if got := marks(hear(t, s, 1)); got[0] != "entry1" {
		t.Errorf("heard %q", got)
	}
}

func TestOpen(t *testing.T) {
	hello := step{expect: `{"type":"hello"}`}
	busy := script{code: native.CloseBusy, steps: []step{hello,
		{send: `{"type":"closing","code":"busy","retry_ms":20}`}}}
	refused := script{code: native.CloseUnauthorized, steps: []step{hello}}
	welcomes := script{steps: []step{hello, {send: firstWelcome}}}

	s := openAt(t, SessionOptions{Options: Options{URL: serveAll(t, busy, busy, welcomes)}})
	if got := marks(hear(t, s, 1)); got[0] != "welcome0" {
		t.Errorf("heard %q", got)
	}
	_, err := Open(ctx(t), SessionOptions{Options: Options{URL: serveAll(t, refused)}})
	var closed *ClosedError
	if !errors.As(err, &closed) || closed.Code != native.CloseUnauthorized {
		t.Errorf("Open() = %v, want unauthorized", err)
	}
	short, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err = Open(short, SessionOptions{Options: Options{URL: serveAll(t, busy)}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open() = %v, want deadline exceeded", err)
	}
	if _, err = Open(ctx(t),
		SessionOptions{Options: Options{URL: "ws://127.0.0.1:1"}}); err == nil {
		t.Error("Open() where nobody is = nil error")
	}
}

// How long a session stays away, and when it does not come back.
func TestSession_Wait(t *testing.T) {
	s := &Session{opts: SessionOptions{}.defaults()}
	lost := errors.New("lost")
	for n := range 40 {
		base := 10 * time.Second
		if n < 7 {
			base = 100 * time.Millisecond << n
		}
		for range 100 {
			if got := s.wait(n, lost); got < base/2 || got > base {
				t.Fatalf("attempt %d waits %v, want %v to %v", n, got, base/2, base)
			}
			for _, err := range []error{
				&ClosedError{Retry: 20 * time.Second}, &RefusedError{Retry: 20 * time.Second},
			} {
				if got := s.wait(n, err); got < 20*time.Second || got > 25*time.Second {
					t.Fatalf("attempt %d waits %v, the host wants 20s", n, got)
				}
			}
		}
	}
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{lost, false},
		{&ClosedError{Err: lost}, false},
		{&ClosedError{Code: 4499}, false},
		{&ClosedError{Code: 4500}, true},
		{&ClosedError{Code: 4999}, true},
		{&ClosedError{Code: 5000}, false},
		{&ClosedError{Code: abi.Code(1000)}, false},
		{&RefusedError{Status: 401}, true},
		{&RefusedError{Status: 429}, false},
		{&RefusedError{Status: 503}, false},
		{fmt.Errorf("x: %w", neverError{lost}), true},
	} {
		if got := final(tc.err); got != tc.want {
			t.Errorf("final(%v) = %v, want %v", tc.err, got, tc.want)
		}
	}
}

// A conversation that outlives its connection.
func ExampleSession() {
	var mu sync.Mutex
	scripts := []script{
		{code: abi.CloseRestart, steps: []step{{expect: `{"type":"hello"}`}, {send: firstWelcome}}},
		{steps: []step{
			{expect: `{"type":"hello","session":"S","resume":"R","epoch":1}`},
			{send: strings.Replace(firstWelcome, "false", "true", 1)},
			{send: `{"type":"entry","seq":1,"from":"bot","kind":"text","body":"Hi! How are you?"}`},
		}},
	}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		s := scripts[0]
		scripts = scripts[1:]
		mu.Unlock()
		s.fail = func(format string, args ...any) { fmt.Printf(format, args...) }
		s.ServeHTTP(w, r)
	}))
	defer host.Close()

	ctx := context.Background()
	s, err := Open(ctx, SessionOptions{
		Options: Options{URL: host.URL},
		OnState: func(s State) { fmt.Println(s.Phase) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		f, err := s.Receive(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		if f.Type == native.Entry {
			fmt.Printf("%s: %s\n", f.From, f.Body)
			break
		}
	}
	_ = s.Close()
	// Output:
	// connecting
	// connected
	// waiting
	// connecting
	// connected
	// bot: "Hi! How are you?"
	// ended
}
