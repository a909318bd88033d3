package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin/extism"
	"github.com/bothost/bothost/host/plugin/module"
)

// Check is [module.Check] with the functions that this host provides.
func Check(data []byte, limits abi.Limits) (*module.Info, error) {
	return module.Check(data, limits, provided)
}

// provided returns the type of a function that the host provides.
func provided(from, name string) (module.Signature, error) {
	switch from {
	case abi.ModuleCore:
		f, ok := abi.FunctionByName(name)
		if !ok {
			return module.Signature{}, errors.New("unknown function, or one of a newer ABI; " +
				"this host speaks " + abi.Version)
		}
		return module.SignatureOf(f), nil
	case abi.ModuleWASI:
		s, ok := wasiSignatures()[name]
		if !ok {
			return module.Signature{}, errors.New("unknown function of WASI preview 1")
		}
		return s, nil
	case abi.ModuleEnv:
		if name == abortName {
			return abortSignature, nil
		}
	case extism.EnvModule, extism.UserModule:
		return extismSignature(from, name)
	}
	return module.Signature{}, fmt.Errorf("unknown import module%s", importHint(from))
}

// importHint says what a module with this import was built for.
func importHint(from string) string {
	switch {
	case from == "gojs" || from == "go":
		return "; built for a browser: build with GOOS=wasip1"
	case strings.HasPrefix(from, "__wbindgen") || from == "wbg":
		return "; built with wasm-bindgen: build for wasm32-unknown-unknown without it"
	case strings.HasPrefix(from, "wasi:"):
		return "; built for WASI preview 2: build for preview 1 (wasm32-wasip1)"
	case from == "wasi_unstable":
		return "; built for an old WASI: build for preview 1 (wasm32-wasip1)"
	case strings.HasPrefix(from, "bothost_v"):
		return "; of another ABI: this host speaks " + abi.Version + " (" + abi.ModuleCore + ")"
	case from == abi.ModuleEnv:
		return "; of env only abort is provided: is a function declared but not defined?"
	}
	return "; a bot may import " + abi.ModuleCore + ", " + extism.EnvModule + ", " +
		extism.UserModule + ", " + abi.ModuleWASI + " and env.abort"
}

// wasiSignatures asks wazero, once, which functions of WASI it provides.
var wasiSignatures = sync.OnceValue(func() map[string]module.Signature {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer r.Close(ctx)
	// Neither call can fail: the module is wazero's own, and the runtime empty.
	compiled, err := wasi_snapshot_preview1.NewBuilder(r).Compile(ctx)
	if err != nil {
		panic(err)
	}
	all := make(map[string]module.Signature)
	for name, f := range compiled.ExportedFunctions() {
		var s module.Signature
		for _, t := range f.ParamTypes() {
			s.Params = append(s.Params, abi.ValueType(t))
		}
		for _, t := range f.ResultTypes() {
			s.Results = append(s.Results, abi.ValueType(t))
		}
		all[name] = s
	}
	return all
})
