package graphviz

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/host/internal/packed"
)

//go:embed module
var embedded embed.FS

var module = &packed.File{
	FS: embedded, Path: "module/graphviz.wasm.gz", What: "Graphviz", Target: "graphviz",
}

// ErrMissing is why nothing is laid out by a program that was built without the
// module.
var ErrMissing = module.Missing()

// There reports whether the module was there when this program was built.
func There() bool { return module.There() }

// MaxMemory is how much memory a layout may take, in bytes.
const MaxMemory = 256 << 20

// errMemory is why a layout ended that wanted more than MaxMemory.
var errMemory = fmt.Errorf("graphviz: needs more than %d MiB of memory", MaxMemory>>20)

// Engine holds the compiled module. It is safe for concurrent use: each layout
// has an instance of its own.
type Engine struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// OpenEngine compiles Graphviz, which takes about half a second.
//
// # Errors
//
// [ErrMissing]; any other is a fault of the module that was built in.
func OpenEngine(ctx context.Context) (*Engine, error) {
	code, err := module.Unpacked()
	if err != nil {
		return nil, fmt.Errorf("graphviz: %w", err)
	}
	config := wazero.NewRuntimeConfig().WithCloseOnContextDone(true).
		WithMemoryLimitPages(MaxMemory >> 16)
	e := &Engine{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	if e.compiled, err = e.runtime.CompileModule(ctx, code); err == nil {
		err = provide(ctx, e.runtime, e.compiled)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("graphviz: compile: %w", err), e.Close(ctx))
	}
	return e, nil
}

// Close ends the engine and all its layouts.
func (e *Engine) Close(ctx context.Context) error { return e.runtime.Close(ctx) }

// Layout places the nodes and edges of a graph in the DOT language, by Graphviz'
// engine dot. It returns Graphviz' JSON, with positions in points and y upward.
//
// # Errors
//
// Graphviz' own words for a text that is no graph; an error for which errors.Is
// finds ctx.Err() if ctx ended first; a graph that needs more than [MaxMemory].
func (e *Engine) Layout(ctx context.Context, graph string) ([]byte, error) {
	said := new(said)
	ctx = context.WithValue(ctx, saidKey{}, said)
	m, err := e.runtime.InstantiateModule(ctx, e.compiled, wazero.NewModuleConfig().WithName(""))
	if err == nil {
		defer m.Close(context.WithoutCancel(ctx)) // its error says nothing of the layout
		c := call{ctx: ctx, m: m}
		var out []byte
		if out = c.layout(graph); c.err == nil {
			return out, nil
		}
		err = c.err
	}
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("graphviz: %w", ctx.Err())
	case said.memory:
		return nil, errMemory
	case len(said.text) > 0:
		return nil, fmt.Errorf("graphviz: %q", bytes.TrimSpace(said.text))
	}
	return nil, fmt.Errorf("graphviz: %w", err)
}

// call is one use of an instance. Once a call failed, those after it do nothing.
type call struct {
	ctx context.Context
	m   api.Module
	err error
}

// The module's exports, which have names of one letter; README.md has their own.
const (
	exportStart   = "A" // __wasm_call_ctors
	exportMalloc  = "F" // malloc
	exportRead    = "I" // viz_read_one_graph
	exportContext = "V" // viz_create_context
	exportLayout  = "X" // viz_layout
	exportRender  = "_" // viz_render
	exportMemory  = "z" // memory
)

func (c *call) layout(graph string) []byte {
	c.do(exportStart)
	parsed := c.do(exportRead, c.text(graph))
	if c.err == nil && parsed == 0 {
		c.err = errors.New("reads no graph")
	}
	gvc := c.do(exportContext)
	if failed := c.do(exportLayout, gvc, parsed, c.text("dot")); c.err == nil && failed != 0 {
		c.err = errors.New("finds no layout")
	}
	return c.read(c.do(exportRender, gvc, parsed, c.text("json0")))
}

// do calls an export; nothing is what it returns if there is an error.
func (c *call) do(export string, args ...uint64) uint64 {
	if c.err != nil {
		return 0
	}
	results, err := c.m.ExportedFunction(export).Call(c.ctx, args...)
	if err != nil {
		c.err = err
	}
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

// text puts a text with its final zero into the module's memory.
func (c *call) text(s string) uint64 {
	at := c.do(exportMalloc, uint64(len(s))+1)
	if c.err != nil {
		return 0
	}
	if at == 0 || !c.m.Memory().WriteString(api.DecodeU32(at), s+"\x00") {
		c.err = errMemory
	}
	return at
}

// read copies a text up to its final zero.
func (c *call) read(at uint64) []byte {
	if c.err != nil {
		return nil
	}
	memory := c.m.Memory()
	data, ok := memory.Read(api.DecodeU32(at), memory.Size()-min(memory.Size(), api.DecodeU32(at)))
	end := bytes.IndexByte(data, 0)
	if at == 0 || !ok || end < 0 {
		c.err = errors.New("renders nothing")
		return nil
	}
	return bytes.Clone(data[:end])
}
