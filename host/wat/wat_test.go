package wat

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// instantiate assembles the source and runs it.
func instantiate(tb testing.TB, source string) api.Module {
	tb.Helper()
	binary, err := Assemble(source)
	if err != nil {
		tb.Fatalf("Assemble: %v", err)
	}
	ctx := context.Background()
	features := api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall
	r := wazero.NewRuntimeWithConfig(ctx,
		wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features))
	tb.Cleanup(func() {
		if err := r.Close(ctx); err != nil {
			tb.Errorf("close runtime: %v", err)
		}
	})
	mod, err := r.Instantiate(ctx, binary)
	if err != nil {
		tb.Fatalf("instantiate % x: %v", binary, err)
	}
	return mod
}

// negative returns the unsigned form of a negative i32.
func negative(v int32) uint64 { return uint64(uint32(-v)) }

func f32(v float32) uint64 { return uint64(math.Float32bits(v)) }

func f64(v float64) uint64 { return math.Float64bits(v) }

func TestAssemble_Names(t *testing.T) {
	mod := instantiate(t, `(module $bot (func) (func $handle (export "f")
		(param $event i32) (param $size i32)))`)
	f := mod.ExportedFunction("f").Definition()
	if got, want := f.Name(), "handle"; got != want {
		t.Errorf("function name = %q, want %q", got, want)
	}
	if got, want := f.ModuleName(), "bot"; got != want {
		t.Errorf("module name = %q, want %q", got, want)
	}
	if got, want := f.ParamNames(), []string{"event", "size"}; !slices.Equal(got, want) {
		t.Errorf("parameter names = %q, want %q", got, want)
	}
}

func TestAssemble_Run(t *testing.T) {
	for _, tc := range runTests {
		t.Run(tc.name, func(t *testing.T) {
			mod := instantiate(t, tc.source)
			for _, call := range tc.calls {
				f := mod.ExportedFunction(call.fn)
				if f == nil {
					t.Fatalf("no export %q", call.fn)
				}
				got, err := f.Call(context.Background(), call.args...)
				if err != nil {
					t.Fatalf("%s(%v): %v", call.fn, call.args, err)
				}
				if !slices.Equal(got, call.want) {
					t.Errorf("%s(%v) = %x, want %x", call.fn, call.args, got, call.want)
				}
			}
		})
	}
}
