package module

import (
	"cmp"
	"slices"
	"strings"

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
	// WASI says whether WASI is imported, Extism whether anything of the Extism
	// surface is, and Vars whether its variables are.
	WASI, Extism, Vars bool

	handlers [abi.ExportCount]handler
	// core says whether the core surface is imported.
	core bool
	// haskell and ctors say which of the functions are exported that may have to run
	// first.
	haskell, ctors bool
	code           []byte
}

// handler says whether an export is there, and whether it returns a result.
type handler struct {
	present, result bool
}

// Handles reports whether the module exports e.
func (i *Info) Handles(e abi.Export) bool { return i.handlers[e].present }

// Returns reports whether e, which the module exports, returns a result.
func (i *Info) Returns(e abi.Export) bool { return i.handlers[e].result }

// TakeCode returns the module as it is compiled: without custom sections but the
// names of functions, and with bounds for its tables. The Info lets go of it, so
// that it is gone once it is compiled: the second call returns nil.
func (i *Info) TakeCode() []byte {
	code := i.code
	i.code = nil
	return code
}

const (
	haskellStart = "hs_init"
	ctorsStart   = "__wasm_call_ctors"
)

var haskellSignature = Signature{Params: []abi.ValueType{abi.I32, abi.I32}}

// First returns the name of the function that an Extism plug-in has run before
// all exports, besides _initialize: the start of its language. It is empty if
// there is none.
func (i *Info) First() string {
	switch {
	case !i.Extism:
	case i.haskell:
		return haskellStart
	case i.WASI && i.ctors && !i.Handles(abi.Initialize):
		return ctorsStart
	}
	return ""
}

func (m *binary) info(size int) *Info {
	info := &Info{
		Size: size, Code: len(m.code), Asset: m.asset, Sections: m.customs, code: m.code,
	}
	for _, i := range m.imports {
		info.Imports = append(info.Imports, Import{i.module, i.name, m.externType(i.kind, i.typeIndex)})
		info.noteImport(i)
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

// noteImport notes whose functions a module imports.
func (i *Info) noteImport(im imported) {
	switch im.module {
	case abi.ModuleWASI:
		i.WASI = true
	case abi.ModuleCore:
		i.core = true
	case extism.EnvModule:
		i.Extism = true
		i.Vars = i.Vars || strings.HasPrefix(im.name, "var_")
	case extism.UserModule:
		i.Extism = true
	}
}

// noteStart notes a function that may have to run before all others.
func (m *binary) noteStart(info *Info, x exported) {
	if s, ok := m.typeOf(x.index); ok && x.kind == 0 {
		info.haskell = info.haskell || x.name == haskellStart && s.equal(haskellSignature)
		info.ctors = info.ctors || x.name == ctorsStart && s.equal(noResult)
	}
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
