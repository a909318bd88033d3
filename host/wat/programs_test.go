package wat

import "math"

type call struct {
	fn   string
	args []uint64
	want []uint64
}

// runTests are whole modules whose functions must return what they say.
var runTests = []struct {
	name   string
	source string
	calls  []call
}{
	{"fac folded", `
(module $fac
  (func $fac (export "fac") (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n))
      (then (i64.const 1))
      (else (i64.mul (local.get $n)
        (call $fac (i64.sub (local.get $n) (i64.const 1))))))))`,
		[]call{{"fac", []uint64{0}, []uint64{1}},
			{"fac", []uint64{20}, []uint64{2432902008176640000}}}},
	{"fac flat", `
(func $fac (export "fac") (param $n i64) (result i64) (local $r i64)
  i64.const 1
  local.set $r
  block $done
    loop $next
      local.get $n
      i64.eqz
      br_if $done
      local.get $r
      local.get $n
      i64.mul
      local.set $r
      local.get $n
      i64.const 1
      i64.sub
      local.set $n
      br $next
    end $next
  end $done
  local.get $r)`,
		[]call{{"fac", []uint64{5}, []uint64{120}}}},
	{"fib with flat if", `
(module
  (export "fib" (func $fib))
  (func $fib (param $n i32) (result i32)
    local.get $n
    i32.const 2
    i32.lt_u
    if $small (result i32)
      local.get $n
    else $small
      (call $fib (i32.sub (local.get $n) (i32.const 1)))
      (call $fib (i32.sub (local.get $n) (i32.const 2)))
      i32.add
    end $small))`,
		[]call{{"fib", []uint64{20}, []uint64{6765}}}},
	{"br_table", `
(module
  (func (export "pick") (param i32) (result i32)
    (block $c (block $b (block $a
      (br_table $a $b 2 (local.get 0)))
      (return (i32.const 10)))
      (return (i32.const 20)))
    i32.const 30))`,
		[]call{{"pick", []uint64{0}, []uint64{10}}, {"pick", []uint64{1}, []uint64{20}},
			{"pick", []uint64{7}, []uint64{30}}}},
	{"call_indirect", `
(module
  (type $op (func (param i32 i32) (result i32)))
  (table $t funcref (elem $add $sub))
  (table $u 4 funcref)
  (elem (table $u) (i32.const 1) funcref (ref.func $mul) (item ref.null func))
  (func $add (type $op) (i32.add (local.get 0) (local.get 1)))
  (func $sub (type $op) (param $a i32) (param $b i32) (result i32)
    (i32.sub (local.get $a) (local.get $b)))
  (func $mul (param i32 i32) (result i32) local.get 0 local.get 1 i32.mul)
  (func (export "do") (param $i i32) (result i32)
    (call_indirect (type $op) (i32.const 7) (i32.const 5) (local.get $i)))
  (func (export "mul") (result i32)
    i32.const 7
    i32.const 5
    i32.const 1
    call_indirect $u (param i32 i32) (result i32))
  (func (export "null") (result i32) (ref.is_null (table.get $u (i32.const 2)))))`,
		[]call{{"do", []uint64{0}, []uint64{12}}, {"do", []uint64{1}, []uint64{2}},
			{"mul", nil, []uint64{35}}, {"null", nil, []uint64{1}}}},
	{"tail calls", `
(module
  (type $t (func (param i64 i64) (result i64)))
  (table 1 funcref)
  (elem (i32.const 0) $sum)
  (func $sum (type $t)
    (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $sum (i64.sub (local.get 0) (i64.const 1))
      (i64.add (local.get 0) (local.get 1))))
  (func (export "sum") (param i64) (result i64)
    (return_call_indirect (type $t) (local.get 0) (i64.const 0) (i32.const 0))))`,
		[]call{{"sum", []uint64{100000}, []uint64{5000050000}}}},
	{"bulk memory", `
(module
  (memory $m (export "memory") 1 10)
  (data $word "ab\t\63\u{1F600}")
  (data (i32.const 100) "xy" "\00z")
  (data (memory $m) (offset (i32.const 200)) "!")
  (func (export "init") (result i64)
    (memory.init $word (i32.const 0) (i32.const 0) (i32.const 8))
    (data.drop $word)
    (memory.copy (i32.const 8) (i32.const 0) (i32.const 8))
    (memory.fill (i32.const 8) (i32.const 0x2A) (i32.const 2))
    (i64.load offset=8 align=1 (i32.const 0)))
  (func (export "peek") (param i32) (result i32) (i32.load8_u offset=0x64 (local.get 0)))
  (func (export "grow") (result i32 i32)
    (memory.grow (i32.const 2)) memory.size))`,
		[]call{{"init", nil, []uint64{0x80989ff063092a2a}}, {"peek", []uint64{3}, []uint64{'z'}},
			{"peek", []uint64{100}, []uint64{'!'}}, {"grow", nil, []uint64{1, 3}}}},
	{"memory with inline data", `
(module
  (memory (data "hello" "\22world\22"))
  (func (export "size") (result i32) memory.size)
  (func (export "at") (param i32) (result i32) local.get 0 i32.load8_u))`,
		[]call{{"size", nil, []uint64{1}}, {"at", []uint64{5}, []uint64{'"'}}}},
	{"tables", `
(module
  (table $t 3 8 externref)
  (table $f 4 funcref)
  (elem $e func $a $b)
  (elem declare func $a)
  (func $a (export "a") (result i32) i32.const 1)
  (func $b (result i32) i32.const 2)
  (func (export "size") (result i32)
    (drop (table.grow $t (ref.null extern) (i32.const 2)))
    (table.fill $t (i32.const 0) (ref.null extern) (i32.const 1))
    (table.set $t (i32.const 0) (table.get $t (i32.const 1)))
    (table.size $t))
  (func (export "copy") (result i32)
    (table.init $f $e (i32.const 0) (i32.const 0) (i32.const 2))
    (elem.drop $e)
    (table.copy $f $f (i32.const 2) (i32.const 1) (i32.const 1))
    (call_indirect $f (result i32) (i32.const 2)))
  (func (export "select") (param i32) (result i32)
    (ref.is_null (select (result funcref) (ref.func $a) (ref.null func) (local.get 0)))))`,
		[]call{{"size", nil, []uint64{5}}, {"copy", nil, []uint64{2}},
			{"select", []uint64{0}, []uint64{1}}, {"select", []uint64{1}, []uint64{0}}}},
	{"multi-value", `
(module
  (type $pair (func (param i32 i32) (result i32 i32)))
  (func $swap (export "swap") (type $pair) local.get 1 local.get 0)
  (func (export "blocks") (param i32) (result i32)
    i32.const 1
    i32.const 2
    block $b (type $pair)
      call $swap
      loop (param i32 i32) (result i32 i32) end
    end
    i32.sub
    (if (param i32) (result i32) (local.get 0)
      (then (i32.const 10) i32.add) (else i32.const 20 i32.add))))`,
		[]call{{"swap", []uint64{3, 4}, []uint64{4, 3}},
			{"blocks", []uint64{1}, []uint64{11}}, {"blocks", []uint64{0}, []uint64{21}}}},
	{"globals and start", `
(module
  (global $g (mut i32) (i32.const -1))
  (global (export "g") i64 (i64.const 0xffff_ffff_ffff_ffff))
  (start $init)
  (func $init (global.set $g (i32.add (global.get $g) (i32.const -41))))
  (func (export "get") (result i32 i64) (global.get $g) (global.get 1)))`,
		[]call{{"get", nil, []uint64{negative(42), math.MaxUint64}}}},
	{"floats", `
(func (export "f32") (result f32 f32 f32 f32)
  f32.const 1.5 f32.const -0x1.8p+1 f32.const inf f32.const -nan:0x200_000)
(func (export "f64") (result f64 f64 f64)
  (f64.add (f64.const 1_000.25) (f64.const 1e3)) (f64.neg (f64.const 0)) f64.const nan)
(func (export "sat") (param f64) (result i32) local.get 0 i32.trunc_sat_f64_s)
(func (export "sext") (param i64) (result i64) (i64.extend8_s (local.get 0)))`,
		[]call{{"f32", nil, []uint64{f32(1.5), f32(-3), 0x7f800000, 0xffa00000}},
			{"f64", nil, []uint64{f64(2000.25), 1 << 63, 0x7ff8000000000000}},
			{"sat", []uint64{f64(1e300)}, []uint64{math.MaxInt32}},
			{"sext", []uint64{0x80}, []uint64{0xffffffffffffff80}}}},
	{"vectors", `
(func (export "lane") (result i32)
  (i32x4.extract_lane 2
    (i32x4.add (v128.const i32x4 1 2 3 4) (i32x4.splat (i32.const 39)))))
(func (export "shuffle") (result i64)
  (i64x2.extract_lane 0
    (i8x16.shuffle 7 6 5 4 3 2 1 0 16 16 16 16 16 16 16 16
      (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 -1) (v128.const f64x2 1 nan))))`,
		[]call{{"lane", nil, []uint64{42}}, {"shuffle", nil, []uint64{0x0001020304050607}}}},
	{"comments and annotations", `
;; a line (; no block
(module (; a (; nested ;) block ;) (@note "skipped" (any, $x"a""b"-2 $ ")"))
  ((@a) memory (@a) 1)
  (func (export "f") (@name "x") (result i32) (;;) i32.const ;; here
    1))`,
		[]call{{"f", nil, []uint64{1}}}},
}
