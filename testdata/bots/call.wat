;; The plug-in call of the benchmarks: it reads its input and one session
;; variable, sets the variable to the input and replies with it.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "session_get"
    (func $session_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "session_set" (func $session_set (param i32 i32 i32 i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "last")
  (func (export "on_message") (result i32)
    (local $len i32)
    (local.set $len (call $input (i32.const 1024) (i32.const 1024)))
    (drop (call $session_get (i32.const 0) (i32.const 4) (i32.const 4096) (i32.const 1024)))
    (call $session_set (i32.const 0) (i32.const 4) (i32.const 1024) (local.get $len))
    (call $reply (i32.const 1024) (local.get $len))
    (i32.const 0)))
