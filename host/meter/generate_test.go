package meter_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A generator writes a random module that is valid, ends soon in most cases and
// has the export "run". Functions call only those behind them; loops count.
type generator struct {
	*rand.Rand
	out    strings.Builder
	fn     int // function that is written
	size   int // instructions that may still be written
	labels int
}

const (
	genFunctions = 6
	genLoops     = 3 // counters, hence loops that may be nested
)

// generateModule returns the source of a module, the same for the same seed.
func generateModule(seed uint64) string {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	g.out.WriteString(`(module (type $f (func (param i32 i64) (result i64)))
		(memory (export "memory") 12 14) (data $d "some bytes of data")
		(table $t 12 funcref) (elem $e func $f4 $f5 $leaf)
		(elem (i32.const 2) func $f5 $leaf $f4 $leaf)
		(global $g (mut i64) (i64.const 7)) (global $h (mut i32) (i32.const 3))
		(func $leaf (type $f) (i64.add (local.get 1) (i64.extend_i32_u (local.get 0))))
		(func $direct (type $f) (i64.mul (local.get 1) (i64.const 3)))
		`)
	for g.fn = range genFunctions {
		g.size = 60
		fmt.Fprintf(&g.out, "(func $f%d (type $f) (local $a i32) (local $b i64)", g.fn)
		for i := range genLoops {
			fmt.Fprintf(&g.out, " (local $n%d i32)", i)
		}
		g.statements(0)
		g.i64(0)
		g.out.WriteString(")\n")
	}
	g.out.WriteString("(func $f6 (type $f) (local.get 1))\n")
	g.out.WriteString(`(func (export "run") (result i64) (call $f0 (i32.const 5) (i64.const 9))))`)
	return g.out.String()
}

func (g *generator) put(format string, args ...any) {
	g.out.WriteByte(' ')
	fmt.Fprintf(&g.out, format, args...)
}

func (g *generator) statements(loops int) {
	for range 1 + g.IntN(4) {
		g.statement(loops)
	}
}

func (g *generator) statement(loops int) {
	if g.size--; g.size < 0 {
		g.put("nop")
		return
	}
	switch g.IntN(14) {
	case 0, 1:
		g.loop(loops)
	case 2:
		g.put("(if (i32.and (i32.const 1)")
		g.i32(0)
		g.put(") (then")
		g.statements(loops)
		g.put(") (else")
		g.statements(loops)
		g.put("))")
	case 3:
		g.put("(block $x%d", g.labels)
		g.put("(br_if $x%d", g.labels)
		g.labels++
		g.i32(0)
		g.put(")")
		g.statements(loops)
		g.put(")")
	case 4:
		g.wrap("(local.set $a", g.i32)
	case 5:
		g.wrap("(global.set $g", g.i64)
	case 6:
		g.wrap("(i32.store (i32.const 64)", g.i32)
	case 7:
		g.put("(memory.fill (i32.const %d) (i32.const %d) (i32.const %d))", g.place(),
			g.IntN(256), g.length())
	case 8:
		g.put("(memory.copy (i32.const %d) (i32.const %d) (i32.const %d))", g.place(),
			g.place(), g.length())
	case 9:
		g.put("(memory.init $d (i32.const %d) (i32.const 2) (i32.const %d))",
			g.IntN(60000), g.IntN(16))
	case 10:
		g.put("(table.init $t $e (i32.const %d) (i32.const 0) (i32.const %d))",
			g.IntN(10), g.IntN(3))
	case 11:
		g.put("(table.copy (i32.const %d) (i32.const 2) (i32.const %d))", 6+g.IntN(4), g.IntN(4))
	case 12:
		g.wrap("(local.set $b", g.i64)
	default:
		g.put("(global.set $h (memory.grow (i32.const %d)))", g.IntN(3))
	}
}

// place and length are small, mostly; one in eight needs pieces.
func (g *generator) place() int {
	if g.IntN(8) == 0 {
		return g.IntN(12 << 16)
	}
	return g.IntN(60000)
}

func (g *generator) length() int {
	if g.IntN(8) == 0 {
		return g.IntN(10 << 16)
	}
	return g.IntN(4000)
}

// loop writes a loop of at most eight rounds. One in four goes round by
// br_table, one in four has a parameter.
func (g *generator) loop(loops int) {
	if loops == genLoops {
		g.put("nop")
		return
	}
	label := g.labels
	g.labels++
	g.put("(local.set $n%d (i32.const %d))", loops, 1+g.IntN(8))
	kind := g.IntN(4)
	if kind == 0 {
		g.put("block $y%d", label)
	}
	if kind == 1 {
		g.put("i64.const 4 loop $x%d (param i64) (result i64)", label)
	} else {
		g.put("loop $x%d", label)
	}
	g.statements(loops + 1)
	g.put("(local.tee $n%d (i32.sub (local.get $n%d) (i32.const 1)))", loops, loops)
	if kind == 0 {
		g.put("(i32.eqz) (br_table $x%d $y%d) end end", label, label)
		return
	}
	g.put("br_if $x%d end", label)
	if kind == 1 {
		g.put("global.set $g")
	}
}

func (g *generator) wrap(open string, operand func(int)) {
	g.put("%s", open)
	operand(0)
	g.put(")")
}

func (g *generator) i32(depth int) {
	if g.size--; g.size < 0 || depth > 4 {
		g.put("(i32.const %d)", g.IntN(100)-50)
		return
	}
	switch g.IntN(8) {
	case 0:
		g.put("(local.get $a)")
	case 1:
		g.put("(global.get $h)")
	case 2:
		g.put("(i32.load (i32.const %d))", g.IntN(12<<16+4))
	case 3:
		g.put("(i32.wrap_i64")
		g.i64(depth + 1)
		g.put(")")
	case 4:
		g.put("(memory.size)")
	default:
		ops := []string{"add", "sub", "mul", "and", "xor", "shl", "lt_s", "ge_u",
			"rotl", "div_u", "rem_s"}
		g.put("(i32.%s", ops[g.IntN(len(ops))])
		g.i32(depth + 1)
		g.i32(depth + 1)
		g.put(")")
	}
}

func (g *generator) i64(depth int) {
	if g.size--; g.size < 0 || depth > 4 {
		g.put("(i64.const %d)", g.IntN(1000))
		return
	}
	switch g.IntN(9) {
	case 0:
		g.put("(local.get $b)")
	case 1:
		g.put("(global.get $g)")
	case 2, 3:
		g.put("(call $f%d", min(g.fn+1+g.IntN(3), genFunctions))
		g.operands(depth)
	case 4:
		g.put("(call $direct")
		g.operands(depth)
	case 5:
		if g.fn >= 4 {
			g.put("(i64.trunc_sat_f64_s (f64.sqrt (f64.const 1e10)))")
			return
		}
		g.put("(call_indirect (type $f)")
		g.i32(depth + 1)
		g.i64(depth + 1)
		g.put("(i32.const %d))", g.IntN(9))
	case 6:
		g.put("(i64x2.extract_lane 1 (i64x2.splat")
		g.i64(depth + 1)
		g.put("))")
	default:
		ops := []string{"add", "sub", "mul", "or", "xor", "shr_s", "div_s", "rem_u"}
		g.put("(i64.%s", ops[g.IntN(len(ops))])
		g.i64(depth + 1)
		g.i64(depth + 1)
		g.put(")")
	}
}

func (g *generator) operands(depth int) {
	g.i32(depth + 1)
	g.i64(depth + 1)
	g.put(")")
}
