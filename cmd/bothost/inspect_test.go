package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bothost/bothost/host/wat"
)

var updateInspect = flag.Bool("update", false, "rewrite the golden files of inspect")

// TestInspectScript runs the scripts of inspect. Besides the usual commands they
// have
//
//	wat FROM TO        assembles a module in the text format
//	declare FROM TO    makes a module that declares a definition
//	declares N TO      makes one with a dialog of N states
//	exitcode N ARG...  runs bothost and wants this exit code
func TestInspectScript(t *testing.T) {
	dialog, err := filepath.Abs("../../host/diagram/testdata/transit.json")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/inspect",
		RequireUniqueNames: true,
		UpdateScripts:      *updateInspect,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"wat": scriptWat, "declare": scriptDeclare, "declares": scriptDeclares,
			"exitcode": scriptExitcode,
		},
		Setup: func(env *testscript.Env) error {
			data, err := os.ReadFile(dialog)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "transit.json"), data, 0o644)
		},
	})
}

// declaring returns a module of which describe returns a definition.
func declaring(definition string) ([]byte, error) {
	var text strings.Builder
	for _, c := range []byte(definition) {
		fmt.Fprintf(&text, `\%02x`, c)
	}
	return wat.Assemble(fmt.Sprintf(`(module
		(import "bothost_v1" "output" (func $output (param i32 i32)))
		(memory (export "memory") 8)
		(data (i32.const 0) "%s")
		(func (export "describe") (call $output (i32.const 0) (i32.const %d)))
		(func (export "check") (call $output (i32.const 0) (i32.const 0)))
		(func (export "on_message")))`, &text, len(definition)))
}

// scriptDeclare is the command declare.
func scriptDeclare(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: declare FROM TO")
	}
	data, err := declaring(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
}

// scriptDeclares is the command declares.
func scriptDeclares(ts *testscript.TestScript, neg bool, args []string) {
	var n int
	if neg || len(args) != 2 {
		ts.Fatalf("usage: declares N TO")
	}
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	states := make([]map[string]any, n)
	for i := range states {
		states[i] = map[string]any{"name": fmt.Sprint("s", i), "initial": i == 0,
			"transitions": []map[string]any{{"message": true, "to": fmt.Sprint("s", (i+1)%n)}}}
	}
	definition, err := json.Marshal(map[string]any{"states": states})
	ts.Check(err)
	data, err := declaring(string(definition))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
}
