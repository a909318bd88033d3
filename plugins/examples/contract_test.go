package examples_test

import (
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/abi"
)

// maxEcho is the size that the smallest bot stays below, in bytes: instances
// and compiling cost by it.
const maxEcho = 2_000_000

// signature returns a function's type in the text format of WebAssembly.
func signature(f api.FunctionDefinition) string {
	types := func(open string, list []api.ValueType) string {
		if len(list) == 0 {
			return ""
		}
		var s strings.Builder
		for _, v := range list {
			s.WriteString(" " + api.ValueTypeName(v))
		}
		return " (" + open + s.String() + ")"
	}
	return "(func" + types("param", f.ParamTypes()) + types("result", f.ResultTypes()) + ")"
}

func TestModules_Imports(t *testing.T) {
	for _, bot := range bots {
		t.Run(bot, func(t *testing.T) {
			_, module := compile(t, bot)
			for _, f := range module.ImportedFunctions() {
				from, name, _ := f.Import()
				if from == abi.ModuleWASI {
					continue
				}
				known, ok := abi.FunctionByName(name)
				if from != abi.ModuleCore || !ok {
					t.Errorf("imports %s.%s, which no host has", from, name)
					continue
				}
				if got, want := signature(f), known.Info().Signature(); got != want {
					t.Errorf("%s = %s, want %s", name, got, want)
				}
			}
			if memories := module.ImportedMemories(); len(memories) > 0 {
				t.Errorf("imports %d memories", len(memories))
			}
		})
	}
}

func TestModules_Exports(t *testing.T) {
	for _, bot := range bots {
		t.Run(bot, func(t *testing.T) {
			_, module := compile(t, bot)
			for name, f := range module.ExportedFunctions() {
				export, ok := abi.ExportByName(name)
				if !ok {
					t.Errorf("exports %s, which is not in the table", name)
					continue
				}
				want := "(func (result i32))"
				if export == abi.Initialize {
					want = "(func)"
				}
				if got := signature(f); got != want {
					t.Errorf("%s = %s, want %s", name, got, want)
				}
			}
			if module.ExportedMemories()[abi.MemoryExport] == nil {
				t.Errorf("exports no %s", abi.MemoryExport)
			}
			for _, export := range []abi.Export{abi.Initialize, abi.Describe, abi.OnMessage} {
				if module.ExportedFunctions()[export.String()] == nil {
					t.Errorf("exports no %s", export)
				}
			}
		})
	}
}

func TestModules_Size(t *testing.T) {
	if got := len(buildGuest(t, "echo")); got > maxEcho {
		t.Errorf("echo has %d bytes, want at most %d", got, maxEcho)
	}
}
