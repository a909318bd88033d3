package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/bothost/bothost/host/meter"
)

// compiling prints what the meter does to the size and the compile time of the
// large modules.
func compiling(ctx context.Context, s settings, all []*guest, w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "module\tkB\tmetered kB\tsize\tfloor\t\trewrite ms\tcompile ms\tmetered ms\t"+
		"compile\twith rewriting\tfloor\t\t")
	for _, g := range all {
		if g.large == "" || g.missing != "" {
			continue
		}
		rounds, size, err := g.compile(ctx, s.rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", g.large, err)
		}
		growth := float64(size) / float64(len(g.module))
		alone, whole := slowdown(rounds, false), slowdown(rounds, true)
		fmt.Fprintf(tw, "%s\t%.0f\t%.0f\t%.2f\t%.2f\t%s\t", g.large,
			float64(len(g.module))/1000, float64(size)/1000, growth, sizeFloor,
			verdict(growth, sizeFloor))
		fmt.Fprintf(tw, "%.0f\t%.0f\t%.0f\t%v\t%v\t%.2f\t%s\t\n",
			compileMedian(rounds, rewriting), compileMedian(rounds, plain),
			compileMedian(rounds, rewritten), alone, whole, compileFloor,
			verdict(whole.median, compileFloor))
	}
	return tw.Flush()
}

// compileTimes is what one round took, in ms.
type compileTimes struct{ plain, rewriting, rewritten float64 }

func plain(t compileTimes) float64     { return t.plain }
func rewriting(t compileTimes) float64 { return t.rewriting }
func rewritten(t compileTimes) float64 { return t.rewritten }

// compile compiles the module as it is and metered in turn, and returns the size
// of the metered one, too.
func (g *guest) compile(
	ctx context.Context, rounds int,
) (all []compileTimes, size int, err error) {
	for round := range rounds {
		var t compileTimes
		var out []byte
		steps := []func() error{
			func() (err error) {
				t.plain, err = compileTime(ctx, g.module)
				return err
			},
			func() (err error) {
				t.rewriting, err = timed(func() (err error) {
					out, err = meter.Rewrite(g.module, meter.Options{Export: "fuel"})
					return err
				})
				if err == nil {
					t.rewritten, err = compileTime(ctx, out)
				}
				return err
			},
		}
		for i := range steps {
			if err := steps[(i+round)%len(steps)](); err != nil {
				return nil, 0, err
			}
		}
		all, size = append(all, t), len(out)
	}
	return all, size, nil
}

// compileTime compiles without a cache.
func compileTime(ctx context.Context, module []byte) (ms float64, err error) {
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	defer r.Close(ctx)
	return timed(func() error {
		_, err := r.CompileModule(ctx, module)
		return err
	})
}

// timed runs f on a clean heap and returns the milliseconds that it took.
func timed(f func() error) (ms float64, err error) {
	runtime.GC()
	begun := time.Now()
	err = f()
	return micros(time.Since(begun)) / 1000, err
}

// slowdown returns the rounds' ratios of metered compiling to plain.
func slowdown(rounds []compileTimes, withRewriting bool) spread {
	var v []float64
	for _, t := range rounds {
		took := t.rewritten
		if withRewriting {
			took += t.rewriting
		}
		v = append(v, took/t.plain)
	}
	return spreadOf(v)
}

func compileMedian(rounds []compileTimes, f func(compileTimes) float64) float64 {
	var v []float64
	for _, t := range rounds {
		v = append(v, f(t))
	}
	return median(v)
}
