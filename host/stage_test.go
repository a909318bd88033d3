package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/conversation"
)

// newStage makes a stage that is closed with the test, and reads modules from a
// map before it reads files.
func newStage(tb testing.TB, opts StageOptions, modules map[string][]byte) *Stage {
	tb.Helper()
	opts.Read = func(_ context.Context, file string) ([]byte, error) {
		if data, ok := modules[file]; ok {
			return data, nil
		}
		return os.ReadFile(file)
	}
	s := NewStage(opts)
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("Close() = %v", err)
		}
	})
	return s
}

// newPlay begins a play that is closed with the test.
func newPlay(tb testing.TB, s *Stage, file string, opts ...PlayOptions) *Play {
	tb.Helper()
	p, err := s.Play(tb.Context(), file, append(opts, PlayOptions{})[0])
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.Close(); err != nil {
			tb.Errorf("Close() = %v", err)
		}
	})
	return p
}

// playBot plays a bot of testdata, and begins its only session.
func playBot(tb *testing.T, name string, opts StageOptions) *Play {
	tb.Helper()
	s := newStage(tb, opts, map[string][]byte{"bot.wasm": assembleBot(tb, name)})
	p := newPlay(tb, s, "bot.wasm")
	begins(tb, p, "")
	return p
}

func begins(tb testing.TB, p *Play, name string) conversation.Turn {
	tb.Helper()
	t, err := p.Begin(tb.Context(), name)
	if err != nil {
		tb.Fatalf("Begin(%q) = %v", name, err)
	}
	return t
}

// tells sends a message, and returns its turn.
func tells(tb testing.TB, p *Play, name, text string) conversation.Turn {
	tb.Helper()
	ev := abi.Event{Kind: abi.EventMessage, Text: text, Human: true, User: abi.User{ID: name}}
	t, err := p.Send(tb.Context(), name, ev)
	if err != nil {
		tb.Fatalf("Send(%q) = %v", text, err)
	}
	return t
}

// replies are what bot and host said in turns.
func replies(turns ...conversation.Turn) (bodies []string) {
	for _, t := range turns {
		for _, e := range t.Entries {
			if e.From != abi.FromUser {
				bodies = append(bodies, e.Body)
			}
		}
	}
	return bodies
}

func wantReplies(tb testing.TB, turns []conversation.Turn, want ...string) {
	tb.Helper()
	if got := replies(turns...); !slices.Equal(got, want) {
		tb.Errorf("replies = %q, want %q", got, want)
	}
}

func TestPlay_Turn(t *testing.T) {
	p := playBot(t, "count", StageOptions{})
	for i, want := range []string{"1", "2", "3"} {
		turn := tells(t, p, "", "hello")
		wantReplies(t, []conversation.Turn{turn}, want)
		if turn.Calls != 1 || turn.Fuel <= 0 || turn.Failure != "" ||
			turn.Event.Kind != abi.EventMessage || turn.Event.Text != "hello" {
			t.Errorf("turn %d = %+v", i, turn)
		}
		if got, ok := p.Var("", "n"); got != want || !ok {
			t.Errorf("n = %q, %v, want %s", got, ok, want)
		}
	}
	if _, ok := p.Var("", "m"); ok {
		t.Error("a variable is there that nobody has set")
	}
	turn, err := p.Send(t.Context(), "", abi.Event{Kind: abi.EventReset})
	if err != nil || len(turn.Entries) != 0 {
		t.Fatalf("reset = %+v, %v", turn, err)
	}
	wantReplies(t, []conversation.Turn{tells(t, p, "", "hello")}, "1")
}

// TestPlay_Repeats: the same conversation costs the same, whenever it is held.
func TestPlay_Repeats(t *testing.T) {
	var first int64
	for i := range 3 {
		p := playBot(t, "count", StageOptions{})
		if now := p.Now().UTC().Format(time.RFC3339); now != "2026-01-01T00:00:00Z" {
			t.Errorf("the play begins at %s", now)
		}
		turn := tells(t, p, "", "hello")
		if i == 0 {
			first = turn.Fuel
		}
		if turn.Fuel != first || turn.Entries[1].Time != p.Now().UnixMilli() {
			t.Errorf("fuel %d at %d, want %d", turn.Fuel, turn.Entries[1].Time, first)
		}
	}
}

