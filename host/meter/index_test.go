package meter_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
)

// TestRewrite_Index holds the bound of each index space at each place where an
// index may stand: one below is taken, at and above are refused. What is at it
// is what Rewrite adds.
func TestRewrite_Index(t *testing.T) {
	const two = `(func (type 0)) (func (type 0)) `
	tests := []struct {
		name   string
		source string // # is the index
		size   int
	}{
		{"function by call",
			`(type (func)) (import "a" "f" (func (type 0))) (func (type 0) call #)`, 2},
		{"function by return_call", `(type (func)) (func (type 0) return_call #)`, 1},
		{"function by ref.func",
			`(type (func)) (func (type 0) (drop (ref.func #))) (export "f" (func 0))`, 1},
		{"function by export", `(type (func)) ` + two + `(export "f" (func #))`, 2},
		{"function by start", `(type (func)) ` + two + `(start #)`, 2},
		{"function by active element",
			`(type (func)) (table 4 funcref) ` + two + `(elem (i32.const 0) func #)`, 2},
		{"function by passive element", `(type (func)) ` + two + `(elem func #)`, 2},
		{"function by declared element", `(type (func)) ` + two + `(elem declare func #)`, 2},
		{"function by element expression",
			`(type (func)) ` + two + `(elem funcref (ref.func #))`, 2},
		{"function by global", `(type (func)) (global funcref (ref.func #)) ` + two, 2},
		{"type of a block", `(type (func)) (func (type 0) (block (type #)))`, 1},
		{"type of call_indirect", `(type (func)) (table 1 funcref)
			(func (type 0) (call_indirect (type #) (i32.const 0)))`, 1},
		{"type of return_call_indirect", `(type (func)) (table 1 funcref)
			(func (type 0) (return_call_indirect (type #) (i32.const 0)))`, 1},
		{"table of call_indirect", `(type (func)) (table 1 funcref)
			(func (type 0) (call_indirect # (type 0) (i32.const 0)))`, 1},
		{"table of table.get", `(table 1 funcref) (func (drop (table.get # (i32.const 0))))`, 1},
		{"table of table.set",
			`(table 1 funcref) (func (table.set # (i32.const 0) (ref.null func)))`, 1},
		{"table of table.size", `(table 1 funcref) (func (drop (table.size #)))`, 1},
		{"table of table.grow", `(table 1 funcref)
			(func (drop (table.grow # (ref.null func) (i32.const 0))))`, 1},
		{"table of table.fill", `(table 1 funcref)
			(func (table.fill # (i32.const 0) (ref.null func) (i32.const 0)))`, 1},
		{"table copied to", `(table 1 funcref) (table 1 funcref)
			(func (table.copy # 0 (i32.const 0) (i32.const 0) (i32.const 0)))`, 2},
		{"table copied from", `(table 1 funcref) (table 1 funcref)
			(func (table.copy 0 # (i32.const 0) (i32.const 0) (i32.const 0)))`, 2},
		{"table of table.init", `(table 1 funcref) (elem funcref) (func
			(table.init # 0 (i32.const 0) (i32.const 0) (i32.const 0)))`, 1},
		{"table of an element segment",
			`(table 1 funcref) (elem (table #) (i32.const 0) func) (func)`, 1},
		{"table of an export", `(table 1 funcref) (export "t" (table #)) (func)`, 1},
		{"memory of an export", `(memory 1) (export "m" (memory #)) (func)`, 1},
		{"memory of a data segment", `(memory 1) (data (memory #) (i32.const 0) "a") (func)`, 1},
		{"global by global.get", `(import "a" "g" (global i32)) (global i32 (i32.const 0))
			(func (drop (global.get #)))`, 2},
		{"global by global.set",
			`(global (mut i32) (i32.const 0)) (func (global.set # (i32.const 0)))`, 1},
		{"global by export", `(global i32 (i32.const 0)) (export "g" (global #)) (func)`, 1},
		{"global by constant expression", `(import "a" "g" (global i32)) (memory 1)
			(data (global.get #) "a") (func)`, 1},
		{"local by local.get", `(func (param i32) (local i32) (drop (local.get #)))`, 2},
		{"local by local.set", `(func (param i32) (local i32) (local.set # (i32.const 0)))`, 2},
		{"local by local.tee",
			`(func (param i32) (local i32) (drop (local.tee # (i32.const 0))))`, 2},
		{"label by br", `(func (block (br #)))`, 2},
		{"label by br_if", `(func (loop (br_if # (i32.const 0))))`, 2},
		{"label by br_table", `(func (block (br_table # 0 (i32.const 0))))`, 2},
		{"last label by br_table", `(func (block (br_table 0 # (i32.const 0))))`, 2},
		{"data by memory.init", `(memory 1) (data "a") (data "b")
			(func (memory.init # (i32.const 0) (i32.const 0) (i32.const 0)))`, 2},
		{"data by data.drop", `(data "a") (data "b") (func (data.drop #))`, 2},
		{"element by table.init", `(table 1 funcref) (elem funcref)
			(func (table.init 0 # (i32.const 0) (i32.const 0) (i32.const 0)))`, 1},
		{"element by elem.drop", `(elem funcref) (func (elem.drop #))`, 1},
	}
	rt := newRuntime(t, allFeatures)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := tt.size - 1; i <= tt.size+2; i++ {
				source := "(module " + strings.ReplaceAll(tt.source, "#", fmt.Sprint(i)) + ")"
				out, err := meter.Rewrite(assemble(t, source), meter.Options{Export: "fuel"})
				switch {
				case i >= tt.size && !errors.Is(err, meter.ErrMalformed):
					t.Errorf("index %d of %d: %v, want %v", i, tt.size, err, meter.ErrMalformed)
				case i < tt.size && (err != nil || !compiles(rt, out)):
					t.Errorf("index %d of %d: %v, want a module that compiles", i, tt.size, err)
				}
			}
		})
	}
}

// TestRewrite_NoMemory holds that each instruction on memory needs one.
func TestRewrite_NoMemory(t *testing.T) {
	for _, code := range []string{
		`(drop (i32.load (i32.const 0)))`, `(i64.store (i32.const 0) (i64.const 0))`,
		`(drop (memory.size))`, `(drop (memory.grow (i32.const 0)))`,
		`(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))`,
		`(memory.copy (i32.const 0) (i32.const 0) (i32.const 0))`,
		`(drop (v128.load (i32.const 0)))`, `(drop (v128.load64_zero (i32.const 0)))`,
		`(drop (v128.load8_lane 0 (i32.const 0) (v128.const i64x2 0 0)))`,
	} {
		_, err := meter.Rewrite(assemble(t, "(module (func "+code+"))"), meter.Options{})
		if !errors.Is(err, meter.ErrMalformed) {
			t.Errorf("Rewrite(%s) = %v, want %v", code, err, meter.ErrMalformed)
		}
	}
}
