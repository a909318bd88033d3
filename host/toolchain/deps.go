package toolchain

import (
	"os"
	"path/filepath"
	"strings"
)

// watchOf returns what to watch by the files in which compilers write down, in the
// form of make, what they have read; and besides all files of the language in the
// folder, since one that is missing, or broken, is not among them.
func (w *work) watchOf(rules ...string) Watch {
	r := reads{deep: w.Dir, extensions: w.watched}
	for _, rule := range rules {
		text, err := os.ReadFile(rule)
		if err != nil {
			continue // then the folder has to do
		}
		for _, name := range prerequisites(string(text)) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(w.Dir, name)
			}
			// Headers of the system lie far away, and do not change.
			if name, ok := w.near(filepath.Clean(name)); ok {
				r.files = append(r.files, name)
			}
		}
	}
	return r.watch(w.Dir)
}

// near says whether a file may be the user's own: it is not of the build and not of
// the system's.
func (w *work) near(name string) (string, bool) {
	if isIn(w.temp, name) {
		return "", false
	}
	for _, dir := range []string{"/usr", "/opt", "/Library"} {
		if isIn(dir, name) && !isIn(dir, w.Dir) {
			return "", false
		}
	}
	return name, true
}

func isIn(dir, name string) bool {
	return strings.HasPrefix(name, strings.TrimSuffix(dir, string(filepath.Separator))+
		string(filepath.Separator))
}

// prerequisites returns what stands behind the colon of all rules of a makefile, as
// compilers write them: names are separated by spaces, a backslash goes before a
// space of a name and before the end of a line that goes on, and $$ is a $.
func prerequisites(text string) (names []string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		// A colon is the rule's if a space follows: paths of Windows have others.
		at := strings.Index(strings.TrimRight(line, "\n")+" ", ": ")
		if at < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		names = append(names, words(line[at+1:])...)
	}
	return names
}

// words takes a list of names apart.
func words(list string) (names []string) {
	var name strings.Builder
	end := func() {
		if name.Len() > 0 {
			names = append(names, name.String())
			name.Reset()
		}
	}
	for i := 0; i < len(list); i++ {
		c, rest := list[i], list[i+1:]
		switch {
		case c == '\\' && len(rest) > 0 && strings.ContainsRune(" #\\", rune(rest[0])),
			c == '$' && strings.HasPrefix(rest, "$"):
			name.WriteByte(rest[0])
			i++
		case c == ' ' || c == '\t' || c == '\n':
			end()
		default:
			name.WriteByte(c)
		}
	}
	end()
	return names
}
