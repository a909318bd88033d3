;; Fills all the memory that it can get again and again, 16 times in a row without a
;; loop in between. A text of four bytes is answered with itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 64)
  (func $fill (memory.fill (i32.const 0) (i32.const 7) (i32.shl (memory.size) (i32.const 16))))
  (func $attack (result i32)
    (loop $grow (br_if $grow (i32.ne (memory.grow (i32.const 15)) (i32.const -1))))
    (loop $again
      (call $fill) (call $fill) (call $fill) (call $fill)
      (call $fill) (call $fill) (call $fill) (call $fill)
      (call $fill) (call $fill) (call $fill) (call $fill)
      (call $fill) (call $fill) (call $fill) (call $fill)
      (br $again))
    (unreachable))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
