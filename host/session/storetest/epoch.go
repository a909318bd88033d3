package storetest

import (
	"testing"

	"github.com/bothost/bothost/host/session"
)

// testEpoch commits with an epoch below, at and above what is stored.
func (s *suite) testEpoch(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.head.Epoch = 5
	w.commit(t, 2)
	c := w.next(1)
	c.Head.Epoch = 4
	wantError(t, "Commit(epoch 4)", store.Commit(t.Context(), c), session.ErrConflict)
	wantHead(t, store, w.head, w.key)
	w.commit(t, 1)
	w.head.Epoch = 6
	w.commit(t, 1)
	wantHead(t, store, w.head, w.key)
	if page := read(t, store, w.key, 3, 10); page.Epoch != 6 || page.First != 1 || page.Last != 4 {
		t.Errorf("page of epoch %d, %d to %d, want 6, 1 to 4", page.Epoch, page.First, page.Last)
	}
}

// wantEpoch checks that all methods show one epoch, and the log up to last.
func wantEpoch(tb testing.TB, store session.Store, key session.Key, epoch, last uint64) {
	tb.Helper()
	head, _ := load(tb, store, key)
	page := read(tb, store, key, 0, 1000)
	list, err := store.List(tb.Context(), key.Bot, session.Key{}, 1000)
	if err != nil {
		tb.Fatalf("List() = %v", err)
	}
	if head.Epoch != epoch || page.Epoch != epoch || page.Last != last ||
		uint64(len(page.Entries)) != last {
		tb.Errorf("epochs of head and page = %d, %d with %d entries to %d, want %d with %d",
			head.Epoch, page.Epoch, len(page.Entries), page.Last, epoch, last)
	}
	for _, s := range list {
		if s.Key == key && !s.Head.Equal(&head) {
			tb.Errorf("head in list = %+v, loaded = %+v", s.Head, head)
		}
	}
}

// testCrashEpoch has one session that goes on after the crash, and one that does
// not.
func (s *suite) testCrashEpoch(t *testing.T) {
	store := s.open(t)
	w, idle := newWriter(store, hostKey("a")), newWriter(store, hostKey("b"))
	w.commit(t, 2, set("k", "v"), receipt("id"))
	idle.commit(t, 1)
	wantEpoch(t, store, w.key, 1, 2)
	store = s.opts.Crash(t, store)
	w.store, idle.store = store, store
	wantEpoch(t, store, w.key, 2, 2)
	wantEpoch(t, store, idle.key, 2, 1)
	wantVars(t, store, w.key, map[string]string{"k": "v"})
	wantReceipt(t, store, w.key, session.Receipt{ID: "id", Hash: 2, Epoch: 1, Seq: 2, Turn: 1})
	// Who did not load the session anew is found out.
	wantError(t, "Commit(old epoch)", store.Commit(t.Context(), w.next(1)), session.ErrConflict)
	w.head.Epoch = 2
	w.commit(t, 1)
	wantEpoch(t, store, w.key, 2, 3)
	if s.opts.Reopen != nil {
		store = s.reopen(t, store)
		w.store = store
		wantEpoch(t, store, w.key, 2, 3)
		wantEpoch(t, store, idle.key, 2, 1)
	}
	w.commit(t, 1)
	wantEpoch(t, store, w.key, 2, 4)
	// A session that began after the crash begins as all do.
	late := newWriter(store, hostKey("c"))
	late.commit(t, 1)
	wantEpoch(t, store, late.key, 1, 1)
}

// testCrashTwice tells what was seen between two crashes, and may be lost, from
// what comes after both.
func (s *suite) testCrashTwice(t *testing.T) {
	store := s.open(t)
	w, idle := newWriter(store, hostKey("a")), newWriter(store, hostKey("b"))
	w.commit(t, 1)
	idle.commit(t, 1)
	store = s.opts.Crash(t, store)
	w.store = store
	w.head.Epoch = 2
	w.commit(t, 1)
	store = s.opts.Crash(t, store)
	w.store = store
	wantEpoch(t, store, w.key, 3, 2)
	wantEpoch(t, store, idle.key, 3, 1)
	w.head.Epoch = 3
	w.commit(t, 1)
	wantEpoch(t, store, w.key, 3, 3)
}

func (s *suite) testCrashReset(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 3)
	w.reset(t, 1)
	store = s.opts.Crash(t, store)
	w.store = store
	wantEpoch(t, store, w.key, 3, 1)
	w.head.Epoch = 3
	w.reset(t, 2)
	wantEpoch(t, store, w.key, 4, 2)
	if err := store.Delete(t.Context(), w.key); err != nil {
		t.Fatalf("Delete() = %v", err)
	}
	wantGone(t, store, w.key)
}
