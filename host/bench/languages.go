package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"text/tabwriter"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/toolchain"
)

const (
	// heldInstances is how many instances live at a time while their size is measured.
	heldInstances = 32
	// spokenTurns is how many turns of greetings run in a round.
	spokenTurns = 4_000
)

// spoken is one bot in one language. Times are medians, of what the processor worked:
// the clock of a shared machine shows the others, too.
type spoken struct {
	size, heap           int
	cold, cached         float64 // compiling, in ms
	start, turn, newTurn float64 // in µs
}

// spokenLanguages measures greetings, the same bot in each language. Those whose tools
// are not here are left out.
func spokenLanguages(ctx context.Context, s settings, w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "greetings in\tkB\tcompile ms\tcached\tinstance start µs\tkB an instance\t"+
		"µs a turn\ton a new instance\t")
	missing := ""
	for _, l := range toolchain.Languages() {
		module, err := buildGreetings(ctx, l.Name)
		if lacks, ok := errors.AsType[*toolchain.MissingError](err); ok {
			missing += fmt.Sprintf("%s: not measured: %v\n", l.Title, lacks)
			continue
		}
		if err != nil {
			return err
		}
		m, err := speakIn(ctx, module, s.rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", l.Title, err)
		}
		fmt.Fprintf(tw, "%s\t%.1f\t%.1f\t%.2f\t%.0f\t%.0f\t%.1f\t%.0f\t\n", l.Title,
			float64(m.size)/1000, m.cold, m.cached, m.start, float64(m.heap)/1000, m.turn, m.newTurn)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, missing)
	return err
}

// buildGreetings builds the example of a language.
func buildGreetings(ctx context.Context, language string) ([]byte, error) {
	dir := filepath.Join("plugins", "examples", "greetings")
	if language != "go" {
		dir += "-" + language
	}
	source, err := toolchain.Find(dir)
	if err != nil {
		return nil, err
	}
	module, _, err := source.Build(ctx, toolchain.Options{})
	return module, err
}

// speakIn measures one module.
func speakIn(ctx context.Context, module []byte, rounds int) (m spoken, err error) {
	m.size = len(module)
	if m.cold, err = loadTime(ctx, module, rounds, nil); err != nil {
		return m, err
	}
	if m.cached, err = cachedTime(ctx, module, rounds); err != nil {
		return m, err
	}
	if m.start, m.heap, err = instances(ctx, module); err != nil {
		return m, err
	}
	if m.turn, err = converse(ctx, module, rounds, host.PlayOptions{}); err != nil {
		return m, err
	}
	m.newTurn, err = converse(ctx, module, rounds, host.PlayOptions{Fresh: true})
	return m, err
}

// loadTime is how long it takes to check, meter and compile a module, in ms.
func loadTime(
	ctx context.Context, module []byte, rounds int, cache *plugin.Cache,
) (float64, error) {
	var all []float64
	for range rounds {
		var m *plugin.Module
		us, err := processorOf(func() (err error) {
			m, err = plugin.Compile(ctx, module, plugin.Options{Cache: cache})
			return err
		})
		if err != nil {
			return 0, err
		}
		if err := m.Close(ctx); err != nil {
			return 0, err
		}
		all = append(all, us/1000)
	}
	return median(all), nil
}

// processorOf runs f on a clean heap and returns for how long the processor worked, in µs.
func processorOf(f func() error) (us float64, err error) {
	runtime.GC()
	begun := worked()
	err = f()
	return micros(worked() - begun), err
}

// cachedTime is loadTime of a module that the cache on the disk has.
func cachedTime(ctx context.Context, module []byte, rounds int) (ms float64, err error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cache, err := plugin.OpenCache(dir, 0, nil)
	if err != nil {
		return 0, err
	}
	if _, err := loadTime(ctx, module, 1, cache); err != nil {
		return 0, err
	}
	return loadTime(ctx, module, rounds, cache)
}

// instances returns how long an instance takes to start, in µs, and how much of the
// host's heap it has, its own memory included. The first one is not counted.
func instances(ctx context.Context, module []byte) (us float64, heap int, err error) {
	m, err := plugin.Compile(ctx, module, plugin.Options{})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, m.Close(ctx)) }()
	if err := m.Start(ctx); err != nil {
		return 0, 0, err
	}
	var held []*plugin.Instance
	defer func() {
		for _, in := range held {
			in.Release()
		}
	}()
	first, err := m.Checkout(ctx)
	if err != nil {
		return 0, 0, err
	}
	held = append(held, first)
	before := heapInUse()
	us, err = processorOf(func() error {
		for range heldInstances {
			in, err := m.Checkout(ctx)
			if err != nil {
				return err
			}
			held = append(held, in)
		}
		return nil
	})
	return us / heldInstances, int(heapInUse()-before) / heldInstances, err
}

// heapInUse is what the host's heap holds that is not garbage.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // the first one runs finalizers
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// converse returns how long a turn of greetings takes, in µs: the conversation goes round
// in a circle, in which half of the texts move the dialog on.
func converse(
	ctx context.Context, module []byte, rounds int, opts host.PlayOptions,
) (us float64, err error) {
	stage := host.NewStage(host.StageOptions{
		Read: func(context.Context, string) ([]byte, error) { return module, nil },
	})
	defer func() { err = errors.Join(err, stage.Close()) }()
	play, err := stage.Play(ctx, "greetings.wasm", opts)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, play.Close()) }()
	if _, err := play.Begin(ctx, ""); err != nil {
		return 0, err
	}
	turns := spokenTurns
	if opts.Fresh {
		turns /= 20
	}
	var all []float64
	for range rounds + 1 {
		us, err := processorOf(func() error { return roundsOfTalk(ctx, play, turns/4) })
		if err != nil {
			return 0, err
		}
		all = append(all, us/float64(turns))
	}
	return median(all[1:]), nil
}

// roundsOfTalk goes round in the conversation n times.
func roundsOfTalk(ctx context.Context, play *host.Play, n int) error {
	for range n {
		for _, text := range []string{"elephants", "hello", "purple", "good"} {
			t, err := play.Send(ctx, "",
				abi.Event{Kind: abi.EventMessage, Text: text, Human: true})
			if err == nil && (t.Failure != "" || len(t.Entries) < 2) {
				err = fmt.Errorf("%q: %d entries %s", text, len(t.Entries), t.Failure)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
