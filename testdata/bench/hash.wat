;; The tight loop of the benchmarks: a hash of the numbers below n, all of it in
;; locals, as a C compiler writes it.
(module
  (func (export "hash") (param $n i32) (result i32)
    (local $h i32) (local $i i32)
    (local.set $h (i32.const 0x811c9dc5))
    (loop $next
      (local.set $h
        (i32.mul (i32.xor (local.get $h) (local.get $i)) (i32.const 0x01000193)))
      (local.set $h
        (i32.xor (local.get $h) (i32.shr_u (local.get $h) (i32.const 15))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $h)))
