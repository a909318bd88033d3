package plugin

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// everything has all sections of a module, and computes its reply from them: the
// digits 1 to 7 say what went missing.
const everything = `(module
	(import "bothost_v1" "reply" (func $reply (param i32 i32)))
	(import "bothost_v1" "asset" (func $asset (param i32 i32) (result i32)))
	(@custom "bothost.asset" "6")
	(@custom "producers" "nobody")
	(type $answer (func (result i32)))
	(table $calls 4 funcref)
	(table $others 2 8 externref)
	(memory (export "memory") 1 2)
	(global $three (mut i32) (i32.const 0x33))
	(global $v v128 (v128.const i32x4 1 2 3 4))
	(global $none funcref (ref.null func))
	(global $f funcref (ref.func $four))
	(start $main)
	(elem (table $calls) (i32.const 1) func $four)
	(elem $passive func $four)
	(elem $exprs funcref (ref.null func) (ref.func $four))
	(elem declare func $four)
	(data (i32.const 0) "12")
	(data $later "5")
	(func $main
		(i32.store8 (i32.const 2) (global.get $three))
		(memory.init $later (i32.const 4) (i32.const 0) (i32.const 1)))
	(func $four (type $answer) (i32.const 0x34))
	(func (export "on_message")
		(i32.store8 (i32.const 3) (call_indirect $calls (type $answer) (i32.const 1)))
		(drop (call $asset (i32.const 5) (i32.const 1)))
		(table.init $calls $passive (i32.const 2) (i32.const 0) (i32.const 1))
		(table.init $calls $exprs (i32.const 0) (i32.const 0) (i32.const 1))
		(i32.store8 (i32.const 6)
			(i32.add (i32.const 3) (call_indirect $calls (type $answer) (i32.const 2))))
		(call $reply (i32.const 0) (i32.const 7))))`

// A module keeps its meaning though the host takes it apart and writes it anew.
func TestModule_roundTrip(t *testing.T) {
	m := newWAT(t, everything, Options{})
	turn := play(t, m, abi.OnMessage, "", draft.Base{})
	if turn.err != nil {
		t.Fatal(turn.err)
	}
	if got, want := turn.replies(), []string{"1234567"}; !slices.Equal(got, want) {
		t.Errorf("replies = %q, want %q", got, want)
	}
}

// What is compiled has the names of functions and no other custom section, so
// that a changed asset is the same code.
func TestParse_customs(t *testing.T) {
	code := func(asset string) []byte {
		source := strings.Replace(everything, `"6"`, `"`+asset+`"`, 1)
		m, err := parse(assemble(t, source))
		if err != nil {
			t.Fatal(err)
		}
		return m.code
	}
	if !bytes.Equal(code("a"), code("another one")) {
		t.Error("the code of two modules that differ in their assets differs")
	}
	again, err := parse(code("a"))
	if err != nil {
		t.Fatal(err)
	}
	if len(again.customs) != 1 || again.customs[0].Name != nameSection {
		t.Errorf("custom sections of the code = %v, want name alone", again.customs)
	}
	if !bytes.Equal(again.code, code("a")) {
		t.Error("the code of the code is another one")
	}
}

// Names are in stack traces, cut where they are long, and a name section that
// cannot be read does no harm.
func TestParse_names(t *testing.T) {
	trace := func(t *testing.T, name string) string {
		ident := strings.ReplaceAll(name, "\n", "-")
		data := assemble(t, `(module (memory (export "memory") 1)
			(func $`+ident+` (unreachable))
			(func $handler (export "on_message") (call $`+ident+`)))`)
		data = bytes.Replace(data, []byte(ident), []byte(name), 1)
		if name == "broken" {
			data = bytes.Replace(data, []byte("broken"), []byte("brok\xffn"), 1)
		}
		m := newModule(t, data, Options{})
		return callError(t, play(t, m, abi.OnMessage, "", draft.Base{}).err).Stack
	}
	for _, tc := range []struct{ name, want string }{
		{"trapdoor", "trapdoor()\n"},
		{strings.Repeat("n", 256), strings.Repeat("n", 256) + "()\n"},
		{strings.Repeat("n", 10_000), strings.Repeat("n", 256) + "()\n"},
		{"line\nbreak", "line\ufffdbreak()\n"},
		{"broken", "$0()\n"},
	} {
		t.Run(fmt.Sprintf("%.6q", tc.name), func(t *testing.T) {
			if got := trace(t, tc.name); !strings.HasPrefix(got, tc.want) {
				t.Errorf("stack = %q, want it to begin with %q", got, tc.want)
			}
		})
	}
}

