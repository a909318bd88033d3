package reload

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// survey is what can be told of a target without reading it.
type survey struct {
	places []string        // a hint at one of these means this target
	dirs   map[string]bool // a hint in one of these means this target
	names  []string        // of a folder: the files in it that are targets themselves
	files  []file          // what there is to read
	err    error           // why there is nothing to read
}

// file is one file to read.
type file struct {
	path string // as it is opened
	name string // as it is hashed in a tree: relative, with slashes
	info fs.FileInfo
}

// surveyFile surveys one file.
func surveyFile(path string) survey {
	t, err := follow(path)
	s := survey{places: t.places, err: err}
	if err == nil && !t.info.Mode().IsRegular() {
		s.err = fmt.Errorf("read %s: %w", path, ErrNotFile)
	}
	if s.err == nil {
		s.files = []file{{path: path, info: t.info}}
	}
	return s
}

// surveyFolder surveys a folder of *.wasm files, which are its names.
func surveyFolder(path string) survey {
	t, err := follow(path)
	s := survey{places: t.places, err: err}
	if err != nil {
		return s
	}
	if !t.info.IsDir() {
		s.err = fmt.Errorf("read %s: %w", path, ErrNotFolder)
		return s
	}
	s.dirs = map[string]bool{t.real: true}
	entries, err := os.ReadDir(t.real)
	if err != nil {
		s.err = err
		return s
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasSuffix(name, ".wasm") && name[0] != '.' && !e.IsDir() {
			s.names = append(s.names, name)
		}
	}
	return s
}

// watched returns the folders to watch for s.
func (s survey) watched() []string {
	dirs := slices.Collect(maps.Keys(s.dirs))
	for _, p := range s.places {
		dirs = append(dirs, filepath.Dir(p))
	}
	return dirs
}

// hinted says whether a hint concerns s.
func (s survey) hinted(h hint) bool {
	if h.all {
		return true
	}
	for _, p := range s.places {
		if h.paths[p] || h.paths[filepath.Dir(p)] {
			return true
		}
	}
	if len(s.dirs) == 0 {
		return false // spares every file of a folder the loop
	}
	for p := range h.paths {
		if s.dirs[p] || s.dirs[filepath.Dir(p)] {
			return true
		}
	}
	return false
}

// same says whether two surveys found the same files, as far as sizes, times
// and identities tell.
func (s survey) same(t survey) bool {
	if (s.err == nil) != (t.err == nil) {
		return false
	}
	return slices.EqualFunc(s.files, t.files, func(a, b file) bool {
		return a.path == b.path && unchanged(a.info, b.info)
	})
}

// newest is the latest time of a file; the zero time if there is none.
func (s survey) newest() time.Time {
	var t time.Time
	for _, f := range s.files {
		if m := f.info.ModTime(); m.After(t) {
			t = m
		}
	}
	return t
}

// missing says whether there is nothing at the target's path.
func (s survey) missing() bool { return errors.Is(s.err, fs.ErrNotExist) }

// unchanged says whether two looks at a path met the same file, not written to
// in between.
func unchanged(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}
