package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/bothost/bothost/abi"
	sessions "github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/session/pebble"
	"github.com/bothost/bothost/host/turn"
)

// storeFloor is the least share of the bare store's commits that whole turns must
// reach, with 64 sessions and a sync each.
const storeFloor = 0.60

// stored is a way to keep the sessions.
type stored struct {
	name       string
	durable    bool // the rest counts then
	durability pebble.Durability
}

var storedWays = []stored{
	{"pebble sync", true, pebble.Sync}, {"pebble interval", true, pebble.Interval},
	{"memory", false, 0},
}

func (m stored) open(dir string) (sessions.Store, error) {
	if !m.durable {
		return memory.New(memory.Options{}), nil
	}
	return pebble.Open(pebble.Options{Dir: dir, Durability: m.durability})
}

// stores measures whole turns, sockets and guest apart, beside bare commits.
func stores(ctx context.Context, s settings, w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "store\tsessions\tturns/s\tbare/s\tratio\tp99 turn µs\tp99 bare µs\tfloor\tok\t")
	for _, mode := range storedWays {
		for text := range strings.SplitSeq(s.connections, ",") {
			n, err := strconv.Atoi(text)
			if err != nil {
				return err
			}
			if err := compareStores(ctx, s, mode, n, tw); err != nil {
				return fmt.Errorf("%s, %d sessions: %w", mode.name, n, err)
			}
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return opening(ctx, s, w)
}

// compareStores runs the rounds of turns and of bare commits one after the other,
// so that both see the same weather, and prints medians.
func compareStores(ctx context.Context, s settings, mode stored, n int, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ours, err := newTurns(ctx, mode, dir+"/turns", n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.close(ctx)) }()
	var reference *bare
	if mode.durable {
		if reference, err = newBare(mode, dir+"/bare", n); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, reference.db.Close()) }()
	}
	var turns, commits []round
	for range s.rounds {
		r, err := repeat(n, s.duration, func(i int) error { return ours.turn(ctx, i) })
		if err != nil {
			return err
		}
		turns = append(turns, r)
		if reference == nil {
			continue
		}
		if r, err = repeat(n, s.duration, reference.commit); err != nil {
			return err
		}
		commits = append(commits, r)
	}
	fmt.Fprintf(w, "%s\t%d\t%.0f\t", mode.name, n, each(turns, perSecond))
	if reference == nil {
		fmt.Fprintf(w, "\t\t%.0f\t\t\t\t\n", each(turns, p99))
		return nil
	}
	share, floor, ok := ratio(turns, commits, perSecond), "", ""
	if n == 64 && mode.durability == pebble.Sync {
		floor, ok = fmt.Sprintf("%.2f", storeFloor), yesNo(share >= storeFloor)
	}
	fmt.Fprintf(w, "%.0f\t%.2f\t%.0f\t%.0f\t%s\t%s\t\n", each(commits, perSecond), share,
		each(turns, p99), each(commits, p99), floor, ok)
	return nil
}

func yesNo(ok bool) string {
	if ok {
		return "yes"
	}
	return "NO"
}

// repeat lets n goroutines do something over and over for some time.
func repeat(n int, duration time.Duration, do func(i int) error) (r round, err error) {
	times, errs := make([][]time.Duration, n), make([]error, n)
	begun := time.Now()
	until := begun.Add(duration)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for before := time.Now(); before.Before(until) && errs[i] == nil; {
				errs[i] = do(i)
				now := time.Now()
				times[i] = append(times[i], now.Sub(before))
				before = now
			}
		})
	}
	wg.Wait()
	took := time.Since(begun)
	all := slices.Concat(times...)
	if err := errors.Join(errs...); err != nil || len(all) == 0 {
		return r, err
	}
	slices.Sort(all)
	return round{perSecond: float64(len(all)) / took.Seconds(), p99: all[len(all)*99/100]}, nil
}

// turns are sessions that have turns, each on its own.
type turns struct {
	store   sessions.Store
	runner  *turn.Runner
	handles []*turn.Handle
	sent    []int
}

func newTurns(ctx context.Context, mode stored, dir string, n int) (*turns, error) {
	store, err := mode.open(dir)
	if err != nil {
		return nil, err
	}
	t := &turns{store: store, sent: make([]int, n)}
	t.runner = turn.New(turn.Options{Store: store, Source: counterBot{}})
	for i := range n {
		h, err := t.runner.Create(ctx, storeKey(i), turn.CreateOptions{Resume: [32]byte{1}}, nil)
		if err == nil {
			t.handles = append(t.handles, h)
			err = submit(ctx, h, &abi.Event{Kind: abi.EventStart})
		}
		if err != nil {
			return nil, errors.Join(err, t.close(ctx))
		}
	}
	return t, nil
}

