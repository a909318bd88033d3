;; A bot with a small dialog: it asks how you are, and minds the answer.
;;
;; The host knows the dialog from the definition and runs it. What is left to the bot is
;; to say something when a state is entered. Texts lie in memory, one after the other, and
;; are handed over as an offset and a length.
(module $greetings
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "reply_options" (func $reply_options (param i32 i32)))

  (memory (export "memory") 1)

  ;; From 0: where input is read to. The name of a state has at most 128 bytes.
  ;; From 256: what the bot says.
  (data (i32.const 256) "Hi! How are you?")            ;; 16 bytes
  (data (i32.const 272) "[\"Good\",\"Bad\"]")          ;; 14
  (data (i32.const 286) "I am glad to hear that!")     ;; 23
  (data (i32.const 309) "I am sorry to hear that...")  ;; 26
  (data (i32.const 335) "Sorry, I didn't get it")      ;; 22

  ;; From 512: the definition, 529 bytes.
  (data (i32.const 512)
    "{\"name\":\"greetings\",\"version\":\"1.1.0\",\"intents\":["
    "{\"name\":\"hello\",\"examples\":[\"hello\",\"hi\"]},"
    "{\"name\":\"good\",\"examples\":[\"good\",\"fine\",\"I am good\",\"I am fine\"]},"
    "{\"name\":\"bad\",\"examples\":[\"bad\",\"not so good\",\"I am not well\"]}],"
    "\"states\":["
    "{\"name\":\"initial\",\"initial\":true,\"transitions\":["
      "{\"intent\":\"hello\",\"to\":\"asked\"}]},"
    "{\"name\":\"asked\",\"transitions\":["
      "{\"intent\":\"good\",\"to\":\"good\"},"
      "{\"intent\":\"bad\",\"to\":\"bad\"}]},"
    "{\"name\":\"good\",\"transitions\":[{\"auto\":true,\"to\":\"initial\"}]},"
    "{\"name\":\"bad\",\"transitions\":[{\"auto\":true,\"to\":\"initial\"}]}]}")

  ;; Hands the definition over. The host asks for it once, when it loads the module.
  (func (export "describe")
    (call $output (i32.const 512) (i32.const 529)))

  ;; Runs when a state is entered, with its name as the input. The first letter tells the
  ;; names apart: asked, good, bad; initial has nothing to say. Done is 0, and 2 says that
  ;; there is no handler here.
  (func $on_enter (export "on_enter") (result i32)
    (local $first i32)
    (drop (call $input (i32.const 0) (i32.const 128)))
    (local.set $first (i32.load8_u (i32.const 0)))

    (if (i32.eq (local.get $first) (i32.const 0x61)) ;; a
      (then
        (call $reply (i32.const 256) (i32.const 16))
        (call $reply_options (i32.const 272) (i32.const 14))
        (return (i32.const 0))))
    (if (i32.eq (local.get $first) (i32.const 0x67)) ;; g
      (then
        (call $reply (i32.const 286) (i32.const 23))
        (return (i32.const 0))))
    (if (i32.eq (local.get $first) (i32.const 0x62)) ;; b
      (then
        (call $reply (i32.const 309) (i32.const 26))
        (return (i32.const 0))))
    (i32.const 2))

  ;; Runs when no transition took what a human said.
  (func $on_fallback (export "on_fallback")
    (call $reply (i32.const 335) (i32.const 22))))
