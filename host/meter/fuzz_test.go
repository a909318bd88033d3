package meter_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/bothost/bothost/host/meter"
	"github.com/tetratelabs/wazero"
)

// FuzzRewrite gives Rewrite anything. It must not panic, must allocate in
// proportion to the input, give the same bytes twice, and neither break a
// module that compiles nor mend one that does not.
func FuzzRewrite(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(assemble(f, generateModule(seed)))
	}
	f.Add([]byte(withCode("\x03\x40\x0c\x00\x0b")))
	f.Add([]byte(withCode("\xfd\x0c0123456789abcdef\x1a")))
	f.Add([]byte(withCode("\xfd\x80\x01")))
	f.Add(assemble(f, `(module (import "a" "b" (func)) (import "a" "t" (table 1 funcref))
		(func $f (export "f") (call 0) (drop (ref.func $f))) (elem declare funcref (ref.func $f))
		(elem (i32.const 0) func 0 $f) (elem (table 0) (i32.const 0) funcref (ref.null func))
		(global funcref (ref.func 0)) (start $f) (@custom "x" "yz"))`))
	rt := wazero.NewRuntimeWithConfig(context.Background(),
		wazero.NewRuntimeConfig().WithCoreFeatures(allFeatures))
	f.Fuzz(func(t *testing.T, module []byte) {
		if len(module) > 1<<16 {
			return
		}
		out := rewriteBounded(t, module)
		if out == nil {
			return
		}
		again, err := meter.Rewrite(module, meter.Options{Export: "fuel"})
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("Rewrite gives other bytes the second time: %v", err)
		}
		was, is := compilesSafely(rt, ended(module)), compilesSafely(rt, ended(out))
		if was != is {
			t.Fatalf("module compiles: %t, metered: %t", was, is)
		}
		out, err = meter.Rewrite(module, meter.Options{Start: "begin"})
		if err == nil && compilesSafely(rt, ended(module)) != compilesSafely(rt, ended(out)) {
			t.Fatal("module with its start function exported compiles no more, or only then")
		}
	})
}

// ended returns the module with one more custom section: wazero refuses a module
// that ends with an empty one, which is legal.
func ended(module []byte) []byte {
	return append(slices.Clip(module), "\x00\x03\x01xy"...)
}

// rewriteBounded returns nil if the module is refused.
func rewriteBounded(t *testing.T, module []byte) []byte {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out, err := meter.Rewrite(module, meter.Options{Export: "fuel"})
	runtime.ReadMemStats(&after)
	var e *meter.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("Rewrite: %v is no *meter.Error", err)
	}
	// The rest of the process allocates a little as well.
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(len(module))*100+1<<20 {
		t.Fatalf("Rewrite allocates %d bytes for %d", used, len(module))
	}
	return out
}

// compilesSafely takes a panic of the runtime for an error: both forms of the
// module must then give one.
func compilesSafely(rt wazero.Runtime, module []byte) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return compiles(rt, module)
}

// FuzzDifferential runs generated modules with and without the meter: the same
// results, traps and memory, and the same fuel however it is handed out.
func FuzzDifferential(f *testing.F) {
	for seed := range uint64(150) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		module := assemble(t, generateModule(seed))
		metered := rewrite(t, module, meter.Options{Export: "fuel"})
		large, err := execute(t, metered, "run", 100)
		if errors.Is(err, spentError{}) {
			return // too long to compare
		}
		if large.trap == "" {
			t.Fatalf("seed %d: %v", seed, err)
		}
		plain, _ := execute(t, module, "run", 0)
		if plain.trap != large.trap || !slices.Equal(plain.results, large.results) ||
			!bytes.Equal(plain.memory, large.memory) {
			t.Fatalf("seed %d: %v %s metered, want %v %s",
				seed, large.results, large.trap, plain.results, plain.trap)
		}
		whole, _ := execute(t, metered, "run", 1<<40)
		if whole.fuel != large.fuel || whole.fuel <= 0 {
			t.Fatalf("seed %d: fuel %d at once, %d in slices", seed, whole.fuel, large.fuel)
		}
		coversWork(t, seed, module, whole)
	})
}

// coversWork holds that a module has paid for all that it did: as much as another
// form of it counts, which adds up each instruction that runs.
func coversWork(t *testing.T, seed uint64, module []byte, paid outcome) {
	t.Helper()
	counting, err := meter.Exact(module)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	done, _ := execute(t, counting, "run", 0)
	if done.trap != paid.trap {
		t.Fatalf("seed %d: %s when counted, want %s", seed, done.trap, paid.trap)
	}
	if done.count <= 0 || paid.fuel < done.count {
		t.Fatalf("seed %d: fuel %d for work of %d, want as much at least", seed,
			paid.fuel, done.count)
	}
}

// TestRewrite_Hammer holds that Rewrite keeps no state between its callers.
func TestRewrite_Hammer(t *testing.T) {
	module := assemble(t, generateModule(3))
	kept := bytes.Clone(module)
	want := rewrite(t, module, meter.Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				out, err := meter.Rewrite(module, meter.Options{})
				if err != nil || !bytes.Equal(out, want) {
					t.Errorf("Rewrite differs: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if !bytes.Equal(module, kept) {
		t.Error("Rewrite changed its input")
	}
}