func (t *turns) turn(ctx context.Context, i int) error {
	t.sent[i]++
	return submit(ctx, t.handles[i], &abi.Event{
		Kind: abi.EventMessage, ID: storeID(t.sent[i]), Text: text, Human: true,
	})
}

func (t *turns) close(ctx context.Context) error {
	for _, h := range t.handles {
		h.Close()
	}
	return errors.Join(t.runner.Close(ctx), t.store.Close())
}

// submit hands in an event and waits for its turn.
func submit(ctx context.Context, h *turn.Handle, ev *abi.Event) error {
	done := make(chan sessions.Outcome, 1)
	if err := h.Submit(ctx, ev, func(o sessions.Outcome) { done <- o }); err != nil {
		return err
	}
	if o := <-done; o.Code != 0 || o.Unknown {
		return fmt.Errorf("event %s was refused: %v", ev.Kind, o.Code)
	}
	return nil
}

func storeKey(i int) sessions.Key {
	return sessions.Key{Bot: "bench", Namespace: sessions.NamespaceHost,
		ID: fmt.Sprintf("%032x", i)}
}

func storeID(i int) string { return "message-" + strconv.Itoa(i) }

// opened is how many sessions a folder holds that is opened.
const opened = 100_000

// opening measures how long a folder of many sessions takes to open, and what they
// take in memory once they are known.
func opening(ctx context.Context, s settings, w io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	opts := pebble.Options{Dir: dir, Durability: pebble.None, Known: 2 * opened}
	store, err := pebble.Open(opts)
	if err != nil {
		return err
	}
	before := heap()
	for i := range opened {
		if err := store.Commit(ctx, firstCommit(storeKey(i))); err != nil {
			return errors.Join(err, store.Close())
		}
	}
	known := heap() - before
	if err := store.Close(); err != nil {
		return err
	}
	var took []float64
	for range s.rounds {
		begun := time.Now()
		store, err := pebble.Open(opts)
		if err != nil {
			return err
		}
		took = append(took, time.Since(begun).Seconds()*1000)
		if err := store.Close(); err != nil {
			return err
		}
	}
	held, err := warm(ctx, opts)
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "sessions on disk\topen ms\tMB when known\tB/session\twarm\tMB when warm\tB/session\t")
	fmt.Fprintf(tw, "%d\t%.0f\t%.1f\t%d\t%d\t%.1f\t%d\t\n", opened, median(took),
		float64(known)/1e6, known/opened, warmed, float64(held)/1e6, held/warmed)
	return tw.Flush()
}

// warmed is how many sessions are kept warm.
const warmed = 1000

// warm measures what sessions take that had a turn, and that nobody holds any more,
// beside what the store knows of them.
func warm(ctx context.Context, opts pebble.Options) (held int64, err error) {
	store, err := pebble.Open(opts)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	r := turn.New(turn.Options{Store: store, Source: counterBot{}, Warm: 4 * warmed})
	defer func() { err = errors.Join(err, r.Close(ctx)) }()
	before := heap()
	for i := range warmed {
		h, err := r.Open(ctx, storeKey(i), nil)
		if err == nil {
			err = submit(ctx, h, &abi.Event{Kind: abi.EventMessage, ID: "warm",
				Text: text, Human: true})
			h.Close()
		}
		if err != nil {
			return 0, err
		}
	}
	return heap() - before, nil
}

// firstCommit is what a first turn commits.
func firstCommit(key sessions.Key) *sessions.Commit {
	now := time.Now().UnixMilli()
	return &sessions.Commit{Key: key,
		Head: sessions.Head{Epoch: 1, Seq: 2, Turn: 1, VarBytes: 6, Created: now, Updated: now},
		Vars: []abi.Var{{Key: "count", Value: "1"}},
		Entries: []abi.Entry{
			{Seq: 1, From: abi.FromUser, Kind: abi.KindText, Body: text, ID: storeID(1),
				Time: now, Turn: 1},
			{Seq: 2, From: abi.FromBot, Kind: abi.KindText, Body: text, Time: now, Turn: 1},
		},
		Receipt: sessions.Receipt{ID: storeID(1), Hash: 1, Epoch: 1, Seq: 1, Turn: 1},
	}
}

// heap is what is in use after two collections, in bytes: pools let go of what they
// hold with the second one.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
