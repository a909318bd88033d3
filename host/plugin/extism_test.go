package plugin

import (
	"context"
	le "encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/plugin/extism"
	"github.com/bothost/bothost/host/plugin/module"
)

// extismImports are what the plug-ins of these tests import, with a function that
// makes a block of the guest's memory.
const extismImports = `
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "free" (func $free (param i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store8 (param i64 i32)))
  (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error (param i64)))
  (import "extism:host/env" "input_offset" (func $input (result i64)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (import "extism:host/user" "reply" (func $reply (param i64)))
  (import "extism:host/user" "session_get" (func $session_get (param i64) (result i64)))
  (import "extism:host/user" "session_set" (func $session_set (param i64 i64)))`

const extismText = `
  (func $text (param $at i32) (param $n i32) (result i64) (local $h i64) (local $i i32)
    (local.set $h (call $alloc (i64.extend_i32_u (local.get $n))))
    (loop $next
      (call $store8 (i64.add (local.get $h) (i64.extend_i32_u (local.get $i)))
        (i32.load8_u (i32.add (local.get $at) (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $h))`

// extismGuest is a plug-in whose on_message has a body; more is added to it.
func extismGuest(body, more string) string {
	return fmt.Sprintf(`(module %s (memory 1) (data (i32.const 0) "went wrong extism:a")
		%s %s (func (export "on_message") (result i32) %s))`, extismImports, extismText, more, body)
}

// The functions that run before all others, in the published order.
func TestExtism_start(t *testing.T) {
	starts := map[string]string{
		"_initialize": `(func (export "_initialize") (call $note (i32.const 1)))`,
		"hs_init":     `(func (export "hs_init") (param i32 i32) (call $note (i32.const 2)))`,
		"ctors":       `(func (export "__wasm_call_ctors") (call $note (i32.const 3)))`,
		"_start":      `(func (export "_start") (call $note (i32.const 4)))`,
	}
	for _, test := range []struct {
		name, exports string
		wasi          bool
		want          uint64
	}{
		{"nothing", "", false, 0},
		{"reactor", "_initialize", true, 1},
		{"reactor without WASI", "_initialize", false, 1},
		{"Haskell", "hs_init", true, 2},
		{"Haskell without WASI", "hs_init", false, 2},
		{"Haskell reactor", "hs_init _initialize", true, 12},
		{"Haskell with constructors", "hs_init _initialize ctors", true, 12},
		{"reactor with constructors", "_initialize ctors", true, 1},
		{"constructors", "ctors", true, 3},
		{"constructors without WASI", "ctors", false, 0},
		{"command", "_start", true, 0},
		{"command with constructors", "_start ctors", true, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			imports, more := "", ""
			if test.wasi {
				imports = `(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))`
			}
			for name := range strings.FieldsSeq(test.exports) {
				more += starts[name]
			}
			m := newWAT(t, fmt.Sprintf(`(module %s %s (memory (export "memory") 1) (global $seen (mut i64) (i64.const 0))
				(func $note (param i32) (global.set $seen (i64.add (i64.mul (global.get $seen) (i64.const 10))
					(i64.extend_i32_u (local.get 0)))))
				%s
				(func (export "on_message") (local $h i64)
					(local.set $h (call $alloc (i64.const 8)))
					(call $store (local.get $h) (global.get $seen))
					(call $output (local.get $h) (i64.const 8))))`, imports, extismImports, more), Options{})
			turn := play(t, m, abi.OnMessage, "hi", draft.Base{})
			if turn.err != nil {
				t.Fatal(turn.err)
			}
			if got := le.LittleEndian.Uint64([]byte(turn.output)); got != test.want {
				t.Errorf("ran %d, want %d", got, test.want)
			}
		})
	}
}

// What a call comes to by its result and by error_set.
func TestExtism_results(t *testing.T) {
	const fail = `(call $error (call $text (i32.const 0) (i32.const 10)))`
	for _, test := range []struct {
		name, body string
		result     abi.Result
		said       string
		broken     bool
	}{
		{"done", `(i32.const 0)`, abi.Done, "", false},
		{"failed", `(i32.const 1)`, abi.Failed, "", false},
		{"failed with words", fail + `(i32.const 1)`, abi.Failed, "went wrong", false},
		{"words, whatever it returns", fail + `(i32.const 0)`, abi.Failed, "went wrong", false},
		{"words and another code", fail + `(i32.const 77)`, abi.Failed, "went wrong", false},
		{"not handled", `(i32.const 2)`, abi.NotHandled, "", false},
		{"another code", `(i32.const 77)`, abi.Failed, "", true},
		{"trap", `unreachable`, abi.Failed, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newWAT(t, extismGuest(test.body, ""), Options{})
			turn := play(t, m, abi.OnMessage, "hi", draft.Base{})
			if turn.result != test.result || turn.said != test.said || (turn.err != nil) != test.broken {
				t.Errorf("%v, said %q, %v; want %v, %q, an error: %v",
					turn.result, turn.said, turn.err, test.result, test.said, test.broken)
			}
			if broken := m.Stats().Instances == 0; broken != test.broken {
				t.Errorf("the instance was thrown away: %v, want %v", broken, test.broken)
			}
		})
	}
}

