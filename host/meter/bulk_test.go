package meter_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/bothost/bothost/host/meter"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// bulkPiece is the unexported piece of the package.
const bulkPiece = 256 << 10

// instantiate returns an instance of a module whose refuel is given.
func instantiate(tb testing.TB, module []byte,
	refuel func(m api.Module, left int64) int64) api.Module {
	tb.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(allFeatures))
	tb.Cleanup(func() { _ = rt.Close(ctx) })
	i64 := []api.ValueType{api.ValueTypeI64}
	_, err := rt.NewHostModuleBuilder("meter").NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context,
			m api.Module, stack []uint64) {
			stack[0] = uint64(refuel(m, int64(stack[0])))
		}), i64, i64).
		Export("refuel").Instantiate(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := rt.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

const bulkSource = `(module (memory (export "memory") 17)
	(func (export "fill") (param i32 i32 i32)
		(memory.fill (local.get 0) (local.get 1) (local.get 2)))
	(func (export "copy") (param i32 i32 i32)
		(memory.copy (local.get 0) (local.get 1) (local.get 2))))`

// bulkCases are operands at and about each bound: of a piece, of the memory, of
// the overlap and of 32 bits. Of memory.fill the second is the value.
func bulkCases() [][3]uint32 {
	const size, top = 17 << 16, 1<<32 - 1
	var cases [][3]uint32
	lengths := []uint32{0, 1, 7, 8, bulkPiece - 1, bulkPiece, bulkPiece + 1, 2 * bulkPiece,
		2*bulkPiece + 1, 3*bulkPiece + 5, size - 1, size, size + 1, top - bulkPiece, top}
	places := []uint32{0, 1, 3, bulkPiece - 1, bulkPiece, bulkPiece + 1, size - 1,
		size, size + 1, top}
	for _, n := range lengths {
		for _, to := range append(places, size-n, size-n+1, size-n-1, -n, 1-n) {
			for _, shift := range []uint32{0, 1, 9, bulkPiece, bulkPiece + 1, n, n - 1} {
				cases = append(cases, [3]uint32{to, to + shift, n}, [3]uint32{to, to - shift, n})
			}
		}
	}
	return cases
}

// TestBulk_Differential compares memory.fill and memory.copy in pieces with
// those of the runtime: the memory, the traps, and the weight, which must not
// show that there are pieces.
func TestBulk_Differential(t *testing.T) {
	module := assemble(t, bulkSource)
	plain := instantiate(t, module, nil)
	var granted int64
	metered := instantiate(t, rewrite(t, module, meter.Options{Export: "fuel"}),
		func(_ api.Module, left int64) int64 { granted += 5000; return left + 5000 })
	pattern := make([]byte, 17<<16)
	for i := range pattern {
		pattern[i] = byte(i*i>>7 ^ i)
	}
	ctx := context.Background()
	for i, c := range bulkCases() {
		for _, name := range []string{"fill", "copy"} {
			if testing.Short() && i%7 != 0 {
				continue
			}
			var traps [2]string
			var views [2][]byte
			before := granted - int64(metered.ExportedGlobal("fuel").Get())
			for k, m := range []api.Module{plain, metered} {
				m.Memory().Write(0, pattern)
				_, err := m.ExportedFunction(name).Call(ctx, uint64(c[0]),
					uint64(c[1]), uint64(c[2]))
				traps[k] = firstLine(err)
				views[k], _ = m.Memory().Read(0, uint32(len(pattern)))
			}
			used := granted - int64(metered.ExportedGlobal("fuel").Get()) - before
			if traps[0] != traps[1] || !bytes.Equal(views[0], views[1]) {
				t.Fatalf("%s%d metered: %s, want %s, same memory: %t",
					name, c, traps[1], traps[0], bytes.Equal(views[0], views[1]))
			}
			if want := 5 + int64(c[2]>>3); traps[0] == "ok" && used != want {
				t.Fatalf("%s%d: fuel %d, want %d", name, c, used, want)
			}
		}
	}
}

// TestBulk_Pieces holds that the host is asked between the pieces of a large
// operation.
func TestBulk_Pieces(t *testing.T) {
	const size = 64 << 20
	for _, tt := range []struct {
		name string
		args string
	}{
		{"fill", "memory.fill (i32.const 0) (i32.const 1)"},
		{"copy down", "memory.copy (i32.const 0) (i32.const 0x4000000)"},
		{"copy up", "memory.copy (i32.const 0x1000000) (i32.const 0)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := fmt.Sprintf(`(module (memory 2048)
				(func (export "run") (%s (i32.const %d))))`, tt.args, size)
			asked := 0
			m := instantiate(t, rewrite(t, assemble(t, source), meter.Options{}),
				func(_ api.Module, left int64) int64 {
					asked++
					return left + bulkPiece>>3
				})
			if _, err := m.ExportedFunction("run").Call(context.Background()); err != nil {
				t.Fatal(err)
			}
			if want := size / bulkPiece; asked < want || asked > want+2 {
				t.Errorf("%d refuels, want %d", asked, want)
			}
		})
	}
}

// TestBulk_Stops ends a fill of 64 MiB by a panic of refuel and finds that the
// pieces behind were not written.
func TestBulk_Stops(t *testing.T) {
	source := `(module (memory 1024) (func (export "run")
		(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x4000000))))`
	asked := 0
	m := instantiate(t, rewrite(t, assemble(t, source), meter.Options{}),
		func(m api.Module, left int64) int64 {
			// The first is for the function, the second for the first piece.
			done := max(asked-1, 0) * bulkPiece
			if b, ok := m.Memory().ReadByte(uint32(done)); !ok || b != 0 {
				t.Errorf("refuel %d: byte %#x is %d, want 0", asked, done, b)
			}
			if b, ok := m.Memory().ReadByte(uint32(max(done, 1) - 1)); done > 0 &&
				(!ok || b != 1) {
				t.Errorf("refuel %d: byte %#x is %d, want 1", asked, done-1, b)
			}
			if asked++; asked == 10 {
				panic(spentError{})
			}
			return 0
		})
	if _, err := m.ExportedFunction("run").Call(context.Background()); err == nil {
		t.Error("call ends well, want an error")
	}
}
