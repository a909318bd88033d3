package plugin

import (
	"fmt"
	"reflect"

	"github.com/tetratelabs/wazero/api"
)

// keptStack is the largest native stack, in bytes, that an instance keeps for the
// next call of the same export.
const keptStack = 256 << 10

// function is an export of a guest. The engine gives each one a native stack of
// its own on Go's heap, which it doubles as calls nest, up to 80 MiB, outside of
// the memory limit. It neither tells its size nor lets us bound it. So we look at
// the slice that holds it, with reflection and without unsafe; TestNativeStack
// finds out if a new version of the engine keeps it elsewhere.
type function struct {
	api.Function
	// stack is that slice, not valid if it was not found, of elements so large.
	stack   reflect.Value
	element int
}

func functionOf(f api.Function) function {
	v := reflect.Indirect(reflect.ValueOf(f))
	if v.Kind() != reflect.Struct {
		return function{Function: f}
	}
	stack := v.FieldByName("stack")
	if !stack.IsValid() || stack.Kind() != reflect.Slice {
		return function{Function: f}
	}
	return function{f, stack, int(stack.Type().Elem().Size())}
}

// nativeStack returns the size of the function's native stack in bytes, 0 if it is
// not known. It is called by the goroutine that calls the function.
func (f *function) nativeStack() int {
	if f.element == 0 {
		return 0
	}
	return f.stack.Len() * f.element
}

// deepStack is the size of a native stack, in bytes, from which on it is looked at
// more often.
const deepStack = 64 << 10

// checkStack returns an error if the calls of the guest nest too deep.
func (in *Instance) checkStack() error {
	limit, size := in.module.opts.Limits.StackBytes, int64(in.running.nativeStack())
	in.fuel.slice = slice
	if size > deepStack {
		in.fuel.slice = deepSlice
	}
	if size > limit {
		return fmt.Errorf("%w: its calls take %d bytes of native stack, more than %d",
			ErrRecursion, size, limit)
	}
	return nil
}
