package meter_test

import (
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestRewrite_Golden holds the bytes of the output: what is added, where, and
// that names, exports, start and all forms of element segments are shifted.
func TestRewrite_Golden(t *testing.T) {
	tests := []struct {
		name, source string
		o            meter.Options
	}{
		{"entry", `(func (export "run") nop)`, meter.Options{}},
		{"loop", `(func (loop $l (br $l)))`, meter.Options{}},
		{"calls",
			`(import "a" "host" (func $host)) (func $leaf nop) (func $f call $host call $leaf return_call $f)`,
			meter.Options{}},
		{"helpers",
			`(memory 1) (table 1 funcref) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 8))
			(drop (memory.grow (i32.const 1)))
			(table.fill (i32.const 0) (ref.null func) (i32.const 1)))`, meter.Options{}},
		{"names",
			`(import "a" "host" (func $host)) (func $first (param $x i32)) (func $second (local $y i64))`,
			meter.Options{}},
		{"references", `(import "a" "host" (func $host)) (table 8 funcref)
			(global funcref (ref.func $f)) (export "f" (func $f)) (export "h" (func $host)) (start $f)
			(elem (i32.const 0) func $f $host) (elem func $f) (elem (table 0) (i32.const 1) func $f)
			(elem declare func $f) (elem (table 0) (i32.const 2) funcref (ref.func $f)) (elem funcref (ref.func $f) (ref.null func))
			(elem declare funcref (ref.func $f)) (func $f (drop (ref.func $f)))`, meter.Options{}},
		{"custom", `(@custom ".debug_info" "x") (@custom "producers" "y") (@custom "linking" "z")
			(@custom "reloc.CODE" "z") (func)`, meter.Options{}},
		{"options", `(table 1 20 funcref) (table 1 funcref) (func)`,
			meter.Options{Module: "host", Name: "more", Export: "fuel", MaxTable: 10, Leaf: -1}},
		{"start",
			`(import "a" "host" (func $host)) (export "f" (func $f)) (start $f) (func $f nop)`,
			meter.Options{Start: "begin", Export: "fuel"}},
		{"pieces", `(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 8))
			(memory.copy (i32.const 0) (i32.const 0) (i32.const 8)))`, meter.Options{}},
		{"no code", `(memory 1) (table 1 funcref) (export "m" (memory 0))`,
			meter.Options{Export: "fuel"}},
	}
	rt := newRuntime(t, allFeatures)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := rewrite(t, assemble(t, "(module "+tt.source+")"), tt.o)
			if !compiles(rt, out) {
				t.Error("does not compile")
			}
			path := filepath.Join("testdata", strings.ReplaceAll(tt.name, " ", "_")+".hex")
			got := hex.Dump(out)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(readFile(t, path)); got != want {
				t.Errorf("Rewrite gives\n%swant\n%s", got, want)
			}
		})
	}
}
