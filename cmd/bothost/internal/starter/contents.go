package starter

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/bothost/bothost/sdk"
)

// said stands between a command of the README and what is said of it.
const said = "  # "

// contents are files, by their paths with slashes.
type contents map[string][]byte

// contents puts together what a bot's folder has.
func (b Bot) contents(l *language, name string) (contents, error) {
	all := make(contents)
	err := all.take(files, "files/common", ".")
	if err == nil {
		err = all.take(files, "files/"+l.name, ".")
	}
	if err != nil {
		return nil, err
	}
	all.move("gitignore", ".gitignore")
	all.move("hello.chat", "conversations/hello.chat")
	all.move("main.go.txt", "main.go")
	first, parts := "", l.parts
	if l.name == "go" && b.Version != "" {
		first = "go mod tidy  # gets the SDK\n"
	} else if l.name == "go" {
		parts = append([][2]string{{"bothost", "the SDK, which [go.mod](go.mod) names"}}, parts...)
	}
	all.replace(strings.NewReplacer(
		"@NAME@", name, "@TITLE@", b.Title, "@LANG@", l.name, "@SOURCE@", l.source,
		"@FIRST@", first, "@PARTS@", rows(parts), "@NOTE@", l.note,
	))
	all["README.md"] = lineUp(all["README.md"])
	for part, place := range l.sdk {
		if err := all.take(sdk.Files, part, place); err != nil {
			return nil, err
		}
	}
	if l.name == "go" {
		err = all.takeGo(name, b.Version)
	}
	return all, err
}

// take takes all files below a folder to a place. Tests stay behind.
func (c contents) take(from fs.FS, dir, place string) error {
	return fs.WalkDir(from, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := fs.ReadFile(from, name)
		c[path.Join(place, strings.TrimPrefix(name, dir))] = data
		return err
	})
}

// move gives a file another name, if it is there.
func (c contents) move(from, to string) {
	if data, ok := c[from]; ok {
		c[to] = data
		delete(c, from)
	}
}

// replace puts words into the places that were left for them.
func (c contents) replace(words *strings.Replacer) {
	for name, data := range c {
		c[name] = []byte(words.Replace(string(data)))
	}
}

// rows are lines of the README's table.
func rows(parts [][2]string) string {
	var lines strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&lines, "| [%s](%s) | %s |\n", p[0], p[0], p[1])
	}
	return lines.String()
}

// lineUp puts what is said of commands into one column: names are of any length.
func lineUp(readme []byte) []byte {
	lines := strings.Split(string(readme), "\n")
	width := 0
	for _, line := range lines {
		if command, _, ok := strings.Cut(line, said); ok {
			width = max(width, utf8.RuneCountInString(command))
		}
	}
	for i, line := range lines {
		if command, words, ok := strings.Cut(line, said); ok {
			lines[i] = fmt.Sprintf("%-*s%s%s", width, command, said, words)
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// write writes the files into a folder.
func (c contents) write(dir string) error {
	for name, data := range c {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
