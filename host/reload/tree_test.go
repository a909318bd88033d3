package reload

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nextTree waits for a change of the tree and returns it.
func (r *rig) nextTree(dir string) Change {
	r.Helper()
	c := r.next()
	if c.Path != dir || c.Data != nil || c.Removed || c.Err != nil || c.Hash == [32]byte{} {
		r.Fatalf("change = %v, want a hash of %s", c, dir)
	}
	return c
}

func TestTree(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "src")
	source := filepath.Join(dir, "bot.go")
	write(t, source, "package bot")
	r := start(t, Options{
		Trees: []Tree{{Dir: dir, Keep: func(name string, dir bool) bool {
			return name != "out" && (dir || strings.HasSuffix(name, ".go"))
		}}},
		Grace: 50 * time.Millisecond,
		Limit: 1, // not for trees
	})
	first := r.nextTree(dir)
	r.wantNothing()
	write(t, source, "package bot // changed")
	if c := r.nextTree(dir); c.Hash == first.Hash {
		t.Error("other content, same hash")
	}
	write(t, filepath.Join(dir, "out", "bot.go"), "ignored")
	write(t, filepath.Join(dir, "README.md"), "ignored")
	r.wantNothing()

	sub := filepath.Join(dir, "a", "b", "c.go")
	write(t, sub, "package b")
	r.nextTree(dir)
	r.settle()
	write(t, sub, "package b // a folder made later is watched")
	r.nextTree(dir)
	must(t, os.Rename(sub, filepath.Join(dir, "a", "b", "d.go")))
	r.nextTree(dir)
	must(t, os.RemoveAll(filepath.Join(dir, "a")))
	r.nextTree(dir)
	r.wantNothing()
	write(t, source, "package bot")
	if c := r.nextTree(dir); c.Hash != first.Hash {
		t.Error("same content as at first, other hash")
	}
	// In one step: a tree that is half removed is a change of its own.
	must(t, os.Rename(dir, dir+".gone"))
	r.wantGone(dir)
	write(t, source, "package bot")
	r.nextTree(dir)
}

func TestTreeHash(t *testing.T) {
	trees := map[string]map[string]string{
		"empty":         {},
		"one":           {"a": "b"},
		"name longer":   {"ab": ""},
		"content":       {"a": "c"},
		"two":           {"a": "b", "b": "a"},
		"two as one":    {"a": "bba"},
		"in a folder":   {"x/a": "b"},
		"empty content": {"a": ""},
	}
	seen := map[[32]byte]string{}
	for name, files := range trees {
		dir := t.TempDir()
		write(t, filepath.Join(dir, ".git", "HEAD"), name) // kept out by default
		for f, data := range files {
			write(t, filepath.Join(dir, f), data)
		}
		tree := Tree{Dir: dir}
		s := tree.read(tree.survey())
		if s.kind != whole || s.err != nil {
			t.Errorf("%s: read = %v, %v, want whole", name, s.kind, s.err)
		}
		if other, ok := seen[s.hash]; ok {
			t.Errorf("%s and %s have the same hash", name, other)
		}
		seen[s.hash] = name
	}
}

func TestTreeLinks(t *testing.T) {
	dir, target := t.TempDir(), newFile(t, "A.")
	tree := Tree{Dir: dir}
	link(t, target, filepath.Join(dir, "file"))
	link(t, filepath.Dir(target), filepath.Join(dir, "folder"))
	link(t, "nowhere", filepath.Join(dir, "dangling"))
	s := tree.survey()
	if s.err != nil || len(s.files) != 1 || s.files[0].name != "file" {
		t.Errorf("survey = %v, %v, want the linked file alone", s.files, s.err)
	}
}

func TestTreeChangesWhileRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.go")
	tests := []struct {
		name string
		does func(tb testing.TB)
	}{
		{"written", func(tb testing.TB) { write(tb, path, "another") }},
		{"removed", func(tb testing.TB) { must(tb, os.Remove(path)) }},
		{"added", func(tb testing.TB) { write(tb, filepath.Join(dir, "b.go"), "") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			write(t, path, "A.")
			tree := Tree{Dir: dir}
			s := tree.survey()
			tt.does(t)
			if got := tree.read(s); got.kind != changing {
				t.Errorf("read = %v, %v, want changing", got.kind, got.err)
			}
		})
	}
}

func TestTreeIsNone(t *testing.T) {
	path := newFile(t, "A.")
	r := start(t, Options{Retry: time.Millisecond, Trees: []Tree{
		{Dir: path},
		{Dir: path + ".missing"},
	}})
	r.wantErr(path, ErrNotFolder)
	r.wantErr(path+".missing", fs.ErrNotExist)
	r.wantNothing()
}
