package meter_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
)

// TestRewrite_Weight holds the cost model: what a call of "run" takes.
func TestRewrite_Weight(t *testing.T) {
	tests := []struct {
		name   string
		source string
		leaf   int
		want   int64
	}{
		{name: "empty", source: `(func (export "run"))`, want: 1},
		{name: "each instruction", source: `(func (export "run") nop nop nop)`, want: 4},
		{name: "division", source: `(func (export "run")
			(drop (i32.div_s (i32.const 4) (i32.const 2))))`, want: 4 + 8 + 1},
		{name: "locals",
			source: `(func (export "run") (local i64 i64 i64 i64 i64 i64 i64 i64))`, want: 3},
		{name: "leaf is paid by its caller", source: `(func $leaf nop nop)
			(func (export "run") call $leaf call $leaf)`, want: 2*(1+3+3) + 1},
		{name: "as much without leaves", leaf: -1, source: `(func $leaf nop nop)
			(func (export "run") call $leaf call $leaf)`, want: 2*(1+3+3) + 1},
		{name: "leaf behind its caller", source: `(func (export "run") call $leaf)
			(func $leaf nop nop)`, want: 1 + 3 + 3 + 1},
		{name: "leaf by tail call", source: `(func (export "run") return_call $leaf)
			(func $leaf nop nop)`, want: 1 + 3 + 3},
		{name: "heavier arm of an if", source: `(func (export "run")
			(if (i32.const 0) (then nop nop nop) (else nop)))`, want: 2 + 3 + 1 + 1},
		{name: "if without else", source: `(func (export "run")
			(if (i32.const 0) (then nop nop nop)))`, want: 2 + 3 + 1 + 1},
		{name: "heaviest case of a table", source: `(func (export "run")
			(block (block (block (br_table 0 1 2 (i32.const 2))) nop (br 1)) nop nop nop))`,
			want: 3 + 2 + 3 + 1 + 1},
		{name: "what nobody comes to", source: `(func (export "run")
			(block (br 0) nop nop (block nop) (loop nop)) (return) nop nop)`, want: 1 + 1 + 1},
		{name: "way out of a loop",
			source: `(func (export "run") (block nop nop (loop nop (br 1) nop)
			nop nop nop nop) nop)`, want: 4 + 1 + 1 + 2},
		{name: "load",
			source: `(memory 1) (func (export "run") (drop (i32.load8_s (i32.const 0))))`,
			want:   1 + 4 + 1 + 1},
		{name: "store",
			source: `(memory 1) (func (export "run") (i64.store (i32.const 0) (i64.const 1)))`,
			want:   2 + 2 + 1},
		{name: "vectors", source: `(memory 1) (func (export "run")
			(v128.store (i32.const 0) (v128.load64_lane 1 (i32.const 0) (v128.load (i32.const 0)))))`,
			want: 3 + 4 + 4 + 2 + 1},
		{name: "leaf in a table pays itself",
			source: `(table funcref (elem $leaf)) (func $leaf nop nop)
			(func (export "run") (call_indirect (i32.const 0)) call $leaf)`,
			want: (1 + 1 + 5) + (1 + 3) + 1 + 2*3},
		{name: "leaf that is exported pays itself", source: `(func $leaf (export "leaf") nop nop)
			(func (export "run") call $leaf)`, want: 1 + 3 + 1 + 3},
		{name: "loop by round", source: `(func (export "run") (local $i i32)
			(loop $l (local.set $i (i32.add (local.get $i) (i32.const 1)))
				(br_if $l (i32.lt_u (local.get $i) (i32.const 100)))))`,
			want: 1 + 1 + 100*9},
		{name: "loop of an empty round ends",
			source: `(func (export "run") (loop))`, want: 1 + 1 + 1},
		{name: "fill by length", source: `(memory 2) (func (export "run")
			(memory.fill (i32.const 0) (i32.const 1) (i32.const 80000)))`, want: 5 + 10000},
		{name: "copy by length", source: `(memory 2) (func (export "run")
			(memory.copy (i32.const 0) (i32.const 1) (i32.const 8)))`, want: 5 + 1},
		{name: "init by length",
			source: `(memory 1) (data $d "0123456789abcdef") (func (export "run")
			(memory.init $d (i32.const 0) (i32.const 0) (i32.const 16)))`, want: 5 + 2},
		{name: "table copy by length", source: `(table 100 funcref) (func (export "run")
			(table.copy (i32.const 0) (i32.const 1) (i32.const 50)))`, want: 5 + 50},
		{name: "table init by length",
			source: `(table 9 funcref) (elem $e funcref (ref.null func) (ref.null func))
			(func (export "run") (table.init $e (i32.const 0) (i32.const 0) (i32.const 2)))`,
			want: 5 + 2},
		{name: "table fill by length", source: `(table 100 funcref) (func (export "run")
			(table.fill (i32.const 0) (ref.null func) (i32.const 70)))`, want: 5 + 70},
		{name: "table grow by length", source: `(table 1 funcref) (func (export "run")
			(drop (table.grow (ref.null func) (i32.const 1000))))`, want: 5 + 1000},
		{name: "frame of a loop that is never entered", source: `(func (export "run")
			(if (i32.const 0) (then (loop` + strings.Repeat(" nop", 207) + `))))`,
			want: 5 + (208-128)/8},
		{name: "locals that a block holds", source: `(func (export "run") (local` +
			strings.Repeat(" i32", 48) + `) (block))`, want: 12 + 3 + (48-32)/8},
		{name: "locals that a loop holds, by round", source: `(func (export "run") (local` +
			strings.Repeat(" i64", 48) + `) (loop))`,
			want: 12 + 2 + 1 + 4*(48-32)/8 + (48+4*48-128)/64},
		{name: "grow by pages", source: `(memory 1) (func (export "run")
			(drop (memory.grow (i32.const 3))))`, want: 4 + 2000 + 3*8192},
		{name: "grow that fails is cheap", source: `(memory 1 2) (func (export "run")
			(drop (memory.grow (i32.const -1))))`, want: 4 + 2000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := meter.Options{Leaf: tt.leaf}
			if got := fuelUsed(t, "(module "+tt.source+")", o); got != tt.want {
				t.Errorf("fuel = %d, want %d", got, tt.want)
			}
		})
	}
}

