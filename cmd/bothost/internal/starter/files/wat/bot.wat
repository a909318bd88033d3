;; A bot that asks for a name, and remembers it.
;;
;; The host runs the dialog by the definition; the bot says something when a state is
;; entered. Texts lie in memory, each with a zero byte behind it.
(module $bot
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (import "bothost_v1" "event_get" (func $event_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "session_get" (func $session_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "session_set" (func $session_set (param i32 i32 i32 i32)))

  (memory (export "memory") 4)

  ;; From 0: the name of a state, which has at most 128 bytes.
  (data (i32.const 128) "text\00")
  (data (i32.const 144) "name\00")
  (data (i32.const 160) "Hello! What is your name?\00")
  (data (i32.const 192) "Nice to meet you, \00")
  (data (i32.const 224) "!\00")
  (data (i32.const 240) ", you said: \00")

  (data (i32.const 512)
    "{\"name\":\"@NAME@\",\"version\":\"0.1.0\",\"states\":["
    "{\"name\":\"ask\",\"initial\":true,\"transitions\":[{\"message\":true,\"to\":\"met\"}]},"
    "{\"name\":\"met\",\"transitions\":[{\"message\":true,\"to\":\"known\"}]},"
    "{\"name\":\"known\",\"transitions\":[{\"message\":true,\"to\":\"known\"}]}]}\00")

  ;; From 4096: what the bot is about to say. It ends here:
  (global $end (mut i32) (i32.const 4096))

  ;; The length of the text at a place.
  (func $length (param $text i32) (result i32)
    (local $at i32)
    (local.set $at (local.get $text))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (i32.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $at) (local.get $text)))

  ;; Adds a text to what the bot is about to say.
  (func $add (param $text i32)
    (memory.copy (global.get $end) (local.get $text) (call $length (local.get $text)))
    (global.set $end (i32.add (global.get $end) (call $length (local.get $text)))))

  ;; Adds what was read to the end: as long as it fits in, which is 64 KiB.
  (func $added (param $length i32)
    (if (i32.le_u (local.get $length) (i32.const 65536))
      (then (global.set $end (i32.add (global.get $end) (local.get $length))))))

  ;; Adds what the user said.
  (func $add_said
    (call $added (call $event_get (i32.const 128) (i32.const 4) (global.get $end) (i32.const 65536))))

  ;; Says it.
  (func $say
    (call $reply (i32.const 4096) (i32.sub (global.get $end) (i32.const 4096)))
    (global.set $end (i32.const 4096)))

  ;; Hands the definition over. The host asks for it once, when it loads the module.
  (func $describe (export "describe")
    (call $output (i32.const 512) (call $length (i32.const 512))))

  ;; Runs when a state is entered. The first letter tells the states apart.
  (func $on_enter (export "on_enter") (result i32)
    (local $first i32)
    (drop (call $input (i32.const 0) (i32.const 128)))
    (local.set $first (i32.load8_u (i32.const 0)))
    (global.set $end (i32.const 4096))

    (if (i32.eq (local.get $first) (i32.const 0x61)) ;; ask
      (then
        (call $add (i32.const 160))))

    (if (i32.eq (local.get $first) (i32.const 0x6d)) ;; met
      (then
        (call $add_said)
        (call $session_set (i32.const 144) (i32.const 4)
          (i32.const 4096) (i32.sub (global.get $end) (i32.const 4096)))
        (global.set $end (i32.const 4096))
        (call $add (i32.const 192))
        (call $add_said)
        (call $add (i32.const 224))))

    (if (i32.eq (local.get $first) (i32.const 0x6b)) ;; known
      (then
        (call $added
          (call $session_get (i32.const 144) (i32.const 4) (global.get $end) (i32.const 65536)))
        (call $add (i32.const 240))
        (call $add_said)))

    (call $say)
    (i32.const 0)))
