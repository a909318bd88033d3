package host

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/bothost/bothost/abi"
)

// extismBotSource is botSource as an Extism plug-in.
const extismBotSource = `
(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "input_length" (func $length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input (param i64) (result i32)))
  (import "extism:host/user" "reply" (func $reply (param i64)))
  (memory 1)
  (data (i32.const 0) "%s")
  (func (export "on_message") (result i32) (local $h i64) (local $i i64) (local $n i64)
    (local.set $n (i64.add (i64.const %d) (call $length)))
    (local.set $h (call $alloc (local.get $n)))
    (loop $next
      (call $store (i64.add (local.get $h) (local.get $i))
        (if (result i32) (i64.lt_u (local.get $i) (i64.const %d))
          (then (i32.load8_u (i32.wrap_i64 (local.get $i))))
          (else (call $input (i64.sub (local.get $i) (i64.const %d))))))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $i) (local.get $n))))
    (call $reply (local.get $h))
    (i32.const 0)))`

// makeExtismBot assembles an Extism plug-in that answers as makeBot's does.
func makeExtismBot(tb testing.TB, name string) []byte {
	tb.Helper()
	prefix := name + ":"
	n := len(prefix)
	return assemble(tb, fmt.Sprintf(extismBotSource, prefix, n, n, n))
}

// TestSwapUnderLoad_extism is TestSwapUnderLoad with an Extism plug-in as the bot,
// which is replaced by others, and by core modules and back: one in three is one.
// Sessions go on through all of them.
func TestSwapUnderLoad_extism(t *testing.T) {
	const clients, swaps = 32, 24
	h := serve(t, makeExtismBot(t, "0"),
		Options{Limits: abi.Limits{AddressConnections: 2 * clients}})
	crowd := newCrowd(t, h, clients)
	for i := 1; i <= swaps; i++ {
		module := makeExtismBot(t, strconv.Itoa(i))
		if i%3 == 0 {
			module = makeBot(t, strconv.Itoa(i), "", "")
		}
		crowd.swap(t, i, module)
	}
	crowd.disperse(t, swaps)
}
