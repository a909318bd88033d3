package meter

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// TestHeight_Spec follows the operands through all valid modules of wazero's
// specification tests: at the end of a block that is reached there are exactly
// its results.
func TestHeight_Spec(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}",
		"github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatal(err)
	}
	pattern := "internal/integration_test/spectest/*/testdata/*.wasm"
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no modules: %v", err)
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(
		api.CoreFeaturesV2|experimental.CoreFeaturesTailCall|experimental.CoreFeaturesExtendedConst))
	defer func() { _ = rt.Close(ctx) }()
	ends := 0
	for _, file := range files {
		module, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if compiled, err := rt.CompileModule(ctx, module); err == nil {
			_ = compiled.Close(ctx)
			ends += followAll(t, filepath.Base(file), module)
		}
	}
	if ends < 10_000 {
		t.Errorf("only %d ends of blocks seen", ends)
	}
}

// followAll returns how many ends of blocks it saw that are reached.
func followAll(t *testing.T, name string, module []byte) (ends int) {
	o := Options{MaxBlocks: 1 << 20, MaxTable: 1<<32 - 1}.withDefaults()
	m := &rewriter{opt: o, source: source{b: module, function: -1}, data: -1, start: -1}
	m.split()
	for _, sec := range m.sections {
		if sec.id != codeID {
			continue
		}
		r := m.reader(sec)
		for i := range int(r.count(2)) {
			ends += m.followBody(t, name, m.bodyOf(r), i)
		}
	}
	if m.err != nil && m.err.Kind != ErrUnsupported {
		t.Errorf("%s: %v", name, m.err)
	}
	return ends
}

func (m *rewriter) followBody(t *testing.T, name string, r *reader, i int) (ends int) {
	s := &m.scan
	locals := m.locals(r, i)
	s.reset(r.i, locals, m.sigs[m.funcs[i]])
	for len(s.frames) > 0 && r.ok() {
		in := m.next(r, locals, uint32(len(s.frames)))
		f := s.frames[len(s.frames)-1]
		if (in.op == opEnd || in.op == opElse) && !f.dead {
			ends++
			if want := f.base + int64(f.sig.results); s.height != want {
				t.Errorf("%s: function %d, offset %#x: %d operands, want %d", name, i,
					in.at, s.height, want)
				return ends
			}
		}
		if m.leaf == nil {
			m.leaf = make([]uint32, len(m.funcs))
		}
		m.visit(in, r)
	}
	return ends
}
