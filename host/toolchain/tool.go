package toolchain

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// lookLimit is how long a tool may take to say what it is.
const lookLimit = 20 * time.Second

// Tool is a program, or a part of one, that was found.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Path    string `json:"path"`

	// flags are those with which others find it.
	flags []string
}

// Kit is the tools of a language.
type Kit []Tool

// tool returns a tool; the zero one if the kit lacks it.
func (k Kit) tool(name string) Tool {
	for _, t := range k {
		if t.Name == name {
			return t
		}
	}
	return Tool{}
}

// path returns where a tool is; empty if the kit lacks it.
func (k Kit) path(name string) string { return k.tool(name).Path }

// MissingError says that a machine lacks tools of a language.
type MissingError struct {
	Title string
	// What is missing, for instance "the target wasm32-unknown-unknown of rustc".
	What []string
	// Install says how to install it.
	Install string
}

// Error implements error.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%s needs %s", e.Title, strings.Join(e.What, ", and "))
}

// lookAll returns all programs of these names on PATH, by their names first:
// where one lacks a part, another may have it.
func lookAll(names ...string) (paths []string) {
	for _, name := range names {
		for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
			// A folder like . would make programs of the source run.
			if !filepath.IsAbs(dir) {
				continue
			}
			if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				paths = append(paths, path)
			}
		}
	}
	return distinct(paths)
}

// distinct leaves out paths that lead to a file that was named before. Links stay
// what they are: compilers look at the name by which they are called.
func distinct(paths []string) (once []string) {
	seen := make(map[string]bool)
	for _, path := range paths {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		key := filepath.Join(cmp.Or(dir, filepath.Dir(path)), filepath.Base(path))
		if err != nil || !seen[key] {
			seen[key] = true
			once = append(once, path)
		}
	}
	return once
}

// ask runs a tool for a question and returns the answer; empty if it has none.
func ask(ctx context.Context, env []string, path string, args ...string) string {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	out, _, err := command{os.TempDir(), env, path, args}.run(ctx)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

var versionNumber = regexp.MustCompile(`[0-9]+(\.[0-9]+)+(-[0-9A-Za-z.]+)?`)

// versionOf returns the first number like a version in what a tool says; empty if
// it does not run.
func versionOf(ctx context.Context, path string, args ...string) string {
	return versionNumber.FindString(ask(ctx, nil, path, args...))
}

// exists reports whether there is a file or folder. Compilers answer with a bare
// name where they do not know a file.
func exists(path string) bool {
	if !filepath.IsAbs(path) {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}

// atLeast reports whether a version is not below another one. What is no version
// is.
func atLeast(version string, least ...int) bool {
	numbers := strings.FieldsFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if len(numbers) == 0 {
		return false
	}
	var have []int
	for _, n := range numbers {
		var v int
		if _, err := fmt.Sscan(n, &v); err != nil {
			return false
		}
		have = append(have, v)
	}
	return slices.Compare(have, least) >= 0
}
