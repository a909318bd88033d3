package script

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Names are the names under which the script of a bot is looked for in a folder,
// in this order.
var names = []string{"bot.ts", "bot.js", "bot.mts", "bot.mjs"}

// Extensions of files that are scripts.
var extensions = []string{".ts", ".js", ".mts", ".mjs"}

// Is reports whether a path has the name of a script. It does not look whether
// there is such a file.
func Is(path string) bool { return slices.Contains(extensions, filepath.Ext(path)) }

// Find returns the script of the bot in a folder, bot.ts or bot.js, and whether
// there is one.
func Find(dir string) (entry string, ok bool) {
	for _, name := range names {
		entry = filepath.Join(dir, name)
		if info, err := os.Stat(entry); err == nil && info.Mode().IsRegular() {
			return entry, true
		}
	}
	return "", false
}

// Build makes the module of a bot of the file entry, in JavaScript or TypeScript,
// and what that imports. The same files give the same module.
//
// watch are the files that the bot is made of, as absolute paths, entry first:
// when one of them changes, so may the module. It is not empty if there is an
// error either, for a change may mend it; then the files that were found count.
//
// # Errors
//
// [ErrMissing] if this program was built without the engine. What is wrong in the
// scripts is a *[SyntaxError].
func Build(ctx context.Context, entry string) (module []byte, watch []string, err error) {
	entry, err = filepath.Abs(entry)
	if err != nil {
		return nil, nil, err
	}
	if !Is(entry) {
		return nil, []string{entry}, fmt.Errorf("build %s: a script's name ends in one of %s",
			entry, strings.Join(extensions, " "))
	}
	asset, watch, err := bundle(ctx, entry)
	if err != nil {
		return nil, watch, err
	}
	engine, err := Engine()
	if err != nil {
		return nil, watch, err
	}
	return Pack(engine, asset), watch, nil
}
