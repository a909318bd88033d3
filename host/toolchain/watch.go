package toolchain

import (
	"maps"
	"path"
	"path/filepath"
	"strings"
)

// Watch says which files a module is made of. They are watched as a tree from
// Root on, of which Keep leaves out the rest.
type Watch struct {
	// Root is the folder that holds all of them; empty if they are not known.
	Root string

	// The following are paths relative to Root, with slashes.

	// enter has the folders on the way.
	enter map[string]bool
	// flat has folders of which each file counts, but none of the folders within.
	flat map[string]bool
	// idle has files of such folders that do not count. A new one does: it may be
	// what a build lacks.
	idle map[string]bool
	// deep has folders of which the files with these extensions count, and so on in
	// the folders within.
	deep map[string][]string
	// files has single files.
	files map[string]bool
}

// reads collects what a build reads, by absolute paths.
type reads struct {
	flat, idle, files []string
	deep              string // one folder; empty for none
	extensions        []string
}

// watch puts it together. What lies on another volume than the source, on systems
// that have volumes, cannot be watched.
func (r reads) watch(source string) Watch {
	all := append([]string{source}, r.flat...)
	for _, file := range r.files {
		all = append(all, filepath.Dir(file))
	}
	w := Watch{
		Root: source, enter: map[string]bool{".": true}, flat: map[string]bool{},
		idle: map[string]bool{}, deep: map[string][]string{}, files: map[string]bool{},
	}
	for _, dir := range all {
		w.Root = common(w.Root, dir)
	}
	for _, dir := range r.flat {
		w.mark(w.flat, dir, dir)
	}
	for _, file := range r.idle {
		if name, ok := w.relative(file); ok {
			w.idle[name] = true
		}
	}
	for _, file := range r.files {
		w.mark(w.files, file, filepath.Dir(file))
	}
	if name, ok := w.relative(r.deep); ok && r.deep != "" {
		w.deep[name] = r.extensions
		w.way(name)
	}
	return w
}

// mark takes a path into a set, and its folder among those that are entered.
func (w *Watch) mark(set map[string]bool, path, dir string) {
	name, ok := w.relative(path)
	if !ok {
		return
	}
	set[name] = true
	if folder, ok := w.relative(dir); ok {
		w.way(folder)
	}
}

// way marks a folder, and those that hold it, as entered.
func (w *Watch) way(name string) {
	for ; !w.enter[name]; name = path.Dir(name) {
		w.enter[name] = true
	}
}

// relative returns a path as seen from Root.
func (w *Watch) relative(path string) (string, bool) {
	name, err := filepath.Rel(w.Root, path)
	return filepath.ToSlash(name), err == nil && name != ".." && !strings.HasPrefix(name, "../")
}

// common returns the folder that holds both; the first one if none does.
func common(a, b string) string {
	if filepath.VolumeName(a) != filepath.VolumeName(b) {
		return a
	}
	for dir := a; ; dir = filepath.Dir(dir) {
		if dir == b || strings.HasPrefix(b, strings.TrimSuffix(dir, string(filepath.Separator))+
			string(filepath.Separator)) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return a
		}
	}
}

// Keep says whether a file counts, or a folder is entered. Hidden files never
// count, nor do modules, which builds write.
func (w Watch) Keep(name string, dir bool) bool {
	base := path.Base(name)
	switch {
	case dir:
		return w.enter[name] || !leftOut[base] && base[0] != '.' && w.within(name) != nil
	case w.files[name]:
		return true
	case base[0] == '.' || path.Ext(name) == moduleExtension:
		return false
	}
	if w.flat[path.Dir(name)] {
		return !w.idle[name]
	}
	for _, extension := range w.within(path.Dir(name)) {
		if strings.HasSuffix(name, extension) {
			return true
		}
	}
	return false
}

// leftOut are folders that are no source: what npm and cargo fill, and where the
// host keeps sessions unless it is told another place.
var leftOut = map[string]bool{"node_modules": true, "target": true, "bothost-data": true}

// within returns the extensions that count in a folder, by the deep one that
// holds it.
func (w Watch) within(name string) []string {
	for {
		if extensions := w.deep[name]; extensions != nil {
			return extensions
		}
		if name == "." || leftOut[path.Base(name)] {
			return nil
		}
		name = path.Dir(name)
	}
}

// Equal reports whether both look at the same.
func (w Watch) Equal(other Watch) bool {
	same := func(a, b []string) bool { return strings.Join(a, " ") == strings.Join(b, " ") }
	return w.Root == other.Root && maps.Equal(w.enter, other.enter) &&
		maps.Equal(w.flat, other.flat) && maps.Equal(w.idle, other.idle) &&
		maps.Equal(w.files, other.files) && maps.EqualFunc(w.deep, other.deep, same)
}
