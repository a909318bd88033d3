package script

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// embedded has engineFile if that was there when the program was built. The
// folder always is, so that Go alone builds it.
//
//go:embed engine
var embedded embed.FS

const engineFile = "engine/quickjs.wasm.gz"

// ErrMissing is why no bot is built of a script by a program that was built
// without the engine.
var ErrMissing = errors.New(
	"script: this program was built without the JavaScript engine (make js-engine, then build it again)")

var engine = sync.OnceValues(func() ([]byte, error) { return unpack(embedded) })

// Engine returns the module into which scripts are packed. The caller must not
// change it.
//
// # Errors
//
// [ErrMissing]; any other is a fault of the module that was built in.
func Engine() ([]byte, error) { return engine() }

// unpack reads the engine.
func unpack(files fs.FS) ([]byte, error) {
	packed, err := fs.ReadFile(files, engineFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	var r *gzip.Reader
	if err == nil {
		r, err = gzip.NewReader(bytes.NewReader(packed))
	}
	var code []byte
	if err == nil {
		code, err = io.ReadAll(r)
	}
	if err != nil {
		return nil, fmt.Errorf("script: unpack the engine: %w", err)
	}
	return code, nil
}
