package pebble_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	db "github.com/cockroachdb/pebble/v2"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/pebble"
)

// benchTurn is what an ordinary turn commits: one variable, the user's entry and
// the bot's, and a receipt.
func benchTurn(k session.Key, head session.Head) *session.Commit {
	head.Turn++
	head.Seq += 2
	head.Updated = 1763712000000 + int64(head.Turn)
	id := "message-" + strconv.FormatUint(head.Turn, 10)
	const text = "sixty bytes of text, as people write in a chat window, often"
	return &session.Commit{Key: k, Head: head,
		Vars: []abi.Var{{Key: "count", Value: strconv.FormatUint(head.Turn, 10)}},
		Entries: []abi.Entry{
			{Seq: head.Seq - 1, From: abi.FromUser, Kind: abi.KindText, Body: text, ID: id,
				Time: head.Updated, Turn: head.Turn},
			{Seq: head.Seq, From: abi.FromBot, Kind: abi.KindText, Body: text,
				Time: head.Updated, Turn: head.Turn},
		},
		Receipt: session.Receipt{ID: id, Hash: 1, Epoch: 1, Seq: head.Seq - 1, Turn: head.Turn},
	}
}

func benchKey(i int) session.Key { return key(fmt.Sprintf("%032x", i)) }

var modes = []struct {
	name       string
	durability pebble.Durability
}{{"sync", pebble.Sync}, {"interval", pebble.Interval}, {"none", pebble.None}}

// BenchmarkCommit measures commits a second, and what the slowest of a hundred
// takes, beside a bare loop of the same batches in the same run.
func BenchmarkCommit(b *testing.B) {
	for _, mode := range modes {
		for _, writers := range []int{1, 64, 1000} {
			b.Run(fmt.Sprintf("%s/writers=%d", mode.name, writers), func(b *testing.B) {
				benchCommit(b, mode.durability, writers)
			})
		}
	}
}

func benchCommit(b *testing.B, d pebble.Durability, writers int) {
	s := open(b, pebble.Options{Dir: b.TempDir(), Durability: d, Reserve: -1})
	heads := make([]session.Head, writers)
	for i := range heads {
		heads[i].Epoch = 1
	}
	commit := func(w int) error {
		c := benchTurn(benchKey(w), heads[w])
		heads[w] = c.Head
		return s.Commit(context.Background(), c)
	}
	bare := newBare(b, s, d, writers)
	const rounds = 4 // one after the other, so that both meet the same machine
	var ours, theirs result
	b.ReportAllocs()
	b.ResetTimer()
	for range rounds {
		ours.add(run(b, writers, b.N/rounds+1, commit))
		b.StopTimer()
		theirs.add(run(b, writers, b.N/rounds+1, bare.commit))
		b.StartTimer()
	}
	b.StopTimer()
	b.ReportMetric(ours.rate(), "commits/s")
	b.ReportMetric(ours.p99(), "p99-µs")
	b.ReportMetric(theirs.rate(), "bare/s")
	b.ReportMetric(theirs.p99(), "bare-p99-µs")
	b.ReportMetric(100*ours.rate()/theirs.rate(), "%-of-bare")
}

type result struct {
	took  time.Duration
	times []time.Duration
}

func (r *result) add(o result) { r.took, r.times = r.took+o.took, append(r.times, o.times...) }

func (r *result) rate() float64 { return float64(len(r.times)) / r.took.Seconds() }

func (r *result) p99() float64 {
	slices.Sort(r.times)
	return float64(r.times[len(r.times)*99/100].Nanoseconds()) / 1000
}

// run makes n commits with so many writers.
func run(b *testing.B, writers, n int, commit func(writer int) error) result {
	var left atomic.Int64
	left.Store(int64(n))
	times := make([][]time.Duration, writers)
	start := time.Now()
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				began := time.Now()
				if err := commit(w); err != nil {
					b.Error(err)
					return
				}
				times[w] = append(times[w], time.Since(began))
			}
		})
	}
	all.Wait()
	return result{time.Since(start), slices.Concat(times...)}
}

// bare commits prebuilt batches straight to pebble: the same keys and values as a
// session's first turns have, of other sessions, again and again.
type bare struct {
	db   *db.DB
	opts *db.WriteOptions
	reps [][]byte
	next []int
}

