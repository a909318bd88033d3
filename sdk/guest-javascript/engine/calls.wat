;; What QuickJS calls ("q", see start.wat): the functions that are registered here, of
;; which the prelude, which is the SDK, makes what bots see. It checks what bots give:
;; texts are texts here, and numbers numbers.
(module
  (import "q" "memory" (memory 1))
  (import "q" "qjs_new_host_function" (func $new_function (param i32 i32 i32) (result i32)))
  (import "q" "qjs_get_undefined" (func $undefined (result i32)))
  (import "q" "qjs_set_prop_string" (func $set_property (param i32 i32 i32) (result i32)))
  (import "q" "qjs_call" (func $call (param i32 i32 i32 i32) (result i32)))
  (import "q" "qjs_is_exception" (func $is_exception (param i32) (result i32)))
  (import "q" "qjs_get_exception" (func $take_exception (result i32)))
  (import "q" "qjs_new_string" (func $new_string (param i32 i32) (result i32)))
  (import "q" "qjs_get_string_len" (func $string (param i32 i32) (result i32)))
  (import "q" "qjs_free_cstring" (func $free_string (param i32)))
  (import "q" "qjs_new_number" (func $new_number (param f64) (result i32)))
  (import "q" "qjs_get_float64" (func $number (param i32) (result f64)))
  (import "q" "qjs_new_array_buffer" (func $new_buffer (param i32 i32) (result i32)))
  (import "q" "qjs_get_array_buffer" (func $buffer (param i32 i32) (result i32)))
  (import "q" "qjs_free_value" (func $free_value (param i32)))
  (import "q" "wasm_malloc" (func $malloc (param i32) (result i32)))
  (import "q" "wasm_free" (func $free (param i32)))

  (import "bothost_v1" "reply_end" (func $reply_end))
  (import "bothost_v1" "file_read" (func $file_read (param i32 i64 i32 i32) (result i32)))
  (import "bothost_v1" "now" (func $now (result i64)))
  (import "bothost_v1" "random" (func $random (param i32 i32)))

  (import "start" "word" (global $word (mut i32)))
  (import "start" "nothing" (global $nothing (mut i32)))
  (import "start" "rejected" (global $rejected (mut i32)))
  (import "start" "on_rejection" (global $on_rejection (mut i32)))
  (import "start" "out_of_memory" (func $out_of_memory))
  (import "texts" "pull" (func $pull (param i32 i32) (result i32)))
  (import "texts" "give" (func $give (param i32 i32) (result i32)))

  ;; register makes a global function of each letter from A to ^, which host_call
  ;; knows again. The prelude takes them away from the bot.
  (func (export "register") (param $global i32)
    (local $letter i32) (local $f i32)
    (local.set $letter (i32.const 65))
    (loop $next
      (i32.store (global.get $word) (local.get $letter)) ;; a letter and a zero byte
      (local.set $f (call $new_function (global.get $word) (i32.const 1) (i32.const 0)))
      (drop (call $set_property (local.get $global) (global.get $word) (local.get $f)))
      (call $free_value (local.get $f))
      (local.set $letter (i32.add (local.get $letter) (i32.const 1)))
      (br_if $next (i32.le_u (local.get $letter) (i32.const 94)))))

  ;; host_call runs the function of a letter. It returns a value, or 0 if q has an
  ;; exception.
  (func (export "host_call") (param $name i32) (param $name_size i32) (param $this i32)
      (param $argc i32) (param $argv i32) (result i32)
    (local $letter i32)
    (local.set $letter (i32.load8_u (local.get $name)))
    ;; A to H read a text, I to Q take one, R to V two.
    (if (i32.le_u (local.get $letter) (i32.const 72))
      (then (return (call $pull (local.get $letter) (local.get $argv)))))
    (if (i32.le_u (local.get $letter) (i32.const 86))
      (then (return (call $give (local.get $letter) (local.get $argv)))))
    (block $die (block $end (block $decode (block $encode
    (block $file (block $fill (block $fraction (block $now
      (br_table $now $fraction $fill $file $encode $decode $end $die
        (i32.sub (local.get $letter) (i32.const 87))))
      ;; W: now()
      (return (call $new_number (f64.convert_i64_s (call $now)))))
      ;; X: random()
      (return (call $new_number (call $fraction))))
      ;; Y: random(buffer, at, n)
      (call $random (call $bytes (local.get $argv) (i32.const 0))
        (call $int (local.get $argv) (i32.const 2)))
      (return (call $undefined)))
      ;; Z: file_read(buffer, at, n, index, offset)
      (return (call $new_number (f64.convert_i32_s (call $file_read
        (call $int (local.get $argv) (i32.const 3))
        (i64.trunc_sat_f64_s (call $argument (local.get $argv) (i32.const 4)))
        (call $bytes (local.get $argv) (i32.const 0))
        (call $int (local.get $argv) (i32.const 2)))))))
      ;; [: encode(text)
      (return (call $encode (local.get $argv))))
      ;; \: decode(buffer, at, n)
      (return (call $new_string (call $bytes (local.get $argv) (i32.const 0))
        (call $int (local.get $argv) (i32.const 2)))))
      ;; ]: reply_end()
      (call $reply_end)
      (return (call $undefined)))
    ;; ^: die()
    (call $out_of_memory)
    (unreachable))

  ;; argument returns a number that was given.
  (func $argument (export "argument") (param $argv i32) (param $i i32) (result f64)
    (call $number (i32.load (i32.add (local.get $argv)
      (i32.shl (local.get $i) (i32.const 2))))))

  (func $int (export "int") (param $argv i32) (param $i i32) (result i32)
    (i32.trunc_sat_f64_s (call $argument (local.get $argv) (local.get $i))))

  ;; bytes returns where in memory the bytes of a buffer are, from the offset on that
  ;; is the next argument. An empty buffer may be nowhere.
  (func $bytes (export "bytes") (param $argv i32) (param $i i32) (result i32)
    (i32.add
      (call $buffer (i32.load (i32.add (local.get $argv) (i32.shl (local.get $i) (i32.const 2))))
        (global.get $word))
      (call $int (local.get $argv) (i32.add (local.get $i) (i32.const 1)))))

  ;; text returns where a text's bytes are, in UTF-8, and leaves their number in word.
  ;; 0 is an exception: there is no memory for them.
  (func $text (export "text") (param $argv i32) (param $i i32) (result i32)
    (call $string (i32.load (i32.add (local.get $argv) (i32.shl (local.get $i) (i32.const 2))))
      (global.get $word)))

  (func $encode (param $argv i32) (result i32)
    (local $text i32) (local $value i32)
    (local.set $text (call $text (local.get $argv) (i32.const 0)))
    (if (i32.eqz (local.get $text)) (then (return (i32.const 0))))
    (local.set $value (call $new_buffer (local.get $text) (i32.load (global.get $word))))
    (call $free_string (local.get $text))
    (local.get $value))

  ;; fraction returns a number from 0 to 1 of 53 random bits.
  (func $fraction (result f64)
    (call $random (global.get $word) (i32.const 8))
    (f64.mul
      (f64.convert_i64_u (i64.shr_u (i64.load (global.get $word)) (i64.const 11)))
      (f64.const 0x1p-53)))

  ;; host_promise_rejection is called when a promise is rejected that nobody has
  ;; asked for its result, and when somebody does later. Where the stack is full, as
  ;; in a recursion of async functions, nobody can be told, and need not be: there
  ;; are more to come.
  (func (export "host_promise_rejection")
      (param $promise i32) (param $reason i32) (param $handled i32)
    (local $arguments i32) (local $value i32)
    (global.set $rejected (i32.const 1))
    (local.set $arguments (call $malloc (i32.const 12)))
    (if (i32.eqz (local.get $arguments)) (then (call $out_of_memory)))
    (i32.store (local.get $arguments) (local.get $promise))
    (i32.store offset=4 (local.get $arguments) (local.get $reason))
    (i32.store offset=8 (local.get $arguments)
      (call $new_number (f64.convert_i32_u (local.get $handled))))
    (local.set $value (call $call (global.get $on_rejection) (global.get $nothing)
      (i32.const 3) (local.get $arguments)))
    (if (call $is_exception (local.get $value))
      (then (call $free_value (call $take_exception))))
    (call $free_value (local.get $value))
    (call $free_value (i32.load offset=8 (local.get $arguments)))
    (call $free (local.get $arguments))
    (call $free_value (local.get $promise))
    (call $free_value (local.get $reason)))

  ;; Times are in UTC. No module is imported while a bot runs, and nothing interrupts:
  ;; the host does.
  (func (export "host_get_timezone_offset") (param i32 i32) (result i32) (i32.const 0))
  (func (export "host_interrupt") (result i32) (i32.const 0))
  (func (export "host_module_normalize") (param i32 i32) (result i32) (i32.const 0))
  (func (export "host_module_load") (param i32 i32) (result i32) (i32.const 0)))
