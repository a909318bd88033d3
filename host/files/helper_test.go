package files

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if child() {
		return
	}
	goleak.VerifyTestMain(m)
}

// each runs a test on both stores.
func each(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Run("disk", func(t *testing.T) { test(t, openTest(t, Options{Dir: t.TempDir()})) })
	t.Run("memory", func(t *testing.T) { test(t, NewMemory(Options{})) })
}

func openTest(tb testing.TB, o Options) *Store {
	tb.Helper()
	s, err := OpenStore(o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func put(tb testing.TB, s *Store, content string) *Hold {
	tb.Helper()
	h, err := s.Put(tb.Context(), strings.NewReader(content), PutOptions{})
	if err != nil {
		tb.Fatalf("Put(%.20q) = %v", content, err)
	}
	return h
}

// kept brings a file that entries refer to.
func kept(tb testing.TB, s *Store, content string) Ref {
	tb.Helper()
	h := put(tb, s, content)
	h.Keep()
	h.Release()
	return h.Ref
}

func refOf(content string) Ref { return sha256.Sum256([]byte(content)) }

// wantFiles compares what a store holds, and wants no temporary file.
func wantFiles(tb testing.TB, s *Store, contents ...string) {
	tb.Helper()
	want := make(map[Ref]string)
	for _, c := range contents {
		want[refOf(c)] = c
	}
	n := 0
	err := s.folder.refs(func(r Ref) error {
		n++
		if _, ok := want[r]; !ok {
			tb.Errorf("there is a file %s, which nobody wants", r)
		}
		return nil
	})
	if err != nil || n != len(want) {
		tb.Errorf("there are %d files, %v, want %d", n, err, len(want))
	}
	for r, content := range want {
		wantContent(tb, s, r, content)
	}
	wantNoTemps(tb, s)
}

func wantContent(tb testing.TB, s *Store, r Ref, content string) {
	tb.Helper()
	c, err := s.Open(r)
	if err != nil {
		tb.Errorf("Open(%.20q) = %v", content, err)
		return
	}
	got, err := io.ReadAll(c)
	if err != nil || string(got) != content || c.Size() != int64(len(content)) {
		tb.Errorf("the file has %.20q of %d bytes, %v, want %.20q", got, c.Size(), err, content)
	}
	if err := c.Close(); err != nil {
		tb.Error(err)
	}
}

func wantNoTemps(tb testing.TB, s *Store) {
	tb.Helper()
	err := s.folder.temps(func(temp string) error {
		tb.Errorf("the temporary file %s stayed", temp)
		return nil
	})
	if err != nil {
		tb.Error(err)
	}
}

// wantIdle wants that nobody is said to use anything.
func wantIdle(tb testing.TB, s *Store) {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.states) != 0 || len(s.temps) != 0 || len(s.writers)+len(s.quick) != 0 || len(s.broken) != 0 {
		tb.Errorf("%d files are in use, %d written, %d places taken, %d broken, want none",
			len(s.states), len(s.temps), len(s.writers)+len(s.quick), len(s.broken))
	}
}

// nothing is live.
func nothing() (func(Ref) bool, error) { return func(Ref) bool { return false }, nil }

var errTest = errors.New("test")

// failing gives some bytes, then an error.
func failing(content string, err error) io.Reader {
	return io.MultiReader(strings.NewReader(content), errReader{err})
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// random returns content that looks like nothing.
func random(n int, seed byte) string {
	b := bytes.Repeat([]byte{0, seed, 0xfe}, n/3+1)
	return string(b[:n])
}

// paths returns all files below a folder.
func paths(tb testing.TB, dir string) (all []string) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}
