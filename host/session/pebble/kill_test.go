package pebble_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// childDir makes the test binary a process that works on a folder; childDurability
// says how.
const (
	childDir        = "BOTHOST_TEST_DIR"
	childDurability = "BOTHOST_TEST_DURABILITY"
	childWriters    = 16
)

// child runs that process, if this is one: it opens the folder, and commits until
// it is killed, and says what was acknowledged.
func child() bool {
	dir := os.Getenv(childDir)
	if dir == "" {
		return false
	}
	durability, _ := strconv.Atoi(os.Getenv(childDurability))
	s, err := pebble.Open(pebble.Options{
		Dir: dir, Durability: pebble.Durability(durability), Entries: 16, Reserve: -1})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("open", 0)
	var writers sync.WaitGroup
	for i := range childWriters {
		writers.Go(func() { childWrite(s, strconv.Itoa(i)) })
	}
	writers.Wait()
	return true
}

func childWrite(s session.Store, id string) {
	ctx := context.Background()
	head := session.Head{Epoch: 1}
	switch rec, err := s.Load(ctx, key(id)); {
	case err == nil:
		head = rec.Head
	case !errors.Is(err, session.ErrNotFound):
		fmt.Println("error", err)
		return
	}
	for {
		c := turnOf(key(id), head, 500)
		if err := s.Commit(ctx, c); err != nil {
			fmt.Println("error", err)
			return
		}
		head = c.Head
		fmt.Println(id, head.Turn)
	}
}

// startChild starts that process.
func startChild(t *testing.T, dir string, d pebble.Durability) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childDurability+"="+strconv.Itoa(int(d)))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait() // it was killed
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "open 0" {
		t.Fatalf("the process says %q, want open", lines.Text())
	}
	return cmd, lines
}

// TestKill kills a process in the midst of its commits, again and again: with
// Sync, what was acknowledged is there; with the others, sessions are whole and
// begin a new epoch.
func TestKill(t *testing.T) {
	for _, test := range []struct {
		name       string
		durability pebble.Durability
	}{
		{"sync", pebble.Sync}, {"interval", pebble.Interval}, {"none", pebble.None},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			acked := make(map[string]uint64)
			for round := range uint64(5) {
				killed(t, dir, test.durability, acked)
				epoch := uint64(1)
				if test.durability != pebble.Sync {
					epoch += round + 1
				}
				afterKill(t, dir, test.durability, acked, epoch)
			}
		})
	}
}

// killed lets a process commit, kills it, and notes what was acknowledged.
func killed(t *testing.T, dir string, d pebble.Durability, acked map[string]uint64) {
	t.Helper()
	cmd, lines := startChild(t, dir, d)
	n := 0
	for lines.Scan() {
		id, turn, _ := strings.Cut(lines.Text(), " ")
		if id == "error" {
			t.Fatalf("the process says %q", lines.Text())
		}
		number, err := strconv.ParseUint(turn, 10, 64)
		if err != nil {
			break // the last line may be torn
		}
		acked[id] = number
		if n++; n == 50*childWriters {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n < 50*childWriters {
		t.Fatalf("the process ended after %d commits, before it was killed", n)
	}
}

// afterKill opens what is left.
func afterKill(t *testing.T, dir string, d pebble.Durability, acked map[string]uint64,
	epoch uint64) {
	t.Helper()
	s, err := pebble.Open(pebble.Options{Dir: dir, Durability: d, Entries: 16, Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	lost := uint64(0)
	for id, turn := range acked {
		rec, err := s.Load(t.Context(), key(id))
		if d != pebble.Sync && errors.Is(err, session.ErrNotFound) {
			delete(acked, id) // all of it was lost, and it begins again
			continue
		}
		got := wantWhole(t, s, key(id))
		if d == pebble.Sync && got < turn {
			t.Errorf("session %s has turn %d, acknowledged was %d", id, got, turn)
		}
		if got > turn+1 {
			t.Errorf("session %s has turn %d, acknowledged was only %d", id, got, turn)
		}
		if d == pebble.Sync && rec.Head.Epoch != epoch || rec.Head.Epoch > epoch ||
			d != pebble.Sync && rec.Head.Epoch < 2 {
			t.Errorf("session %s has epoch %d, %d ends were unclean", id, rec.Head.Epoch, epoch-1)
		}
		lost += turn - min(turn, got)
		acked[id] = got
	}
	t.Logf("%d of the commits that were acknowledged are lost", lost)
	if err := s.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
}

func TestOpen_locked(t *testing.T) {
	dir := t.TempDir()
	t.Run("same process", func(t *testing.T) {
		s := open(t, pebble.Options{Dir: dir})
		wantLocked(t, dir, os.Getpid())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		open(t, pebble.Options{Dir: dir})
	})
	t.Run("other process", func(t *testing.T) {
		cmd, _ := startChild(t, dir, pebble.None)
		wantLocked(t, dir, cmd.Process.Pid)
	})
	open(t, pebble.Options{Dir: dir}) // the lock of a killed process is none
}

func wantLocked(t *testing.T, dir string, pid int) {
	t.Helper()
	s, err := pebble.Open(pebble.Options{Dir: dir})
	if err == nil {
		_ = s.Close()
	}
	if !errors.Is(err, pebble.ErrLocked) {
		t.Fatalf("Open(locked) = %v, want ErrLocked", err)
	}
	if text := err.Error(); !strings.Contains(text, dir) ||
		!strings.Contains(text, fmt.Sprint("process ", pid)) {
		t.Errorf("Open(locked) = %v, want the folder and process %d named", err, pid)
	}
}
