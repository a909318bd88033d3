package plugin

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// deepWAT calls itself as deep as the number that its input is.
var deepWAT = strings.TrimSuffix(countdownWAT[:strings.Index(countdownWAT, `(func (export "on_message")`)], ")") + `
	(func $deeper (param i32) (result i32)
		(if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
		(i32.add (call $deeper (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
	(func (export "on_message") (drop (call $deeper (call $number)))))`

// TestNativeStack holds what we know of the engine: where it keeps a function's
// stack, and that the stack grows as calls nest.
func TestNativeStack(t *testing.T) {
	m := newWAT(t, deepWAT, Options{})
	var sizes []int
	for _, depth := range []int{1, 1000, 10_000, 50_000} {
		in := m.prepare()
		if err := in.start(); err != nil {
			t.Fatal(err)
		}
		var d draft.Draft
		input := strconv.Itoa(depth)
		d.Begin(message(input), draft.Base{}, &m.opts.Limits)
		if _, err := in.Call(abi.OnMessage, input, 0, &d); err != nil {
			t.Fatal(err)
		}
		size := in.running.nativeStack()
		if size < 16*depth || size > 10_240+512*depth {
			t.Errorf("native stack at depth %d = %d bytes, want 16 to 512 a call", depth, size)
		}
		sizes = append(sizes, size)
		if kept := in.funcs[abi.OnMessage].Function != nil; kept != (size <= keptStack) {
			t.Errorf("a stack of %d bytes is kept for the next call: %v", size, kept)
		}
		in.close()
	}
	if sizes[0] >= sizes[1] || sizes[1] >= sizes[3] {
		t.Errorf("native stacks = %v, want them to grow", sizes)
	}
}

// A stack may be as large as the limit, and becomes not much larger however deep
// the guest goes: it is looked at with each slice of fuel.
func TestRecursion(t *testing.T) {
	const limit = 1 << 20
	m := newWAT(t, deepWAT, Options{Limits: abi.Limits{StackBytes: limit}})
	for _, tc := range []struct {
		depth int
		fails bool
	}{{1000, false}, {10_000, false}, {200_000, true}, {1_000_000_000, true}, {10_000, false}} {
		turn := play(t, m, abi.OnMessage, strconv.Itoa(tc.depth), draft.Base{})
		if got := errors.Is(turn.err, ErrRecursion); got != tc.fails {
			t.Errorf("depth %d: %v, want ErrRecursion: %v", tc.depth, turn.err, tc.fails)
		}
		if tc.fails && !strings.Contains(turn.err.Error(), "recursion") {
			t.Errorf("depth %d: %v, want the word recursion", tc.depth, turn.err)
		}
	}
	in, err := m.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Release()
	var d draft.Draft
	d.Begin(message("1000000000"), draft.Base{}, &m.opts.Limits)
	_, err = in.Call(abi.OnMessage, "1000000000", 0, &d)
	if size := in.running.nativeStack(); err == nil || size <= limit || size > 4*limit {
		t.Errorf("endless recursion ended with %v at %d bytes, want at most %d", err, size, 4*limit)
	}
}

// The engine's own end of a stack, which a guest finds that is not metered, has
// the same error.
func TestRecursion_engine(t *testing.T) {
	m := newWAT(t, deepWAT, Options{unmetered: true})
	turn := play(t, m, abi.OnMessage, "1000000000", draft.Base{})
	if !errors.Is(turn.err, ErrRecursion) {
		t.Errorf("error = %v, want ErrRecursion", turn.err)
	}
}
