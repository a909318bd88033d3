package storetest

import (
	"fmt"
	"testing"

	"github.com/bothost/bothost/host/session"
)

func wantReceipt(tb testing.TB, store session.Store, key session.Key, want session.Receipt) {
	tb.Helper()
	got, err := store.Receipt(tb.Context(), key, want.ID)
	if err != nil || got != want {
		tb.Errorf("Receipt(%q) = %+v, %v, want %+v", want.ID, got, err, want)
	}
}

func (s *suite) testReceipts(t *testing.T) {
	store := s.open(t)
	w, other := newWriter(store, hostKey("a")), newWriter(store, hostKey("b"))
	want := session.Receipt{ID: "id", Hash: 0xfedcba9876543210, Epoch: 1, Seq: 2, Turn: 1}
	w.commit(t, 3, func(c *session.Commit) { c.Receipt = want })
	other.commit(t, 1)
	wantReceipt(t, store, w.key, want)
	_, err := store.Receipt(t.Context(), other.key, "id")
	wantError(t, "Receipt(other session)", err, session.ErrNotFound)
	// A commit without an id remembers none.
	w.commit(t, 1, func(c *session.Commit) { c.Receipt = session.Receipt{Seq: 9} })
	_, err = store.Receipt(t.Context(), w.key, "")
	wantError(t, "Receipt(empty id)", err, session.ErrNotFound)
	for _, id := range []string{"i", "id2", "ID", "id\x00", "ä"} {
		_, err = store.Receipt(t.Context(), w.key, id)
		wantError(t, "Receipt("+id+")", err, session.ErrNotFound)
	}
	wantReceipt(t, store, w.key, want)
}

func (s *suite) testReceiptsForgotten(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	id := func(i int) string { return fmt.Sprint("id", i) }
	n := 4*s.opts.MessageIDs + 3
	for i := range n {
		w.commit(t, 1, receipt(id(i)))
		for j := max(0, i+1-s.opts.MessageIDs); j <= i; j++ {
			r, err := store.Receipt(t.Context(), w.key, id(j))
			if err != nil || r.Seq != uint64(j+1) {
				t.Fatalf("after %d receipts, Receipt(%s) = %+v, %v", i+1, id(j), r, err)
			}
		}
	}
	// Turns without an id push none out.
	for range 2 * s.opts.MessageIDs {
		w.commit(t, 1)
	}
	for j := n - s.opts.MessageIDs; j < n; j++ {
		if _, err := store.Receipt(t.Context(), w.key, id(j)); err != nil {
			t.Errorf("Receipt(%s) = %v, want it kept", id(j), err)
		}
	}
	// In the long run they are forgotten.
	for i := range 16*s.opts.MessageIDs + 1024 {
		w.commit(t, 0, receipt(fmt.Sprint("later", i)))
	}
	_, err := store.Receipt(t.Context(), w.key, id(0))
	wantError(t, "Receipt(oldest)", err, session.ErrNotFound)
}

func (s *suite) testReceiptsOverReset(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 2, receipt("before"))
	w.reset(t, 1, receipt("reset"))
	w.commit(t, 1, receipt("after"))
	for _, want := range []session.Receipt{
		{ID: "before", Epoch: 1, Seq: 2, Turn: 1},
		{ID: "reset", Epoch: 2, Seq: 1, Turn: 2},
		{ID: "after", Epoch: 2, Seq: 2, Turn: 3},
	} {
		want.Hash = uint64(len(want.ID))
		wantReceipt(t, store, w.key, want)
	}
}
