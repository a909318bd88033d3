package wat

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestAssemble_Differential compares with wat2wasm of the WebAssembly binary
// toolkit, custom sections left aside: every instruction, and all programs that
// other tests run.
func TestAssemble_Differential(t *testing.T) {
	tool, err := exec.LookPath("wat2wasm")
	if err != nil {
		t.Skip("wat2wasm is not on PATH; the encodings are checked by the tables alone")
	}
	sources := map[string]string{"every instruction": everyInstruction()}
	for _, tc := range runTests {
		sources[tc.name] = tc.source
	}
	delete(sources, "comments and annotations") // not known to every version of the tool
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			module, err := Assemble(source)
			if err != nil {
				t.Fatalf("Assemble: %v", err)
			}
			got := sectionsOf(t, module)
			want := sectionsOf(t, wat2wasm(t, tool, source))
			for _, s := range want {
				if mine := bodyOf(got, s.id); !bytes.Equal(mine, s.body) {
					t.Errorf("section %d = % x, want % x", s.id, mine, s.body)
				}
			}
		})
	}
}

func wat2wasm(tb testing.TB, tool, source string) []byte {
	tb.Helper()
	in := filepath.Join(tb.TempDir(), "in.wat")
	out := in + ".wasm"
	if err := os.WriteFile(in, []byte(source), 0o600); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(tool, "--no-check", "--enable-tail-call", "-o", out, in)
	if text, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("wat2wasm: %v\n%s", err, text)
	}
	module, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return module
}

func bodyOf(sections []rawSection, id byte) []byte {
	for _, s := range sections {
		if s.id == id {
			return s.body
		}
	}
	return nil
}
