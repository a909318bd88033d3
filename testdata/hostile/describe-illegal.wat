;; Replies from describe.
(module
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "fine")
  (func $describe (export "describe") (call $reply (i32.const 0) (i32.const 4)))
  (func $on_message (export "on_message") (call $reply (i32.const 0) (i32.const 4))))
