package script

import (
	"embed"
	"fmt"
	"sync"

	"github.com/bothost/bothost/host/internal/packed"
)

//go:embed engine
var embedded embed.FS

var engineFile = &packed.File{
	FS: embedded, Path: "engine/quickjs.wasm.gz", What: "the JavaScript engine", Target: "js-engine",
}

// ErrMissing is why no bot is built of a script by a program that was built
// without the engine.
var ErrMissing = engineFile.Missing()

var engine = sync.OnceValues(engineFile.Unpacked)

// Engine returns the module into which scripts are packed. The caller must not
// change it.
//
// # Errors
//
// [ErrMissing]; any other is a fault of the module that was built in.
func Engine() ([]byte, error) {
	module, err := engine()
	if err != nil {
		err = fmt.Errorf("script: %w", err)
	}
	return module, err
}
