package module

import (
	"errors"
	"fmt"

	"github.com/bothost/bothost/abi"
)

// Provided returns the type of a function that the host provides, by the names of
// an import; or what is wrong with an import of these names.
type Provided func(module, name string) (Signature, error)

// Check reads a module and says whether a host with these limits and functions
// can serve it, without running or compiling anything of it. The Info is not nil
// where enough could be read to show something of a module that is refused.
//
// # Errors
//
// All rules that the module breaks, joined; each says what, where and what to
// do about it.
func Check(data []byte, limits abi.Limits, provided Provided) (*Info, error) {
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
		m.checkImports(provided), m.checkExports(info), m.checkMemory(limits), m.checkAsset())
}

func (m *binary) checkImports(provided Provided) error {
	var errs []error
	for _, i := range m.imports {
		if err := m.checkImport(i, provided); err != nil {
			errs = append(errs, fmt.Errorf("import %s.%s: %w", Shown(i.module), Shown(i.name), err))
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

func (m *binary) checkImport(i imported, provided Provided) error {
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

// noResult and i32Result are the types that an export may have.
var (
	noResult  = Signature{}
	i32Result = Signature{Results: []abi.ValueType{abi.I32}}
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
	if !hasMemory && (!info.Extism || info.core) {
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
	if own := m.memories[0].pages; own > uint64(limits.MemoryBytes)/PageBytes {
		return fmt.Errorf("memory begins with %d pages (%d MiB); the limit is %d MiB",
			own, own*PageBytes>>20, limits.MemoryBytes>>20)
	}
	return nil
}

func (m *binary) checkAsset() error {
	if m.assets > 1 {
		return fmt.Errorf("%d custom sections %s; there may be one", m.assets, abi.AssetSection)
	}
	return nil
}
