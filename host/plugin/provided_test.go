package plugin

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// TestCheck has the rules of imports; the others are those of the package module,
// of which a few see that Compile obeys them.
func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		name   string
		source string
		limits abi.Limits
		want   string // empty: no error
	}{
		{name: "bot", source: bot("")},
		{name: "import module", source: bot(`(import "acme" "f" (func))`),
			want: "import acme.f: unknown import module; a bot may import bothost_v1"},
		{name: "import for a browser", source: bot(`(import "gojs" "f" (func))`),
			want: "built for a browser: build with GOOS=wasip1"},
		{name: "import of wasm-bindgen", source: bot(`(import "wbg" "f" (func))`),
			want: "built with wasm-bindgen"},
		{name: "import of preview 2", source: bot(`(import "wasi:cli/run@0.2.0" "f" (func))`),
			want: "built for WASI preview 2"},
		{name: "import of preview 0", source: bot(`(import "wasi_unstable" "f" (func))`),
			want: "built for an old WASI"},
		{name: "import of another ABI", source: bot(`(import "bothost_v2" "input" (func))`),
			want: "of another ABI: this host speaks " + abi.Version},
		{name: "import of env", source: bot(`(import "env" "puts" (func))`),
			want: "of env only abort is provided"},
		{name: "import function", source: bot(`(import "bothost_v1" "telepathy" (func))`),
			want: "import bothost_v1.telepathy: unknown function, or one of a newer ABI; " +
				"this host speaks " + abi.Version},
		{name: "import WASI function", source: bot(`(import "wasi_snapshot_preview1" "fd_fly" (func))`),
			want: "import wasi_snapshot_preview1.fd_fly: unknown function of WASI preview 1"},
		{name: "import signature", source: bot(`(import "bothost_v1" "now" (func (result i32)))`),
			want: "import bothost_v1.now: has the type (func (result i32)); " +
				"the host's is (func (result i64))"},
		{name: "import WASI signature",
			source: bot(`(import "wasi_snapshot_preview1" "proc_exit" (func))`),
			want:   "has the type (func); the host's is (func (param i32))"},
		{name: "all WASI used by Go",
			source: bot(`(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))`)},
		{name: "abort", source: bot(`(import "env" "abort" (func (param i32 i32 i32 i32)))`)},

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
		{name: "asset", source: bot(`(@custom "bothost.asset" "x")`)},
		{name: "nothing to call", source: `(module (memory (export "memory") 1) (func (export "main")))`,
			want: "no export that the host calls, such as on_message"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := assemble(t, tc.source)
			_, err := Check(data, tc.limits)
			switch {
			case tc.want == "" && err != nil:
				t.Errorf("Check() = %v, want no error", err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("Check() = %v, want %q in it", err, tc.want)
			}
			compileChecked(t, data, tc.limits, err)
		})
	}
}

// compileChecked compiles what Check let pass, and sees that Compile says the
// same as Check where it did not.
func compileChecked(t *testing.T, data []byte, limits abi.Limits, want error) {
	t.Helper()
	m, err := Compile(t.Context(), data, Options{Name: "tested", Limits: limits})
	if err == nil {
		err = m.Close(t.Context())
	}
	switch {
	case want == nil && err != nil:
		t.Errorf("Compile() = %v, want no error", err)
	case want != nil && (err == nil || err.Error() != "module tested: "+want.Error()):
		t.Errorf("Compile() = %v, want what Check said: %v", err, want)
	}
}