func TestExtism_check(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"unknown function", `(module (import "extism:host/env" "fly" (func)) (func (export "on_message")))`,
			"import extism:host/env.fly: unknown function"},
		{"unknown user function", `(module (import "extism:host/user" "fly" (func)) (func (export "on_message")))`,
			"import extism:host/user.fly: unknown function; the host has those of bothost_v1"},
		{"wrong type", `(module (import "extism:host/user" "reply" (func (param i32))) (func (export "on_message")))`,
			"has the type (func (param i32)); the host's is (func (param i64))"},
		{"core functions need the memory", `(module (import "extism:host/user" "reply" (func (param i64)))
			(import "bothost_v1" "reply" (func (param i32 i32))) (memory 1) (func (export "on_message")))`, "no export memory"},
		{"nothing that is called", `(module (import "extism:host/user" "reply" (func (param i64))) (func (export "run")))`,
			"no export that the host calls"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Check(assemble(t, test.source), abi.Limits{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Check = %v, want an error with %q", err, test.want)
			}
		})
	}
}

// Each function of the core surface can be called by the other surface: with nothing
// but zeros it does what it does, or says which argument is wrong, and the host is
// none the worse for it.
func TestExtism_userFunctions(t *testing.T) {
	for f := range abi.FunctionCount {
		t.Run(f.String(), func(t *testing.T) {
			u := extism.UserOf(f)
			drop, zeros := "", strings.Repeat("(i64.const 0)", len(u.Args))
			if u.Result != extism.Nothing {
				drop = "(drop"
			}
			signature := module.Signature{Params: u.Params(), Results: u.Results()}.String()
			source := fmt.Sprintf(`(module (import "extism:host/user" "%v" %s)
				(func (export "on_message") %s (call $f %s)%s))`, f,
				strings.Replace(signature, "(func", "(func $f", 1),
				drop, zeros, strings.Repeat(")", strings.Count(drop, "(")))
			m := newWAT(t, source, Options{})
			turn := play(t, m, abi.OnMessage, "hi", draft.Base{Vars: map[string]string{"a": "b"}})
			if turn.err == nil {
				return
			}
			e, ok := errors.AsType[*abi.ArgumentError](turn.err)
			if !ok || e.Function != f || strings.Contains(turn.err.Error(), "host stack") {
				t.Errorf("%v = %v, want an error of an argument", f, turn.err)
			}
		})
	}
}

// What is read comes as a block, however long it is; what is longer than the arena
// says so.
func TestExtism_values(t *testing.T) {
	for _, n := range []int{1, firstRoom - 1, firstRoom, firstRoom + 1, 5000, 60_000} {
		m := newWAT(t, extismGuest(`(local $h i64)
			(local.set $h (call $session_get (call $text (i32.const 0) (i32.const 4))))
			(call $output (local.get $h) (call $length (local.get $h))) (i32.const 0)`, ""), Options{})
		value := strings.Repeat("v", n)
		if turn := play(t, m, abi.OnMessage, "hi", draft.Base{Vars: map[string]string{"went": value}}); turn.err != nil || turn.output != value {
			t.Errorf("session_get of %d bytes = %d bytes, %v", n, len(turn.output), turn.err)
		}
	}
	// One page of memory is the limit of the arena too.
	m := newWAT(t, extismGuest(`(drop (call $alloc (i64.const 30000)))
		(drop (call $session_get (call $text (i32.const 0) (i32.const 4)))) (i32.const 0)`, ""),
		Options{Limits: abi.Limits{MemoryBytes: module.PageBytes}})
	turn := play(t, m, abi.OnMessage, "hi", draft.Base{Vars: map[string]string{"went": strings.Repeat("v", 60_000)}})
	if turn.err == nil || !strings.Contains(turn.err.Error(), "session_get: the result of 60000 bytes does not fit into the arena") {
		t.Errorf("a value beyond the arena: %v", turn.err)
	}
}