// All tables together have room for maxTable elements.
func TestTables(t *testing.T) {
	grow := func(tables, table string, delta string) string {
		return `(module (memory (export "memory") 1) ` + tables + `
			(func (export "on_message") (result i32)
				(i32.ne (table.grow ` + table + ` (ref.null func) (i32.const ` + delta + `))
					(i32.const -1))))`
	}
	for _, tc := range []struct {
		name, source string
		want         abi.Result
	}{
		{"one below", grow("(table $t 1 funcref)", "$t", "0xffffe"), 1},
		{"at the limit", grow("(table $t 1 funcref)", "$t", "0xfffff"), 1},
		{"above", grow("(table $t 1 funcref)", "$t", "0x100000"), 0},
		{"own maximum", grow("(table $t 1 5 funcref)", "$t", "5"), 0},
		{"half of two", grow("(table $s 1 funcref) (table $t 1 funcref)", "$t", "0x7ffff"), 1},
		{"more than half", grow("(table $s 1 funcref) (table $t 1 funcref)", "$t", "0x80000"), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newWAT(t, tc.source, Options{})
			if got := play(t, m, abi.OnMessage, "", draft.Base{}); got.result != tc.want {
				t.Errorf("table.grow = %v, %v, want %v", got.result, got.err, tc.want)
			}
		})
	}
}

func TestWhole(t *testing.T) {
	data := assembleFile(t, "bots/call.wat")
	if err := Whole(data); err != nil {
		t.Errorf("Whole() = %v, want nil", err)
	}
	checkPrefixes(t, data)
}

// checkPrefixes sees that the beginnings of a whole module are whole only where a
// section ends.
func checkPrefixes(t *testing.T, data []byte) {
	t.Helper()
	ends := map[int]bool{8: true}
	r := &reader{data: data, pos: 8}
	for r.more() {
		r.byte()
		r.bytes(r.u32())
		ends[r.pos] = true
	}
	for n := range data {
		if err := Whole(data[:n]); (err == nil) != ends[n] {
			t.Errorf("Whole(first %d of %d bytes) = %v, want nil: %v", n, len(data), err, ends[n])
		}
	}
}

// modules are seeds: small modules, good and bad.
func modules(tb testing.TB) [][]byte {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "hostile", "*.wat"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no seeds: %v", err)
	}
	seeds := [][]byte{assemble(tb, everything), assembleFile(tb, "bots/call.wat")}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		seeds = append(seeds, assemble(tb, string(source)))
	}
	for _, tc := range checkTests {
		if tc.data != nil {
			seeds = append(seeds, tc.data)
		}
	}
	return seeds
}

// FuzzCheck: any bytes give an error or an Info, never a panic, and what Check
// lets pass the engine compiles or refuses, in bounded time and memory. Of
// memory the fuzzer would die.
func FuzzCheck(f *testing.F) {
	for _, data := range modules(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Check(data, abi.Limits{})
		if err != nil {
			return
		}
		if info == nil {
			t.Fatal("Check() = nil, nil")
		}
		begun := time.Now()
		m, err := Compile(t.Context(), data, Options{})
		if err == nil {
			err = m.Close(t.Context())
			if err != nil {
				t.Error(err)
			}
		} else if strings.Contains(err.Error(), "the engine failed") {
			t.Logf("engine: %v", err)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("Compile(%d bytes) took %v", len(data), took)
		}
	})
}

// FuzzWhole: the beginnings of a whole module are whole only where a section
// ends, and what is not whole is not for Check either.
func FuzzWhole(f *testing.F) {
	for _, data := range modules(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<12 {
			return
		}
		if err := Whole(data); err != nil {
			if _, err := Check(data, abi.Limits{}); err == nil {
				t.Errorf("Check() = nil, and Whole() = %v", err)
			}
			return
		}
		checkPrefixes(t, data)
	})
}