// TestPlay_Sessions: sessions of a play are apart, and in one time.
func TestPlay_Sessions(t *testing.T) {
	s := newStage(t, StageOptions{}, map[string][]byte{"bot.wasm": assembleBot(t, "count")})
	one, other := newPlay(t, s, "bot.wasm"), newPlay(t, s, "bot.wasm")
	for _, p := range []*Play{one, other} {
		for _, name := range []string{"anna", "bob"} {
			begins(t, p, name)
			wantReplies(t, []conversation.Turn{tells(t, p, name, "hi")}, "1")
		}
	}
	wantReplies(t, []conversation.Turn{tells(t, one, "bob", "hi"), tells(t, one, "anna", "hi")},
		"2", "2")
	if _, err := one.Begin(t.Context(), "bob"); err == nil {
		t.Error("bob begins twice")
	}
	if _, err := one.Send(t.Context(), "eve", abi.Event{Kind: abi.EventMessage}); err == nil {
		t.Error("eve speaks before she has begun")
	}
	if v, ok := one.Var("eve", "n"); ok || one.State("eve") != "" {
		t.Errorf("eve has n = %q and stands at %q", v, one.State("eve"))
	}
}

func TestPlay_Advance(t *testing.T) {
	p := playBot(t, "later", StageOptions{})
	tells(t, p, "", "tea")
	begun := p.Now()
	for _, test := range []struct {
		name string
		wait time.Duration
		want []string
	}{
		{"too early", 1499 * time.Millisecond, nil},
		{"in time", time.Millisecond, []string{"kind=timer name=tea data=3 minutes"}},
		{"nothing is left", 24 * time.Hour, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			begun = begun.Add(test.wait)
			turns, err := p.Advance(t.Context(), test.wait)
			if err != nil || !p.Now().Equal(begun) {
				t.Errorf("Advance(%v) = %v at %v, want %v", test.wait, err, p.Now(), begun)
			}
			wantReplies(t, turns, test.want...)
			for _, turn := range turns {
				if turn.Event.Kind != abi.EventTimer || turn.Event.Name != "tea" {
					t.Errorf("event = %+v", turn.Event)
				}
			}
		})
	}
}

// TestPlay_Order: what is due in one wait happens in order of time, in each session.
func TestPlay_Order(t *testing.T) {
	s := newStage(t, StageOptions{}, map[string][]byte{"bot.wasm": assembleBot(t, "later")})
	p := newPlay(t, s, "bot.wasm")
	for _, name := range []string{"anna", "bob"} {
		begins(t, p, name)
	}
	tells(t, p, "bob", "tb")
	if _, err := p.Advance(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	tells(t, p, "anna", "ta")
	turns, err := p.Advance(t.Context(), time.Minute)
	if err != nil || len(turns) != 2 || turns[0].Session != "bob" || turns[1].Session != "anna" {
		t.Fatalf("turns = %+v, %v, want bob's and anna's", turns, err)
	}
	first, second := turns[0].Event.Time, turns[1].Event.Time
	if second-first != 1000 {
		t.Errorf("anna's timer is due %d ms after bob's, want 1000", second-first)
	}
}

func TestPlay_Stub(t *testing.T) {
	const request = `{"url":"http://api.example.org/v1/x"}`
	for _, test := range []struct {
		name  string
		stubs []conversation.Stub
		want  string
	}{
		{"none", nil, "response.code=forbidden"},
		{"one that fits",
			[]conversation.Stub{{URL: "http://api.example.org/*", Status: 200, Body: "sunny"}},
			"response.status=200 response.body=sunny"},
		{"another method", []conversation.Stub{{Method: "POST", URL: "*", Status: 200}},
			"response.code=forbidden"},
		{"the last that fits", []conversation.Stub{
			{URL: "*", Status: 200, Body: "a"}, {URL: "*x", Status: 404, Body: "b"},
			{URL: "no", Status: 500},
		}, "response.status=404 response.body=b"},
		{"no answer", []conversation.Stub{{URL: "*", Code: abi.ResponseTimeout}},
			"response.code=timeout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := playBot(t, "later", StageOptions{})
			for _, stub := range test.stubs {
				p.Stub(stub)
			}
			if turn := tells(t, p, "", request); len(replies(turn)) != 0 {
				t.Errorf("replies = %q before the answer", replies(turn))
			}
			turns, err := p.Settle(t.Context())
			if err != nil || len(turns) != 1 {
				t.Fatalf("Settle() = %+v, %v, want one turn", turns, err)
			}
			got := replies(turns...)[0]
			got, key, ok := strings.Cut(got, " response.key=")
			if want := "kind=http name=ask " + test.want; got != want || !ok || key == "" {
				t.Errorf("event = %q, key %q, want %q", got, key, want)
			}
			if turns, err = p.Settle(t.Context()); len(turns) != 0 || err != nil {
				t.Errorf("Settle() again = %+v, %v, want nothing", turns, err)
			}
		})
	}
}

