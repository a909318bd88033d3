;; Sleeps for a year in _initialize.
(module
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "fine")
  (func $initialize (export "_initialize")
    (i32.store (i32.const 1040) (i32.const 1))
    (i64.store (i32.const 1048) (i64.const 31536000000000000))
    (drop (call $poll_oneoff
      (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 4096))))
  (func $on_message (export "on_message") (call $reply (i32.const 0) (i32.const 4))))
