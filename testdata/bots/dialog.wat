;; Declares the dialog that is its asset, and says what happens in it, four
;; characters of a version in front:
;;
;;   1000 enters menu: the event's text
;;   1000 hears in menu: the message
;;   1000 gets in menu: the event's name
;;
;; It does not handle a message or an event whose text or name begins with ?. After
;; "move X" it moves to X, after "set X" the variable v is X, and "trap" is a trap.
;; Of guards, yes holds and no does not; set holds if v is set; slow does not, and
;; takes 300 ms the first time, 10 ms later; maybe is neither; others are unknown.
(module
  (import "bothost_v1" "asset" (func $asset (param i32 i32) (result i32)))
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "event_get" (func $event_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "state" (func $state (param i32 i32) (result i32)))
  (import "bothost_v1" "move" (func $move (param i32 i32)))
  (import "bothost_v1" "session_get" (func $session_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "session_set" (func $session_set (param i32 i32 i32 i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (global $at (mut i32) (i32.const 0))
  (global $nap (mut i64) (i64.const 300000000))
  (data (i32.const 0) "@ver")
  (data (i32.const 16) " enters ")
  (data (i32.const 32) " hears in ")
  (data (i32.const 48) " gets in ")
  (data (i32.const 64) ": ")
  (data (i32.const 72) "text")
  (data (i32.const 80) "name")
  (data (i32.const 88) "truefalse")
  (data (i32.const 104) "v")

  (func $put (param $ptr i32) (param $len i32)
    (memory.copy (global.get $at) (local.get $ptr) (local.get $len))
    (global.set $at (i32.add (global.get $at) (local.get $len))))

  ;; Says what happens, and the event's value at a path of four characters.
  (func $say (param $verb i32) (param $len i32) (param $path i32) (local $n i32)
    (global.set $at (i32.const 131072))
    (call $put (i32.const 0) (i32.const 4))
    (call $put (local.get $verb) (local.get $len))
    (global.set $at
      (i32.add (global.get $at) (call $state (global.get $at) (i32.const 1024))))
    (call $put (i32.const 64) (i32.const 2))
    (local.set $n
      (call $event_get (local.get $path) (i32.const 4) (global.get $at) (i32.const 1024)))
    (if (i32.gt_s (local.get $n) (i32.const 0)) (then
      (global.set $at (i32.add (global.get $at) (local.get $n)))))
    (call $reply (i32.const 131072) (i32.sub (global.get $at) (i32.const 131072))))

  (func (export "describe")
    (call $output (i32.const 65536) (call $asset (i32.const 65536) (i32.const 65536))))

  (func (export "on_enter")
    (call $say (i32.const 16) (i32.const 8) (i32.const 72)))

  (func (export "on_message") (result i32) (local $len i32) (local $word i32)
    (i32.store (i32.const 65536) (i32.const 0))
    (local.set $len (call $input (i32.const 65536) (i32.const 32768)))
    (if (i32.eq (i32.load8_u (i32.const 65536)) (i32.const 63)) (then
      (return (i32.const 2))))
    (call $say (i32.const 32) (i32.const 10) (i32.const 72))
    (local.set $word (i32.load (i32.const 65536)))
    (if (i32.eq (local.get $word) (i32.const 0x65766f6d)) (then ;; move
      (call $move (i32.const 65541) (i32.sub (local.get $len) (i32.const 5)))))
    (if (i32.eq (local.get $word) (i32.const 0x20746573)) (then ;; set
      (call $session_set (i32.const 104) (i32.const 1)
        (i32.const 65540) (i32.sub (local.get $len) (i32.const 4)))))
    (if (i32.eq (local.get $word) (i32.const 0x70617274)) (then ;; trap
      unreachable))
    (i32.const 0))

  (func (export "on_event") (result i32)
    (drop (call $event_get (i32.const 80) (i32.const 4) (i32.const 65536) (i32.const 1024)))
    (if (i32.eq (i32.load8_u (i32.const 65536)) (i32.const 63)) (then
      (return (i32.const 2))))
    (call $say (i32.const 48) (i32.const 9) (i32.const 80))
    (i32.const 0))

  (func $sleep
    (i32.store (i32.const 1024) (i32.const 0))
    (i32.store (i32.const 1032) (i32.const 0))
    (i32.store (i32.const 1040) (i32.const 1))
    (i64.store (i32.const 1048) (global.get $nap))
    (drop (call $poll_oneoff
      (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 4096)))
    (global.set $nap (i64.const 10000000)))

  (func (export "check") (result i32) (local $word i32)
    (i32.store (i32.const 65536) (i32.const 0))
    (drop (call $input (i32.const 65536) (i32.const 1024)))
    (local.set $word (i32.load (i32.const 65536)))
    (block $false
      (block $true
        (br_if $true (i32.eq (local.get $word) (i32.const 0x00736579))) ;; yes
        (br_if $false (i32.eq (local.get $word) (i32.const 0x00006f6e))) ;; no
        (if (i32.eq (local.get $word) (i32.const 0x776f6c73)) (then ;; slow
          (call $sleep)
          (br $false)))
        (if (i32.eq (local.get $word) (i32.const 0x00746573)) (then ;; set
          (br_if $true (i32.ge_s
            (call $session_get (i32.const 104) (i32.const 1) (i32.const 2048) (i32.const 64))
            (i32.const 0)))
          (br $false)))
        (if (i32.eq (local.get $word) (i32.const 0x6279616d)) (then ;; maybe
          (call $output (i32.const 88) (i32.const 9))
          (return (i32.const 0))))
        (return (i32.const 2)))
      (call $output (i32.const 88) (i32.const 4))
      (return (i32.const 0)))
    (call $output (i32.const 92) (i32.const 5))
    (i32.const 0)))
