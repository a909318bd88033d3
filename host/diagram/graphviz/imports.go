package graphviz

import (
	"context"
	"errors"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// The module's imports that do something; README.md has all of them.
const (
	importModule = "a"
	importAssert = "a" // __assert_fail
	importThrow  = "b" // __cxa_throw
	importExit   = "c" // exit
	importAbort  = "h" // _abort_js
	importGrow   = "k" // emscripten_resize_heap
	importError  = "p" // viz_errorf
)

// saidKey is the key of the said of a layout in its context.
type saidKey struct{}

// said is what Graphviz says while it lays out a graph.
type said struct {
	text   []byte // of all errors: Graphviz says them in pieces
	memory bool   // more memory was asked for than there may be
}

// maxSaid is how much of what Graphviz says is kept, in bytes.
const maxSaid = 400

var errAborted = errors.New("gave up")

// provide defines the module's imports. It has no files, no environment, no clock
// and no chance: what is not named here does nothing and returns zero. So the
// same graph has the same layout, everywhere.
func provide(ctx context.Context, r wazero.Runtime, m wazero.CompiledModule) error {
	b := r.NewHostModuleBuilder(importModule)
	for _, f := range m.ImportedFunctions() {
		_, name, _ := f.Import()
		b.NewFunctionBuilder().WithGoModuleFunction(imported(name, len(f.ResultTypes())),
			f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	_, err := b.Instantiate(ctx)
	return err
}

func imported(name string, results int) api.GoModuleFunc {
	switch name {
	case importAssert, importThrow, importExit, importAbort:
		// To wazero, a panic of a host function is an error of the call.
		return func(context.Context, api.Module, []uint64) { panic(errAborted) }
	case importGrow:
		return grow
	case importError:
		return hear
	}
	return func(_ context.Context, _ api.Module, stack []uint64) { clear(stack[:results]) }
}

// grow is called with the size that the memory should have.
func grow(ctx context.Context, m api.Module, stack []uint64) {
	const page = 1 << 16
	memory, size := m.Memory(), uint64(api.DecodeU32(stack[0]))
	want := (size + page - 1) / page
	have := uint64(memory.Size() / page)
	stack[0] = 1
	if want <= have {
		return
	}
	// More than was asked for: else each allocation would come here.
	if _, ok := memory.Grow(uint32(max(want-have, have/5))); ok {
		return
	}
	if _, ok := memory.Grow(uint32(want - have)); ok {
		return
	}
	ctx.Value(saidKey{}).(*said).memory = true
	stack[0] = 0
}

// hear is called with an error's text.
func hear(ctx context.Context, m api.Module, stack []uint64) {
	said := ctx.Value(saidKey{}).(*said)
	at := api.DecodeU32(stack[0])
	stack[0] = 0
	for ; len(said.text) < maxSaid; at++ {
		c, ok := m.Memory().ReadByte(at)
		if !ok || c == 0 {
			return
		}
		said.text = append(said.text, c)
	}
}
