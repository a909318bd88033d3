;; Describes itself in 1 MiB and one byte.
(module
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (memory (export "memory") 18)
  (data (i32.const 0) "fine")
  (func $describe (export "describe")
    (memory.fill (i32.const 256) (i32.const 32) (i32.const 1048577))
    (call $output (i32.const 256) (i32.const 1048577)))
  (func $on_message (export "on_message") (call $reply (i32.const 0) (i32.const 4))))