func TestExtism_arguments(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"what is no block", `(call $reply (i64.const 12345)) (i32.const 0)`, "reply: ptr: is neither 0 nor the handle of a block"},
		{"near 2^64", `(call $reply (i64.const -16)) (i32.const 0)`, "reply: ptr: is neither 0 nor"},
		{"what was freed", `(local $h i64) (local.set $h (call $text (i32.const 0) (i32.const 4)))
			(call $free (local.get $h)) (call $reply (local.get $h)) (i32.const 0)`, "reply: ptr: is neither 0 nor"},
		{"a variable of the other kind", `(call $session_set (call $text (i32.const 11) (i32.const 8)) (i64.const 0)) (i32.const 0)`,
			`session_set: key: begins with "extism:"`},
		{"a store nowhere", `(call $store (i64.const 0) (i64.const 0)) (i32.const 0)`, "store_u64: offset: 8 bytes at 0: lies outside of the arena"},
		{"the input freed, and replied with", `(call $free (call $input)) (call $reply (call $input)) (i32.const 0)`, "reply: ptr: is neither 0 nor"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newWAT(t, extismGuest(test.body, ""), Options{})
			if turn := play(t, m, abi.OnMessage, "hi", draft.Base{}); turn.err == nil || !strings.Contains(turn.err.Error(), test.want) {
				t.Errorf("%v, want an error with %q", turn.err, test.want)
			}
		})
	}
	t.Run("not in describe", func(t *testing.T) {
		m := newWAT(t, extismGuest(`(i32.const 0)`, `(func (export "describe") (call $var_set (i64.const 0) (i64.const 0)))`), Options{})
		if _, err := m.Describe(t.Context()); err == nil || !strings.Contains(err.Error(), "var_set: not legal during this export describe") {
			t.Errorf("var_set in describe = %v", err)
		}
	})
}

// A module may have both surfaces. They share input, output and the turn; of two
// outputs the last one counts.
func TestExtism_mixed(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"core last", `(call $output (call $text (i32.const 0) (i32.const 4)) (i64.const 4)) (call $core (i32.const 5) (i32.const 5))`, "wrong"},
		{"extism last", `(call $core (i32.const 5) (i32.const 5)) (call $output (call $text (i32.const 0) (i32.const 4)) (i64.const 4))`, "went"},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := strings.Replace(extismGuest(`(call $core_reply (i32.const 0) (i32.const 4))
				(call $reply (call $text (i32.const 5) (i32.const 5)))`+test.body+`(i32.const 0)`, ""), "(memory 1)",
				`(import "bothost_v1" "output" (func $core (param i32 i32)))
				(import "bothost_v1" "reply" (func $core_reply (param i32 i32))) (memory (export "memory") 1)`, 1)
			turn := play(t, newWAT(t, source, Options{}), abi.OnMessage, "hi", draft.Base{})
			if turn.err != nil || turn.output != test.want || !slices.Equal(turn.replies(), []string{"went", "wrong"}) {
				t.Errorf("output %q, replies %q, %v; want %q, [went wrong]", turn.output, turn.replies(), turn.err, test.want)
			}
		})
	}
}

// Guests that fill the arena or allocate for ever get what they may have, and end
// with their time; the memory is the bot's, and comes back.
func TestExtism_memory(t *testing.T) {
	loop := func(size int) string {
		return fmt.Sprintf(`(loop $next (br_if $next (i64.ne (call $alloc (i64.const %d)) (i64.const 0)))) (i32.const 0)`, size)
	}
	for _, size := range []int{1, 16, 1000, 1 << 20} {
		t.Run(fmt.Sprintf("blocks of %d", size), func(t *testing.T) {
			budget := NewBudget(64 << 20)
			m, err := Compile(t.Context(), assemble(t, extismGuest(loop(size), "")),
				Options{Budget: budget, Limits: abi.Limits{MemoryBytes: 4 << 20}})
			if err != nil {
				t.Fatal(err)
			}
			if turn := play(t, m, abi.OnMessage, "hi", draft.Base{}); turn.err != nil {
				t.Errorf("filling the arena: %v", turn.err)
			}
			if used := budget.Used(); used <= module.PageBytes || used > 8<<20 {
				t.Errorf("a full arena of 4 MiB counts %d bytes", used)
			}
			if err := m.Close(t.Context()); err != nil || budget.Used() != 0 {
				t.Errorf("after Close %d bytes are held: %v", budget.Used(), err)
			}
		})
	}
	t.Run("for ever", func(t *testing.T) {
		m := newWAT(t, extismGuest(`(loop $next (call $free (call $alloc (i64.const 100))) (br $next)) (i32.const 0)`, ""),
			Options{Limits: abi.Limits{TurnTime: 50 * time.Millisecond}})
		if turn := play(t, m, abi.OnMessage, "hi", draft.Base{}); !errors.Is(turn.err, context.DeadlineExceeded) {
			t.Errorf("allocating for ever: %v, want the end of its time", turn.err)
		}
	})
}