// newBare opens a second store with the same options of pebble, and takes the
// batches of the first turns of some sessions.
func newBare(b *testing.B, s *pebble.Store, d pebble.Durability, writers int) *bare {
	x := &bare{opts: db.NoSync, next: make([]int, writers)}
	if d == pebble.Sync {
		x.opts = db.Sync
	}
	var err error
	if x.db, err = db.Open(b.TempDir(), pebble.PebbleOptions(s)); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := x.db.Close(); err != nil {
			b.Error(err)
		}
	})
	for i := range 1024 {
		head := session.Head{Epoch: 1}
		for range 8 {
			c := benchTurn(benchKey(i), head)
			head = c.Head
			x.reps = append(x.reps, pebble.Batch(s, c))
		}
	}
	return x
}

func (x *bare) commit(w int) error {
	n := w + x.next[w]*len(x.next)
	x.next[w]++
	batch := x.db.NewBatch()
	if err := batch.SetRepr(append([]byte(nil), x.reps[n%len(x.reps)]...)); err != nil {
		return err
	}
	if err := batch.Commit(x.opts); err != nil {
		return err
	}
	return batch.Close()
}

// BenchmarkTurn measures what a turn asks of the store, when the logs of its
// sessions are full: is the message new, commit, read the new entries.
func BenchmarkTurn(b *testing.B) {
	const sessions = 64
	s := open(b, pebble.Options{Dir: b.TempDir(), Durability: pebble.None, Reserve: -1})
	heads := make([]session.Head, sessions)
	var dst []abi.Entry
	turn := func(w int) {
		c := benchTurn(benchKey(w), session.Head{Epoch: 1, Seq: heads[w].Seq, Turn: heads[w].Turn})
		_, err := s.Receipt(b.Context(), c.Key, c.Receipt.ID)
		if !errors.Is(err, session.ErrNotFound) {
			b.Fatal(err)
		}
		if err := s.Commit(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		heads[w] = c.Head
		page, err := s.Read(b.Context(), c.Key, c.Head.Seq-2, 10, dst[:0])
		if err != nil || len(page.Entries) != 2 {
			b.Fatal(err)
		}
		dst = page.Entries
	}
	for i := range sessions * 2000 { // four times what a log holds
		turn(i % sessions)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		turn(i % sessions)
		i++
	}
}

// BenchmarkOpen opens a folder of 100 000 sessions, after a clean end, and
// measures what 100 000 sessions that are known take in memory.
func BenchmarkOpen(b *testing.B) {
	const sessions = 100_000
	dir := b.TempDir()
	opts := pebble.Options{Dir: dir, Durability: pebble.None, Reserve: -1, Known: 2 * sessions}
	s := open(b, opts)
	before := heap()
	for i := range sessions {
		if err := s.Commit(b.Context(), benchTurn(benchKey(i), session.Head{Epoch: 1})); err != nil {
			b.Fatal(err)
		}
	}
	known := heap() - before
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := pebble.Open(opts)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(known)/sessions, "B/known-session")
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkRead reads what a connection that comes back reads.
func BenchmarkRead(b *testing.B) {
	s := open(b, pebble.Options{Dir: b.TempDir(), Durability: pebble.None, Reserve: -1})
	head := session.Head{Epoch: 1}
	for range 500 {
		c := benchTurn(benchKey(1), head)
		if err := s.Commit(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		head = c.Head
	}
	b.Run("new=2", func(b *testing.B) { benchRead(b, s, head.Seq-2) })
	b.Run("all=1000", func(b *testing.B) { benchRead(b, s, 0) })
	b.Run("receipt=none", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = s.Receipt(b.Context(), benchKey(1), "never")
		}
	})
	b.Run("load", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Load(b.Context(), benchKey(1)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchRead(b *testing.B, s *pebble.Store, after uint64) {
	var dst []abi.Entry
	b.ReportAllocs()
	for b.Loop() {
		page, err := s.Read(b.Context(), benchKey(1), after, 1000, dst[:0])
		if err != nil {
			b.Fatal(err)
		}
		dst = page.Entries
	}
}
