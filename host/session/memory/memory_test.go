package memory_test

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/session/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	for _, opts := range []memory.Options{
		{Entries: 8, MessageIDs: 8},
		{Entries: 9, MessageIDs: 10},
		{Entries: 100, MessageIDs: 33},
	} {
		t.Run(fmt.Sprintf("entries=%d,ids=%d", opts.Entries, opts.MessageIDs), func(t *testing.T) {
			storetest.Run(t, func(tb testing.TB) session.Store {
				s := memory.New(opts)
				tb.Cleanup(func() { _ = s.Close() })
				return s
			}, storetest.Options{Entries: int(opts.Entries), MessageIDs: int(opts.MessageIDs)})
		})
	}
}

// lasting is a store that outlives its Close, as a durable one does: it tries the
// part of the suite that is for those.
type lasting struct {
	*memory.Store
	closed *memory.Store // takes the calls after Close
}

func (l *lasting) Close() error {
	l.Store = l.closed
	return nil
}

func TestStore_Reopen(t *testing.T) {
	opts := memory.Options{Entries: 8, MessageIDs: 8}
	closed := memory.New(opts)
	_ = closed.Close()
	kept := make(map[session.Store]*memory.Store)
	lend := func(s *memory.Store) session.Store {
		l := &lasting{s, closed}
		kept[l] = s
		return l
	}
	storetest.Run(t, func(testing.TB) session.Store { return lend(memory.New(opts)) },
		storetest.Options{Entries: 8, MessageIDs: 8,
			Reopen: func(_ testing.TB, s session.Store) session.Store { return lend(kept[s]) }})
}

// TestStore_Limits fills a store one below, at and one above what it keeps.
func TestStore_Limits(t *testing.T) {
	const keep = 8 // entries and receipts; the log is trimmed two at a time
	for _, test := range []struct {
		turns       uint64
		first       uint64
		firstIDGone bool
	}{
		{keep - 1, 1, false},
		{keep, 1, false},
		{keep + 1, 1, true},
		{keep + 2, 3, true},
		{keep + 3, 3, true},
		{keep + 4, 5, true},
	} {
		t.Run(fmt.Sprint("turns=", test.turns), func(t *testing.T) {
			s := memory.New(memory.Options{Entries: keep, MessageIDs: keep})
			key := session.Key{Bot: "bot", ID: "a"}
			for turn := range test.turns {
				commit(t, s, key, turn+1)
			}
			page, err := s.Read(t.Context(), key, 0, 100, nil)
			if err != nil || page.First != test.first || page.Last != test.turns {
				t.Errorf("log = %d to %d, %v, want %d to %d",
					page.First, page.Last, err, test.first, test.turns)
			}
			_, err = s.Receipt(t.Context(), key, "1")
			if gone := err != nil; gone != test.firstIDGone {
				t.Errorf("first receipt gone = %v, want %v", gone, test.firstIDGone)
			}
			if _, err := s.Receipt(t.Context(), key, fmt.Sprint(test.turns)); err != nil {
				t.Errorf("newest receipt: %v", err)
			}
		})
	}
}

// TestStore_SameReceipt remembers one id again, which takes no other's place.
func TestStore_SameReceipt(t *testing.T) {
	s := memory.New(memory.Options{Entries: 8, MessageIDs: 2})
	key := session.Key{Bot: "bot", ID: "a"}
	for turn, id := range []string{"a", "b", "b", "b"} {
		c := &session.Commit{Key: key, Head: session.Head{Epoch: 1, Turn: uint64(turn + 1)},
			Receipt: session.Receipt{ID: id, Turn: uint64(turn + 1)}}
		if err := s.Commit(t.Context(), c); err != nil {
			t.Fatalf("Commit() = %v", err)
		}
	}
	for id, want := range map[string]uint64{"a": 1, "b": 4} {
		r, err := s.Receipt(t.Context(), key, id)
		if err != nil || r.Turn != want {
			t.Errorf("Receipt(%s) = turn %d, %v, want turn %d", id, r.Turn, err, want)
		}
	}
}

func commit(tb testing.TB, s *memory.Store, key session.Key, turn uint64) {
	tb.Helper()
	c := &session.Commit{
		Key:     key,
		Head:    session.Head{Epoch: 1, Seq: turn, Turn: turn},
		Entries: []abi.Entry{{Seq: turn, Turn: turn}},
		Receipt: session.Receipt{ID: fmt.Sprint(turn), Epoch: 1, Seq: turn, Turn: turn},
	}
	if err := s.Commit(tb.Context(), c); err != nil {
		tb.Fatalf("Commit(turn %d) = %v", turn, err)
	}
}

// BenchmarkCommit measures what a turn of two entries costs.
func BenchmarkCommit(b *testing.B) {
	s := memory.New(memory.Options{})
	key := session.Key{Bot: "bot", ID: "a"}
	c := &session.Commit{
		Key: key, Head: session.Head{Epoch: 1},
		Vars:    []abi.Var{{Key: "k", Value: "v"}},
		Entries: make([]abi.Entry, 2),
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Head.Turn++
		for i := range c.Entries {
			c.Head.Seq++
			c.Entries[i].Seq = c.Head.Seq
		}
		if err := s.Commit(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}
