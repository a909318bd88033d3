;; Calls itself for ever in its start section.
(module
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "fine")
  (func $deeper (call $deeper) (call $deeper))
  (func $main (call $deeper))
  (start $main)
  (func $on_message (export "on_message") (call $reply (i32.const 0) (i32.const 4))))
