package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bothost/bothost/host/gobot"
	"github.com/bothost/bothost/host/wat"
)

// server is a bothost run in the background of a script.
type server struct {
	cmd  *exec.Cmd
	says transcript
	// ended is closed when the process has ended.
	ended chan struct{}
}

type serverKey struct{}

func current(ts *testscript.TestScript) *server {
	return ts.Value(serverKey{}).(*server)
}

// kill ends a server that the script left running.
func (s *server) kill() {
	if s.cmd == nil {
		return
	}
	// Fails only if the process has ended.
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// transcript collects what a server says, and tells who waits that there is
// more.
type transcript struct {
	mu sync.Mutex
	// guards the following
	text bytes.Buffer
	read int // up to here it was awaited
	more chan struct{}
}

// Write implements io.Writer.
func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.more != nil {
		close(t.more)
		t.more = nil
	}
	return t.text.Write(p)
}

// find looks for a match after the last one that was found.
func (t *transcript) find(re *regexp.Regexp) (match []string, more <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest := t.text.Bytes()[t.read:]
	for _, m := range re.FindSubmatch(rest) {
		match = append(match, string(m))
	}
	if match != nil {
		t.read += re.FindIndex(rest)[1]
		return match, nil
	}
	if t.more == nil {
		t.more = make(chan struct{})
	}
	return nil, t.more
}

// rewind makes find begin at the beginning again.
func (t *transcript) rewind() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read = 0
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// scriptServe is the command serve.
func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	s := current(ts)
	if neg || s.cmd != nil {
		ts.Fatalf("usage: serve ARG..., once")
	}
	path, err := exec.LookPath("bothost")
	ts.Check(err)
	s.cmd = exec.Command(path, append([]string{"run", "--addr", "127.0.0.1:0"}, args...)...)
	s.cmd.Dir = ts.MkAbs(".")
	s.cmd.Env = scriptEnv(ts)
	s.cmd.Stdout, s.cmd.Stderr = &s.says, &s.says
	s.ended = make(chan struct{})
	ts.Check(s.cmd.Start())
	go func() {
		_ = s.cmd.Wait() // the code is in ProcessState
		close(s.ended)
	}()
	found := s.await(ts, `(?:served at|listening on) (?:ws://)?(127\.0\.0\.1:\d+)`)
	s.says.rewind()
	ts.Setenv("url", "ws://"+found[1])
	ts.Setenv("http", "http://"+found[1])
}

func scriptEnv(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{
		"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME",
		"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOPROXY", "NPM_CONFIG_CACHE",
		"NPM_CONFIG_USERCONFIG",
	} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}

// await waits until the server has said something that matches.
func (s *server) await(ts *testscript.TestScript, pattern string) []string {
	re, err := regexp.Compile(pattern)
	ts.Check(err)
	deadline := time.After(patience)
	for {
		match, more := s.says.find(re)
		if match != nil {
			return match
		}
		select {
		case <-more:
		case <-s.ended:
			if match, _ := s.says.find(re); match != nil {
				return match
			}
			ts.Fatalf("the server ended before it said %q:\n%s", pattern, s.says.String())
		case <-deadline:
			ts.Fatalf("the server did not say %q in %v:\n%s", pattern, patience, s.says.String())
		}
	}
}

// scriptAwait is the command await.
func scriptAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await REGEXP")
	}
	ts.Logf("%s", current(ts).await(ts, "(?m)"+args[0])[0])
}

// scriptSignal is the command signal.
func scriptSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{
		"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "HUP": syscall.SIGHUP,
	}
	if neg || len(args) != 1 || signals[args[0]] == nil {
		ts.Fatalf("usage: signal TERM|INT|HUP")
	}
	ts.Check(current(ts).cmd.Process.Signal(signals[args[0]]))
}

// scriptServed is the command served.
func scriptServed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: served CODE")
	}
	s := current(ts)
	select {
	case <-s.ended:
	case <-time.After(patience):
		ts.Fatalf("the server did not end in %v:\n%s", patience, s.says.String())
	}
	if got := strconv.Itoa(s.cmd.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("the server ended with %s, want %s:\n%s", got, args[0], s.says.String())
	}
	s.cmd = nil
}

// scriptWat is the command wat.
func scriptWat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: wat FROM TO")
	}
	data, err := wat.Assemble(ts.ReadFile(args[0]))
	ts.Check(err)
	replaceFile(ts, args[1], data)
}

// scriptGuest is the command guest.
func scriptGuest(root string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 2 {
			ts.Fatalf("usage: guest NAME TO")
		}
		module, err := gobot.Build(filepath.Join(root, "plugins", "examples", args[0]))
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), module, 0o600))
	}
}

// scriptCut is the command cut.
func scriptCut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: cut FROM TO N")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	replaceFile(ts, args[1], data[:min(n, len(data))])
}

// scriptExitcode is the command exitcode.
func scriptExitcode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exitcode N ARG...")
	}
	path, err := exec.LookPath("bothost")
	ts.Check(err)
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), scriptEnv(ts)
	out, _ := cmd.CombinedOutput() // the code is in ProcessState
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("bothost %q exited with %s, want %s:\n%s", args[1:], got, args[0], out)
	}
}

// scriptEdit is the command edit.
func scriptEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not have %q", args[0], args[1])
	}
	replaceFile(ts, args[0], []byte(strings.Replace(text, args[1], args[2], 1)))
}

// replaceFile writes a file as a careful deployment does: beside its place, then
// into it.
func replaceFile(ts *testscript.TestScript, name string, data []byte) {
	path := ts.MkAbs(name)
	next := filepath.Join(filepath.Dir(path), ".next")
	ts.Check(os.WriteFile(next, data, 0o600))
	ts.Check(os.Rename(next, path))
}
