package reload

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxLinks bounds the links on the way to one file, as kernels do.
const maxLinks = 40

// trail is the way from a path as it was given to the file that it means now.
type trail struct {
	real string      // the path without links
	info fs.FileInfo // what is there; nil with an error
	// places are the names whose change can give the path another content: each
	// link on the way and the end. Where the way breaks off, the last one is
	// the missing name in the nearest folder that exists.
	places []string
}

// follow walks along path, one name at a time. filepath.EvalSymlinks gives the
// end only, but a link that is swapped on the way tells nobody at the end.
func follow(path string) (trail, error) {
	var t trail
	abs, err := filepath.Abs(path)
	if err != nil {
		return t, err
	}
	cur, rest := split(abs)
	for links := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		if name == ".." {
			cur = filepath.Dir(cur) // cur has no links, so this is its parent
			continue
		}
		next := filepath.Join(cur, name)
		info, err := os.Lstat(next)
		if err != nil {
			t.places = append(t.places, next)
			return t, err
		}
		if info.Mode().Type() != fs.ModeSymlink {
			cur = next
			continue
		}
		t.places = append(t.places, next)
		if links++; links > maxLinks {
			return t, fmt.Errorf("%s: more than %d links", path, maxLinks)
		}
		target, err := os.Readlink(next)
		if err != nil {
			return t, err
		}
		root, names := split(target)
		if root != "" {
			cur = root
		}
		rest = append(names, rest...)
	}
	return t.end(cur)
}

// end finishes a trail whose every name was there. What is at the end is looked
// at again: the last name met may have been "..".
func (t trail) end(real string) (trail, error) {
	info, err := os.Lstat(real)
	t.real, t.info = real, pin(info)
	t.places = append(t.places, real)
	return t, err
}

// split parts a path in its root (empty if it is relative) and its names.
func split(path string) (root string, names []string) {
	path = filepath.FromSlash(path)
	vol := filepath.VolumeName(path)
	sep := string(filepath.Separator)
	if filepath.IsAbs(path) {
		root = vol + sep
	}
	for name := range strings.SplitSeq(path[len(vol):], sep) {
		if name != "" && name != "." {
			names = append(names, name)
		}
	}
	return root, names
}

// pin makes info remember the file's identity as it is now. Windows looks it up
// by path when it is first compared, which would be too late.
func pin(info fs.FileInfo) fs.FileInfo {
	if info != nil {
		os.SameFile(info, info)
	}
	return info
}
