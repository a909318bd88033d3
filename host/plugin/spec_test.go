package plugin_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/plugin"
)

var update = flag.Bool("update", false, "rewrite the vectors in testdata/abi")

var root = filepath.Join("..", "..")

func readFile(tb testing.TB, path string) string {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

// watBlocks returns the blocks of the text format in the specification.
func watBlocks(t *testing.T) []string {
	t.Helper()
	parts := strings.Split(readFile(t, filepath.Join(root, "abi", "README.md")), "\n```wat\n")
	for i := range parts {
		parts[i], _, _ = strings.Cut(parts[i], "\n```\n")
	}
	return parts[1:]
}

// The bot of the specification runs, with inputs that fit in its memory and
// with one that does not.
func TestSpec_bot(t *testing.T) {
	m := newModule(t, assemble(t, watBlocks(t)[0]), plugin.Options{})
	if err := m.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 2, 65535, 65536, 65537, 200000} {
		ev := abi.Event{Kind: abi.EventMessage, Text: strings.Repeat("x", size), Human: true}
		var d draft.Draft
		limits := abi.Limits{}.Defaults()
		d.Begin(&ev, draft.Base{}, &limits)
		in, err := m.Checkout(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		result, err := in.Call(abi.OnMessage, ev.Text, 0, &d)
		in.Release()
		entries := d.Entries()
		last := entries[len(entries)-1]
		if err != nil || result != abi.Done || last.From != abi.FromBot || last.Body != ev.Text {
			t.Errorf("Call(%d bytes) = %v, %v, reply of %d bytes, want the same text",
				size, result, err, len(last.Body))
		}
	}
}

// module wraps fields with what every bot must have.
func module(fields string) string {
	return fmt.Sprintf("(module %s (memory (export %q) 1) (func (export \"on_message\")))",
		fields, abi.MemoryExport)
}

// The host provides the functions that the specification lists, with the types
// that it gives them, and no others.
func TestSpec_imports(t *testing.T) {
	limits := abi.Limits{}
	info, err := plugin.Check(assemble(t, module(watBlocks(t)[1])), limits)
	if err != nil || len(info.Imports) != int(abi.FunctionCount) {
		t.Fatalf("Check(all imports of the specification) = %v, want %d imports", err, abi.FunctionCount)
	}
	for i, imported := range info.Imports {
		f := abi.Function(i)
		if imported.Name != f.String() || imported.Type != f.Info().Signature() {
			t.Errorf("import %d = %+v, want %s %s", i, imported, f, f.Info().Signature())
		}
	}
	for f := range abi.FunctionCount {
		for _, wrong := range []string{
			"(func)", "(func (param i32))", "(func (param i64 i32) (result i32))",
			"(func (param i32 i32) (result i64))", "(func (result i32))",
			"(func (param i32 i32 i32 i32 i32))",
		} {
			if wrong == f.Info().Signature() {
				continue
			}
			if _, err := plugin.Check(assemble(t, module(importLine(f, wrong))), limits); err == nil {
				t.Errorf("Check(import %s of type %s) = no error, want one", f, wrong)
			}
		}
	}
	unknown := fmt.Sprintf(`(import %q "later" (func))`, abi.ModuleCore)
	if _, err := plugin.Check(assemble(t, module(unknown)), limits); err == nil {
		t.Error("Check(import of later) = no error, want one")
	}
}

// legalArgs are arguments that a function takes, in a memory that begins with
// legalMemory.
var legalArgs = map[abi.Function][]int64{
	abi.FuncLog: {1, 0, 1}, abi.FuncHistory: {1, 64, 0}, abi.FuncReplyOptions: {0, 5},
	abi.FuncReplyAs: {8, 4, 0, 1}, abi.FuncSessionGet: {0, 1, 64, 8}, abi.FuncSessionSet: {0, 1, 8, 4},
	abi.FuncTimerSet: {0, 1, 100, 0, 1}, abi.FuncTimerCancel: {0, 1}, abi.FuncHTTPStart: {0, 1, 16, 18},
	abi.FuncReplyFile: {0, 1, 34, 3, 0, 8}, abi.FuncFileRead: {0, 0, 64, 8},
	abi.FuncEventGet: {8, 4, 64, 8}, abi.FuncConfigGet: {0, 1, 64, 8}, abi.FuncNow: {},
}

const legalMemory = `[\22k\22]\00\00\00text\00\00\00\00{\22url\22:\22http://h\22}a/b`

// Each function may be called during the exports that the specification names,
// and during no other.
func TestSpec_legality(t *testing.T) {
	for f := range abi.FunctionCount {
		args, ok := legalArgs[f]
		if !ok {
			args = []int64{0, 1}
		}
		for e := range abi.ExportCount {
			err := callDuring(t, &step{call: true, f: f, args: args}, e)
			if want := f.Info().During.In(e); (err == nil) != want {
				t.Errorf("%s during %s = %v, want legal = %t", f, e, err, want)
			}
			if bad, ok := errors.AsType[*abi.ArgumentError](err); err != nil && (!ok || bad.Argument != "") {
				t.Errorf("%s during %s = %v, want an error of the function as such", f, e, err)
			}
		}
	}
}

func callDuring(t *testing.T, s *step, e abi.Export) error {
	t.Helper()
	handler := ""
	if e != abi.OnStart {
		handler = fmt.Sprintf("(func (export %q))", abi.OnStart)
	}
	source := fmt.Sprintf(`(module %s (memory (export %q) 1) (data (i32.const 0) "%s") %s
		(func (export %q) %s))`, importLine(s.f, s.f.Info().Signature()), abi.MemoryExport,
		legalMemory, handler, e, s.instructions(128))
	m := newModule(t, assemble(t, source), plugin.Options{})
	ev := &abi.Event{Kind: abi.EventStart}
	v := &vector{export: e, event: *ev}
	var d draft.Draft
	limits := abi.Limits{}.Defaults()
	d.Begin(ev, draft.Base{}, &limits)
	return v.call(t, m, &d, new(observed))
}

func vectorPaths(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "testdata", "abi", "*.txt"))
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no vectors: %v", err)
	}
	return paths
}

// Each vector, played on a real instance, comes out as it is written. With
// -update it is written as it comes out.
func TestSpec_vectors(t *testing.T) {
	called := make(map[abi.Function]bool)
	for _, path := range vectorPaths(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			text := readFile(t, path)
			v, err := decodeVector(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range v.steps {
				called[s.f] = called[s.f] || s.call
			}
			v.play(t)
			got := v.encode()
			switch {
			case got == text:
			case *update:
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("play(%s) =\n%s\nwant\n%s", filepath.Base(path), got, text)
			}
		})
	}
	for f := range abi.FunctionCount {
		if !called[f] {
			t.Errorf("no vector calls %s", f)
		}
	}
}
