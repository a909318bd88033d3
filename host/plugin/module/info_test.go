package module

import (
	"testing"

	"github.com/bothost/bothost/abi"
)

// The language of an Extism plug-in is started by what its module exports.
func TestInfo_First(t *testing.T) {
	const (
		plain   = `(import "extism:host/user" "reply" (func (param i64)))`
		core    = `(import "bothost_v1" "reply" (func (param i32 i32)))`
		wasi    = `(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))`
		haskell = `(func (export "hs_init") (param i32 i32))`
		ctors   = `(func (export "__wasm_call_ctors"))`
		reactor = `(func (export "_initialize"))`
	)
	for _, tc := range []struct{ name, fields, want string }{
		{"nothing", plain, ""},
		{"haskell", plain + haskell, "hs_init"},
		{"haskell of another type", plain + `(func (export "hs_init"))`, ""},
		{"haskell before constructors", plain + wasi + haskell + ctors, "hs_init"},
		{"constructors", plain + wasi + ctors, "__wasm_call_ctors"},
		{"constructors without WASI", plain + ctors, ""},
		{"constructors of a reactor", plain + wasi + ctors + reactor, ""},
		{"no plug-in", core + haskell, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			info, err := Check(assemble(t, bot(tc.fields)), abi.Limits{}, provided)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.First(); got != tc.want {
				t.Errorf("First() = %q, want %q", got, tc.want)
			}
		})
	}
}

// The surfaces of a module are those that it imports.
func TestInfo_surfaces(t *testing.T) {
	for _, tc := range []struct {
		name, fields       string
		wasi, extism, vars bool
	}{
		{"none", "", false, false, false},
		{"core", `(import "bothost_v1" "now" (func (result i64)))`, false, false, false},
		{"WASI", `(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))`, true, false, false},
		{"user", `(import "extism:host/user" "reply" (func (param i64)))`, false, true, false},
		{"variables", `(import "extism:host/env" "var_get" (func (param i64) (result i64)))`,
			false, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			i, err := Check(assemble(t, bot(tc.fields)), abi.Limits{}, provided)
			if err != nil {
				t.Fatal(err)
			}
			if i.WASI != tc.wasi || i.Extism != tc.extism || i.Vars != tc.vars {
				t.Errorf("WASI, Extism, Vars = %v, %v, %v, want %v, %v, %v",
					i.WASI, i.Extism, i.Vars, tc.wasi, tc.extism, tc.vars)
			}
		})
	}
}

func TestInfo_TakeCode(t *testing.T) {
	info, err := Check(assemble(t, bot("")), abi.Limits{}, provided)
	if err != nil {
		t.Fatal(err)
	}
	if code := info.TakeCode(); len(code) != info.Code || Whole(code) != nil {
		t.Errorf("TakeCode() = %d bytes, whole: %v; want %d", len(code), Whole(code), info.Code)
	}
	if code := info.TakeCode(); code != nil {
		t.Errorf("TakeCode() = %d bytes for the second time, want none", len(code))
	}
}