// swapModules are three modules under names of files, the last one broken.
func swapModules(tb testing.TB) map[string][]byte {
	return map[string][]byte{
		"bot.wasm": makeBot(tb, "old", "", ""), "next/bot.wasm": makeBot(tb, "new", "", ""),
		"broken.wasm": assemble(tb, `(module (import "env" "launch" (func))
			(memory (export "memory") 1) (func (export "on_message")))`),
	}
}

func TestPlay_Swap(t *testing.T) {
	p := newPlay(t, newStage(t, StageOptions{}, swapModules(t)), "bot.wasm")
	begins(t, p, "")
	for _, test := range []struct {
		file, err, want string
	}{
		{"", "", "old:hi"},
		{"next/bot.wasm", "", "new:hi"},
		{"broken.wasm", "env.launch", "new:hi"},
		{"missing.wasm", "missing.wasm", "new:hi"},
		{"bot.wasm", "", "old:hi"},
	} {
		if test.file != "" {
			err := p.Swap(t.Context(), test.file)
			if (err != nil) != (test.err != "") ||
				err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("Swap(%s) = %v, want %q", test.file, err, test.err)
			}
		}
		wantReplies(t, []conversation.Turn{tells(t, p, "", "hi")}, test.want)
	}
	if head := p.actors[""].handle.Head(); head.Turn != 6 {
		t.Errorf("the session had %d turns, want 6", head.Turn)
	}
}

