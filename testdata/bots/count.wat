;; Counts the messages of a session in the variable n, in decimal, and replies with
;; the number.
(module
  (import "bothost_v1" "session_get" (func $session_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "session_set" (func $session_set (param i32 i32 i32 i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "n")
  (func (export "on_message") (local $len i32) (local $i i32) (local $at i32)
    (local.set $at (i32.const 100))
    (local.set $len (call $session_get (i32.const 0) (i32.const 1) (local.get $at) (i32.const 20)))
    (if (i32.eq (local.get $len) (i32.const -1)) (then
      (i32.store8 (local.get $at) (i32.const 48))
      (local.set $len (i32.const 1))))
    (local.set $i (i32.sub (i32.add (local.get $at) (local.get $len)) (i32.const 1)))
    (block $done
      (loop $carry
        (if (i32.lt_u (local.get $i) (local.get $at)) (then
          ;; One digit more, in front.
          (local.set $at (i32.sub (local.get $at) (i32.const 1)))
          (local.set $len (i32.add (local.get $len) (i32.const 1)))
          (i32.store8 (local.get $at) (i32.const 49))
          (br $done)))
        (if (i32.ne (i32.load8_u (local.get $i)) (i32.const 57)) (then
          (i32.store8 (local.get $i) (i32.add (i32.load8_u (local.get $i)) (i32.const 1)))
          (br $done)))
        (i32.store8 (local.get $i) (i32.const 48))
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (br $carry)))
    (call $session_set (i32.const 0) (i32.const 1) (local.get $at) (local.get $len))
    (call $reply (local.get $at) (local.get $len))))
