;; The loop of loads and stores of the benchmarks: the running sums of the first
;; 32 KiB go to the 32 KiB behind them. A number is its own index at first.
(module
  (memory 1)
  (func $fill (local $i i32)
    (loop $next
      (i32.store (i32.shl (local.get $i) (i32.const 2)) (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 8192)))))
  (start $fill)
  (func (export "sums") (param $passes i32) (result i32)
    (local $p i32) (local $sum i32)
    (loop $pass
      (local.set $p (i32.const 0))
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
        (i32.store offset=32768 (local.get $p) (local.get $sum))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $p) (i32.const 32768))))
      (local.set $passes (i32.sub (local.get $passes) (i32.const 1)))
      (br_if $pass (local.get $passes)))
    (local.get $sum)))
