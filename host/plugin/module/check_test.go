package module

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
)

// bot is a module that passes, around the fields of a test.
func bot(fields string) string {
	return "(module " + fields + `
		(memory (export "memory") 1)
		(func (export "on_message")))`
}

// section is one section of the binary format.
func section(id byte, body ...byte) []byte {
	return append(appendU32([]byte{id}, uint32(len(body))), body...)
}

// binaryBot is a bot whose sections a test gives by their bytes, behind which
// the ones follow that it lacks.
func binaryBot(sections ...[]byte) []byte {
	all := slices.Concat(sections...)
	return slices.Concat(wasmMagic, wasmVersion, all)
}

var (
	typeSection   = section(sectionType, 1, 0x60, 0, 0)
	funcSection   = section(sectionFunc, 1, 0)
	memorySection = section(sectionMemory, 1, 0, 1)
	exportSection = section(sectionExport, slices.Concat([]byte{2, 6}, []byte("memory"),
		[]byte{2, 0, 10}, []byte("on_message"), []byte{0, 0})...)
	codeSection = section(sectionCode, 1, 2, 0, 0x0b)
)

var checkTests = []struct {
	name   string
	source string // in the text format, or
	data   []byte
	limits abi.Limits
	want   string // empty: no error
}{
	{name: "bot", source: bot("")},
	{name: "bytes", data: binaryBot(
		typeSection, funcSection, memorySection, exportSection, codeSection)},

	{name: "empty file", data: []byte{}, want: "not a WebAssembly module"},
	{name: "text", data: []byte("#!/bin/sh\n"), want: "not a WebAssembly module"},
	{name: "header cut", data: []byte("\x00asm\x01"), want: "ends within the header"},
	{name: "component", data: []byte("\x00asm\x0d\x00\x01\x00"),
		want: "a component, not a core module"},
	{name: "version", data: []byte("\x00asm\x02\x00\x00\x00"),
		want: "version 02 00 00 00 is not known"},
	{name: "section id", data: binaryBot([]byte{14, 0}), want: "unknown id 14"},
	{name: "section twice", data: binaryBot(typeSection, typeSection), want: "stands twice"},
	{name: "section order", data: binaryBot(funcSection, typeSection),
		want: "stands twice, or behind"},
	{name: "section too long", data: binaryBot(section(sectionFunc, 1, 0, 0)), want: "bytes too many"},
	{name: "section too short", data: binaryBot(section(sectionFunc, 2, 0)), want: "is shorter than"},

	{name: "import", source: bot(`(import "bothost_v1" "now" (func (result i64)))`)},
	{name: "import not provided", source: bot(`(import "acme" "f" (func))`),
		want: "import acme.f: not provided"},
	{name: "import signature", source: bot(`(import "bothost_v1" "now" (func (result i32)))`),
		want: "import bothost_v1.now: has the type (func (result i32)); " +
			"the host's is (func (result i64))"},
	{name: "import memory", source: `(module (import "env" "memory" (memory 1))
		(export "memory" (memory 0)) (func (export "on_message")))`,
		want: "import env.memory: a memory; a bot imports functions only"},
	{name: "import global", source: bot(`(import "env" "g" (global i32))`),
		want: "import env.g: a global"},
	{name: "import table", source: bot(`(import "env" "t" (table 1 funcref))`),
		want: "import env.t: a table"},
	{name: "import type index", want: "import bothost_v1.now: type 7 does not exist", data: binaryBot(
		typeSection, section(sectionImport, slices.Concat(
			[]byte{1, 10}, []byte("bothost_v1"), []byte{3}, []byte("now"), []byte{0, 7})...))},
	{name: "import escaped", source: bot(`(import "\1b[2J" "f" (func))`), want: `import "\x1b[2J".f`},

	{name: "memory at the limit",
		source: `(module (memory (export "memory") 16) (func (export "on_message")))`,
		limits: abi.Limits{MemoryBytes: 1 << 20}},
	{name: "memory above the limit",
		source: `(module (memory (export "memory") 17) (func (export "on_message")))`,
		limits: abi.Limits{MemoryBytes: 1 << 20},
		want:   "memory begins with 17 pages (1 MiB); the limit is 1 MiB"},
	{name: "memory may want more",
		source: `(module (memory (export "memory") 1 65536) (func (export "on_message")))`,
		limits: abi.Limits{MemoryBytes: 1 << 20}},
	{name: "memory of 64 bits", data: binaryBot(
		typeSection, funcSection, section(sectionMemory, 1, 4, 1), exportSection, codeSection),
		want: "a memory of 64 bits"},
	{name: "shared memory", data: binaryBot(
		typeSection, funcSection, section(sectionMemory, 1, 3, 1, 2), exportSection, codeSection),
		want: "the memory is shared"},
	{name: "two memories", data: binaryBot(
		typeSection, funcSection, section(sectionMemory, 2, 0, 1, 0, 1), exportSection, codeSection),
		want: "2 memories; the engine knows one"},
	{name: "memory limits", data: binaryBot(typeSection, funcSection, section(sectionMemory, 1, 8, 1)),
		want: "limits of the unknown kind 0x08"},
	{name: "memory not exported", source: `(module (memory 1) (func (export "on_message")))`,
		want: "no export memory"},

	{name: "struct type", data: binaryBot(section(sectionType, 1, 0x5f, 0)),
		want: "(garbage collection?)"},
	{name: "reference type", data: binaryBot(section(sectionType, 1, 0x60, 1, 0x64, 0x70, 0)),
		want: "typed references or garbage collection"},
	{name: "unknown type", data: binaryBot(section(sectionType, 1, 0x60, 1, 0x01, 0)),
		want: "unknown type 0x01"},

	{name: "nothing to call", source: `(module (memory (export "memory") 1) (func (export "main")))`,
		want: "no export that the host calls, such as on_message"},
	{name: "initialize alone",
		source: `(module (memory (export "memory") 1) (func (export "_initialize")))`,
		want:   "no export that the host calls"},
	{name: "command", source: `(module (memory (export "memory") 1) (func (export "_start")))`,
		want: "export _start: a command, which runs once and ends"},
	{name: "export type", source: bot(`(func (export "on_start") (param i32))`),
		want: "export on_start: must be a function of type (func) or (func (result i32)), " +
			"is (func (param i32))"},
	{name: "export kind", source: bot(`(global (export "on_start") i32 (i32.const 0))`),
		want: "export on_start: must be a function of type (func) or (func (result i32)), is a global"},

	{name: "asset", source: bot(`(@custom "bothost.asset" "x")`)},
	{name: "two assets", source: bot(`(@custom "bothost.asset" "x") (@custom "bothost.asset" "y")`),
		want: "2 custom sections bothost.asset; there may be one"},
}

