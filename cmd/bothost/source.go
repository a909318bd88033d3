package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/bothost/bothost/host/reload"
)

// source is a bot given as a Go package. Its module is built into a private
// folder, which the host watches like any other module's.
type source struct {
	dir    string // of the package
	module string // the built file
	temp   string
}

// isGoPackage reports whether a folder holds Go files.
func isGoPackage(dir string) bool {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	return err == nil && len(files) > 0
}

func newSource(dir string) (*source, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "bothost-")
	if err != nil {
		return nil, err
	}
	return &source{dir: abs, temp: temp, module: filepath.Join(temp, filepath.Base(abs)+".wasm")}, nil
}

// remove deletes what was built.
func (s *source) remove() { _ = os.RemoveAll(s.temp) }

// build compiles the package and puts the module in its place in one step, so
// that nobody sees half of it.
func (s *source) build(ctx context.Context) error {
	next := s.module + ".next"
	out, err := s.command(ctx, "build", "-buildmode=c-shared", "-o", next, ".")
	if err != nil {
		return fmt.Errorf("build %s: %w%s", s.dir, err, out)
	}
	return os.Rename(next, s.module)
}

// command runs the go tool for the package and returns what it printed, which in
// the case of an error begins with a line end.
func (s *source) command(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", hintError{err, "a Go package needs the Go toolchain: https://go.dev/dl"}
	case err != nil:
		return "\n" + strings.TrimSpace(stderr.String()), err
	}
	return stdout.String(), nil
}

// watch builds the module again whenever its source changes, and calls built
// after each success, until ctx ends. A source that does not build is reported
// and changes nothing.
func (s *source) watch(ctx context.Context, built func(), stderr io.Writer) error {
	watched := s.folders(ctx, nil)
	for ctx.Err() == nil {
		run, changedImports := context.WithCancel(ctx)
		w := reload.New(reload.Options{Trees: []reload.Tree{watched.tree()}})
		// The first delivery is what is there now, which may be newer than what was
		// built; if it is not, the module comes out the same and nothing follows.
		err := w.Run(run, func(ctx context.Context, c reload.Change) {
			s.rebuild(ctx, c, built, stderr)
			if next := s.folders(ctx, watched); !next.equal(watched) {
				watched = next
				changedImports()
			}
		})
		changedImports()
		if err != nil {
			return err
		}
	}
	return nil
}

// rebuild builds after a change, and tells what came of it.
func (s *source) rebuild(ctx context.Context, c reload.Change, built func(), stderr io.Writer) {
	err := c.Err
	if err == nil {
		err = s.build(ctx)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		fmt.Fprintf(stderr, "bothost: %v\n", err)
	default:
		built()
	}
}

// folders are the folders that a package is made of: its own, those of the
// packages of the same Go module that it imports, and those of embedded files.
type folders struct {
	root string // of the Go module
	// names are relative to root, with slashes, and hold all their parents.
	names map[string]bool
}

// folders asks the go tool. While the source is broken it answers nothing of
// use: then the folders stay what they were.
func (s *source) folders(ctx context.Context, before *folders) *folders {
	out, err := s.command(ctx, "list", "-deps", "-f",
		"{{with .Module}}{{if .Main}}{{.Dir}}\t{{$.Dir}}{{range $.EmbedFiles}}\t{{$.Dir}}/{{.}}{{end}}{{end}}{{end}}", ".")
	f := &folders{root: s.dir, names: map[string]bool{".": true}}
	if err != nil {
		if before != nil {
			return before
		}
		return f
	}
	for line := range strings.Lines(out) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		if len(parts) < 2 {
			continue
		}
		f.root = parts[0]
		f.add(parts[1])
		for _, file := range parts[2:] {
			f.add(filepath.Dir(file))
		}
	}
	return f
}

// add takes a folder and its parents.
func (f *folders) add(dir string) {
	name, err := filepath.Rel(f.root, dir)
	if err != nil {
		return
	}
	for name = filepath.ToSlash(name); !f.names[name]; name = path.Dir(name) {
		f.names[name] = true
	}
}

func (f *folders) equal(other *folders) bool {
	return f.root == other.root && maps.Equal(f.names, other.names)
}

// tree leaves out modules, which builds write, and hidden files. Of a folder
// that is there only as a parent its files count too, which costs a rebuild that
// changes nothing.
func (f *folders) tree() reload.Tree {
	return reload.Tree{Dir: f.root, Keep: func(name string, dir bool) bool {
		if dir {
			return f.names[name]
		}
		return f.names[path.Dir(name)] &&
			!strings.HasPrefix(path.Base(name), ".") && path.Ext(name) != ".wasm"
	}}
}
