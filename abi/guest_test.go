package abi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

var sdk = filepath.Join("..", "sdk", "guest-go")

// goFiles parses the Go files of a folder, tests left out.
func goFiles(t *testing.T, dir string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		t.Fatalf("no Go files in %s", dir)
	}
	return files
}

// directives calls f with each function that has the directive, and the words
// behind it.
func directives(files []*ast.File, name string, f func(words []string, d *ast.FuncDecl)) {
	for _, file := range files {
		for _, decl := range file.Decls {
			d, ok := decl.(*ast.FuncDecl)
			if !ok || d.Doc == nil {
				continue
			}
			for _, c := range d.Doc.List {
				if words := strings.Fields(c.Text); words[0] == "//go:"+name {
					f(words[1:], d)
				}
			}
		}
	}
}

// wasmTypes are the types that the compiler makes of Go's: of a string an address
// and a length.
var wasmTypes = map[string][]abi.ValueType{
	"unsafe.Pointer": {abi.I32}, "uint32": {abi.I32}, "int32": {abi.I32},
	"int64": {abi.I64}, "uint64": {abi.I64}, "string": {abi.I32, abi.I32},
}

func fieldTypes(t *testing.T, list *ast.FieldList) []abi.ValueType {
	t.Helper()
	var types []abi.ValueType
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		v, ok := wasmTypes[typeName(field.Type)]
		if !ok {
			t.Errorf("the type %s crosses the boundary, want one of %v",
				typeName(field.Type), wasmTypes)
		}
		for range max(1, len(field.Names)) {
			types = append(types, v...)
		}
	}
	return types
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	}
	return "?"
}

// The Go SDK imports all functions, each with the type that the host gives it.
func TestGuest_imports(t *testing.T) {
	imported := make(map[string]bool)
	files := goFiles(t, filepath.Join(sdk, "internal", "wire"))
	directives(files, "wasmimport", func(words []string, d *ast.FuncDecl) {
		if len(words) != 2 || words[0] != abi.ModuleCore {
			t.Errorf("%s imports %v, want a function of %s", d.Name, words, abi.ModuleCore)
			return
		}
		f, ok := abi.FunctionByName(words[1])
		if !ok || imported[words[1]] {
			t.Errorf("%s imports %s, which does not exist or is imported twice", d.Name, words[1])
			return
		}
		imported[words[1]] = true
		var want []abi.ValueType
		for _, p := range f.Info().Params {
			want = append(want, p.Type)
		}
		params, results := fieldTypes(t, d.Type.Params), fieldTypes(t, d.Type.Results)
		if !reflect.DeepEqual(params, want) || !reflect.DeepEqual(results, f.Info().Results) {
			t.Errorf("%s has the type %v -> %v, want %s", d.Name, params, results,
				f.Info().Signature())
		}
	})
	for f := range abi.FunctionCount {
		if !imported[f.String()] {
			t.Errorf("the SDK does not import %s", f)
		}
	}
}

// The Go SDK exports only what the host calls, with the type that it has.
func TestGuest_exports(t *testing.T) {
	exported := 0
	directives(goFiles(t, sdk), "wasmexport", func(words []string, d *ast.FuncDecl) {
		exported++
		if len(words) != 1 {
			t.Fatalf("%s exports %v, want one name", d.Name, words)
		}
		if _, ok := abi.ExportByName(words[0]); !ok {
			t.Errorf("%s exports %s, which no host calls", d.Name, words[0])
		}
		params, results := fieldTypes(t, d.Type.Params), fieldTypes(t, d.Type.Results)
		if params != nil ||
			results != nil && !reflect.DeepEqual(results, []abi.ValueType{abi.I32}) {
			t.Errorf("%s has the type %v -> %v, want none or i32", d.Name, params, results)
		}
	})
	if exported == 0 {
		t.Error("the SDK exports nothing")
	}
}

// constants returns the values of the constants in a folder that are literals,
// by the name of their type and, for those without one, their own.
func constants(t *testing.T, dir string) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	for _, file := range goFiles(t, dir) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			literal, ok := spec.Values[0].(*ast.BasicLit)
			if !ok {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				text = literal.Value
			}
			name := spec.Names[0].Name
			if spec.Type != nil && typeName(spec.Type) != "int32" {
				name = typeName(spec.Type)
			}
			all[name] = append(all[name], text)
			return true
		})
	}
	return all
}

// What the Go SDK says again in words of its own is what package abi says.
func TestGuest_constants(t *testing.T) {
	var kinds, events, codes []string
	for _, row := range abi.Responses() {
		codes = append(codes, string(row.Code))
	}
	for _, row := range abi.Kinds() {
		kinds = append(kinds, string(row.Kind))
	}
	for _, row := range abi.Events() {
		events = append(events, string(row.Kind))
	}
	got := constants(t, sdk)
	for name, want := range map[string][]string{
		"Kind": kinds, "EventKind": events, "ResponseCode": codes,
		"From":       {string(abi.FromUser), string(abi.FromBot), string(abi.FromHost)},
		"MaxHistory": {strconv.Itoa(abi.MaxHistory)},
		"resultDone": {"0"}, "resultFailed": {"1"}, "resultNotHandled": {"2"},
		"levelDebug": {"0"}, "levelInfo": {"1"}, "levelWarn": {"2"}, "levelError": {"3"},
	} {
		if !reflect.DeepEqual(sorted(got[name]), sorted(want)) {
			t.Errorf("the SDK's %s = %q, want %q", name, got[name], want)
		}
	}
}
