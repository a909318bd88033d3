;; Fills a table of a million elements for ever. A text of four bytes is answered with
;; itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (table $t 1000000 funcref)
  (func $attack (result i32)
    (loop $again
      (table.fill $t (i32.const 0) (ref.null func) (i32.const 1000000))
      (br $again))
    (unreachable))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
