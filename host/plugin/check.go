package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin/extism"
)

// Section is a custom section of a module; Size is in bytes, its name included.
type Section struct {
	Name string
	Size int
}

// Import is one import of a module, as the module declares it.
type Import struct {
	Module, Name string
	// Type is the signature in the text format, or the kind of a thing that is
	// not a function.
	Type string
}

// Export is one export of a module.
type Export struct {
	Name, Type string
	// Called says whether the host calls it.
	Called bool
}

// Info is what a module says about itself before anything of it runs.
type Info struct {
	// Size is the size of the file, and Code without its asset, in bytes.
	Size, Code int
	// Asset is the body of the custom section bothost.asset; nil if there is
	// none.
	Asset    []byte
	Imports  []Import
	Exports  []Export
	Sections []Section
	// Pages is the memory that the module begins with, in units of 64 KiB.
	Pages uint64
	// WASI says whether WASI is imported, and Extism whether anything of the Extism
	// surface is.
	WASI, Extism bool

	handlers [abi.ExportCount]handler
	extism   extismInfo
	code     []byte
}

// handler says whether an export is there, and whether it returns a result.
type handler struct {
	present, result bool
}

// Handles reports whether the module exports e.
func (i *Info) Handles(e abi.Export) bool { return i.handlers[e].present }

// Check reads a module and says whether a host with these limits can serve it,
// without running or compiling anything of it. The Info is not nil where enough
// could be read to show something of a module that is refused.
//
// # Errors
//
// All rules that the module breaks, joined; each says what, where and what to
// do about it.
func Check(data []byte, limits abi.Limits) (*Info, error) {
	limits = limits.Defaults()
	if int64(len(data)) > limits.ModuleBytes {
		return nil, fmt.Errorf("the module has %d bytes; at most %d are allowed",
			len(data), limits.ModuleBytes)
	}
	m, err := parse(data)
	if err != nil {
		return nil, err
	}
	info := m.info(len(data))
	return info, errors.Join(
		m.checkImports(), m.checkExports(info), m.checkMemory(limits), m.checkAsset())
}

func (m *binary) info(size int) *Info {
	info := &Info{
		Size: size, Code: len(m.code), Asset: m.asset, Sections: m.customs, code: m.code,
	}
	for _, i := range m.imports {
		info.Imports = append(info.Imports, Import{i.module, i.name, m.externType(i.kind, i.typeIndex)})
		info.WASI = info.WASI || i.module == abi.ModuleWASI
		info.noteExtism(i)
	}
	for _, e := range m.exports {
		text := extern(e.kind)
		if s, ok := m.typeOf(e.index); ok && e.kind == 0 {
			text = s.String()
		}
		_, called := abi.ExportByName(e.name)
		info.Exports = append(info.Exports, Export{e.name, text, called && e.kind == 0})
	}
	slices.SortFunc(info.Exports, func(a, b Export) int { return cmp.Compare(a.Name, b.Name) })
	if len(m.memories) > 0 {
		info.Pages = m.memories[0].pages
	}
	return info
}

func (m *binary) externType(kind byte, typeIndex uint32) string {
	if kind == 0 {
		if s, ok := m.typeAt(typeIndex); ok {
			return s.String()
		}
	}
	return extern(kind)
}

func extern(kind byte) string {
	if int(kind) < len(externs) {
		return externs[kind]
	}
	return "unknown"
}

func (m *binary) checkImports() error {
	var errs []error
	for _, i := range m.imports {
		if err := m.checkImport(i); err != nil {
			errs = append(errs, fmt.Errorf("import %s.%s: %w", shown(i.module), shown(i.name), err))
		}
	}
	return joinSome(errs)
}

// joinSome joins the first errors and counts the others.
func joinSome(errs []error) error {
	const some = 20
	if more := len(errs) - some; more > 0 {
		errs = append(errs[:some], fmt.Errorf("and %d more", more))
	}
	return errors.Join(errs...)
}

func (m *binary) checkImport(i imported) error {
	if i.kind != 0 {
		return fmt.Errorf("a %s; a bot imports functions only, and exports its own memory",
			extern(i.kind))
	}
	want, err := provided(i.module, i.name)
	if err != nil {
		return err
	}
	got, ok := m.typeAt(i.typeIndex)
	if !ok {
		return fmt.Errorf("type %d does not exist", i.typeIndex)
	}
	if !got.equal(want) {
		return fmt.Errorf("has the type %s; the host's is %s", got, want)
	}
	return nil
}

// provided returns the type of a function that the host provides.
func provided(module, name string) (signature, error) {
	switch module {
	case abi.ModuleCore:
		f, ok := abi.FunctionByName(name)
		if !ok {
			return signature{}, errors.New("unknown function, or one of a newer ABI; " +
				"this host speaks " + abi.Version)
		}
		return coreSignature(f), nil
	case abi.ModuleWASI:
		s, ok := wasiSignatures()[name]
		if !ok {
			return signature{}, errors.New("unknown function of WASI preview 1")
		}
		return s, nil
	case abi.ModuleEnv:
		if name == abortName {
			return abortSignature, nil
		}
	case extism.EnvModule, extism.UserModule:
		return extismSignature(module, name)
	}
	return signature{}, fmt.Errorf("unknown import module%s", importHint(module))
}

