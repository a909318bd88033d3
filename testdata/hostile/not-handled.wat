;; Changes the session, replies and returns 2: not handled. A text of four
;; bytes is answered with itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "session_set" (func $session_set (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func $attack (result i32)
    (call $session_set (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 4))
    (call $reply (i32.const 0) (i32.const 4))
    (i32.const 2))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
