package meter_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
	"github.com/tetratelabs/wazero/api"
)

// frameLimit is how many bytes of native stack a unit may buy. Wazero doubles
// the stack when it is full, so this is up to twice what the frames take.
const frameLimit = 256

// TestFrame_IsPaid recurses through functions whose frames are as large as can
// be, most of it for code that never runs, and holds how much stack the fuel
// buys.
func TestFrame_IsPaid(t *testing.T) {
	repeat := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	never := func(code string) string { // local 0 is 0
		return "(if (local.get 0) (then (loop $l " + code + " (br_if $l (local.get 0)))))"
	}
	load := func(i int) string { return fmt.Sprintf(" (i64.load offset=%d (local.get 0))", i*8) }
	vector := func(i int) string {
		return fmt.Sprintf(" (v128.load offset=%d (local.get 0))",
			i*16)
	}
	stored := func(n int, value func(int) string, op string) string {
		return repeat(n, func(i int) string { return " (local.get 0)" + value(i) }) + " call $g " +
			repeat(n, func(int) string { return op })
	}
	sets := func(n int, add string) string {
		return repeat(n, func(i int) string {
			return fmt.Sprintf(" (local.set %d (%s (local.get %d) (local.get 1)))", i+1, add, i+1)
		})
	}
	locals := func(n int, typ string) string { return "(local" + strings.Repeat(" "+typ, n) + ")" }
	nested := func(n int, add string) string {
		return never(strings.Repeat("(loop $m ", n) + sets(200, add) + " call $g " +
			strings.Repeat(" (br_if $m (local.get 0)))", n))
	}
	tests := []struct{ name, locals, code string }{
		{"small", "", ""},
		{"under the free ones", "", never(stored(40, load, "i64.store "))},
		{"vectors under the free ones", "", never(stored(40, vector, "v128.store "))},
		{"values", "", never(stored(5000, load, "i64.store "))},
		{"vectors", "", never(stored(5000, vector, "v128.store "))},
		{"vectors without a loop", "", stored(3000, vector, "v128.store ")},
		{"nested loops", locals(200, "i64"), nested(100, "i64.add")},
		{"nested loops of vectors", locals(200, "v128"), nested(100, "i64x2.add")},
		{"many blocks", locals(200, "v128"),
			never(strings.Repeat("(if (local.get 0) (then "+sets(200, "i64x2.add")+
				" call $g))", 20))},
		{"wide call", "", "(if (local.get 0) (then call $wide return))"},
		{"results", "", never(strings.Repeat(" call $many", 100) + " call $g" +
			strings.Repeat(" i64.add", 9999) +
			" (global.set 0)")},
		{"vector results", "",
			never("local.get 0 " + strings.Repeat(" call $vectors", 100) + " call $g" +
				strings.Repeat(" i64x2.add", 9999) + " v128.store")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := `(module (memory 16) (global (mut i64) (i64.const 0)) (func $g (export "g"))
				(func $many (export "many") (result` + strings.Repeat(" i64", 100) + `) unreachable)
				(func $vectors (export "vectors") (result` +
				strings.Repeat(" v128", 100) + `) unreachable)
				(func $wide (export "wide") (result` +
				strings.Repeat(" v128", 5000) + `) unreachable)
				(func $f (export "run") (param i32) ` + tt.locals + tt.code +
				" (call $f (local.get 0))))"
			const budget = 50_000
			perUnit := float64(stackFor(t, source, budget)) / budget
			t.Logf("%.0f bytes a unit", perUnit)
			if perUnit > frameLimit {
				t.Errorf("%.0f bytes of stack a unit, want %d at most", perUnit, frameLimit)
			}
		})
	}
}

// stackFor returns how large the stack of "run" has become when it has used up
// what is given.
func stackFor(t *testing.T, source string, fuel int64) int {
	t.Helper()
	module := rewrite(t, assemble(t, source), meter.Options{})
	given := false
	m := instantiate(t, module, func(_ api.Module, left int64) int64 {
		if given {
			panic(spentError{})
		}
		given = true
		return left + fuel
	})
	run := m.ExportedFunction("run")
	if _, err := run.Call(context.Background(), 0); err == nil {
		t.Fatal("call ends well, want an error")
	}
	return reflect.ValueOf(run).Elem().FieldByName("stack").Len()
}