// TestStage_Shares: a module is compiled once, however often it is played.
func TestStage_Shares(t *testing.T) {
	s := newStage(t, StageOptions{}, swapModules(t))
	var plays sync.WaitGroup
	for range 20 {
		plays.Go(func() {
			p, err := s.Play(t.Context(), "bot.wasm", PlayOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			defer p.Close()
			if err := p.Swap(t.Context(), "next/bot.wasm"); err != nil {
				t.Error(err)
			}
		})
	}
	plays.Wait()
	if len(s.loaded) != 2 || s.bots.get("bot").loads != 2 {
		t.Errorf("%d modules, loaded %d times, want 2 and 2", len(s.loaded),
			s.bots.get("bot").loads)
	}
}

// forgetful is a bot that counts in its memory, where nothing may stay.
const forgetful = `(module
	(import "bothost_v1" "reply" (func $reply (param i32 i32)))
	(memory (export "memory") 1)
	(data (i32.const 0) "0")
	(func (export "on_message")
		(i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))
		(call $reply (i32.const 0) (i32.const 1))))`

// TestStage_Fresh plays in turn with and without, on one module: a used instance is
// nobody's who wants a new one.
func TestStage_Fresh(t *testing.T) {
	s := newStage(t, StageOptions{}, map[string][]byte{"bot.wasm": assemble(t, forgetful)})
	plain := newPlay(t, s, "bot.wasm")
	fresh := newPlay(t, s, "bot.wasm", PlayOptions{Fresh: true})
	begins(t, plain, "")
	begins(t, fresh, "")
	for _, test := range []struct {
		play *Play
		want string
	}{
		{plain, "1"}, {plain, "2"}, {fresh, "1"}, {fresh, "1"}, {plain, "2"}, {fresh, "1"},
	} {
		wantReplies(t, []conversation.Turn{tells(t, test.play, "", "hi")}, test.want)
	}
}

func TestStage_Refuses(t *testing.T) {
	s := newStage(t, StageOptions{Limits: abi.Limits{ModuleBytes: 4096}}, map[string][]byte{
		"broken.wasm": swapModules(t)["broken.wasm"], "text.wasm": []byte("hello"),
		"large.wasm": make([]byte, 5000),
	})
	missing := filepath.Join(t.TempDir(), "no.wasm")
	for _, file := range []string{"broken.wasm", "text.wasm", "large.wasm", missing} {
		p, err := s.Play(t.Context(), file, PlayOptions{})
		if err == nil || !strings.Contains(err.Error(), filepath.Base(file)) {
			t.Errorf("Play(%s) = %v, %v, want an error that names the file", file, p, err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	s.loading <- struct{}{} // somebody else loads
	if _, err := s.Play(ctx, "text.wasm", PlayOptions{}); !errors.Is(err, stop) {
		t.Errorf("Play() = %v, want %v", err, stop)
	}
	<-s.loading
}

// TestPlay_Failure: why a turn failed, and where the guest was.
func TestPlay_Failure(t *testing.T) {
	for _, test := range []struct {
		name, code string
		want       []string
	}{
		{"trap", `(func $deep unreachable) (func (export "on_message") (call $deep))`,
			[]string{"call on_message of", "unreachable", "guest stack:\ndeep"}},
		{"words", `(import "bothost_v1" "fail" (func $fail (param i32 i32)))
			(data (i32.const 0) "no tea") (func (export "on_message") (result i32)
			(call $fail (i32.const 0) (i32.const 6)) (i32.const 1))`,
			[]string{"on_message: failed: no tea"}},
		{"argument", `(import "bothost_v1" "move" (func $move (param i32 i32)))
			(func (export "on_message") (call $move (i32.const 0) (i32.const 0)))`,
			[]string{"call on_message of", "move: ptr: must not be empty"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			module := assemble(t, `(module `+test.code+` (memory (export "memory") 1))`)
			p := newPlay(t,
				newStage(t, StageOptions{}, map[string][]byte{"bot.wasm": module}), "bot.wasm")
			begins(t, p, "")
			turn := tells(t, p, "", "hi")
			for _, want := range test.want {
				if !strings.Contains(turn.Failure, want) {
					t.Errorf("failure = %q, want %q", turn.Failure, want)
				}
			}
			wantReplies(t, []conversation.Turn{turn}, abi.WordsFailed)
			wantReplies(t, []conversation.Turn{tells(t, p, "", "hi")}, abi.WordsFailed)
		})
	}
}

// TestPlay_Clock: the time is the play's for a guest that asks WASI too.
func TestPlay_Clock(t *testing.T) {
	module := assemble(t, `(module
		(import "wasi_snapshot_preview1" "clock_time_get"
			(func $clock (param i32 i64 i32) (result i32)))
		(import "bothost_v1" "now" (func $now (result i64)))
		(import "bothost_v1" "reply" (func $reply (param i32 i32)))
		(memory (export "memory") 1)
		(data (i32.const 0) "the same")
		(func (export "on_message")
			(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 64)))
			(if (i64.eq (i64.load (i32.const 64)) (i64.mul (call $now) (i64.const 1000000)))
				(then (call $reply (i32.const 0) (i32.const 8))))))`)
	p := newPlay(t, newStage(t, StageOptions{}, map[string][]byte{"bot.wasm": module}), "bot.wasm")
	begins(t, p, "")
	for range 2 {
		wantReplies(t, []conversation.Turn{tells(t, p, "", "hi")}, "the same")
		if _, err := p.Advance(t.Context(), 36*time.Hour+time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPlay_Random: each turn draws something else, and a play that repeats the same.
func TestPlay_Random(t *testing.T) {
	module := assemble(t, `(module
		(import "bothost_v1" "random" (func $random (param i32 i32)))
		(import "bothost_v1" "reply" (func $reply (param i32 i32)))
		(memory (export "memory") 1)
		(func (export "on_message") (local $i i32)
			(call $random (i32.const 0) (i32.const 16))
			(loop $next ;; letters
				(i32.store8 (local.get $i) (i32.add (i32.const 97)
					(i32.rem_u (i32.load8_u (local.get $i)) (i32.const 26))))
				(local.set $i (i32.add (local.get $i) (i32.const 1)))
				(br_if $next (i32.lt_u (local.get $i) (i32.const 16))))
			(call $reply (i32.const 0) (i32.const 16))))`)
	s := newStage(t, StageOptions{}, map[string][]byte{"bot.wasm": module})
	var before []string
	for _, opts := range []PlayOptions{{}, {}, {Fresh: true}} {
		p := newPlay(t, s, "bot.wasm", opts)
		begins(t, p, "")
		got := replies(tells(t, p, "", "hi"), tells(t, p, "", "hi"))
		if got[0] == got[1] || before != nil && !slices.Equal(got, before) {
			t.Errorf("replies = %q, in the play before %q", got, before)
		}
		before = got
	}
}

func TestStage_Closed(t *testing.T) {
	s := NewStage(StageOptions{Read: func(context.Context, string) ([]byte, error) {
		return countBot(t), nil
	}})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	}
	if _, err := s.Play(t.Context(), "bot.wasm", PlayOptions{}); !errors.Is(err, errStageClosed) {
		t.Errorf("Play() = %v, want %v", err, errStageClosed)
	}
}

// endless is a bot that makes a request, and another one when it is answered; and
// sets a timer that sets itself.
const endless = `(module
	(import "bothost_v1" "http_start" (func $http (param i32 i32 i32 i32)))
	(import "bothost_v1" "timer_set" (func $timer (param i32 i32 i64 i32 i32)))
	(import "bothost_v1" "event_get" (func $event_get (param i32 i32 i32 i32) (result i32)))
	(memory (export "memory") 1)
	(data (i32.const 0) "ask{\22url\22:\22http://h\22}")
	(data (i32.const 32) "kind")
	(func $again
		(call $http (i32.const 0) (i32.const 3) (i32.const 3) (i32.const 18)))
	(func (export "on_message") (call $again))
	(func (export "on_start")
		(call $timer (i32.const 0) (i32.const 3) (i64.const 100) (i32.const 0) (i32.const 0)))
	(func (export "on_event")
		(drop (call $event_get (i32.const 32) (i32.const 4) (i32.const 64) (i32.const 64)))
		(if (i32.eq (i32.load8_u (i32.const 64)) (i32.const 104)) (then (call $again))
		(else (call $timer (i32.const 0) (i32.const 3) (i64.const 100) (i32.const 0) (i32.const 0))))))`

// TestPlay_Endless: a bot that finds no end is an error, and not a test that finds
// none.
func TestPlay_Endless(t *testing.T) {
	s := newStage(t, StageOptions{}, map[string][]byte{"bot.wasm": assemble(t, endless)})
	p := newPlay(t, s, "bot.wasm")
	begins(t, p, "")
	turns, err := p.Advance(t.Context(), time.Minute)
	if err != nil || len(turns) != 600 {
		t.Fatalf("Advance(1m) = %d turns, %v, want 600", len(turns), err)
	}
	if _, err := p.Advance(t.Context(), 365*24*time.Hour); !errors.Is(err, ErrEndless) {
		t.Errorf("Advance(a year) = %v, want %v", err, ErrEndless)
	}
	tells(t, p, "", "go")
	if _, err := p.Settle(t.Context()); !errors.Is(err, ErrEndless) {
		t.Errorf("Settle() = %v, want %v", err, ErrEndless)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Settle(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Settle() = %v, want %v", err, context.Canceled)
	}
}

// TestStage_Hammer holds many conversations at once on few modules.
func TestStage_Hammer(t *testing.T) {
	s := newStage(t, StageOptions{}, map[string][]byte{
		"a.wasm": assembleBot(t, "count"), "b.wasm": assembleBot(t, "count"),
		"c.wasm": assembleBot(t, "later")})
	var plays sync.WaitGroup
	for i := range 16 {
		plays.Go(func() {
			opts := PlayOptions{Fresh: i%4 < 2}
			if err := hammer(t, s, []string{"a.wasm", "b.wasm"}[i%2], opts); err != nil {
				t.Error(err)
			}
		})
	}
	plays.Wait()
}

// hammer holds one conversation.
func hammer(t *testing.T, s *Stage, file string, opts PlayOptions) error {
	p, err := s.Play(t.Context(), file, opts)
	if err != nil {
		return err
	}
	defer p.Close()
	begins(t, p, "")
	for n := range 20 {
		wantReplies(t, []conversation.Turn{tells(t, p, "", "hi")}, fmt.Sprint(n+1))
	}
	if err := p.Swap(t.Context(), "c.wasm"); err != nil {
		return err
	}
	tells(t, p, "", "tea")
	turns, err := p.Advance(t.Context(), time.Hour)
	wantReplies(t, turns, "kind=timer name=tea data=3 minutes")
	return err
}
