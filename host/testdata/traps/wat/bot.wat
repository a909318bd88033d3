;; A bot that breaks, as a test tells it: by its first letter.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (memory (export "memory") 1)

  (func $pour (param $how i32) (result i32)
    (if (i32.eq (local.get $how) (i32.const 0x74)) ;; trap
      (then (unreachable)))
    (if (i32.eq (local.get $how) (i32.const 0x6f)) ;; outside
      (then (drop (i32.load (i32.const 65536)))))
    (i32.const 0))

  (func $on_message (export "on_message") (result i32)
    (drop (call $input (i32.const 0) (i32.const 64)))
    (call $pour (i32.load8_u (i32.const 0)))))
