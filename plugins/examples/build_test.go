package examples_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
)

// bots are the folders here, each a bot.
var bots = []string{"echo", "greetings", "counter", "weather", "transit", "reminder", "files", "showcase"}

// build holds one builder for each bot, which builds it once.
var build = func() map[string]func() ([]byte, error) {
	builders := make(map[string]func() ([]byte, error))
	for _, bot := range bots {
		builders[bot] = sync.OnceValues(func() ([]byte, error) { return buildModule("./" + bot) })
	}
	return builders
}()

// buildModule builds the bot in a folder as its README says.
func buildModule(folder string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "bot")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "bot.wasm")
	command := exec.Command("go", "build", "-buildmode=c-shared", "-o", file, folder)
	command.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=-buildvcs=false")
	if out, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build %s: %w\n%s", folder, err, out)
	}
	return os.ReadFile(file)
}

// buildGuest returns the module of a bot.
func buildGuest(tb testing.TB, bot string) []byte {
	tb.Helper()
	module, err := build[bot]()
	if err != nil {
		tb.Fatal(err)
	}
	return module
}

// compile reads a bot's module, for as long as the test runs. The interpreter is
// enough to look at it, and compiles it in no time.
func compile(tb testing.TB, bot string) (wazero.Runtime, wazero.CompiledModule) {
	tb.Helper()
	ctx := context.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	tb.Cleanup(func() { runtime.Close(ctx) })
	module, err := runtime.CompileModule(ctx, buildGuest(tb, bot))
	if err != nil {
		tb.Fatal(err)
	}
	return runtime, module
}

// Every folder with a program is among the bots.
func TestBots(t *testing.T) {
	programs, err := filepath.Glob("*/main.go")
	if err != nil || len(programs) != len(bots) {
		t.Errorf("programs = %q, %v, want those of %q", programs, err, bots)
	}
}
