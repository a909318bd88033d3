// Package guests builds the Extism plug-ins of testdata/extism for tests and
// benchmarks, each once a process. The tools may be missing: then the error is
// [ErrMissing], and says what to do about it.
package guests

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bothost/bothost/host/needed"
)

// ErrMissing is the cause where a tool is not there.
var ErrMissing = errors.New("a tool is missing")

// Builder builds one plug-in.
type Builder func() ([]byte, error)

// The plug-ins: a bot each, and a probe, which does what its input says.
var (
	CBot                = once(buildC, "bot")
	CProbe              = once(buildC, "probe")
	GoBot               = once(buildGo, "bot")
	GoProbe             = once(buildGo, "probe")
	AssemblyScriptBot   = once(buildAssemblyScript, "bot")
	AssemblyScriptProbe = once(buildAssemblyScript, "probe")
)

func once(build func(name string) ([]byte, error), name string) Builder {
	return sync.OnceValues(func() ([]byte, error) { return build(name) })
}

// Must returns the plug-in for a test, or ends the test where a tool is missing.
func (b Builder) Must(tb testing.TB) []byte {
	tb.Helper()
	data, err := b()
	if errors.Is(err, ErrMissing) {
		needed.Extism.Skip(tb, err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// Source returns the text of a file below testdata/extism.
func Source(name string) ([]byte, error) {
	dir, err := folder()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
}

// folder returns testdata/extism, whichever package's folder the process runs in.
func folder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		path := filepath.Join(dir, "testdata", "extism")
		if _, err := os.Stat(filepath.Join(path, "c", "extism.h")); err == nil {
			return path, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("guests: not within the repository")
		}
		dir = up
	}
}

// build runs commands in a folder of testdata/extism, and returns what they wrote to
// the file out.
func build(out, sub string, env []string, commands ...[]string) ([]byte, error) {
	for _, args := range commands {
		if err := command(sub, env, args...); err != nil {
			return nil, err
		}
	}
	return os.ReadFile(out)
}

func command(sub string, env []string, args ...string) error {
	dir, err := folder()
	if err != nil {
		return err
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = filepath.Join(dir, sub)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", args, err, out)
	}
	return nil
}

// buildC compiles without linking first: a compiler that does both asks other tools
// to optimize, where they are there, which take the names away.
func buildC(name string) ([]byte, error) {
	clang, err := firstTool("clang-14", "clang")
	if err != nil {
		return nil, err
	}
	linker, err := firstTool("wasm-ld-14", "wasm-ld")
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "extism-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	object, out := filepath.Join(temp, name+".o"), filepath.Join(temp, name+".wasm")
	return build(out, "c", nil,
		[]string{clang, "--target=wasm32", "-O2", "-Wall", "-Werror", "-c", name + ".c", "-o", object},
		[]string{linker, "--no-entry", object, "-o", out})
}

// buildGo needs the kit in the module cache, or a network.
func buildGo(name string) ([]byte, error) {
	temp, err := os.MkdirTemp("", "extism-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	env := []string{"GOOS=wasip1", "GOARCH=wasm", "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0"}
	if err := command("go", env, "go", "mod", "download"); err != nil {
		return nil, fmt.Errorf("%w: github.com/extism/go-pdk cannot be had: %w", ErrMissing, err)
	}
	out := filepath.Join(temp, name+".wasm")
	return build(out, "go", env,
		[]string{"go", "build", "-buildmode=c-shared", "-o", out, "./" + name})
}

func buildAssemblyScript(name string) ([]byte, error) {
	node, err := firstTool("node")
	if err != nil {
		return nil, err
	}
	dir, err := folder()
	if err != nil {
		return nil, err
	}
	compiler := filepath.Join(dir, "as", "node_modules", "assemblyscript", "bin", "asc.js")
	if _, err := os.Stat(compiler); err != nil {
		return nil, fmt.Errorf("%w: AssemblyScript; get it with: make extism", ErrMissing)
	}
	temp, err := os.MkdirTemp("", "extism-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	out := filepath.Join(temp, name+".wasm")
	return build(out, "as", nil, []string{
		node, compiler, name + ".ts", "-O", "--use", "abort=" + name + "/abort", "--outFile", out,
	})
}

// firstTool returns the first of the programs that is there.
func firstTool(names ...string) (string, error) {
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w: %s is not on the PATH", ErrMissing, names[0])
}
