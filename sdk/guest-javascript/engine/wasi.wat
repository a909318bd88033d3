;; What QuickJS has of WASI: the host's clock, which stands still within a turn, and
;; its randomness. There are no files; what would be written to one is lost. So the
;; engine needs no WASI, and Date.now() is the time of the turn.
(module
  (import "q" "memory" (memory 1))
  (import "bothost_v1" "now" (func $now (result i64)))
  (import "bothost_v1" "random" (func $random (param i32 i32)))

  ;; In nanoseconds, of whichever clock.
  (func (export "clock_time_get")
      (param $clock i32) (param $precision i64) (param $time i32) (result i32)
    (i64.store (local.get $time) (i64.mul (call $now) (i64.const 1000000)))
    (i32.const 0))
  (func (export "random_get") (param $buf i32) (param $len i32) (result i32)
    (call $random (local.get $buf) (local.get $len))
    (i32.const 0))

  ;; 8 is EBADF.
  (func (export "fd_close") (param i32) (result i32) (i32.const 8))
  (func (export "fd_fdstat_get") (param i32 i32) (result i32) (i32.const 8))
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 8))
  (func (export "fd_write") (param i32 i32 i32 i32) (result i32) (i32.const 8)))
