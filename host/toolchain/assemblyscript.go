package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// assemblyScript is AssemblyScript, whose compiler comes from npm, in the version
// that the folder's package-lock.json pins.
func assemblyScript() *Language {
	return &Language{
		Name: "assemblyscript", Title: "AssemblyScript", Extensions: []string{".ts"},
		entries: []string{"bot.ts", "assembly/index.ts", "index.ts", "main.ts"}, mark: "asconfig.json",
		watched: []string{".ts", "asconfig.json", "package.json", "package-lock.json"},
		Install: "Debian: apt-get install nodejs npm (Node 20 or newer); elsewhere: https://nodejs.org",
		find:    findNode, build: buildAssemblyScript,
	}
}

// leastNode is the oldest Node on which the compiler runs.
const leastNode = 20

func findNode(ctx context.Context) (kit Kit, err error) {
	var old string
	for _, path := range lookAll("node", "nodejs") {
		version := versionOf(ctx, path, "--version")
		if atLeast(version, leastNode) {
			kit = Kit{{Name: "node", Version: version, Path: path}}
			break
		}
		old = fmt.Sprintf("; %s is %s", path, version)
	}
	var lacks []string
	if kit == nil {
		lacks = append(lacks, fmt.Sprintf("node %d or newer%s", leastNode, old))
	}
	npm := lookAll("npm")
	if len(npm) == 0 {
		lacks = append(lacks, "npm")
	}
	if len(lacks) > 0 {
		return nil, missing(lacks...)
	}
	kit = append(kit, Tool{Name: "npm", Version: versionOf(ctx, npm[0], "--version"), Path: npm[0]})
	return kit, nil
}

var errNoCompiler = errors.New("package-lock.json has no assemblyscript")

// buildAssemblyScript runs the compiler with what asconfig.json says. It cannot tell
// what it has read, so that of what lies outside of the folder nothing is watched.
func buildAssemblyScript(ctx context.Context, w *work, kit Kit) ([]byte, Watch, error) {
	if err := w.npmInstall(ctx, kit); err != nil {
		return nil, Watch{}, err
	}
	out := filepath.Join(w.temp, "bot.wasm")
	compiler := filepath.Join(w.Dir, "node_modules", "assemblyscript", "bin", "asc.js")
	if !isFile(compiler) {
		return nil, Watch{}, &Error{Path: w.Path, Err: errNoCompiler}
	}
	_, err := w.tool(ctx, nil, kit.path("node"), compiler, asArgument(w.Entry),
		"--target", "release", "--outFile", relativeTo(w.Dir, out))
	if err != nil {
		return nil, Watch{}, err
	}
	module, err := os.ReadFile(out)
	return module, w.watchOf(), err
}

// relativeTo returns a path as seen from a folder: the compiler takes every path for
// one that begins where it runs.
func relativeTo(dir, path string) string {
	if name, err := filepath.Rel(dir, path); err == nil {
		return name
	}
	return path
}
