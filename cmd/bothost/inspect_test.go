package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bothost/bothost/host/needed"
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
//
// and the condition
//
//	[graphviz]         Graphviz is built in
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
		Condition: hasGraphviz,
		Setup: func(env *testscript.Env) error {
			data, err := os.ReadFile(dialog)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "transit.json"), data, 0o644)
		},
	})
}

// graphvizModule is what make graphviz makes; who builds without it has no Graphviz.
const graphvizModule = "../../host/diagram/graphviz/module/graphviz.wasm.gz"

// hasGraphviz is the condition graphviz. Where it is required, it is an error if it
// does not hold.
func hasGraphviz(condition string) (bool, error) {
	if condition != "graphviz" {
		return false, fmt.Errorf("no condition %q", condition)
	}
	_, err := os.Stat(graphvizModule)
	if err != nil && needed.Graphviz.Required() {
		return false, fmt.Errorf("no Graphviz: %w", err)
	}
	return err == nil, nil
}

// TestInspect_WithoutGraphviz builds bothost as on a machine that has Go alone.
func TestInspect_WithoutGraphviz(t *testing.T) {
	dir := t.TempDir()
	program, bot := filepath.Join(dir, "bothost.exe"), filepath.Join(dir, "bot.wasm")
	buildWithout(t, graphvizModule, program)
	data, err := declaring(`{"states": [{"name": "alone", "initial": true}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bot, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		format string
		want   []string // patterns of the lines
		code   int
	}{
		{"svg", []string{"^bothost: .*without Graphviz: run make graphviz ",
			"^hint: --format mermaid"}, 1},
		{"mermaid", []string{"^stateDiagram-v2$"}, 0},
	} {
		t.Run(row.format, func(t *testing.T) {
			cmd := exec.Command(program, "inspect", "--format", row.format, bot)
			out, _ := cmd.CombinedOutput() // the code is in ProcessState
			if got := cmd.ProcessState.ExitCode(); got != row.code {
				t.Errorf("inspect exited with %d, want %d", got, row.code)
			}
			for _, want := range row.want {
				if !regexp.MustCompile("(?m)" + want).Match(out) {
					t.Errorf("inspect said\n%swant %s", out, want)
				}
			}
		})
	}
}

// buildWithout builds this command as if a file were not there.
func buildWithout(t *testing.T, file, program string) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: ""}})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-overlay", overlay, "-o", program, ".")
	out, err := build.CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
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
