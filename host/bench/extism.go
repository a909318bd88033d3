package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/bothost/bothost/host/plugin"
	plugins "github.com/bothost/bothost/host/plugin/extism/guests"
)

// What our Extism surface must be at least, as ratios to the Go SDK's time.
const extismFloorC, extismFloorGo = 20, 12

// extismGuest is an Extism plug-in that is measured: each call is three calls of the
// host, session_get, session_set and reply.
type extismGuest struct {
	name  string
	build plugins.Builder
	input string
	floor float64
	// starts is how many instances are started in a round.
	starts int
}

func extismGuests() []extismGuest {
	text := "a message of sixty bytes, as people send them to bots, more or l"
	return []extismGuest{
		{"C", plugins.CBot, text, extismFloorC, 200},
		{"Go", plugins.GoProbe, "message " + text, extismFloorGo, 20},
	}
}

// extismEngine runs a plug-in.
type extismEngine interface {
	// call is one turn, or one call, with a limit of its time.
	call(input string) error
	// start makes an instance that is ready for calls, and returns what ends it.
	start(input string) (stop func(), err error)
	close() error
}

// extismEngines are measured side by side.
var extismEngines = []struct {
	name string
	open func(ctx context.Context, module []byte, cache *plugin.Cache) (extismEngine, error)
}{{"go-sdk", openTheirs}, {"bothost", openOurs}}

// extismPlugins prints what Extism plug-ins take in our host and in the Go SDK.
func extismPlugins(ctx context.Context, s settings, w io.Writer) error {
	for _, g := range extismGuests() {
		module, err := g.build()
		if errors.Is(err, plugins.ErrMissing) {
			fmt.Fprintf(w, "extism, %s: not measured: %v\n", g.name, err)
			continue
		}
		if err != nil {
			return err
		}
		if err := g.measure(ctx, s, module, w); err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
	}
	return nil
}

// extismFigures are what one engine took in one round.
type extismFigures struct{ call, bytes, start, held float64 }

func (g extismGuest) measure(ctx context.Context, s settings, module []byte, w io.Writer) error {
	var engines [2]extismEngine
	for i, e := range extismEngines {
		engine, err := e.open(ctx, module, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		defer engine.close()
		engines[i] = engine
	}
	var rounds [2][]extismFigures
	for range s.rounds {
		for i, e := range engines {
			f, err := g.round(e, s.duration/4)
			if err != nil {
				return fmt.Errorf("%s: %w", extismEngines[i].name, err)
			}
			rounds[i] = append(rounds[i], f)
		}
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tw, "extism, %s\tCPU µs a call\tgarbage B\tCPU µs a start\tinstance kB\t\n",
		g.name)
	for i, e := range extismEngines {
		fmt.Fprintf(tw, "%s\t%.2f\t%.0f\t%.0f\t%.0f\t\n", e.name,
			median(column(rounds[i], func(f extismFigures) float64 { return f.call })),
			median(column(rounds[i], func(f extismFigures) float64 { return f.bytes })),
			median(column(rounds[i], func(f extismFigures) float64 { return f.start })),
			median(column(rounds[i], func(f extismFigures) float64 { return f.held }))/1000)
	}
	var ratios []float64
	for i := range rounds[0] {
		ratios = append(ratios, rounds[0][i].call/rounds[1][i].call)
	}
	fmt.Fprintf(tw, "times faster\t%v\tat least %.0f: %s\t\t\t\n", spreadOf(ratios), g.floor,
		verdict(g.floor, median(ratios)))
	if err := tw.Flush(); err != nil {
		return err
	}
	return g.reloads(ctx, module, w)
}

func column(rounds []extismFigures, f func(extismFigures) float64) []float64 {
	v := make([]float64, len(rounds))
	for i, r := range rounds {
		v[i] = f(r)
	}
	return v
}

// round measures one engine.
func (g extismGuest) round(e extismEngine, d time.Duration) (f extismFigures, err error) {
	for range 10 {
		if err := e.call(g.input); err != nil {
			return f, err
		}
	}
	if f.call, f.bytes, err = g.calls(e, d); err != nil {
		return f, err
	}
	f.start, f.held, err = g.startAll(e)
	return f, err
}

// stopwatch returns what tells the time since: that of the processor, where it can be
// had, since others may want it too.
func stopwatch() func() time.Duration {
	if used := processorTime(); used > 0 {
		return func() time.Duration { return processorTime() - used }
	}
	begun := time.Now()
	return func() time.Duration { return time.Since(begun) }
}

// calls returns the microseconds and the garbage of a call.
func (g extismGuest) calls(e extismEngine, d time.Duration) (us, garbage float64, err error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begun, n, since := time.Now(), 0, stopwatch()
	for time.Since(begun) < d {
		for range 20 {
			if err := e.call(g.input); err != nil {
				return 0, 0, err
			}
		}
		n += 20
	}
	took := since()
	runtime.ReadMemStats(&after)
	return micros(took) / float64(n), float64(after.TotalAlloc-before.TotalAlloc) / float64(n), nil
}

// startAll returns the microseconds that an instance takes from nothing to its first
// answer, and the heap that it holds then.
func (g extismGuest) startAll(e extismEngine) (us, held float64, err error) {
	before := liveHeap()
	since := stopwatch()
	for range g.starts {
		stop, err := e.start(g.input)
		if err != nil {
			return 0, 0, err
		}
		defer stop()
	}
	us = micros(since()) / float64(g.starts)
	return us, (liveHeap() - before) / float64(g.starts), nil
}

func liveHeap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

const (
	// extismReloads is how often a plug-in is loaded anew, and extismSlack how much the
	// heap may have grown in the second half, in bytes.
	extismReloads = 40
	extismSlack   = 1e6
)

// reloads loads our plug-in again and again, as a host with a cache does, and tells
// what is left of it.
func (g extismGuest) reloads(ctx context.Context, module []byte, w io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cache, err := plugin.OpenCache(dir, 0, nil)
	if err != nil {
		return err
	}
	var half float64
	for i := range extismReloads {
		e, err := openOurs(ctx, module, cache)
		if err != nil {
			return err
		}
		if err := errors.Join(e.call(g.input), e.close()); err != nil {
			return err
		}
		if i == extismReloads/2 {
			half = liveHeap()
		}
	}
	grown := liveHeap() - half
	fmt.Fprintf(w, "%d reloads: the heap grew by %.0f kB in the second half: %s\n\n",
		extismReloads, grown/1000, verdict(grown, extismSlack))
	return nil
}
