;; Begins what ends later, and tells of it. A message that begins with { is a
;; request, one that begins with t names a timer of 1500 ms; others are echoed. Of
;; an event it tells what there is at each of the paths below, in up to 1024 bytes.
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "event_get" (func $event_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "timer_set" (func $timer_set (param i32 i32 i64 i32 i32)))
  (import "bothost_v1" "http_start" (func $http_start (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "ask")
  (data (i32.const 8) "3 minutes")
  ;; The paths, each after its length.
  (data (i32.const 32) "\04kind\04name\04data\04late\0fresponse.status")
  (data (i32.const 68) "\0dresponse.code\12response.truncated")
  (data (i32.const 101) "\0dresponse.body\0cresponse.key\00")
  (func (export "on_message") (local $len i32) (local $first i32)
    (local.set $len (call $input (i32.const 1024) (i32.const 32768)))
    (local.set $first (i32.load8_u (i32.const 1024)))
    (if (i32.eq (local.get $first) (i32.const 123)) (then
      (call $http_start (i32.const 0) (i32.const 3) (i32.const 1024) (local.get $len))
      (return)))
    (if (i32.eq (local.get $first) (i32.const 116)) (then
      (call $timer_set (i32.const 1024) (local.get $len) (i64.const 1500)
        (i32.const 8) (i32.const 9))
      (return)))
    (call $reply (i32.const 1024) (local.get $len)))
  (func (export "on_event") (local $path i32) (local $len i32) (local $at i32) (local $n i32)
    (local.set $path (i32.const 32))
    (local.set $at (i32.const 1024))
    (block $done
      (loop $next
        (local.set $len (i32.load8_u (local.get $path)))
        (br_if $done (i32.eqz (local.get $len)))
        (local.set $path (i32.add (local.get $path) (i32.const 1)))
        ;; The value is put where it belongs, behind " path=".
        (local.set $n (call $event_get (local.get $path) (local.get $len)
          (i32.add (i32.add (local.get $at) (local.get $len)) (i32.const 2)) (i32.const 1024)))
        (if (i32.le_u (local.get $n) (i32.const 1024)) (then
          (i32.store8 (local.get $at) (i32.const 32))
          (memory.copy (i32.add (local.get $at) (i32.const 1)) (local.get $path) (local.get $len))
          (local.set $at (i32.add (i32.add (local.get $at) (local.get $len)) (i32.const 2)))
          (i32.store8 (i32.sub (local.get $at) (i32.const 1)) (i32.const 61))
          (local.set $at (i32.add (local.get $at) (local.get $n)))))
        (local.set $path (i32.add (local.get $path) (local.get $len)))
        (br $next)))
    (call $reply (i32.const 1025) (i32.sub (local.get $at) (i32.const 1025)))))
