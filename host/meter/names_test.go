package meter_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/host/meter"
)

// nameSection is a custom section with the names of functions in names, which has
// its number first.
func nameSection(names string) []byte {
	return []byte(part(0, "\x04name"+part(1, names)))
}

// TestRewrite_Names holds that a trace names the functions of a module as it would
// without the meter, those without a name by their index too.
func TestRewrite_Names(t *testing.T) {
	const unnamed = `(module (func) (func) (memory 1)
		(func unreachable) (func (call 2)) (func (export "run") (call 3)))`
	for _, tt := range []struct {
		name, source string
		names        []byte
	}{
		{"all", strings.NewReplacer("(func unr", "(func $a unr", "(call 3", "(call $b",
			"(func (call 2", "(func $b (call $a", `(func (export`,
			`(func $c (export`).Replace(unnamed), nil},
		{"none", unnamed, nil},
		{"an empty section", unnamed, []byte(part(0, "\x04name"))},
		{"some", unnamed, nameSection("\x01\x03\x05third")},
		{"without order", unnamed, nameSection("\x02\x04\x01d\x02\x01b")},
		{"for no function", unnamed, nameSection("\x02\x02\x01b\x09\x01x")},
		{"of locals alone", unnamed, []byte(part(0, "\x04name"+part(2, "\x01\x02\x01\x00\x01x")))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			module := append(assemble(t, tt.source), tt.names...)
			plain, metered := trace(t, module), trace(t, rewrite(t, module, meter.Options{}))
			if tt.name == "without order" {
				plain = strings.NewReplacer(".$2", ".b", ".$4", ".d").Replace(plain)
			}
			if metered != plain || !strings.Contains(plain, "wasm stack trace:") {
				t.Errorf("trace = %q, want %q", metered, plain)
			}
		})
	}
}

// TestRewrite_NamesRefused holds that a name section is broken which a runtime
// might read in another way.
func TestRewrite_NamesRefused(t *testing.T) {
	module := assemble(t, `(module (func))`)
	for _, names := range []string{
		part(0, "\x01ab"), part(0, "\x02a"), part(1, "\x01\x00\x01\xff"),
		part(1, "\x01\x07\x01\xff"),
		part(1, "\x01\x00\x01a\x00"), part(2, "\x01\x00\x00\x00"),
	} {
		broken := append(module[:len(module):len(module)], part(0, "\x04name"+names)...)
		if _, err := meter.Rewrite(broken, meter.Options{}); !errors.Is(err, meter.ErrMalformed) {
			t.Errorf("Rewrite with names %q = %v, want ErrMalformed", names, err)
		}
	}
}

// TestRewrite_HelperNames holds that a trace shows an instruction that became a
// call under its own name.
func TestRewrite_HelperNames(t *testing.T) {
	module := assemble(t, `(module (memory 1) (func (export "run")
		(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))))`)
	got := trace(t, rewrite(t, module, meter.Options{}))
	if !strings.Contains(got, ".memory.fill(i32,i32,i32)\n\t.$0()") {
		t.Errorf("trace = %q, want memory.fill in it", got)
	}
}

// trace returns the error with which run ends.
func trace(t *testing.T, module []byte) string {
	t.Helper()
	m := instantiate(t, module, func(_ api.Module, left int64) int64 { return left + 1000 })
	_, err := m.ExportedFunction("run").Call(context.Background())
	if err == nil {
		t.Fatal("run did not trap")
	}
	return err.Error()
}
