package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bothost": func() {
			os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// patience is how long a script waits for what it awaits.
const patience = 2 * time.Minute

// TestScript runs the scripts. Besides the usual commands they have
//
//	serve ARG...     starts bothost run on a free port and sets $url
//	await REGEXP     waits for a line on the server's stderr, after the last one
//	                 that was awaited
//	signal NAME      sends TERM, INT or HUP to the server
//	served CODE      waits until the server ends, with this exit code
//	wat FROM TO      assembles a module in the text format
//	guest NAME TO    builds an example bot
//	cut FROM TO N    copies the first N bytes of a file
//	edit FILE OLD NEW  puts words into the place of others, as an editor does; in
//	                 the place of none, at the beginning
//	exitcode N ARG...  runs bothost and wants this exit code
//
// and the condition
//
//	[builds:LANGUAGE]  this machine can build bots in the language
func TestScript(t *testing.T) {
	params := scriptParams(t)
	params.Dir = "testdata/script"
	testscript.Run(t, params)
}

// scriptParams are the commands and conditions of scripts, and their environment.
func scriptParams(t *testing.T) testscript.Params {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return testscript.Params{
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": scriptServe, "await": scriptAwait, "signal": scriptSignal,
			"served": scriptServed, "wat": scriptWat, "guest": scriptGuest(root),
			"cut": scriptCut, "exitcode": scriptExitcode, "edit": scriptEdit,
		},
		Condition: func(condition string) (bool, error) {
			lang, ok := strings.CutPrefix(condition, "builds:")
			if !ok {
				return false, fmt.Errorf("unknown condition %q", condition)
			}
			return builds(t, lang), nil
		},
		Setup: func(env *testscript.Env) error {
			for name, ask := range toolEnv {
				out, err := exec.Command(ask[0], ask[1:]...).Output()
				if err != nil && ask[0] == "go" {
					return err
				}
				env.Setenv(name, strings.TrimSpace(string(out)))
			}
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("ROOT", root)
			// For scripts that take PATH away.
			program, err := exec.LookPath("bothost")
			if err != nil {
				return err
			}
			env.Setenv("BOTHOST", program)
			running := new(server)
			env.Values[serverKey{}] = running
			env.Defer(running.kill)
			return nil
		},
	}
}

// toolEnv is what tools are asked for: scripts build bots with the caches and
// settings of whoever runs the tests.
var toolEnv = map[string][]string{
	"GOCACHE":               {"go", "env", "GOCACHE"},
	"GOMODCACHE":            {"go", "env", "GOMODCACHE"},
	"GOPATH":                {"go", "env", "GOPATH"},
	"GOFLAGS":               {"go", "env", "GOFLAGS"},
	"GOPROXY":               {"go", "env", "GOPROXY"},
	"NPM_CONFIG_CACHE":      {"npm", "config", "get", "cache"},
	"NPM_CONFIG_USERCONFIG": {"npm", "config", "get", "userconfig"},
}