// importHint says what a module with this import was built for.
func importHint(module string) string {
	switch {
	case module == "gojs" || module == "go":
		return "; built for a browser: build with GOOS=wasip1"
	case strings.HasPrefix(module, "__wbindgen") || module == "wbg":
		return "; built with wasm-bindgen: build for wasm32-unknown-unknown without it"
	case strings.HasPrefix(module, "wasi:"):
		return "; built for WASI preview 2: build for preview 1 (wasm32-wasip1)"
	case module == "wasi_unstable":
		return "; built for an old WASI: build for preview 1 (wasm32-wasip1)"
	case strings.HasPrefix(module, "bothost_v"):
		return "; of another ABI: this host speaks " + abi.Version + " (" + abi.ModuleCore + ")"
	case module == abi.ModuleEnv:
		return "; of env only abort is provided: is a function declared but not defined?"
	}
	return "; a bot may import " + abi.ModuleCore + ", " + extism.EnvModule + ", " +
		extism.UserModule + ", " + abi.ModuleWASI + " and env.abort"
}

func coreSignature(f abi.Function) signature {
	info := f.Info()
	s := signature{results: info.Results}
	for _, p := range info.Params {
		s.params = append(s.params, p.Type)
	}
	return s
}

// wasiSignatures asks wazero, once, which functions of WASI it provides.
var wasiSignatures = sync.OnceValue(func() map[string]signature {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer r.Close(ctx)
	// Neither call can fail: the module is wazero's own, and the runtime empty.
	compiled, err := wasi_snapshot_preview1.NewBuilder(r).Compile(ctx)
	if err != nil {
		panic(err)
	}
	all := make(map[string]signature)
	for name, f := range compiled.ExportedFunctions() {
		var s signature
		for _, t := range f.ParamTypes() {
			s.params = append(s.params, abi.ValueType(t))
		}
		for _, t := range f.ResultTypes() {
			s.results = append(s.results, abi.ValueType(t))
		}
		all[name] = s
	}
	return all
})

// noResult and i32Result are the types that an export may have.
var (
	noResult  = signature{}
	i32Result = signature{results: []abi.ValueType{abi.I32}}
)

// checkExports checks the exports that the host calls, and notes them in info.
func (m *binary) checkExports(info *Info) error {
	var errs []error
	var hasMemory, isCommand, handles bool
	for _, x := range m.exports {
		hasMemory = hasMemory || x.name == abi.MemoryExport && x.kind == 2
		isCommand = isCommand || x.name == "_start" && x.kind == 0
		m.noteStart(info, x)
		e, known := abi.ExportByName(x.name)
		if !known {
			continue
		}
		s, ok := m.typeOf(x.index)
		if x.kind != 0 || !ok || !s.equal(noResult) && !s.equal(i32Result) {
			errs = append(errs, fmt.Errorf("export %s: must be a function of type %s or %s, is %s",
				x.name, noResult, i32Result, m.exportType(x)))
			continue
		}
		info.handlers[e] = handler{present: true, result: s.equal(i32Result)}
		handles = handles || e != abi.Initialize && e != abi.Describe
	}
	if isCommand && !info.Handles(abi.Initialize) && !info.Extism {
		errs = append(errs, errors.New("export _start: a command, which runs once and ends; "+
			"a bot is a reactor: with Go add -buildmode=c-shared, with clang -mexec-model=reactor"))
	} else if !handles {
		errs = append(errs, errors.New("no export that the host calls, such as on_message"))
	}
	if !hasMemory && (!info.Extism || info.extism.core) {
		errs = append(errs, errors.New("no export memory: a bot must export its memory under this name"))
	}
	return joinSome(errs)
}

func (m *binary) exportType(x exported) string {
	if s, ok := m.typeOf(x.index); ok && x.kind == 0 {
		return s.String()
	}
	return "a " + extern(x.kind)
}

func (m *binary) checkMemory(limits abi.Limits) error {
	switch {
	case len(m.memories) > 1:
		return fmt.Errorf("%d memories; the engine knows one", len(m.memories))
	case len(m.memories) == 0:
		return nil // the missing export is said already
	case m.memories[0].is64:
		return errors.New("a memory of 64 bits, which the engine does not know")
	}
	if own := m.memories[0].pages; own > uint64(limits.MemoryBytes)/pageBytes {
		return fmt.Errorf("memory begins with %d pages (%d MiB); the limit is %d MiB",
			own, own*pageBytes>>20, limits.MemoryBytes>>20)
	}
	return nil
}

func (m *binary) checkAsset() error {
	if m.assets > 1 {
		return fmt.Errorf("%d custom sections %s; there may be one", m.assets, abi.AssetSection)
	}
	return nil
}
