package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/bothost/bothost/abi"
	sessions "github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
	"github.com/bothost/bothost/host/turn"
)

const (
	soakSessions = 2000
	soakWorkers  = 16
	soakSteps    = 20
	// soakVisitors bounds those who only look: they are forgotten once a minute,
	// and the whole run may be shorter than that.
	soakVisitors = 480
	// soakSlack is by how much the last quarter may exceed the one before.
	soakSlack = 0.20
	// soakLogs is by how much the folder may do so besides: pebble's logs, which it
	// uses again, come and go by 16 MiB.
	soakLogs = 64 << 20
	// soakHeap is the same for the heap: what stores and pools hold for a moment. A
	// byte that each turn left behind would be as much after two million turns.
	soakHeap = 2e6
	// soakBusy is the same for goroutines: pebble's compactions have some.
	soakBusy = 8
)

// soaking is a run of many turns of sessions that come and go.
type soaking struct {
	runner *turn.Runner
	id     atomic.Int64 // of the newest message
}

// sample is what is in use between two steps.
type sample struct{ heap, goroutines, folder float64 }

var errGrows = errors.New("soak: the last half did not level off")

// soak runs turns, and fails if what they use goes on growing.
func soak(ctx context.Context, s settings, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	// Logs are short, so that they are full well before the half.
	limits := abi.Limits{Entries: 32, MessageIDs: 16}
	store, err := pebble.Open(pebble.Options{Dir: dir, Durability: pebble.Interval,
		Entries: limits.Entries, MessageIDs: limits.MessageIDs})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	x := &soaking{runner: turn.New(turn.Options{Store: store, Source: counterBot{timers: true},
		Limits: limits, Warm: soakSessions / 4, Provisional: 2 * time.Second})}
	defer func() { err = errors.Join(err, x.runner.Close(ctx)) }()
	samples, err := x.run(ctx, s.turns, dir, w)
	if err != nil {
		return err
	}
	return levelled(samples, w)
}

// run runs the turns, and measures after each step.
func (x *soaking) run(ctx context.Context, turns int, dir string, w io.Writer) ([]sample, error) {
	const row = "%8s  %8s  %10s  %9s  %8s\n"
	fmt.Fprintf(w, row, "turns", "heap MB", "goroutines", "folder MB", "turns/s")
	var samples []sample
	for step := range soakSteps {
		begun := time.Now()
		if err := x.step(ctx, turns/soakSteps, uint64(step)); err != nil {
			return nil, err
		}
		rate := float64(turns/soakSteps) / time.Since(begun).Seconds()
		size, err := folderSize(dir)
		if err != nil {
			return nil, err
		}
		m := sample{float64(heap()), float64(runtime.NumGoroutine()), float64(size)}
		samples = append(samples, m)
		fmt.Fprintf(w, row, fmt.Sprint((step+1)*turns/soakSteps), fmt.Sprintf("%.1f", m.heap/1e6),
			fmt.Sprint(m.goroutines), fmt.Sprintf("%.1f", m.folder/1e6), fmt.Sprintf("%.0f", rate))
	}
	return samples, nil
}

// step runs turns side by side. Each worker has sessions of its own.
func (x *soaking) step(ctx context.Context, turns int, seed uint64) error {
	var left atomic.Int64
	left.Store(int64(turns))
	errs := make([]error, soakWorkers)
	var wg sync.WaitGroup
	for i := range soakWorkers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			for left.Load() > 0 && errs[i] == nil {
				n, err := x.visit(ctx, random, i)
				left.Add(-int64(n))
				errs[i] = err
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// visit is one connection: somebody comes, says something or not, and goes. It
// returns how many turns it made.
func (x *soaking) visit(ctx context.Context, random *rand.Rand, worker int) (n int, err error) {
	key := storeKey(random.IntN(soakSessions/soakWorkers)*soakWorkers + worker)
	says := 1 + random.IntN(12)
	switch random.IntN(40) {
	case 0: // somebody who only looks
		key, says = storeKey(soakSessions+random.IntN(soakVisitors/soakWorkers)*soakWorkers+worker), 0
	case 1:
		if err := x.runner.Delete(ctx, key); err != nil {
			return 0, err
		}
	}
	h, created, err := x.runner.Enter(ctx, key, turn.CreateOptions{Resume: [32]byte{1}}, func() {})
	if err != nil {
		return 0, err
	}
	defer h.Close()
	if created {
		n++
		if err := submit(ctx, h, &abi.Event{Kind: abi.EventStart}); err != nil {
			return n, err
		}
	}
	for range says {
		n++
		ev := &abi.Event{Kind: abi.EventMessage, ID: storeID(int(x.id.Add(1))),
			Text: text, Human: true}
		if random.IntN(50) == 0 {
			ev = &abi.Event{Kind: abi.EventReset}
		}
		if err := submit(ctx, h, ev); err != nil {
			return n, err
		}
	}
	_, err = h.Read(ctx, 0, 10, nil)
	if errors.Is(err, sessions.ErrNotFound) {
		err = nil
	}
	return n, err
}

// levelled prints whether the last quarter stays near the median of the third.
func levelled(samples []sample, w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "\nsoak\tmedian of 3rd quarter\tmax of 4th\tok\t")
	var err error
	for _, m := range []struct {
		name        string
		of          func(sample) float64
		unit, slack float64
	}{
		{"heap MB", func(s sample) float64 { return s.heap }, 1e6, soakHeap},
		{"goroutines", func(s sample) float64 { return s.goroutines }, 1, soakBusy},
		{"folder MB", func(s sample) float64 { return s.folder }, 1e6, soakLogs},
	} {
		var third []float64
		var most float64
		for i, s := range samples[len(samples)/2:] {
			if i < len(samples)/4 {
				third = append(third, m.of(s))
			} else {
				most = max(most, m.of(s))
			}
		}
		ok := most <= median(third)*(1+soakSlack)+m.slack
		if !ok {
			err = errGrows
		}
		fmt.Fprintf(tw, "%s\t%.1f\t%.1f\t%s\t\n", m.name, median(third)/m.unit,
			most/m.unit, yesNo(ok))
	}
	return errors.Join(err, tw.Flush())
}

// folderSize adds up the files in a folder. Files may go meanwhile.
func folderSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = e.Info(); err == nil {
				size += info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return size, err
}
