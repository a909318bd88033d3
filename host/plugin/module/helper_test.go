package module

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin/extism"
	"github.com/bothost/bothost/host/wat/wattest"
)

// provided is a host with the core surface, its functions under their names in the
// Extism surface, var_get and the end of a process.
func provided(from, name string) (Signature, error) {
	f, core := abi.FunctionByName(name)
	switch {
	case core && from == abi.ModuleCore:
		return SignatureOf(f), nil
	case core && from == extism.UserModule:
		u := extism.UserOf(f)
		return Signature{u.Params(), u.Results()}, nil
	case from == extism.EnvModule && name == "var_get":
		return Signature{[]abi.ValueType{abi.I64}, []abi.ValueType{abi.I64}}, nil
	case from == abi.ModuleWASI && name == "proc_exit":
		return Signature{Params: []abi.ValueType{abi.I32}}, nil
	}
	return Signature{}, errors.New("not provided")
}

var assemble = wattest.Assemble

func readFile(tb testing.TB, path ...string) string {
	tb.Helper()
	source, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		tb.Fatal(err)
	}
	return string(source)
}

// assembleFile assembles a file below the testdata of all packages.
func assembleFile(tb testing.TB, path string) []byte {
	tb.Helper()
	return wattest.AssembleFile(tb, filepath.Join("..", "..", "..", "testdata", path))
}

// everything is the text of a module that has all sections.
func everything(tb testing.TB) string {
	tb.Helper()
	return readFile(tb, "testdata", "everything.wat")
}

// modules are seeds: small modules, good and bad.
func modules(tb testing.TB) [][]byte {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "hostile", "*.wat"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no seeds: %v", err)
	}
	seeds := [][]byte{assemble(tb, everything(tb)), assembleFile(tb, "bots/call.wat")}
	for _, file := range files {
		seeds = append(seeds, assemble(tb, readFile(tb, file)))
	}
	for _, tc := range checkTests {
		if tc.data != nil {
			seeds = append(seeds, tc.data)
		}
	}
	return seeds
}
