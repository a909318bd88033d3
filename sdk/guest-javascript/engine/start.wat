;; The life of an instance: the interpreter is made, the bot's script runs, and then the
;; exports of the contract ("bothost_v1", abi/README.md).
;;
;; "q" is the C interface of QuickJS (npm's quickjs-wasi). A value of JavaScript is a
;; pointer to a box of q's, which its owner frees with qjs_free_value.
(module
  (import "q" "memory" (memory 1))
  (import "q" "_initialize" (func $q_initialize))
  (import "q" "qjs_init" (func $init (result i32)))
  (import "q" "qjs_set_promise_rejection_handler" (func $track_rejections (param i32)))
  (import "q" "qjs_set_max_stack_size" (func $max_stack (param i32)))
  (import "q" "qjs_get_global" (func $global_object (result i32)))
  (import "q" "qjs_get_undefined" (func $undefined (result i32)))
  (import "q" "qjs_get_prop_uint32" (func $get_element (param i32 i32) (result i32)))
  (import "q" "qjs_eval" (func $eval (param i32 i32 i32 i32) (result i32)))
  (import "q" "qjs_call" (func $call (param i32 i32 i32 i32) (result i32)))
  (import "q" "qjs_is_exception" (func $is_exception (param i32) (result i32)))
  (import "q" "qjs_get_exception" (func $take_exception (result i32)))
  (import "q" "qjs_get_string_len" (func $string (param i32 i32) (result i32)))
  (import "q" "qjs_new_number" (func $new_number (param f64) (result i32)))
  (import "q" "qjs_get_float64" (func $number (param i32) (result f64)))
  (import "q" "qjs_free_value" (func $free_value (param i32)))
  (import "q" "qjs_is_job_pending" (func $is_job_pending (result i32)))
  (import "q" "qjs_execute_pending_job" (func $execute_job (result i32)))
  (import "q" "wasm_malloc" (func $malloc (param i32) (result i32)))
  (import "q" "wasm_free" (func $free (param i32)))
  (import "q" "strlen" (func $strlen (param i32) (result i32)))

  (import "bothost_v1" "log" (func $log (param i32 i32 i32)))
  (import "bothost_v1" "asset" (func $asset (param i32 i32) (result i32)))

  (import "env" "register" (func $register (param i32)))
  (import "texts" "make_room" (func $make_room))

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
  (global $on_rejection (export "on_rejection") (mut i32) (i32.const 0))

  ;; A word for what q returns by a pointer.
  (global $word (export "word") (mut i32) (i32.const 0))
  ;; Two values that a function is called with.
  (global $arguments (mut i32) (i32.const 0))
  (global $nothing (export "nothing") (mut i32) (i32.const 0))
  ;; Whether a promise was rejected since the call began.
  (global $rejected (export "rejected") (mut i32) (i32.const 0))

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
    (call $make_room)
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
  (func $out_of_memory (export "out_of_memory") (unreachable)))
