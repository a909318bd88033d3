;; Writes to stderr in one call: 65 536 vectors of 1 MiB each, all the same
;; bytes. A text of four bytes is answered with itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 25)
  (func $attack (result i32)
    (local $at i32)
    (local.set $at (i32.const 1048576))
    (loop $next
      (i32.store (i32.add (local.get $at) (i32.const 4)) (i32.const 1048576))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 1572864))))
    (drop (call $fd_write
      (i32.const 2) (i32.const 1048576) (i32.const 65536) (i32.const 1572864)))
    (i32.const 0))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
