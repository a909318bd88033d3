package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/bothost/bothost/host/wat"
)

// text is the WebAssembly text format, for which the assembler is built in.
func text() *Language {
	return &Language{
		Name: "wat", Title: "WAT", Extensions: []string{".wat"},
		entries: []string{"bot.wat", "main.wat"},
		find:    func(context.Context) (Kit, error) { return Kit{}, nil },
		build:   buildText,
	}
}

var errAssemble = errors.New("not in the text format")

func buildText(_ context.Context, w *work, _ Kit) ([]byte, Watch, error) {
	file := filepath.Join(w.Dir, w.Entry)
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, Watch{}, err
	}
	module, err := wat.Assemble(string(source))
	if err != nil {
		// The words of the assembler begin with line and column.
		return nil, Watch{}, &Error{w.Path, errAssemble, w.Entry + ":" + err.Error()}
	}
	return module, reads{files: []string{file}}.watch(w.Dir), nil
}
