package plugin

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// ascText is a string as AssemblyScript keeps it, its length before it.
func ascText(s string) string {
	var b strings.Builder
	units := utf16.Encode([]rune(s))
	n := 2 * len(units)
	b.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
	for _, u := range units {
		b.Write([]byte{byte(u), byte(u >> 8)})
	}
	return b.String()
}

// env.abort ends the call in the guest's words; pointers that lead nowhere are no
// fault of the host's.
func TestAbort(t *testing.T) {
	for _, tc := range []struct {
		name, message, file string // arguments
		data                string
		want                string
	}{
		{"words", "68", "132", "", "abort: out of 🍪 at bot.ts:3:7"},
		{"null", "0", "0", "", "abort: ? at ?:3:7"},
		{"outside", "-8", "0x7fffffff", "", "abort: ? at ?:3:7"},
		{"beyond its end", "65536", "132", "", "abort: ? at bot.ts:3:7"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newWAT(t, `(module
				(import "env" "abort" (func $abort (param i32 i32 i32 i32)))
				(memory (export "memory") 1)
				(data (i32.const 64) "`+watText(ascText("out of 🍪"))+`")
				(data (i32.const 128) "`+watText(ascText("bot.ts"))+`")
				(data (i32.const 65532) "\ff\ff")
				(func (export "on_message")
					(call $abort (i32.const `+tc.message+`) (i32.const `+tc.file+`)
						(i32.const 3) (i32.const 7))))`, Options{})
			e := callError(t, play(t, m, abi.OnMessage, "", draft.Base{}).err)
			if got := e.Err.Error(); got != tc.want {
				t.Errorf("abort = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestCallError(t *testing.T) {
	m := newModule(t, assembleFile(t, "hostile/unreachable.wat"), Options{Name: "grumpy"})
	err := play(t, m, abi.OnMessage, "attack", draft.Base{}).err
	e := callError(t, err)
	if e.Module != "grumpy" || e.Export != "on_message" {
		t.Errorf("error of %s in %s, want grumpy in on_message", e.Module, e.Export)
	}
	want := []string{"call on_message of grumpy: ", "guest stack:", "attack() i32", "stderr:",
		"about to trap"}
	for text, i := err.Error(), 0; i < len(want); i++ {
		_, rest, found := strings.Cut(text, want[i])
		if !found {
			t.Fatalf("error =\n%v\nwant %q in it, in this order", err, want)
		}
		text = rest
	}
	if m.Name() != "grumpy" || len(m.Hash()) != 32 || m.Info().Pages != 1 {
		t.Errorf("module %s, %x, %+v, want what it was made with", m.Name(), m.Hash(), m.Info())
	}
}

// What a guest logs as an error before it traps is in the error, and nothing else of its
// log; nor what it logged in an earlier call.
func TestCallError_Logged(t *testing.T) {
	m := newWAT(t, `(module
		(import "bothost_v1" "log" (func $log (param i32 i32 i32)))
		(memory (export "memory") 1)
		(data (i32.const 0) "earlierno tea is leftquiet")
		(func (export "describe") (call $log (i32.const 3) (i32.const 0) (i32.const 7)))
		(func (export "on_message")
			(call $log (i32.const 3) (i32.const 7) (i32.const 6))
			(call $log (i32.const 2) (i32.const 21) (i32.const 5))
			(call $log (i32.const 3) (i32.const 14) (i32.const 7))
			unreachable))`, Options{})
	if _, err := m.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := callError(t, play(t, m, abi.OnMessage, "", draft.Base{}).err)
	if want := "no tea\nis left"; e.Logged != want || !strings.HasSuffix(e.Error(), "\nlogged:\n"+want) {
		t.Errorf("Logged = %q in %v, want %q at the end", e.Logged, e, want)
	}
}
