package reload

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var errBadBundle = errors.New("bad bundle")

// namesIn is the tests' Bundle.Names: the content is a list of files in dir, one a
// line.
func namesIn(dir string) func([]byte) ([]string, error) {
	return func(data []byte) ([]string, error) {
		if strings.HasPrefix(string(data), "!") {
			return nil, errBadBundle
		}
		var names []string
		for line := range strings.Lines(string(data)) {
			names = append(names, filepath.Join(dir, strings.TrimSpace(line)))
		}
		return names, nil
	}
}

// wantBundle waits for a change to a list and the contents of what it names.
func (r *rig) wantBundle(path, list string, contents ...string) Change {
	r.Helper()
	c := r.next()
	if c.Path != path || string(c.Data) != list || c.Err != nil || c.Removed ||
		len(c.Files) != len(contents) {
		r.Fatalf("change = %+v, want %q with %q", c, path, list)
	}
	for i, want := range contents {
		if got := string(c.Files[i].Data); got != want {
			r.Fatalf("file %s = %q, want %q", c.Files[i].Path, got, want)
		}
	}
	return c
}

func TestBundle(t *testing.T) {
	dir, parts := t.TempDir(), t.TempDir()
	path, one := filepath.Join(dir, "list"), filepath.Join(parts, "one")
	write(t, path, "one")
	write(t, one, "1.")
	r := start(t, Options{
		Bundles: []Bundle{{Path: path, Names: namesIn(parts)}},
		Retry:   50 * time.Millisecond, Grace: 50 * time.Millisecond,
	})
	first := r.wantBundle(path, "one", "1.")
	r.settle()

	write(t, one, "changed.")
	r.wantBundle(path, "one", "changed.")
	now := time.Now().Add(time.Hour)
	must(t, os.Chtimes(one, now, now))
	r.wantNothing()

	// A file that is named later, in a folder that nobody watched, is watched too.
	two := filepath.Join(parts, "sub", "two")
	write(t, two, "2.")
	write(t, path, "one\nsub/two")
	r.wantBundle(path, "one\nsub/two", "changed.", "2.")
	r.settle()
	write(t, two, "two.")
	r.wantBundle(path, "one\nsub/two", "changed.", "two.")

	// What is named no more does not count.
	write(t, path, "one")
	r.wantBundle(path, "one", "changed.")
	r.settle()
	write(t, two, "nobody cares.")
	r.wantNothing()

	write(t, one, "1.")
	if c := r.wantBundle(path, "one", "1."); c.Hash != first.Hash {
		t.Error("the same contents as at first, another hash")
	}
}

func TestBundle_bad(t *testing.T) {
	dir := t.TempDir()
	path, one := filepath.Join(dir, "list"), filepath.Join(dir, "one")
	write(t, path, "one")
	r := start(t, Options{
		Bundles: []Bundle{{Path: path, Names: namesIn(dir)}},
		Retry:   50 * time.Millisecond, Grace: 50 * time.Millisecond,
	})
	if c := r.wantErr(path, fs.ErrNotExist); !strings.Contains(c.Err.Error(), one) {
		t.Errorf("error %q does not name %s", c.Err, one)
	}
	write(t, one, "torn")
	if c := r.wantErr(path, errTorn); !strings.Contains(c.Err.Error(), one) {
		t.Errorf("error %q does not name %s", c.Err, one)
	}
	write(t, one, "1.")
	r.wantBundle(path, "one", "1.")
	write(t, path, "!")
	r.wantErr(path, errBadBundle)
	must(t, os.Remove(one)) // it is the bundle's own absence that removes it
	write(t, path, "one")
	r.wantErr(path, fs.ErrNotExist)
	write(t, one, "1.")
	r.wantBundle(path, "one", "1.")
	must(t, os.Remove(path))
	r.wantGone(path)
}