func TestCheck(t *testing.T) {
	for _, tc := range checkTests {
		t.Run(tc.name, func(t *testing.T) {
			data := tc.data
			if data == nil {
				data = assemble(t, tc.source)
			}
			_, err := Check(data, tc.limits, provided)
			switch {
			case tc.want == "" && err != nil:
				t.Errorf("Check() = %v, want no error", err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("Check() = %v, want %q in it", err, tc.want)
			}
		})
	}
}

// All broken rules are told at once, but not thousands of them.
func TestCheck_several(t *testing.T) {
	source := `(module (func (export "on_start") (param i32))`
	for i := range 30 {
		source = strings.Replace(source, "(module",
			fmt.Sprintf(`(module (import "acme" "f%d" (func))`, i), 1)
	}
	_, err := Check(assemble(t, source+")"), abi.Limits{}, provided)
	if err == nil {
		t.Fatal("Check() = nil, want an error")
	}
	for _, want := range []string{"acme.f29", "and 10 more", "export on_start", "no export memory"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Check() = %v, want %q in it", err, want)
		}
	}
}

func TestCheck_size(t *testing.T) {
	data := assemble(t, bot(""))
	size := int64(len(data))
	for _, tc := range []struct {
		limit int64
		want  bool
	}{{size + 1, true}, {size, true}, {size - 1, false}} {
		_, err := Check(data, abi.Limits{ModuleBytes: tc.limit}, provided)
		if got := err == nil; got != tc.want {
			t.Errorf("Check(%d bytes, limit %d) = %v, want no error: %v", size, tc.limit, err, tc.want)
		}
	}
}

// A module that ends in the middle is refused, wherever that is. Behind its code
// and between two sections nobody can know that something is missing.
func TestCheck_truncated(t *testing.T) {
	data := assembleFile(t, "bots/call.wat")
	var whole []byte
	for n := range data {
		_, err := Check(data[:n], abi.Limits{}, provided)
		var last byte
		if Whole(data[:n]) == nil {
			last = lastSection(data[:n])
		}
		switch {
		case err == nil && last != sectionCode && last != sectionData:
			t.Errorf("Check(first %d of %d bytes) = nil, want an error", n, len(data))
		case err == nil:
			whole = append(whole, last)
		}
	}
	if want := []byte{sectionCode, sectionData}; !bytes.Equal(whole, want) {
		t.Errorf("Check() = nil behind the sections %v, want %v", whole, want)
	}
}

func lastSection(data []byte) (last byte) {
	_ = eachSection(data, func(id byte, _ []byte, _ int) error {
		last = id
		return nil
	})
	return last
}

