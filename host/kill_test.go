package host

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
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

// runChild serves the module in a folder until it is killed.
func runChild(dir string) error {
	var allow []string
	if addr := os.Getenv(childAllowEnv); addr != "" {
		allow = []string{addr}
	}
	h, err := New(Options{
		Allow: allow,
		Files: []string{filepath.Join(dir, "bot.wasm")}, Addr: os.Getenv("BOTHOST_TEST_ADDR"),
		Data: filepath.Join(dir, "data"), Limits: abi.Limits{Entries: 1 << 20},
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
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

// speaker is one client that goes on talking.
type speaker struct {
	*client.Session
	sent, accepted atomic.Int64
	replies        []string // of one goroutine, until it has ended
	ids            []string
}

// hear collects what comes, and checks that seq rises by one.
func (s *speaker) hear(ctx context.Context, t *testing.T, total *atomic.Int64) {
	var last uint64
	for {
		f, err := s.Receive(ctx)
		if err != nil {
			if !errors.Is(err, client.ErrClosed) && ctx.Err() == nil {
				t.Errorf("Receive: %v", err)
			}
			return
		}
		switch f.Type {
		case native.Accepted, native.Entry:
			if f.Seq != last+1 {
				t.Errorf("seq %d (%s) follows %d", f.Seq, f.Type, last)
			}
			last = f.Seq
		}
		switch {
		case f.Type == native.Accepted:
			s.ids = append(s.ids, f.ID)
			s.accepted.Add(1)
			total.Add(1)
		case f.Type == native.Entry && f.From == abi.FromBot:
			e, err := f.LogEntry()
			if err != nil {
				t.Errorf("LogEntry: %v", err)
			}
			s.replies = append(s.replies, e.Body)
		case f.Type == native.Welcome && f.Reason != "":
			t.Errorf("the session was not resumed: %s", f.Reason)
		}
	}
}

// TestKill kills the host in the midst of its work, again and again: what was
// accepted has exactly one turn, and every reply comes once and in order.
func TestKill(t *testing.T) {
	rounds := killRounds
	if testing.Short() {
		rounds = 5
	}
	dir, addr := t.TempDir(), freeAddr(t)
	if err := os.WriteFile(filepath.Join(dir, "bot.wasm"), assembleBot(t, "count"), 0o600); err != nil {
		t.Fatal(err)
	}
	host := startChild(t, dir, addr)
	defer func() { host.kill() }()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	speakers, total := make([]*speaker, killClients), new(atomic.Int64)
	var talking, hearing sync.WaitGroup
	quiet := make(chan struct{})
	for i := range speakers {
		s := &speaker{}
		var err error
		s.Session, err = client.Open(ctx, client.SessionOptions{
			Options: client.Options{URL: "ws://" + addr}, Pending: 4,
			MinWait: time.Millisecond, MaxWait: 20 * time.Millisecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		speakers[i] = s
		hearing.Go(func() { s.hear(ctx, t, total) })
		talking.Go(func() { s.talk(ctx, t, quiet) })
	}
	for round := range rounds {
		until := total.Load() + killAfter + rand.Int64N(killAfter)
		waitFor(t, func() bool { return total.Load() >= until })
		host.kill()
		pending := int64(0)
		for _, s := range speakers {
			pending += s.sent.Load() - s.accepted.Load()
		}
		if pending == 0 {
			t.Errorf("round %d: nothing was under way when the host was killed", round)
		}
		host = startChild(t, dir, addr)
	}
	close(quiet)
	talking.Wait()
	for _, s := range speakers {
		waitFor(t, func() bool { return s.accepted.Load() == s.sent.Load() })
		if err := s.Sync(ctx); err != nil {
			t.Errorf("Sync: %v", err)
		}
	}
	host.kill()
	cancel()
	hearing.Wait()
	checkTold(t, dir, speakers)
	t.Logf("%d messages over %d kills", total.Load(), rounds)
}

// talk sends messages until quiet is closed.
func (s *speaker) talk(ctx context.Context, t *testing.T, quiet <-chan struct{}) {
	for {
		select {
		case <-quiet:
			return
		default:
		}
		if _, err := s.Send(ctx, "count"); err != nil {
			t.Errorf("Send: %v", err)
			return
		}
		s.sent.Add(1)
	}
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
		n := int(s.sent.Load())
		for k, reply := range s.replies {
			if reply != strconv.Itoa(k+1) {
				t.Fatalf("client %d: reply %d is %q", i, k+1, reply)
			}
		}
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
		if rec.Vars["n"] != strconv.Itoa(n) || len(s.replies) != n || len(s.ids) != n || len(turns) != n {
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
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("waited too long")
		}
	}
}
