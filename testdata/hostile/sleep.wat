;; Asks WASI to sleep for a year. A text of four bytes is answered with
;; itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; A subscription: user data 0, tag 0 (clock), clock 1 (monotonic), timeout in
  ;; nanoseconds at 24.
  (func $attack (result i32)
    (i32.store (i32.const 1024) (i32.const 0))
    (i32.store (i32.const 1032) (i32.const 0))
    (i32.store (i32.const 1040) (i32.const 1))
    (i64.store (i32.const 1048) (i64.const 31536000000000000))
    (drop (call $poll_oneoff
      (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 4096)))
    (i32.const 0))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
