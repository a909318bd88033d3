package plugin

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

func openCache(t *testing.T, dir string, limit int64, log *logLines) *Cache {
	t.Helper()
	c, err := OpenCache(dir, limit, log.logger())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// files returns the files below dir, with their contents.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// codeFiles returns the paths of the files below dir that hold code.
func codeFiles(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	for name := range files(t, dir) {
		if filepath.Base(name) != sealName {
			all = append(all, filepath.Join(dir, name))
		}
	}
	slices.Sort(all)
	return all
}

// runCached compiles and runs a module with the cache.
func runCached(t *testing.T, c *Cache, source string) {
	t.Helper()
	m, err := Compile(t.Context(), assemble(t, source), Options{Cache: c})
	if err != nil {
		t.Error(err)
		return
	}
	turn := play(t, m, abi.OnMessage, "", draft.Base{})
	if turn.err != nil || turn.result != abi.Failed {
		t.Errorf("call = %v, %v, want the result 1", turn.result, turn.err)
	}
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// variant is a bot that returns 1 and differs from others.
func variant(n int, asset string) string {
	return `(module (memory (export "memory") 1)
		(@custom "bothost.asset" "` + asset + `")
		(func (export "on_message") (result i32)
			(drop (i32.const ` + strings.Repeat("1", n) + `)) (i32.const 1)))`
}

func TestOpenCache(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCache(file, 0, nil); err == nil {
		t.Error("OpenCache(a file) = nil, want an error")
	}
	made := filepath.Join(dir, "a", "b")
	if _, err := OpenCache(made, 0, nil); err != nil {
		t.Errorf("OpenCache(a new folder) = %v", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the new folder has the mode %v, %v, want 0700", info.Mode(), err)
	}
	for _, tc := range []struct {
		mode os.FileMode
		want bool
	}{{0o700, true}, {0o755, true}, {0o775, false}, {0o702, false}, {0o777, false}} {
		if err := os.Chmod(made, tc.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCache(made, 0, nil); (err == nil) != tc.want {
			t.Errorf("OpenCache(mode %v) = %v, want no error: %v", tc.mode, err, tc.want)
		}
	}
	if os.Geteuid() == 0 {
		if err := os.Chmod(made, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(made, 1234, -1); err != nil {
			t.Skip("cannot give the folder away")
		}
		_, err := OpenCache(made, 0, nil)
		if err == nil || !strings.Contains(err.Error(), "another user") {
			t.Errorf("OpenCache(somebody else's folder) = %v, want an error", err)
		}
	}
}

// The second compilation reads what the first one wrote, also when the asset
// changed; it writes nothing.
func TestCache_reuse(t *testing.T) {
	var log logLines
	dir := t.TempDir()
	c := openCache(t, dir, 0, &log)
	runCached(t, c, variant(1, "one"))
	code := codeFiles(t, dir)
	if len(code) != 1 {
		t.Fatalf("files = %q, want one of code", code)
	}
	past := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(code[0], past, past); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	runCached(t, c, variant(1, "two"))
	if after := files(t, dir); len(after) != len(before) {
		t.Errorf("%d files after the second time, want %d", len(after), len(before))
	}
	if info, err := os.Stat(code[0]); err != nil || !info.ModTime().Equal(past) {
		t.Errorf("the code was written again: %v, %v", info, err)
	}
	runCached(t, c, variant(2, "one"))
	if code := codeFiles(t, dir); len(code) != 2 {
		t.Errorf("files = %q, want two of code", code)
	}
	if log.Len() > 0 {
		t.Errorf("log = %s\nwant nothing", log.String())
	}
}

// Whatever stands in the files of the cache, the module runs, and the next one
// finds a whole cache.
func TestCache_corrupted(t *testing.T) {
	dir := t.TempDir()
	var log logLines
	c := openCache(t, dir, 0, &log)
	runCached(t, c, variant(1, ""))
	path := codeFiles(t, dir)[0]
	whole := []byte(files(t, dir)[strings.TrimPrefix(path, dir)])
	for at := range whole {
		broken := bytes.Clone(whole)
		broken[at] ^= 0x41
		corrupt(t, path, broken)
		runCached(t, c, variant(1, ""))
		if got := files(t, dir)[strings.TrimPrefix(path, dir)]; got != string(whole) {
			t.Fatalf("byte %d: the file was not written again", at)
		}
	}
	for n := range len(whole) {
		corrupt(t, path, whole[:n])
		runCached(t, c, variant(1, ""))
	}
	corrupt(t, filepath.Join(filepath.Dir(path), "extra"), []byte("x"))
	runCached(t, c, variant(1, ""))
}

func corrupt(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Modules with the same code that are compiled at once do not disturb each other,
// and leave one entry.
func TestCache_Hammer(t *testing.T) {
	dir := t.TempDir()
	var log logLines
	c := openCache(t, dir, 0, &log)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 10 {
				runCached(t, c, variant(1+i%2, ""))
			}
		})
	}
	wg.Wait()
	if got := codeFiles(t, dir); len(got) != 2 {
		t.Errorf("files = %q, want two of code", got)
	}
	if log.Len() > 0 {
		t.Errorf("log = %s\nwant nothing", log.String())
	}
}

// Where the seal is right and the engine does not take the file all the same, the
// module is compiled without the cache, and the folder goes.
func TestCache_refusedByEngine(t *testing.T) {
	dir := t.TempDir()
	var log logLines
	c := openCache(t, dir, 0, &log)
	runCached(t, c, variant(1, ""))
	path := codeFiles(t, dir)[0]
	corrupt(t, path, []byte("not what the engine wrote"))
	folders, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	e := &cacheEntry{dir: filepath.Join(dir, folders[0].Name())}
	sum, err := e.checksum()
	if err != nil {
		t.Fatal(err)
	}
	corrupt(t, filepath.Join(e.dir, sealName), []byte(sum))
	runCached(t, c, variant(1, ""))
	if !strings.Contains(log.String(), "compilation cache not usable") {
		t.Errorf("log = %s\nwant it to say that the cache is not usable", log.String())
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("files = %v, want none", got)
	}
	runCached(t, c, variant(1, ""))
	if got := codeFiles(t, dir); len(got) != 1 {
		t.Errorf("files = %v, want one of code", got)
	}
}

// A cache that cannot be written to is no reason not to serve.
func TestCache_unusable(t *testing.T) {
	dir := t.TempDir()
	var log logLines
	c := openCache(t, dir, 0, &log)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	corrupt(t, dir, []byte("a file in its place"))
	runCached(t, c, variant(1, ""))
	if !strings.Contains(log.String(), "compilation cache not usable") {
		t.Errorf("log = %s\nwant it to say that the cache is not usable", log.String())
	}
}

// Modules that were not used for the longest time go when there is too much; the
// newest stays, whatever its size.
func TestCache_evict(t *testing.T) {
	dir := t.TempDir()
	var log logLines
	c := openCache(t, dir, 0, &log)
	runCached(t, c, variant(1, ""))
	one := sizeOf(dir)
	folderOf := func() string {
		folders, err := os.ReadDir(dir)
		if err != nil || len(folders) == 0 {
			t.Fatalf("folders = %v, %v, want one", folders, err)
		}
		return filepath.Join(dir, folders[0].Name())
	}
	oldest := folderOf()
	// What is not the cache's own does not count, and stays.
	other := filepath.Join(dir, "something else")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	corrupt(t, filepath.Join(other, "file"), make([]byte, 1<<20))
	defer func() {
		if _, err := os.Stat(filepath.Join(other, "file")); err != nil {
			t.Errorf("the cache removed what is not its own: %v", err)
		}
	}()
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(oldest, past, past); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		limit int64
		want  bool
	}{{2*one + 64, true}, {2*one - 64, false}} {
		c.limit = tc.limit
		runCached(t, c, variant(2, ""))
		if _, err := os.Stat(oldest); (err == nil) != tc.want {
			t.Errorf("limit of %d, %d used: the oldest is there: %v, want %v",
				tc.limit, sizeOf(dir), err == nil, tc.want)
		}
	}
	c.limit = 1
	abandoned := filepath.Join(dir, newPrefix+"123")
	if err := os.Mkdir(abandoned, 0o700); err != nil {
		t.Fatal(err)
	}
	runCached(t, c, variant(3, ""))
	if n := len(codeFiles(t, dir)); n != 2 {
		t.Errorf("%d files are kept, want the newest module and what is not the cache's", n)
	}
	if _, err := os.Stat(abandoned); err == nil {
		t.Error("a folder that was never sealed is still there")
	}
}
