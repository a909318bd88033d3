package reload

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Tree is a folder with all that is in it, watched as one: its [Change] says
// only that something in it changed, by a hash over the kept files' names and
// contents. Links to files are followed, links to folders within are not.
type Tree struct {
	// Dir is the folder at the top.
	Dir string
	// Keep says whether a file counts, or a folder is entered; name is relative
	// to Dir, with slashes. A caller leaves out here what it writes itself. It
	// is called by the goroutine of Load or Run. If nil, everything counts
	// whose name does not begin with a dot.
	Keep func(name string, dir bool) bool
}

// keep is Keep with its default.
func (t Tree) keep(name string, dir bool) bool {
	if t.Keep == nil {
		return path.Base(name)[0] != '.'
	}
	return t.Keep(name, dir)
}

// survey lists what counts. A file that goes away meanwhile is no error: the
// survey after the reading differs then.
func (t Tree) survey() survey {
	way, err := follow(t.Dir)
	s := survey{places: way.places, err: err}
	if err != nil {
		return s
	}
	if !way.info.IsDir() {
		s.err = fmt.Errorf("read %s: %w", t.Dir, ErrNotFolder)
		return s
	}
	s.dirs = map[string]bool{}
	s.err = filepath.WalkDir(way.real, func(p string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(way.real, p) // p begins with it
		name = filepath.ToSlash(name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && p != way.real:
			return nil
		case err != nil:
			return err
		case p != way.real && !t.keep(name, d.IsDir()):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			s.dirs[p] = true
			return nil
		}
		return s.add(p, name)
	})
	return s
}

// add adds the file at p, if it is one.
func (s *survey) add(p, name string) error {
	info, err := os.Stat(p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() {
		s.files = append(s.files, file{path: p, name: name, info: pin(info)})
	}
	return nil
}

// read hashes the surveyed files.
func (t Tree) read(s survey) sight {
	if s.err != nil {
		return sightOf(s.err)
	}
	sum := sha256.New()
	for _, f := range s.files {
		if err := hashFile(sum, f); err != nil {
			return sightOf(err)
		}
	}
	if !s.same(t.survey()) {
		return sight{kind: changing, err: fmt.Errorf("read %s: %w", t.Dir, ErrChanging)}
	}
	return sight{kind: whole, hash: [sha256.Size]byte(sum.Sum(nil))}
}

// hashFile adds one file to the hash: the lengths of name and content, then
// both, so that no two trees give the same bytes.
func hashFile(sum hash.Hash, f file) error {
	r, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", f.path, ErrChanging)
	}
	if err != nil {
		return err
	}
	defer r.Close()
	var head [16]byte
	binary.LittleEndian.PutUint64(head[:], uint64(len(f.name)))
	binary.LittleEndian.PutUint64(head[8:], uint64(f.info.Size()))
	sum.Write(head[:])
	io.WriteString(sum, f.name)
	n, err := io.Copy(sum, r)
	if err == nil && n != f.info.Size() {
		err = fmt.Errorf("read %s: %w", f.path, ErrChanging)
	}
	return err
}
