package meter_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/meter"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// specSuites are the folders of wazero's specification tests, and the features
// that Rewrite is allowed to refuse in each: those beyond release 2.0. They are
// turned on there so that the refusals are seen.
var specSuites = []struct {
	name     string
	features api.CoreFeatures
	refused  []string // what the reason of a refusal may contain
}{
	{name: "v1", features: api.CoreFeaturesV1},
	{name: "v2", features: api.CoreFeaturesV2},
	{name: "tail-call", features: api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall},
	{name: "extended-const",
		features: api.CoreFeaturesV2 | experimental.CoreFeaturesExtendedConst},
	{
		name:     "threads",
		features: api.CoreFeaturesV2 | experimental.CoreFeaturesThreads,
		refused:  []string{"threads"},
	},
	{
		name: "exception-handling",
		features: api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall |
			experimental.CoreFeaturesExceptionHandling,
		refused: []string{"exceptions", "recursive types"},
	},
	{
		name: "typed-function-references",
		features: api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall |
			experimental.CoreFeaturesExtendedConst | experimental.CoreFeaturesTypedFunctionReferences |
			experimental.CoreFeaturesExceptionHandling,
		refused: []string{"typed function references", "recursive types", "exceptions"},
	},
}

// specOptions lift some limits. Some tests export a table without a maximum and
// look at that when they import it; br_table.0.wasm branches to 24 500 labels.
var specOptions = meter.Options{MaxTable: 1<<32 - 1, MaxBlocks: 30_000,
	MaxSquares: 1 << 40, MaxValues: 1 << 40}

// slowUnderRace are scripts that overflow the stack of the guest, which takes
// more than a minute with the race detector. One goroutine runs them: there is
// nothing for it to find, and they run without it.
var slowUnderRace = []string{
	"call.json", "call_indirect.json", "fac.json", "skip-stack-guard-page.json",
}

func specDir(tb testing.TB) string {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}",
		"github.com/tetratelabs/wazero").Output()
	if err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "internal/integration_test/spectest")
}

// TestSpec_Compile holds that what compiles goes on compiling and what does not
// goes on being refused.
func TestSpec_Compile(t *testing.T) {
	root := specDir(t)
	for _, suite := range specSuites {
		t.Run(suite.name, func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(filepath.Join(root, suite.name, "testdata", "*.wasm"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no modules: %v", err)
			}
			rt := newRuntime(t, suite.features)
			var valid, invalid, refused int
			for _, file := range files {
				module := readFile(t, file)
				out, rerr := meter.Rewrite(module, specOptions)
				was := compiles(rt, module)
				switch {
				case !was && rerr == nil && compiles(rt, out):
					t.Errorf("%s: invalid, compiles after Rewrite", filepath.Base(file))
				case !was:
					invalid++
				case mayRefuse(rerr, suite.refused):
					refused++
				case rerr != nil:
					t.Errorf("%s: Rewrite: %v", filepath.Base(file), rerr)
				case !compiles(rt, out):
					t.Errorf("%s: does not compile after Rewrite", filepath.Base(file))
				default:
					valid++
				}
			}
			t.Logf("%d compile metered, %d refused, %d invalid", valid, refused, invalid)
		})
	}
}

func mayRefuse(err error, reasons []string) bool {
	return errors.Is(err, meter.ErrUnsupported) &&
		slices.ContainsFunc(reasons, func(s string) bool {
			return strings.Contains(err.Error(), s)
		})
}

// TestSpec_Run runs the scripts with and without the meter, which refuels every
// 20 units, and compares the answers.
func TestSpec_Run(t *testing.T) {
	root := specDir(t)
	for _, suite := range specSuites {
		t.Run(suite.name, func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(filepath.Join(root, suite.name, "testdata", "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no scripts: %v", err)
			}
			commands, left, refuels := 0, 0, 0
			for _, file := range files {
				if raceDetector && slices.Contains(slowUnderRace, filepath.Base(file)) {
					continue
				}
				want := runScript(t, file, suite.features, nil, nil)
				got := runScript(t, file, suite.features, &specOptions, &refuels)
				if got == nil && len(suite.refused) > 0 {
					left++ // a module of it was refused: TestSpec_Compile says why
					continue
				}
				commands += len(want)
				compareLogs(t, filepath.Base(file), got, want)
			}
			t.Logf("%d scripts, %d of them left out, %d commands, %d refuels",
				len(files), left, commands, refuels)
		})
	}
}

func compareLogs(t *testing.T, file string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d answers, want %d", file, len(got), len(want))
		return
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: got %s, want %s", file, got[i], want[i])
		}
	}
}

func newRuntime(tb testing.TB, features api.CoreFeatures) wazero.Runtime {
	tb.Helper()
	config := wazero.NewRuntimeConfig().WithCoreFeatures(features)
	rt := wazero.NewRuntimeWithConfig(context.Background(), config)
	tb.Cleanup(func() {
		if err := rt.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return rt
}

func compiles(rt wazero.Runtime, module []byte) bool {
	compiled, err := rt.CompileModule(context.Background(), module)
	if err != nil {
		return false
	}
	return compiled.Close(context.Background()) == nil
}

func readFile(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// addRefuel links a refuel that gives fuel and counts its calls.
func addRefuel(tb testing.TB, rt wazero.Runtime, fuel int64, calls *int) {
	tb.Helper()
	i64 := []api.ValueType{api.ValueTypeI64}
	_, err := rt.NewHostModuleBuilder("meter").NewFunctionBuilder().
		WithGoFunction(api.GoFunc(func(_ context.Context, stack []uint64) {
			*calls++
			stack[0] = uint64(fuel)
		}), i64, i64).
		Export("refuel").Instantiate(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
}
