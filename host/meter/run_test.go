package meter_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const allFeatures = api.CoreFeaturesV2 |
	experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst

// An outcome is what a call of a module left behind.
type outcome struct {
	results []uint64
	trap    string
	memory  []byte
	fuel    int64
	count   int64 // what a module counts that Exact made
	refuels int
}

// A spent error ends a module that has no more fuel to get.
type spentError struct{}

func (spentError) Error() string { return "fuel spent" }

// execute instantiates a module and calls an export. Fuel is given by slice
// until 1<<20 times have gone.
func execute(tb testing.TB, module []byte, export string, slice int64) (out outcome, err error) {
	tb.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithCoreFeatures(allFeatures).WithMemoryLimitPages(64))
	defer func() { _ = rt.Close(ctx) }()
	var granted int64
	i64 := []api.ValueType{api.ValueTypeI64}
	_, err = rt.NewHostModuleBuilder("meter").NewFunctionBuilder().
		WithGoFunction(api.GoFunc(func(_ context.Context, stack []uint64) {
			if out.refuels++; out.refuels > 1<<16 {
				panic(spentError{})
			}
			granted += slice
			stack[0] += uint64(slice)
		}), i64, i64).
		Export("refuel").Instantiate(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := rt.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig())
	if err != nil {
		return out, fmt.Errorf("instantiate: %w", err)
	}
	out.results, err = m.ExportedFunction(export).Call(ctx)
	out.trap = firstLine(err)
	if mem := m.ExportedMemory("memory"); mem != nil {
		view, _ := mem.Read(0, mem.Size())
		out.memory = append(out.memory, view...)
	}
	if g := m.ExportedGlobal("fuel"); g != nil {
		out.fuel = granted - int64(g.Get())
	}
	if g := m.ExportedGlobal("count"); g != nil {
		out.count = int64(g.Get())
	}
	return out, err
}
