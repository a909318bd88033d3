;; Writes to stderr without end. A text of four bytes is answered with
;; itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $attack (result i32)
    (memory.fill (i32.const 4096) (i32.const 120) (i32.const 4096))
    (i32.store8 (i32.const 4200) (i32.const 10))
    (i32.store (i32.const 1024) (i32.const 4096))
    (i32.store (i32.const 1028) (i32.const 4096))
    (loop $again
      (drop (call $fd_write (i32.const 2) (i32.const 1024) (i32.const 1) (i32.const 2048)))
      (br $again))
    (unreachable))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
