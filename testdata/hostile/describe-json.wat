;; Describes itself in broken JSON.
(module
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "fine")
  (data (i32.const 256) "{\"name\":")
  (func $describe (export "describe") (call $output (i32.const 256) (i32.const 8)))
  (func $on_message (export "on_message") (call $reply (i32.const 0) (i32.const 4))))
