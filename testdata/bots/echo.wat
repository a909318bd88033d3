;; The smallest bot: it answers with what it was told. The benchmarks use it.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "on_message")
    (call $reply (i32.const 0) (call $input (i32.const 0) (i32.const 65536)))))
