;; Has the host make 8 MiB for the arena, and give them back, for ever: each call is
;; short and legal. A text of four bytes is answered with itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "reset" (func $reset))
  (memory (export "memory") 1)
  (func $attack (result i32)
    (loop $again
      (drop (call $alloc (i64.const 8388608)))
      (call $reset)
      (br $again))
    (unreachable))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
