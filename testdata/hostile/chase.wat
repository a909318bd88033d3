;; Follows a chain of addresses through 32 MiB, or 8 where it gets no more, each of
;; which misses the caches. A text of four bytes is answered with itself.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (func $attack (result i32) (local $at i32) (local $i i32) (local $mask i32)
    (local.set $mask (i32.const 524287))
    (if (i32.eq (memory.grow (i32.const 511)) (i32.const -1)) (then
      (drop (memory.grow (i32.const 127)))
      (local.set $mask (i32.const 131071))))
    ;; A permutation of 2^19 or 2^17 lines of 64 bytes: an odd factor and an odd offset.
    (loop $next
      (i32.store (i32.shl (local.get $i) (i32.const 6))
        (i32.shl (i32.and (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 12345))
          (local.get $mask)) (i32.const 6)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $mask))))
    (loop $again
      (local.set $at (i32.load (i32.load (i32.load (i32.load (i32.load (i32.load (i32.load (i32.load
        (i32.load (i32.load (i32.load (i32.load (i32.load (i32.load (i32.load (i32.load
        (local.get $at))))))))))))))))))
      (br $again))
    (unreachable))
  (func $on_message (export "on_message") (result i32)
    (if (i32.eq (call $input (i32.const 0) (i32.const 64)) (i32.const 4))
      (then (call $reply (i32.const 0) (i32.const 4)) (return (i32.const 0))))
    (call $attack)))
