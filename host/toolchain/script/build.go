package script

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// extensions are those of scripts.
var extensions = []string{".ts", ".js", ".mts", ".mjs"}

// Build makes the module of a bot of the file entry, in JavaScript or TypeScript,
// and what that imports. The same files give the same module.
//
// watch are the files that the bot is made of, as absolute paths, entry first:
// when one of them changes, so may the module. It is not empty if there is an
// error either, for a change may mend it; then it also has files that are imported
// and not there.
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
	if !slices.Contains(extensions, filepath.Ext(entry)) {
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
