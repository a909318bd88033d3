package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// script is what host/bench/quickjs/work.js returns.
const script = 2781890750

// scriptGuest is a script in QuickJS, which make bench fetches from npm. The
// package is the engine as a WASI reactor; values are pointers to boxes that the
// caller frees.
func scriptGuest() *guest {
	g := &guest{
		name: "script in QuickJS", floor: realFloor, large: "QuickJS",
		imports: func(ctx context.Context, r wazero.Runtime, c wazero.CompiledModule) error {
			return provide(ctx, r, "env", c, func(string) api.GoModuleFunc { return nothing })
		},
		start: startScript,
	}
	var err error
	g.module, err = os.ReadFile(filepath.Join("host", "bench", "quickjs", "node_modules",
		"quickjs-wasi", "quickjs.wasm"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		g.missing = "npm quickjs-wasi is not here"
	case err != nil:
		g.missing = err.Error()
	}
	return g
}

// nothing is the engine's host functions, none of which the script needs: no
// time zone, no interrupt, no modules. All return an integer or nothing.
func nothing(_ context.Context, _ api.Module, stack []uint64) { stack[0] = 0 }

// engine is an instance of QuickJS. The first error sticks.
type engine struct {
	module api.Module
	calls  map[string]func(...uint64) (uint64, error)
	err    error
}

func newEngine(ctx context.Context, s *subject) (*engine, error) {
	e := &engine{module: s.module, calls: map[string]func(...uint64) (uint64, error){}}
	for _, name := range []string{
		"qjs_init", "wasm_malloc", "qjs_eval", "qjs_get_undefined", "qjs_call", "qjs_is_exception",
		"qjs_get_float64", "qjs_free_value",
	} {
		f, err := s.function(ctx, name)
		if err != nil {
			return nil, err
		}
		e.calls[name] = f
	}
	e.do("qjs_init")
	return e, e.err
}

func (e *engine) do(name string, args ...uint64) uint64 {
	if e.err != nil {
		return 0
	}
	var result uint64
	result, e.err = e.calls[name](args...)
	return result
}

// text puts a string into the guest's memory.
func (e *engine) text(s []byte) (ptr uint64) {
	ptr = e.do("wasm_malloc", uint64(len(s)+1))
	if e.err == nil && !e.module.Memory().Write(uint32(ptr), append(s[:len(s):len(s)], 0)) {
		e.err = errors.New("no memory for a string")
	}
	return ptr
}

// value returns what a call gave unless it is an exception.
func (e *engine) value(box uint64) uint64 {
	if e.do("qjs_is_exception", box) != 0 && e.err == nil {
		e.err = errors.New("the script threw an exception")
	}
	return box
}

// number takes a number out of its box and frees the box.
func (e *engine) number(box uint64) float64 {
	n := e.do("qjs_get_float64", e.value(box))
	e.do("qjs_free_value", box)
	return api.DecodeF64(n)
}

// startScript evaluates the script once, which gives a function, and returns one
// call of it.
func startScript(ctx context.Context, s *subject) (func() error, error) {
	source, err := os.ReadFile(filepath.Join("host", "bench", "quickjs", "work.js"))
	if err != nil {
		return nil, err
	}
	e, err := newEngine(ctx, s)
	if err != nil {
		return nil, err
	}
	name := e.text([]byte("work.js"))
	work := e.value(e.do("qjs_eval", e.text(source), uint64(len(source)), name, 0))
	undefined := e.do("qjs_get_undefined")
	return func() error {
		got := e.number(e.do("qjs_call", work, undefined, 0, 0))
		if e.err == nil && got != script {
			e.err = fmt.Errorf("the script returned %v, not %d", got, script)
		}
		return e.err
	}, e.err
}
