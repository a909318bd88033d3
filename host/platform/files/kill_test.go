package files_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/platform/files"
)

// childDir makes the test binary a process that serves a folder.
const childDir = "BOTHOST_TEST_UPLOADS"

// child runs that process, if this is one, until it is killed. It says where it
// serves, and a token.
func child() bool {
	dir := os.Getenv(childDir)
	if dir == "" {
		return false
	}
	var tb childTB
	s := newServerAt(&tb, dir, files.Options{})
	fmt.Println(s.URL)
	for range 2 {
		fmt.Println(s.token(&tb))
	}
	select {}
}

// childTB is a testing.TB where there is no test.
type childTB struct{ testing.TB }

func (*childTB) Helper()        {}
func (*childTB) Cleanup(func()) {}
func (*childTB) Fatal(args ...any) {
	fmt.Println(args...)
	os.Exit(1)
}

// TestPost_Kill: a process that is killed in the midst of an upload leaves what
// was answered, and no temporary file after the next start.
func TestPost_Kill(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }() // it was killed
	defer func() { _ = cmd.Process.Kill() }()
	lines := bufio.NewScanner(out)
	var said [3]string
	for i := range said {
		if !lines.Scan() {
			t.Fatal("the process says nothing")
		}
		said[i] = lines.Text()
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, said[0]+uploadPath,
		strings.NewReader("whole"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+said[1])
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 201 {
		t.Fatalf("POST = %v, %v", resp, err)
	}
	_ = resp.Body.Close()

	conn := dialAddress(t, strings.TrimPrefix(said[0], "http://"))
	send(t, conn, said[2], "Content-Type: text/plain\r\nContent-Length: 1000000\r\n",
		strings.Repeat("x", 100_000))
	temps := func() []string {
		all, err := filepath.Glob(filepath.Join(dir, "tmp", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	eventually(t, func() string { // some of it is on disk
		for _, path := range temps() {
			if info, err := os.Stat(path); err == nil && info.Size() > 0 {
				return ""
			}
		}
		return "the second upload does not begin"
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if len(temps()) != 1 {
		t.Fatalf("the process left %q, want one temporary file", temps())
	}
	s := newServerAt(t, dir, files.Options{})
	wantFolder(t, s, "whole")
	if _, err := s.store.Sweep(t.Context(), func() (func(ref) bool, error) {
		return func(ref) bool { return false }, nil
	}); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, s) // nothing referred to it
}
