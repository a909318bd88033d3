;; Exits in _initialize.
(module
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "fine")
  (func $initialize (export "_initialize") (call $proc_exit (i32.const 0)))
  (func $on_message (export "on_message") (call $reply (i32.const 0) (i32.const 4))))
