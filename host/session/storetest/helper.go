package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

func hostKey(id string) session.Key {
	return session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: id}
}

// writer makes the commits of one session, as turns do.
type writer struct {
	store session.Store
	key   session.Key
	head  session.Head
}

func newWriter(store session.Store, key session.Key) *writer {
	return &writer{store, key, session.Head{
		Epoch: 1, Resume: [32]byte{1, 2, 3}, Created: 1000,
	}}
}

// next prepares the commit that follows: n entries, and whatever change adds.
func (w *writer) next(n int, change ...func(*session.Commit)) *session.Commit {
	head := w.head
	head.Turn++
	head.Updated = int64(1000 * head.Turn)
	c := &session.Commit{Key: w.key}
	for range n {
		head.Seq++
		c.Entries = append(c.Entries, abi.Entry{
			Seq: head.Seq, From: abi.FromBot, Kind: abi.KindText,
			Body: fmt.Sprintf("epoch %d entry %d", head.Epoch, head.Seq),
			Time: head.Updated, Turn: head.Turn,
		})
	}
	c.Head = head
	for _, f := range change {
		f(c)
	}
	return c
}

// equal reports whether two parts of a log say the same.
func equal(a, b []abi.Entry) bool {
	return slices.EqualFunc(a, b, func(x, y abi.Entry) bool { return x.Equal(&y) })
}

// commit commits what next prepares.
func (w *writer) commit(tb testing.TB, n int, change ...func(*session.Commit)) {
	tb.Helper()
	c := w.next(n, change...)
	if err := w.store.Commit(tb.Context(), c); err != nil {
		tb.Fatalf("Commit(turn %d) = %v", c.Head.Turn, err)
	}
	w.head = c.Head
}

// reset begins a new epoch before the commit.
func (w *writer) reset(tb testing.TB, n int, change ...func(*session.Commit)) {
	tb.Helper()
	w.head.Epoch++
	w.head.Seq, w.head.State = 0, ""
	w.commit(tb, n, append(change, func(c *session.Commit) { c.Reset = true })...)
}

func set(key, value string) func(*session.Commit) {
	return func(c *session.Commit) {
		c.Vars = append(c.Vars, abi.Var{Key: key, Value: value})
	}
}

func unset(key string) func(*session.Commit) {
	return func(c *session.Commit) {
		c.Vars = append(c.Vars, abi.Var{Key: key, Deleted: true})
	}
}

func receipt(id string) func(*session.Commit) {
	return func(c *session.Commit) {
		c.Receipt = session.Receipt{ID: id, Hash: uint64(len(id)),
			Epoch: c.Head.Epoch, Seq: c.Head.Seq, Turn: c.Head.Turn}
	}
}

func setJob(job session.Job) func(*session.Commit) {
	return func(c *session.Commit) { c.Jobs = append(c.Jobs, session.JobChange{Job: job}) }
}

func endJob(id string) func(*session.Commit) {
	return func(c *session.Commit) {
		c.Jobs = append(c.Jobs, session.JobChange{Job: session.Job{ID: id}, Done: true})
	}
}

func load(tb testing.TB, store session.Store, key session.Key) (session.Head, map[string]string) {
	tb.Helper()
	rec, err := store.Load(tb.Context(), key)
	if err != nil {
		tb.Fatalf("Load(%v) = %v", key, err)
	}
	return rec.Head, rec.Vars
}

func read(tb testing.TB, store session.Store, key session.Key, after uint64,
	limit int) session.Page {
	tb.Helper()
	page, err := store.Read(tb.Context(), key, after, limit, nil)
	if err != nil {
		tb.Fatalf("Read(%v, %d, %d) = %v", key, after, limit, err)
	}
	return page
}

func wantHead(tb testing.TB, store session.Store, want session.Head, key session.Key) {
	tb.Helper()
	if got, _ := load(tb, store, key); !got.Equal(&want) {
		tb.Errorf("head of %v = %+v, want %+v", key, got, want)
	}
}

func wantVars(tb testing.TB, store session.Store, key session.Key, want map[string]string) {
	tb.Helper()
	_, got := load(tb, store, key)
	if !maps.Equal(got, want) {
		tb.Errorf("variables of %v = %.200q, want %.200q", key, got, want)
	}
	if len(want) == 0 && got != nil {
		tb.Errorf("variables of %v = an empty map, want nil", key)
	}
}

func wantJobs(tb testing.TB, store session.Store, key session.Key, want ...session.Job) {
	tb.Helper()
	rec, err := store.Load(tb.Context(), key)
	if err != nil || !slices.Equal(rec.Jobs, want) {
		tb.Errorf("jobs of %v = %.300v, %v, want %.300v", key, rec.Jobs, err, want)
	}
}

func wantError(tb testing.TB, what string, got, want error) {
	tb.Helper()
	if !errors.Is(got, want) {
		tb.Errorf("%s = %v, want %v", what, got, want)
	}
}

// wantGone checks that nothing is left of a session.
func wantGone(tb testing.TB, store session.Store, key session.Key, ids ...string) {
	tb.Helper()
	ctx := context.Background()
	_, err := store.Load(ctx, key)
	wantError(tb, "Load", err, session.ErrNotFound)
	_, err = store.Read(ctx, key, 0, 1, nil)
	wantError(tb, "Read", err, session.ErrNotFound)
	for _, id := range append(ids, "never") {
		_, err = store.Receipt(ctx, key, id)
		wantError(tb, "Receipt", err, session.ErrNotFound)
	}
}

// wantPage checks that page holds the entries from to to of what the log holds.
func wantPage(tb testing.TB, page session.Page, epoch, first, last, from, to uint64) {
	tb.Helper()
	if page.Epoch != epoch || page.First != first || page.Last != last {
		tb.Errorf("page of epoch %d with %d to %d, want epoch %d with %d to %d",
			page.Epoch, page.First, page.Last, epoch, first, last)
	}
	var want []uint64
	for seq := from; seq <= to; seq++ {
		want = append(want, seq)
	}
	var got []uint64
	for _, e := range page.Entries {
		got = append(got, e.Seq)
		if body := fmt.Sprintf("epoch %d entry %d", epoch, e.Seq); e.Body != body {
			tb.Errorf("entry %d says %q, want %q", e.Seq, e.Body, body)
		}
	}
	if !slices.Equal(got, want) {
		tb.Errorf("entries = %v, want %v", got, want)
	}
}
