package plugin

import (
	"context"
	"fmt"
	"unicode/utf16"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin/module"
)

// abortName is what AssemblyScript calls before it traps: message, file, line
// and column.
const abortName = "abort"

var abortSignature = module.Signature{
	Params: []abi.ValueType{abi.I32, abi.I32, abi.I32, abi.I32},
}

// buildEnv adds env.abort to a runtime.
func buildEnv(ctx context.Context, r wazero.Runtime) error {
	_, err := r.NewHostModuleBuilder(abi.ModuleEnv).NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(hostAbort), valueTypes(abortSignature.Params), nil).
		Export(abortName).Instantiate(ctx)
	return err
}

func hostAbort(ctx context.Context, guest api.Module, stack []uint64) {
	mem := guest.Memory()
	caller(ctx).unwind(fmt.Errorf("abort: %s at %s:%d:%d",
		utf16Text(mem, uint32(stack[0])), utf16Text(mem, uint32(stack[1])),
		uint32(stack[2]), uint32(stack[3])))
}

// utf16Text reads a string of AssemblyScript: UTF-16LE, its length in bytes in
// the four bytes before it.
func utf16Text(mem api.Memory, ptr uint32) string {
	if ptr < 4 {
		return "?"
	}
	length, ok := mem.ReadUint32Le(ptr - 4)
	if !ok {
		return "?"
	}
	b, ok := mem.Read(ptr, min(length, keptWords))
	if !ok {
		return "?"
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return string(utf16.Decode(units))
}
