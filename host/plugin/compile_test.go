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

// everything returns the module with all sections.
func everything(tb testing.TB) []byte {
	tb.Helper()
	source, err := os.ReadFile(filepath.Join("module", "testdata", "everything.wat"))
	if err != nil {
		tb.Fatal(err)
	}
	return assemble(tb, string(source))
}

// A module keeps its meaning though the host takes it apart and writes it anew.
func TestModule_roundTrip(t *testing.T) {
	m := newModule(t, everything(t), Options{})
	turn := play(t, m, abi.OnMessage, "", draft.Base{})
	if turn.err != nil {
		t.Fatal(turn.err)
	}
	if got, want := turn.replies(), []string{"1234567"}; !slices.Equal(got, want) {
		t.Errorf("replies = %q, want %q", got, want)
	}
}

// Names are in stack traces, cut where they are long, and a name section that
// cannot be read does no harm.
func TestCompile_names(t *testing.T) {
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

// What the checks do not read is refused by who reads it: the meter, or the
// engine. The error names the module.
func TestCompile_refused(t *testing.T) {
	for _, tc := range []struct {
		name, source, by string
	}{
		{"local", bot(`(func (drop (local.get 3)))`), "meter: code section: function 0: offset "},
		{"start type", bot(`(func $f (param i32)) (start $f)`), "meter: start section: offset "},
		{"operands", bot(`(func (i32.add (i32.const 1)))`), "compile: "},
		{"export twice", bot(`(func $f) (export "f" (func $f)) (export "f" (func $f))`), "compile: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Compile(t.Context(), assemble(t, tc.source), Options{Name: "crooked"})
			if err == nil || !strings.HasPrefix(err.Error(), "module crooked: "+tc.by) {
				t.Errorf("Compile() = %v, want it to begin with module crooked: %s", err, tc.by)
			}
		})
	}
}

// FuzzCompile: what Check lets pass the engine compiles or refuses, in bounded
// time and memory. Of memory the fuzzer would die.
func FuzzCompile(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "hostile", "*.wat"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	f.Add(everything(f))
	f.Add(assembleFile(f, "bots/call.wat"))
	for _, file := range files {
		f.Add(assembleFile(f, filepath.Join("hostile", filepath.Base(file))))
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
