package main

import (
	"context"
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
const patience = 30 * time.Second

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
//	exitcode N ARG...  runs bothost and wants this exit code
func TestScript(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": scriptServe, "await": scriptAwait, "signal": scriptSignal,
			"served": scriptServed, "wat": scriptWat, "guest": scriptGuest(root),
			"cut": scriptCut, "exitcode": scriptExitcode,
		},
		Setup: func(env *testscript.Env) error {
			// Scripts build Go bots with the caches of whoever runs the tests.
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOPROXY"} {
				out, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				env.Setenv(name, strings.TrimSpace(string(out)))
			}
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("ROOT", root)
			running := new(server)
			env.Values[serverKey{}] = running
			env.Defer(running.kill)
			return nil
		},
	})
}