// fetching is a plug-in that makes so many requests to h, and replies with the answers.
func fetching(requests int) string {
	return fmt.Sprintf(`(module
		(import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
		(import "extism:host/env" "store_u64" (func $store (param i64 i64)))
		(import "extism:host/env" "http_request" (func $http (param i64 i64) (result i64)))
		(import "extism:host/user" "reply" (func $reply (param i64)))
		(func $request (result i64) (local $h i64) ;; {"url":  "h"}, with spaces
			(local.set $h (call $alloc (i64.const 16)))
			(call $store (local.get $h) (i64.const 0x203a226c7275227b))
			(call $store (i64.add (local.get $h) (i64.const 8)) (i64.const 0x2020207d22682220))
			(local.get $h))
		(func (export "on_message") %s))`,
		strings.Repeat("(call $reply (call $http (call $request) (i64.const 0)))", requests))
}

// The time of an answer is not the guest's, but the end of the instance ends it.
func TestExtism_send(t *testing.T) {
	fetch := fetching(1)
	t.Run("slow", func(t *testing.T) {
		m := newWAT(t, fetch, Options{Limits: abi.Limits{TurnTime: 200 * time.Millisecond}, Extism: ExtismOptions{
			Send: func(_ context.Context, r extism.Request) (extism.Response, error) {
				<-time.After(400 * time.Millisecond)
				return extism.Response{Status: 200, Body: []byte("from " + r.URL)}, nil
			}}})
		turn := play(t, m, abi.OnMessage, "hi", draft.Base{})
		if turn.err != nil || !slices.Equal(turn.replies(), []string{"from h"}) {
			t.Errorf("replies %q, %v, want the answer", turn.replies(), turn.err)
		}
	})
	limited := func(name string, opts ExtismOptions, again int, want string) {
		t.Run(name, func(t *testing.T) {
			turn := play(t, newWAT(t, fetching(again), Options{Extism: opts}), abi.OnMessage, "hi", draft.Base{})
			if got := fmt.Sprint(turn.err); (turn.err != nil) != (want != "") || !strings.Contains(got, want) {
				t.Errorf("%d requests: %v, want %q", again, turn.err, want)
			}
		})
	}
	quick := func(context.Context, extism.Request) (extism.Response, error) {
		return extism.Response{Body: []byte("x")}, nil
	}
	silent := func(ctx context.Context, _ extism.Request) (extism.Response, error) {
		<-ctx.Done()
		return extism.Response{}, ctx.Err()
	}
	limited("one below the requests of a turn", ExtismOptions{Send: quick}, 7, "")
	limited("all requests of a turn", ExtismOptions{Send: quick}, 8, "")
	limited("one more", ExtismOptions{Send: quick}, 9, "http_request: request: more than 8 requests in a turn")
	limited("no answer", ExtismOptions{Send: silent, SendTime: 20 * time.Millisecond}, 1, "the turn has waited for answers as long as it may")
	t.Run("nobody", func(t *testing.T) {
		turn := play(t, newWAT(t, fetch, Options{}), abi.OnMessage, "hi", draft.Base{})
		if turn.err == nil || !strings.Contains(turn.err.Error(), "http_request: request: no host may be called") {
			t.Errorf("a request without a network: %v", turn.err)
		}
	})
	t.Run("ended", func(t *testing.T) {
		asked := make(chan struct{})
		m, err := Compile(t.Context(), assemble(t, fetch), Options{Extism: ExtismOptions{
			Send: func(ctx context.Context, _ extism.Request) (extism.Response, error) {
				close(asked)
				<-ctx.Done()
				return extism.Response{}, ctx.Err()
			}}})
		if err != nil {
			t.Fatal(err)
		}
		var turn *turn
		var wg sync.WaitGroup
		wg.Go(func() { turn = play(t, m, abi.OnMessage, "hi", draft.Base{}) })
		<-asked
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if err := m.Close(over); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if !errors.Is(turn.err, context.Canceled) {
			t.Errorf("the end of an instance that waits for an answer: %v, want context.Canceled", turn.err)
		}
	})
}

// TestExtism_Hammer has many turns at once: each finds its own session's variable and
// nothing of the others'.
func TestExtism_Hammer(t *testing.T) {
	m := newWAT(t, extismGuest(`(local $h i64)
		(local.set $h (call $session_get (call $text (i32.const 0) (i32.const 4))))
		(call $reply (local.get $h))
		(call $session_set (call $text (i32.const 0) (i32.const 4)) (local.get $h)) (i32.const 0)`, ""), Options{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				value := strings.Repeat(fmt.Sprint(i), 1+n*7%600)
				turn := play(t, m, abi.OnMessage, "hi", draft.Base{Vars: map[string]string{"went": value}})
				if turn.err != nil || !slices.Equal(turn.replies(), []string{value}) {
					t.Errorf("turn %d of %d: replies %q, %v", n, i, turn.replies(), turn.err)
					return
				}
			}
		})
	}
	wg.Wait()
}
