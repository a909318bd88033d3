package host

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

const (
	killRounds  = 50
	killClients = 32
	// killAfter is how many messages are accepted in a round before the host is
	// killed.
	killAfter = 100
)

// childEnv names the folder of a host that a test kills: the test's own program,
// run again, is then that host.
const childEnv = "BOTHOST_TEST_HOST"

// childAllowEnv names the one address that its bots may call; empty for none.
const childAllowEnv = "BOTHOST_TEST_ALLOW"

// childEntriesEnv is how many entries a session keeps; empty for all.
const childEntriesEnv = "BOTHOST_TEST_ENTRIES"

// runChild serves the module in a folder until it is killed.
func runChild(dir string) error {
	var allow []string
	if addr := os.Getenv(childAllowEnv); addr != "" {
		allow = []string{addr}
	}
	entries := int64(1 << 20)
	if n, err := strconv.ParseInt(os.Getenv(childEntriesEnv), 10, 64); err == nil {
		entries = n
	}
	h, err := New(Options{
		Allow: allow,
		Files: []string{filepath.Join(dir, "bot.wasm")}, Addr: os.Getenv("BOTHOST_TEST_ADDR"),
		Data: filepath.Join(dir, "data"), Limits: abi.Limits{Entries: entries},
		Logger: slog.New(slog.NewTextHandler(os.Stderr,
			&slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	if err := h.Load(context.Background()); err != nil {
		return err
	}
	go func() { // the test's end is ours
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Println("ready")
	return h.Run(context.Background())
}

// child is such a host.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
}

func startChild(t *testing.T, dir, addr string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir, "BOTHOST_TEST_ADDR="+addr)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd, stdin}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		c.kill()
		t.Fatalf("the host said %q, %v, want ready", line, err)
	}
	return c
}

// kill ends the host as a crash does.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	_ = c.stdin.Close()
}

// TestKill kills the host in the midst of its work, again and again: what was
// accepted has exactly one turn, and every reply comes once and in order.
func TestKill(t *testing.T) {
	rounds := killRounds
	if testing.Short() {
		rounds = 5
	}
	dir, addr := t.TempDir(), freeAddr(t)
	if err := os.WriteFile(filepath.Join(dir, "bot.wasm"),
		assembleBot(t, "count"), 0o600); err != nil {
		t.Fatal(err)
	}
	host := startChild(t, dir, addr)
	defer func() { host.kill() }()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	all := openSpeakers(ctx, t, killClients, addr)
	for round := range rounds {
		all.waitAccepted(t, killAfter+rand.Int64N(killAfter))
		host.kill()
		pending := int64(0)
		for _, s := range all.speakers {
			pending += s.sent.Load() - s.accepted.Load()
		}
		if pending == 0 {
			t.Errorf("round %d: nothing was under way when the host was killed", round)
		}
		host = startChild(t, dir, addr)
	}
	all.end(ctx, t)
	host.kill()
	cancel()
	all.hearing.Wait()
	checkTold(t, dir, all.speakers)
	t.Logf("%d messages over %d kills", all.total.Load(), rounds)
}

// checkTold compares what the clients heard with what the store holds.
func checkTold(t *testing.T, dir string, speakers []*speaker) {
	t.Helper()
	store, err := pebble.Open(pebble.Options{Dir: filepath.Join(dir, "data"), Entries: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for i, s := range speakers {
		n := s.checkReplies(t, i)
		key := session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: s.Options().Session}
		rec, err := store.Load(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		page, err := store.Read(t.Context(), key, 0, 1<<20, nil)
		if err != nil {
			t.Fatal(err)
		}
		turns := make(map[string]int)
		for _, e := range page.Entries {
			if e.From == abi.FromUser {
				turns[e.ID]++
			}
		}
		for _, id := range s.ids {
			if turns[id] != 1 {
				t.Errorf("client %d: %s was accepted and has %d turns", i, id, turns[id])
			}
		}
		if rec.Vars["n"] != strconv.Itoa(n) || len(s.replies) != n || len(s.ids) != n ||
			len(turns) != n {
			t.Errorf("client %d sent %d: counted %s, %d replies, %d accepted, %d in the log",
				i, n, rec.Vars["n"], len(s.replies), len(s.ids), len(turns))
		}
	}
}

// freeAddr returns an address that is free, now.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func assembleBot(t *testing.T, name string) []byte {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "testdata", "bots", name+".wat"))
	if err != nil {
		t.Fatal(err)
	}
	return assemble(t, string(source))
}

// waitFor waits until something holds, and looks every millisecond.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	waitForOr(t, ok, func() string { return "waited too long" })
}
