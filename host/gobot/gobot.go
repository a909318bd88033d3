// Package gobot builds bots in Go for tests and benchmarks, with the go command and
// nothing else: what bothost build makes of them has tests of its own.
package gobot

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// built has the folders that were built: each value is a func() ([]byte, error).
var built sync.Map

// Build returns the module of the bot in a folder, which is built once a process.
func Build(folder string) ([]byte, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	once, _ := built.LoadOrStore(folder, sync.OnceValues(func() ([]byte, error) {
		return build(folder)
	}))
	return once.(func() ([]byte, error))()
}

// Must is [Build] for a test, which fails if the bot does not build.
func Must(tb testing.TB, folder string) []byte {
	tb.Helper()
	module, err := Build(folder)
	if err != nil {
		tb.Fatal(err)
	}
	return module
}

func build(folder string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "gobot-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "bot.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-o", file, ".")
	cmd.Dir = folder
	// Flags for the tests are none for their bots.
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build %s: %w\n%s", folder, err, out)
	}
	return os.ReadFile(file)
}
