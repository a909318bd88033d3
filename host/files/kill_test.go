package files

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// childDir makes the test binary a process that brings files into a folder until
// it is killed.
const (
	childDir     = "BOTHOST_TEST_FILES"
	childWriters = 8
	childSize    = 100_003
)

// child runs that process, if this is one. It says what is brought; others hang
// half-way.
func child() bool {
	dir := os.Getenv(childDir)
	if dir == "" {
		return false
	}
	s, err := OpenStore(Options{Dir: dir})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var wg sync.WaitGroup
	start, _ := strconv.Atoi(os.Getenv(childDir + "_START"))
	for g := range childWriters {
		wg.Go(func() {
			for i := start + g; ; i += childWriters {
				childPut(s, i)
			}
		})
		wg.Go(func() {
			// Never ends.
			_, _ = s.Put(context.Background(), io.MultiReader(strings.NewReader(random(childSize, byte(g))), blocked{}), PutOptions{})
		})
	}
	wg.Wait()
	return true
}

type blocked struct{}

func (blocked) Read([]byte) (int, error) { select {} }

func childPut(s *Store, i int) {
	h, err := s.Put(context.Background(), strings.NewReader(childContent(i)), PutOptions{})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	h.Keep()
	h.Release()
	fmt.Println("put", i, ".")
}

func childContent(i int) string { return fmt.Sprintf("%0*d", childSize, i) }

// TestKill kills a process in the midst of many uploads, again and again: what it
// said to be brought is there, everything that is there is whole, and no temporary
// file stays.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	var acked []int
	for round := range 5 {
		before := len(acked)
		acked = append(acked, killed(t, dir, round*100_000)...)
		if len(acked) == before {
			t.Fatal("nothing was brought")
		}
		if temps := paths(t, dir+"/tmp"); len(temps) < childWriters {
			t.Errorf("the process left %d temporary files, want %d at least", len(temps), childWriters)
		}
		s := openTest(t, Options{Dir: dir})
		wantNoTemps(t, s)
		for _, i := range acked {
			wantContent(t, s, refOf(childContent(i)), childContent(i))
		}
		wantTrue(t, s)
	}
}

// killed lets the process work, kills it, and returns what it said was brought.
func killed(t *testing.T, dir string, start int) (acked []int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childDir+"_START="+strconv.Itoa(start))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait() // it was killed
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var i int
		var end string
		if n, err := fmt.Sscanf(lines.Text(), "put %d %s", &i, &end); n != 2 || end != "." {
			if strings.HasPrefix(lines.Text(), "error") {
				t.Fatalf("the process says %q, %v", lines.Text(), err)
			}
			break // the last line may be torn
		}
		if acked = append(acked, i); len(acked) == 5*childWriters {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return acked
}

// wantTrue wants every file to have the content that its name says.
func wantTrue(t *testing.T, s *Store) {
	t.Helper()
	err := s.folder.refs(func(r Ref) error {
		c, err := s.Open(r)
		if err != nil {
			return err
		}
		defer c.Close()
		content, err := io.ReadAll(c)
		if refOf(string(content)) != r {
			t.Errorf("the file %s has another content, of %d bytes", r, len(content))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