// TestRewrite_LeafSize holds the size at which a function begins to pay itself:
// its caller's check grows by its weight up to there.
func TestRewrite_LeafSize(t *testing.T) {
	source := `(module (func $leaf nop nop nop) (func (export "run") call $leaf))`
	for _, tt := range []struct {
		leaf   int
		checks int
	}{{3, 2}, {4, 1}, {5, 1}} {
		out := rewrite(t, assemble(t, source), meter.Options{Leaf: tt.leaf})
		if got := countChecks(out); got != tt.checks {
			t.Errorf("leaf limit %d: %d checks, want %d", tt.leaf, got, tt.checks)
		}
	}
}

// countChecks counts i64.const 0, i64.lt_s, if.
func countChecks(module []byte) int {
	n := 0
	for i := 0; i+4 < len(module); i++ {
		if string(module[i:i+5]) == "\x42\x00\x53\x04\x40" {
			n++
		}
	}
	return n
}

// TestRewrite_Stops runs what would never end, or not soon, and finds that it
// asks for fuel again and again.
func TestRewrite_Stops(t *testing.T) {
	tests := []struct{ name, source string }{
		{"loop", `(func (export "run") (loop $l (br $l)))`},
		{"loop by table", `(func (export "run") (loop $l (br_table $l $l (i32.const 0))))`},
		{"loop with parameters", `(func (export "run")
			i32.const 1 (loop $l (param i32) (result i32) (br $l)) drop)`},
		{"tail call", `(func $f (export "run") (return_call $f))`},
		{"tail call by table", `(table funcref (elem $f)) (type $t (func))
			(func $f (export "run") (return_call_indirect (type $t) (i32.const 0)))`},
		{"tree of calls",
			`(func $a call $b call $b) (func $b call $c call $c) (func $c call $d call $d)
			(func $d call $e call $e) (func $e call $f call $f) (func $f call $g call $g)
			(func $g call $h call $h) (func $h call $i call $i) (func $i call $j call $j)
			(func $j call $k call $k) (func $k call $l call $l) (func $l call $m call $m)
			(func $m call $n call $n) (func $n call $o call $o) (func $o call $p call $p)
			(func $p call $q call $q) (func $q call $r call $r) (func $r) (func (export "run") call $a)`},
		{"fills", `(memory 60) (func (export "run")
			(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 390000)) (br $l)))`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			module := rewrite(t, assemble(t, "(module "+tt.source+")"), meter.Options{})
			if _, err := execute(t, module, "run", 2); !errors.Is(err, spentError{}) {
				t.Errorf("call = %v, want %v", err, spentError{})
			}
		})
	}
}