// The engine allocates what a module says that it holds: each of these would ask
// for gigabytes.
func TestCheck_lengths(t *testing.T) {
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0x0f}
	expr := []byte{0x41, 0, 0x0b}
	with := func(id byte, parts ...[]byte) []byte {
		body := slices.Concat(parts...)
		return slices.Concat(typeSection, section(id, body...))
	}
	for _, tc := range []struct {
		name string
		data []byte
	}{
		{"types", section(sectionType, huge...)},
		{"parameters", section(sectionType, slices.Concat([]byte{1, 0x60}, huge)...)},
		{"imports", with(sectionImport, huge)},
		{"import name", with(sectionImport, []byte{1}, huge)},
		{"functions", with(sectionFunc, huge)},
		{"tables", with(sectionTable, huge)},
		{"table", with(sectionTable, []byte{1, 0x70, 0}, huge)},
		{"many tables", with(sectionTable, []byte{65}, bytes.Repeat([]byte{0x70, 0, 0}, 65))},
		{"tables in all", with(sectionTable, []byte{2},
			bytes.Repeat([]byte{0x70, 0, 0x81, 0x80, 0x20}, 2))},
		{"globals", with(sectionGlobal, huge)},
		{"exports", with(sectionExport, huge)},
		{"segments", with(sectionElement, huge)},
		{"elements", with(sectionElement, []byte{1, 0}, expr, huge)},
		{"expressions", with(sectionElement, []byte{1, 5, 0x70}, huge)},
		{"element type", with(sectionElement, []byte{1, 5, 0x64, 0x70}, huge)},
		{"bodies", with(sectionCode, huge)},
		{"body", with(sectionCode, []byte{1}, huge)},
		{"locals", with(sectionCode, []byte{1, 8, 1}, huge, []byte{0x7f, 0x0b})},
		{"groups of locals", with(sectionCode, []byte{1, 7}, huge, []byte{0x7f, 0x0b})},
		{"segments of data", with(sectionData, huge)},
		{"data", with(sectionData, []byte{1, 0}, expr, huge)},
		{"custom name", section(sectionCustom, huge...)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse(binaryBot(tc.data))
			if err == nil || strings.Contains(err.Error(), "are declared") {
				t.Errorf("parse() = %v, want an error of the section", err)
			}
		})
	}
}

// Each count is tested at its limit and one above.
func TestCheck_counts(t *testing.T) {
	globals := func(n int) []byte {
		return slices.Concat(appendU32(nil, uint32(n)), bytes.Repeat([]byte{0x7f, 0, 0x41, 0, 0x0b}, n))
	}
	locals := func(n int) []byte {
		body := slices.Concat([]byte{1}, appendU32(nil, uint32(n)), []byte{0x7f, 0x0b})
		return slices.Concat([]byte{1, byte(len(body))}, body)
	}
	body := func(n int) []byte {
		return slices.Concat([]byte{1}, appendU32(nil, uint32(n)), make([]byte, n-1), []byte{0x0b})
	}
	for _, tc := range []struct {
		name  string
		id    byte
		limit int
		make  func(n int) []byte
	}{
		{"globals", sectionGlobal, 1 << 16, globals},
		{"locals", sectionCode, maxLocals, locals},
		{"body", sectionCode, maxBody, body},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, n := range []int{tc.limit - 1, tc.limit, tc.limit + 1} {
				r := &reader{data: tc.make(n)}
				new(binary).readSection(tc.id, r)
				if got, want := r.err == nil, n <= tc.limit; got != want {
					t.Errorf("readSection(%d) = %v, want no error: %v", n, r.err, want)
				}
			}
		})
	}
}

func TestCheck_info(t *testing.T) {
	data := assemble(t, bot(`
		(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
		(func (export "helper") (param i64))
		(@custom "bothost.asset" "body")`))
	info, err := Check(data, abi.Limits{}, provided)
	if err != nil {
		t.Fatal(err)
	}
	wantImports := []Import{{"wasi_snapshot_preview1", "proc_exit", "(func (param i32))"}}
	if !slices.Equal(info.Imports, wantImports) {
		t.Errorf("Imports = %v, want %v", info.Imports, wantImports)
	}
	wantExports := []Export{
		{"helper", "(func (param i64))", false}, {"memory", "memory", false},
		{"on_message", "(func)", true},
	}
	if !slices.Equal(info.Exports, wantExports) {
		t.Errorf("Exports = %v, want %v", info.Exports, wantExports)
	}
	if string(info.Asset) != "body" || !info.WASI || info.Pages != 1 || info.Size != len(data) {
		t.Errorf("Info = %+v, want asset body, WASI, 1 page, %d bytes", info, len(data))
	}
	if !info.Handles(abi.OnMessage) || info.Handles(abi.OnStart) {
		t.Errorf("Handles = %+v, want on_message alone", info.handlers)
	}
}

// A module is checked by many goroutines at once, and the Info read by them.
func TestCheck_Hammer(t *testing.T) {
	data := assembleFile(t, "bots/call.wat")
	before := bytes.Clone(data)
	shared, err := Check(data, abi.Limits{}, provided)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				info, err := Check(data, abi.Limits{}, provided)
				if err != nil || !slices.Equal(info.Imports, shared.Imports) {
					t.Errorf("Check() = %+v, %v, want %+v", info, err, shared)
					return
				}
				if Whole(data) != nil || !shared.Handles(abi.OnMessage) || !shared.Returns(abi.OnMessage) {
					t.Error("the module changed while it was checked")
				}
			}
		})
	}
	all.Wait()
	if !bytes.Equal(data, before) {
		t.Error("Check() has changed the module")
	}
}
