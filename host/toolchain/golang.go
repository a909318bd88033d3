package toolchain

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// golang is Go: a package, built by the go tool.
func golang() *Language {
	return &Language{
		Name: "go", Title: "Go", Extensions: []string{".go"},
		entries: []string{".go"}, whole: true,
		watched: []string{".go", ".s", ".h"},
		Install: "https://go.dev/dl, or a package of your system with Go 1.26 or newer",
		find:    findGo, build: buildGo,
	}
}

func findGo(ctx context.Context) (Kit, error) {
	for _, path := range lookAll("go") {
		// Else it would fetch the version that a go.mod near by names.
		text := ask(ctx, []string{"GOTOOLCHAIN=local"}, path, "env", "GOVERSION")
		if version := versionNumber.FindString(text); version != "" {
			return Kit{{Name: "go", Version: version, Path: path}}, nil
		}
	}
	return nil, missing("the go tool")
}

// buildGo builds the package. Stack traces keep their names and lines; what differs
// from machine to machine is left out.
func buildGo(ctx context.Context, w *work, kit Kit) ([]byte, Watch, error) {
	out := filepath.Join(w.temp, "bot.wasm")
	_, err := w.goTool(ctx, kit, "build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false",
		"-o", out, ".")
	if err != nil {
		return nil, Watch{}, err
	}
	module, err := os.ReadFile(out)
	if err != nil {
		return nil, Watch{}, err
	}
	watch, err := w.goFolders(ctx, kit)
	return module, watch, err
}

func (w *work) goTool(ctx context.Context, kit Kit, args ...string) (string, error) {
	return w.tool(ctx, []string{"GOOS=wasip1", "GOARCH=wasm"}, kit.path("go"), args...)
}

// goFolders asks which folders the package is made of: its own, those of imported
// packages that lie on this machine as source (of the same Go module, or of one that
// it is replaced by), and those of embedded files. What else lies there now does not
// count: it may be a log, which this very build adds to.
func (w *work) goFolders(ctx context.Context, kit Kit) (Watch, error) {
	const format = "{{with .Module}}{{if or .Main (and .Replace (not .Replace.Version))}}" +
		"{{.Dir}}\t{{$.Dir}}{{range $.EmbedFiles}}\t{{$.Dir}}/{{.}}{{end}}{{end}}{{end}}"
	out, err := w.goTool(ctx, kit, "list", "-deps", "-f", format, ".")
	if err != nil {
		return Watch{}, err
	}
	var r reads
	embedded := make(map[string]bool)
	for line := range strings.Lines(out) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		if len(parts) < 2 {
			continue // a package of the standard library
		}
		r.files = append(r.files, filepath.Join(parts[0], "go.mod"),
			filepath.Join(parts[0], "go.sum"))
		r.flat = append(r.flat, parts[1])
		for _, file := range parts[2:] {
			file = filepath.Clean(file)
			embedded[file] = true
			r.flat = append(r.flat, filepath.Dir(file))
		}
	}
	r.idle, err = w.idle(r.flat, embedded)
	return r.watch(w.Dir), err
}

// idle returns the files of folders that the package is not made of.
func (w *work) idle(dirs []string, embedded map[string]bool) (files []string, err error) {
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			file := filepath.Join(dir, e.Name())
			if !embedded[file] && !slices.Contains(w.watched, filepath.Ext(file)) {
				files = append(files, file)
			}
		}
	}
	return files, nil
}
