;; Replies from _initialize, where there is nobody to reply to.
(module
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "fine")
  (func $initialize (export "_initialize") (call $reply (i32.const 0) (i32.const 4)))
  (func $on_message (export "on_message") (call $reply (i32.const 0) (i32.const 4))))
