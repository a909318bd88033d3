;; Between the C interface of QuickJS ("q", npm's quickjs-wasi) and the contract
;; ("bothost_v1", abi/README.md).
;;
;; A value of JavaScript is a pointer to a box of q's, which its owner frees with
;; qjs_free_value. q calls host_call for each function that is registered here; the
;; prelude, which is the SDK, makes of them what bots see, and checks what bots give:
;; texts are texts here, and numbers numbers.
(module
  (import "q" "memory" (memory 1))
  (import "q" "_initialize" (func $q_initialize))
  (import "q" "qjs_init" (func $init (result i32)))
  (import "q" "qjs_set_promise_rejection_handler" (func $track_rejections (param i32)))
  (import "q" "qjs_set_max_stack_size" (func $max_stack (param i32)))
  (import "q" "qjs_new_host_function" (func $new_function (param i32 i32 i32) (result i32)))
  (import "q" "qjs_get_global" (func $global_object (result i32)))
  (import "q" "qjs_get_undefined" (func $undefined (result i32)))
  (import "q" "qjs_set_prop_string" (func $set_property (param i32 i32 i32) (result i32)))
  (import "q" "qjs_get_prop_uint32" (func $get_element (param i32 i32) (result i32)))
  (import "q" "qjs_eval" (func $eval (param i32 i32 i32 i32) (result i32)))
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
  (import "q" "qjs_is_job_pending" (func $is_job_pending (result i32)))
  (import "q" "qjs_execute_pending_job" (func $execute_job (result i32)))
  (import "q" "wasm_malloc" (func $malloc (param i32) (result i32)))
  (import "q" "wasm_free" (func $free (param i32)))
  (import "q" "strlen" (func $strlen (param i32) (result i32)))

  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (import "bothost_v1" "fail" (func $fail (param i32 i32)))
  (import "bothost_v1" "log" (func $log (param i32 i32 i32)))
  (import "bothost_v1" "event" (func $event (param i32 i32) (result i32)))
  (import "bothost_v1" "event_get" (func $event_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "reply_options" (func $reply_options (param i32 i32)))
  (import "bothost_v1" "reply_as" (func $reply_as (param i32 i32 i32 i32)))
  (import "bothost_v1" "reply_file" (func $reply_file (param i32 i32 i32 i32 i32 i32)))
  (import "bothost_v1" "reply_delta" (func $reply_delta (param i32 i32)))
  (import "bothost_v1" "reply_end" (func $reply_end))
  (import "bothost_v1" "session_get" (func $session_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "session_set" (func $session_set (param i32 i32 i32 i32)))
  (import "bothost_v1" "session_delete" (func $session_delete (param i32 i32)))
  (import "bothost_v1" "state" (func $state (param i32 i32) (result i32)))
  (import "bothost_v1" "move" (func $move (param i32 i32)))
  (import "bothost_v1" "history" (func $history (param i32 i32 i32) (result i32)))
  (import "bothost_v1" "file_read" (func $file_read (param i32 i64 i32 i32) (result i32)))
  (import "bothost_v1" "timer_set" (func $timer_set (param i32 i32 i64 i32 i32)))
  (import "bothost_v1" "timer_cancel" (func $timer_cancel (param i32 i32)))
  (import "bothost_v1" "http_start" (func $http_start (param i32 i32 i32 i32)))
  (import "bothost_v1" "config_get" (func $config_get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "asset" (func $asset (param i32 i32) (result i32)))
  (import "bothost_v1" "now" (func $now (result i64)))
  (import "bothost_v1" "random" (func $random (param i32 i32)))

  ;; The prelude, with its final zero, and its length: build.mjs knows both.
  (data $prelude "@PRELUDE@")
  (data $names "prelude.js\00bot.js\00")
  (global $prelude_size i32 (i32.const @PRELUDE_SIZE@))
  (global $prelude_name (mut i32) (i32.const 0))
  (global $script_name (mut i32) (i32.const 0))

  ;; The functions that the prelude returns: see start.js.
  (global $on_script (mut i32) (i32.const 0))
  (global $on_call (mut i32) (i32.const 0))
  (global $on_quiet (mut i32) (i32.const 0))
  (global $on_rejection (mut i32) (i32.const 0))

  ;; Room for what is read: most of it is short.
  (global $room (mut i32) (i32.const 0))
  (global $room_size i32 (i32.const 4096))
  ;; A word for what q returns by a pointer.
  (global $word (mut i32) (i32.const 0))
  ;; Two values that a function is called with.
  (global $arguments (mut i32) (i32.const 0))
  (global $nothing (mut i32) (i32.const 0))
  ;; Whether a promise was rejected since the call began.
  (global $rejected (mut i32) (i32.const 0))

  ;; ------------------------------------------------------------- start

  ;; prepare makes the interpreter and runs the prelude. The engine's module holds
  ;; the memory as it is then: build.mjs calls it, and nobody else.
  (func (export "prepare")
    (local $global i32) (local $code i32) (local $functions i32)
    (call $q_initialize)
    (if (i32.ne (call $init) (i32.const 0)) (then (unreachable)))
    (call $track_rejections (i32.const 1))
    (call $max_stack (i32.const @STACK_SIZE@))
    (global.set $word (call $malloc (i32.const 8)))
    (global.set $arguments (call $malloc (i32.const 8)))
    (global.set $room (call $malloc (global.get $room_size)))
    (global.set $nothing (call $undefined))
    (global.set $prelude_name (call $malloc (i32.const 18)))
    (memory.init $names (global.get $prelude_name) (i32.const 0) (i32.const 18))
    (global.set $script_name (i32.add (global.get $prelude_name) (i32.const 11)))
    (local.set $global (call $global_object))
    (call $register (local.get $global))
    (local.set $code (call $malloc (global.get $prelude_size)))
    (memory.init $prelude (local.get $code) (i32.const 0) (global.get $prelude_size))
    (local.set $functions (call $sure (call $eval (local.get $code)
      (i32.sub (global.get $prelude_size) (i32.const 1)) (global.get $prelude_name) (i32.const 0))))
    (call $free (local.get $code))
    (global.set $on_script (call $get_element (local.get $functions) (i32.const 0)))
    (global.set $on_call (call $get_element (local.get $functions) (i32.const 1)))
    (global.set $on_quiet (call $get_element (local.get $functions) (i32.const 2)))
    (global.set $on_rejection (call $get_element (local.get $functions) (i32.const 3)))
    (call $free_value (local.get $functions))
    (call $free_value (local.get $global)))

  ;; register makes a global function of each letter from A to ^, which host_call
  ;; knows again. The prelude takes them away from the bot.
  (func $register (param $global i32)
    (local $letter i32) (local $f i32)
    (local.set $letter (i32.const 65))
    (loop $next
      (i32.store (global.get $word) (local.get $letter)) ;; a letter and a zero byte
      (local.set $f (call $new_function (global.get $word) (i32.const 1) (i32.const 0)))
      (drop (call $set_property (local.get $global) (global.get $word) (local.get $f)))
      (call $free_value (local.get $f))
      (local.set $letter (i32.add (local.get $letter) (i32.const 1)))
      (br_if $next (i32.le_u (local.get $letter) (i32.const 94)))))

  ;; _initialize runs the bot's script. An exception is not told here, where nobody
  ;; could read it, but by the call that comes next: see start.js.
  (func (export "_initialize")
    (local $size i32) (local $code i32) (local $result i32)
    (local.set $size (call $asset (i32.const 0) (i32.const 0)))
    (if (i32.lt_s (local.get $size) (i32.const 0)) (then (return)))
    (local.set $code (call $malloc (i32.add (local.get $size) (i32.const 1))))
    (if (i32.eqz (local.get $code)) (then (call $out_of_memory)))
    (drop (call $asset (local.get $code) (local.get $size)))
    (i32.store8 (i32.add (local.get $code) (local.get $size)) (i32.const 0))
    ;; Behind the script's zero byte there may be its source map. 1 is a module.
    (local.set $result (call $eval (local.get $code) (call $strlen (local.get $code))
      (global.get $script_name) (i32.const 1)))
    (call $free (local.get $code))
    (if (call $is_exception (local.get $result)) (then
      (call $free_value (local.get $result))
      (drop (call $do2 (global.get $on_script) (call $undefined) (call $take_exception))))
    (else
      (drop (call $do2 (global.get $on_script) (local.get $result) (call $undefined)))))
    (drop (call $settle (i32.const 3))))

  ;; ----------------------------------------------------------- exports

  (func (export "describe") (result i32) (call $handle (i32.const 1)))
  (func (export "on_start") (result i32) (call $handle (i32.const 2)))
  (func (export "on_message") (result i32) (call $handle (i32.const 3)))
  (func (export "on_voice") (result i32) (call $handle (i32.const 4)))
  (func (export "on_file") (result i32) (call $handle (i32.const 5)))
  (func (export "on_event") (result i32) (call $handle (i32.const 6)))
  (func (export "on_enter") (result i32) (call $handle (i32.const 7)))
  (func (export "on_fallback") (result i32) (call $handle (i32.const 8)))
  (func (export "check") (result i32) (call $handle (i32.const 9)))

  (func $handle (param $export i32) (result i32)
    (global.set $rejected (i32.const 0))
    (call $settle (call $do2 (global.get $on_call)
      (call $new_number (f64.convert_i32_u (local.get $export))) (call $undefined))))

  ;; settle runs what promises have waiting, until nothing is. result is the call's
  ;; so far; 3 is that of a promise, which is known only then.
  (func $settle (param $result i32) (result i32)
    (local $ran i32)
    (block $quiet (loop $next
      (br_if $quiet (i32.eqz (call $is_job_pending)))
      (local.set $ran (i32.const 1))
      (if (i32.lt_s (call $execute_job) (i32.const 0)) (then
        (drop (call $sure (i32.const 0)))))
      (br $next)))
    (if (i32.or (i32.or (local.get $ran) (global.get $rejected))
        (i32.eq (local.get $result) (i32.const 3)))
      (then (return (call $do2 (global.get $on_quiet)
        (call $new_number (f64.convert_i32_u (local.get $result))) (call $undefined)))))
    (local.get $result))

  ;; do2 calls a function of the prelude with two arguments, which it frees, and
  ;; returns the number that it returns.
  (func $do2 (param $f i32) (param $a i32) (param $b i32) (result i32)
    (local $value i32) (local $n f64)
    (i32.store (global.get $arguments) (local.get $a))
    (i32.store offset=4 (global.get $arguments) (local.get $b))
    (local.set $value (call $sure (call $call (local.get $f) (global.get $nothing)
      (i32.const 2) (global.get $arguments))))
    (call $free_value (local.get $a))
    (call $free_value (local.get $b))
    (local.set $n (call $number (local.get $value)))
    (call $free_value (local.get $value))
    (i32.trunc_sat_f64_s (local.get $n)))

  ;; sure returns a value that is none of an exception. The prelude catches those of
  ;; bots: one that comes here was thrown while it did that, for there is no memory
  ;; left, or no stack.
  (func $sure (param $value i32) (result i32)
    (local $text i32)
    (if (local.get $value) (then
      (if (i32.eqz (call $is_exception (local.get $value)))
        (then (return (local.get $value))))))
    (local.set $text (call $string (call $take_exception) (global.get $word)))
    (if (local.get $text) (then
      (call $log (i32.const 3) (local.get $text) (i32.load (global.get $word)))))
    (call $out_of_memory)
    (unreachable))

  ;; out_of_memory ends the instance: what is left of its memory is of no use. Its
  ;; name stands in the operator's log.
  (func $out_of_memory (unreachable))

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

  ;; ------------------------------------------------------ host functions

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
  (func $argument (param $argv i32) (param $i i32) (result f64)
    (call $number (i32.load (i32.add (local.get $argv)
      (i32.shl (local.get $i) (i32.const 2))))))

  (func $int (param $argv i32) (param $i i32) (result i32)
    (i32.trunc_sat_f64_s (call $argument (local.get $argv) (local.get $i))))

  ;; bytes returns where in memory the bytes of a buffer are, from the offset on that
  ;; is the next argument. An empty buffer may be nowhere.
  (func $bytes (param $argv i32) (param $i i32) (result i32)
    (i32.add
      (call $buffer (i32.load (i32.add (local.get $argv) (i32.shl (local.get $i) (i32.const 2))))
        (global.get $word))
      (call $int (local.get $argv) (i32.add (local.get $i) (i32.const 1)))))

  ;; text returns where a text's bytes are, in UTF-8, and leaves their number in word.
  ;; 0 is an exception: there is no memory for them.
  (func $text (param $argv i32) (param $i i32) (result i32)
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

  ;; pull reads a text: as a string, or undefined if there is none.
  (func $pull (param $letter i32) (param $argv i32) (result i32)
    (local $key i32) (local $size i32) (local $n i32) (local $value i32)
    (if (i32.eq (local.get $letter) (i32.const 72))
      (then (local.set $size (call $int (local.get $argv) (i32.const 0)))))
    (if (i32.and (i32.ge_u (local.get $letter) (i32.const 69))
        (i32.le_u (local.get $letter) (i32.const 71)))
      (then
        (local.set $key (call $text (local.get $argv) (i32.const 0)))
        (if (i32.eqz (local.get $key)) (then (return (i32.const 0))))
        (local.set $size (i32.load (global.get $word)))))
    (local.set $n (call $read (local.get $letter) (local.get $key) (local.get $size)
      (global.get $room) (global.get $room_size)))
    (if (i32.lt_s (local.get $n) (i32.const 0))
      (then (local.set $value (call $undefined)))
      (else (if (i32.le_u (local.get $n) (global.get $room_size))
        (then (local.set $value (call $new_string (global.get $room) (local.get $n))))
        (else (local.set $value (call $pull_large (local.get $letter) (local.get $key)
          (local.get $size) (local.get $n)))))))
    (if (local.get $key) (then (call $free_string (local.get $key))))
    (local.get $value))

  (func $pull_large
      (param $letter i32) (param $key i32) (param $size i32) (param $n i32) (result i32)
    (local $room i32) (local $value i32)
    (local.set $room (call $malloc (local.get $n)))
    (if (i32.eqz (local.get $room)) (then (call $out_of_memory)))
    (drop (call $read (local.get $letter) (local.get $key) (local.get $size)
      (local.get $room) (local.get $n)))
    (local.set $value (call $new_string (local.get $room) (local.get $n)))
    (call $free (local.get $room))
    (local.get $value))

  ;; read calls the function of a letter that reads.
  (func $read (param $letter i32) (param $key i32) (param $size i32)
      (param $buf i32) (param $cap i32) (result i32)
    (block $H (block $G (block $F (block $E (block $D (block $C (block $B (block $A
      (br_table $A $B $C $D $E $F $G $H (i32.sub (local.get $letter) (i32.const 65))))
      (return (call $input (local.get $buf) (local.get $cap))))
      (return (call $event (local.get $buf) (local.get $cap))))
      (return (call $state (local.get $buf) (local.get $cap))))
      (return (call $asset (local.get $buf) (local.get $cap))))
      (return (call $event_get (local.get $key) (local.get $size)
        (local.get $buf) (local.get $cap))))
      (return (call $session_get (local.get $key) (local.get $size)
        (local.get $buf) (local.get $cap))))
      (return (call $config_get (local.get $key) (local.get $size)
        (local.get $buf) (local.get $cap))))
    (call $history (local.get $size) (local.get $buf) (local.get $cap)))

  ;; give calls the function of a letter with one text or two, and returns undefined.
  (func $give (param $letter i32) (param $argv i32) (result i32)
    (local $a i32) (local $an i32) (local $b i32) (local $bn i32)
    (local.set $a (call $text (local.get $argv) (i32.const 0)))
    (if (i32.eqz (local.get $a)) (then (return (i32.const 0))))
    (local.set $an (i32.load (global.get $word)))
    (if (i32.ge_u (local.get $letter) (i32.const 82)) (then
      (local.set $b (call $text (local.get $argv) (i32.const 1)))
      (if (i32.eqz (local.get $b)) (then
        (call $free_string (local.get $a))
        (return (i32.const 0))))
      (local.set $bn (i32.load (global.get $word)))))
    (call $write (local.get $letter) (local.get $argv)
      (local.get $a) (local.get $an) (local.get $b) (local.get $bn))
    (call $free_string (local.get $a))
    (if (local.get $b) (then (call $free_string (local.get $b))))
    (call $undefined))

  (func $write (param $letter i32) (param $argv i32)
      (param $a i32) (param $an i32) (param $b i32) (param $bn i32)
    (block $V (block $U (block $T (block $S (block $R
    (block $Q (block $P (block $O (block $N (block $M (block $L (block $K (block $J (block $I
      (br_table $I $J $K $L $M $N $O $P $Q $R $S $T $U $V
        (i32.sub (local.get $letter) (i32.const 73))))
      (return (call $reply (local.get $a) (local.get $an))))
      (return (call $reply_options (local.get $a) (local.get $an))))
      (return (call $output (local.get $a) (local.get $an))))
      (return (call $fail (local.get $a) (local.get $an))))
      (return (call $move (local.get $a) (local.get $an))))
      (return (call $session_delete (local.get $a) (local.get $an))))
      (return (call $timer_cancel (local.get $a) (local.get $an))))
      ;; P: log(text, level)
      (return (call $log (call $int (local.get $argv) (i32.const 1))
        (local.get $a) (local.get $an))))
      (return (call $reply_delta (local.get $a) (local.get $an))))
      (return (call $reply_as (local.get $a) (local.get $an) (local.get $b) (local.get $bn))))
      (return (call $session_set (local.get $a) (local.get $an) (local.get $b) (local.get $bn))))
      (return (call $http_start (local.get $a) (local.get $an) (local.get $b) (local.get $bn))))
      ;; U: timer_set(name, data, ms)
      (return (call $timer_set (local.get $a) (local.get $an)
        (i64.trunc_sat_f64_s (call $argument (local.get $argv) (i32.const 2)))
        (local.get $b) (local.get $bn))))
    ;; V: reply_file(name, type, buffer, at, n)
    (call $reply_file (local.get $a) (local.get $an) (local.get $b) (local.get $bn)
      (call $bytes (local.get $argv) (i32.const 2)) (call $int (local.get $argv) (i32.const 4))))

  ;; ------------------------------------------------------------- the rest

  ;; Times are in UTC. No module is imported while a bot runs, and nothing interrupts:
  ;; the host does.
  (func (export "host_get_timezone_offset") (param i32 i32) (result i32) (i32.const 0))
  (func (export "host_interrupt") (result i32) (i32.const 0))
  (func (export "host_module_normalize") (param i32 i32) (result i32) (i32.const 0))
  (func (export "host_module_load") (param i32 i32) (result i32) (i32.const 0)))
