package toolchain

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/bothost/bothost/host/toolchain/script"
)

// javaScript is JavaScript, for which engine and bundler are built in.
func javaScript() *Language {
	return &Language{
		Name: "javascript", Title: "JavaScript", Extensions: []string{".js", ".mjs"},
		entries: []string{"bot.js", "bot.mjs"},
		Install: InstallBuiltIn, find: findEngine, build: buildScript,
	}
}

// typeScript is TypeScript: JavaScript, whose types the bundler leaves out.
func typeScript() *Language {
	return &Language{
		Name: "typescript", Title: "TypeScript", Extensions: []string{".ts", ".mts"},
		entries: []string{"bot.ts", "bot.mts"},
		Install: InstallBuiltIn, find: findEngine, build: buildScript,
	}
}

// InstallBuiltIn says how to get a program that has built in what this one lacks.
const InstallBuiltIn = "in the source of bothost, with npm: make build"

// HasEngine reports whether the engine of JavaScript is built in.
func HasEngine() bool {
	_, err := script.Engine()
	return err == nil
}

func findEngine(context.Context) (Kit, error) {
	switch _, err := script.Engine(); {
	case errors.Is(err, script.ErrMissing):
		return nil, missing("the JavaScript engine, without which this program was built")
	case err != nil:
		return nil, err
	}
	return Kit{}, nil
}

var errScript = errors.New("the script has faults")

func buildScript(ctx context.Context, w *work, _ Kit) ([]byte, Watch, error) {
	module, files, err := script.Build(ctx, filepath.Join(w.Dir, w.Entry))
	var watch Watch
	if len(files) > 0 {
		watch = reads{files: files}.watch(w.Dir)
	}
	if faults, ok := errors.AsType[*script.SyntaxError](err); ok {
		err = &Error{w.Path, errScript, faults.Error()}
	}
	return module, watch, err
}
