package meter_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bothost/bothost/host/meter"
)

// TestStart_Call holds that a start function waits for the host's call, counts
// and does the same as without the meter.
func TestStart_Call(t *testing.T) {
	const source = `(module (memory (export "memory") 1) (start $s)
		(func $s (memory.fill (i32.const 3) (i32.const 7) (i32.const 80)))
		(func (export "run") (result i32) (i32.load8_u (i32.const 3))))`
	plain, err := execute(t, assemble(t, source), "run", 0)
	if err != nil || plain.results[0] != 7 {
		t.Fatalf("run = %v, %v, want 7", plain.results, err)
	}
	module := rewrite(t, assemble(t, source), meter.Options{Export: "fuel", Start: "begin"})
	before, err := execute(t, module, "run", 1<<40)
	if err != nil || before.results[0] != 0 || before.fuel != 6 {
		t.Errorf("run = %v for %d, %v, want 0 for 6", before.results, before.fuel, err)
	}
	after, err := execute(t, module, "begin", 1<<40)
	if err != nil || string(after.memory) != string(plain.memory) || after.fuel != 5+10 {
		t.Errorf("begin takes %d, %v, same memory: %t, want 15", after.fuel, err,
			string(after.memory) == string(plain.memory))
	}
}

// TestStart_Export holds which modules get the export and which are refused.
func TestStart_Export(t *testing.T) {
	tests := []struct {
		name, source string
		export       string
		exported     bool
		want         error
	}{
		{name: "no start", source: `(func)`},
		{name: "own", source: `(func $f) (start $f)`, exported: true},
		{name: "own behind an import",
			source: `(import "a" "f" (func)) (func $f) (start $f)`, exported: true},
		{name: "import", source: `(import "a" "f" (func $f)) (func) (start $f)`, exported: true},
		{name: "import without own functions",
			source: `(import "a" "f" (func $f)) (start $f)`, exported: true},
		{name: "with exports", source: `(func $f (export "g")) (start $f)`,
			export: "fuel", exported: true},
		{name: "name taken", source: `(func $f (export "begin")) (start $f)`,
			want: meter.ErrReserved},
		{name: "name taken without a start", source: `(func (export "begin"))`,
			want: meter.ErrReserved},
		{name: "name of the fuel", source: `(func)`, export: "begin", want: meter.ErrReserved},
		{name: "parameter", source: `(func $f (param i32)) (start $f)`, want: meter.ErrMalformed},
		{name: "result", source: `(func $f (result i32) unreachable) (start $f)`,
			want: meter.ErrMalformed},
		{name: "parameter of an import",
			source: `(import "a" "f" (func $f (param i64))) (start $f)`,
			want:   meter.ErrMalformed},
		{name: "not declared", source: `(func $f (drop (ref.func $f))) (start $f)`,
			want: meter.ErrMalformed},
		{name: "declared",
			source:   `(func $f (drop (ref.func $f))) (start $f) (elem declare func $f)`,
			exported: true},
		{name: "declared by an export",
			source:   `(func $f (export "f") (drop (ref.func $f))) (start $f)`,
			exported: true},
	}
	rt := newRuntime(t, allFeatures)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			module := assemble(t, "(module "+tt.source+")")
			out, err := meter.Rewrite(module, meter.Options{Start: "begin", Export: tt.export})
			if !errors.Is(err, tt.want) {
				t.Fatalf("Rewrite = %v, want %v", err, tt.want)
			}
			if err != nil {
				return
			}
			compiled, err := rt.CompileModule(context.Background(), out)
			if err != nil {
				t.Fatal(err)
			}
			f, ok := compiled.ExportedFunctions()["begin"]
			if ok != tt.exported || ok && len(f.ParamTypes())+len(f.ResultTypes()) != 0 {
				t.Errorf("export %v %t, want %t", f, ok, tt.exported)
			}
		})
	}
}
