;; Jumps back for ever through a branch table. A text of four bytes is answered
;; with itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (func $attack (result i32) (local $n i32)
    (loop $a
      (loop $b
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_table $a $b $a (i32.and (local.get $n) (i32.const 3)))))
    (unreachable))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
