package examples_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bothost/bothost/host/gobot"
)

// bots are the folders here, each a bot.
var bots = []string{"echo", "greetings", "counter", "weather", "transit", "reminder",
	"files", "showcase"}

// buildGuest returns the module of a bot, built as its README says.
func buildGuest(tb testing.TB, bot string) []byte {
	tb.Helper()
	return gobot.Must(tb, bot)
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
