package storetest

import (
	"testing"

	"github.com/bothost/bothost/host/session"
)

func (s *suite) testNotFound(t *testing.T) {
	store := s.open(t)
	wantGone(t, store, hostKey("a"))
	if err := store.Delete(t.Context(), hostKey("a")); err != nil {
		t.Errorf("Delete(nothing) = %v, want nil", err)
	}
	newWriter(store, hostKey("a")).commit(t, 1)
	wantGone(t, store, hostKey("b"))
	_, err := store.Receipt(t.Context(), hostKey("a"), "never")
	wantError(t, "Receipt(never seen)", err, session.ErrNotFound)
}

func (s *suite) testHead(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 0)
	wantHead(t, store, w.head, w.key)
	w.head.State, w.head.VarBytes = "hello", 12
	w.head.Resume[31] = 0xff
	w.head.Former[0], w.head.FormerUntil = 0xee, 12345
	w.head.Back = []string{"ä\x00", "twice", "twice"}
	w.head.User, w.head.Title = "ann\x00", "Pizza für zwei"
	w.commit(t, 2)
	wantHead(t, store, w.head, w.key)
	w.head.State, w.head.Back = "", nil
	w.head.Created = -1
	w.commit(t, 0)
	wantHead(t, store, w.head, w.key)
}

func (s *suite) testConflict(t *testing.T) {
	for _, test := range []struct {
		name   string
		stored uint64
		turn   uint64
		want   error
	}{
		{"first", 0, 1, nil},
		{"none yet, turn 0", 0, 0, session.ErrConflict},
		{"none yet, turn 2", 0, 2, session.ErrConflict},
		{"made twice", 1, 1, session.ErrConflict},
		{"made twice, later", 2, 1, session.ErrConflict},
		{"one below", 3, 3, session.ErrConflict},
		{"next", 3, 4, nil},
		{"one above", 3, 5, session.ErrConflict},
		{"turn 0", 3, 0, session.ErrConflict},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := s.open(t)
			w := newWriter(store, hostKey("a"))
			for range test.stored {
				w.commit(t, 1)
			}
			c := w.next(1)
			c.Head.Turn = test.turn
			wantError(t, "Commit", store.Commit(t.Context(), c), test.want)
			if test.want != nil && test.stored == 0 {
				wantGone(t, store, w.key)
			}
		})
	}
}

func (s *suite) testConflictChangesNothing(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 2, set("k", "old"), receipt("id"))
	c := w.next(3, set("k", "new"), set("other", "x"), receipt("lost"))
	c.Head.Turn++
	c.Head.State = "elsewhere"
	wantError(t, "Commit", store.Commit(t.Context(), c), session.ErrConflict)
	c.Reset = true
	wantError(t, "Commit(reset)", store.Commit(t.Context(), c), session.ErrConflict)
	wantHead(t, store, w.head, w.key)
	wantVars(t, store, w.key, map[string]string{"k": "old"})
	wantPage(t, read(t, store, w.key, 0, 10), 1, 1, 2, 1, 2)
	_, err := store.Receipt(t.Context(), w.key, "lost")
	wantError(t, "Receipt", err, session.ErrNotFound)
	w.commit(t, 1)
}

func (s *suite) testDelete(t *testing.T) {
	store := s.open(t)
	w, other := newWriter(store, hostKey("a")), newWriter(store, hostKey("b"))
	w.commit(t, 3, set("k", "v"), receipt("id"))
	other.commit(t, 1, set("k", "v"), receipt("id"))
	if err := store.Delete(t.Context(), w.key); err != nil {
		t.Fatalf("Delete() = %v", err)
	}
	wantGone(t, store, w.key, "id")
	wantHead(t, store, other.head, other.key)
	err := store.Commit(t.Context(), w.next(1))
	wantError(t, "Commit(turn 2 of none)", err, session.ErrConflict)
	// A session of the same name begins empty.
	again := newWriter(store, w.key)
	again.commit(t, 1)
	wantVars(t, store, w.key, nil)
	wantPage(t, read(t, store, w.key, 0, 10), 1, 1, 1, 1, 1)
	_, err = store.Receipt(t.Context(), w.key, "id")
	wantError(t, "Receipt", err, session.ErrNotFound)
}

// testKeys has keys that run into each other where a store joins their parts.
func (s *suite) testKeys(t *testing.T) {
	store := s.open(t)
	keys := []session.Key{
		{Bot: "a", Namespace: session.NamespaceHost, ID: "bc"},
		{Bot: "ab", Namespace: session.NamespaceHost, ID: "c"},
		{Bot: "a", Namespace: session.NamespaceClient, ID: "bc"},
		{Bot: "a", Namespace: session.NamespaceHost, ID: "b"},
		{Bot: "a", Namespace: session.NamespaceHost, ID: "bcd"},
		{Bot: "a", Namespace: session.NamespaceHost, ID: "bc\x00"},
		{Bot: "a", Namespace: session.NamespaceHost, ID: "bc\x00\x01"},
		{Bot: "a", Namespace: session.NamespaceHost, ID: "bc\xff"},
		{Bot: "a\x00", Namespace: session.NamespaceHost, ID: "bc"},
		{Bot: "a", Namespace: session.NamespaceClient, ID: "hbc"},
		{Bot: "ah", Namespace: session.NamespaceHost, ID: "bc"},
		{Bot: "a/h", Namespace: session.NamespaceHost, ID: "bc"},
		{Bot: "a", Namespace: session.NamespaceHost, ID: "h/bc"},
		{Bot: "A", Namespace: session.NamespaceHost, ID: "bc"},
		{Bot: "ä", Namespace: session.NamespaceHost, ID: "bc"},
	}
	writers := make([]*writer, len(keys))
	for i, key := range keys {
		writers[i] = newWriter(store, key)
		writers[i].commit(t, i+1, set("k", key.ID), set(key.ID, key.Bot), receipt(key.ID))
	}
	for i, w := range writers {
		wantHead(t, store, w.head, w.key)
		wantVars(t, store, w.key, map[string]string{"k": w.key.ID, w.key.ID: w.key.Bot})
		if got := read(t, store, w.key, 0, 100); got.Last != uint64(i+1) {
			t.Errorf("last entry of %q = %d, want %d", w.key, got.Last, i+1)
		}
		r, err := store.Receipt(t.Context(), w.key, w.key.ID)
		if err != nil || r.Seq != uint64(i+1) {
			t.Errorf("Receipt(%q) = %+v, %v, want seq %d", w.key, r, err, i+1)
		}
	}
	for i, w := range writers {
		if err := store.Delete(t.Context(), w.key); err != nil {
			t.Fatalf("Delete(%q) = %v", w.key, err)
		}
		wantGone(t, store, w.key, w.key.ID)
		for _, left := range writers[i+1:] {
			wantHead(t, store, left.head, left.key)
		}
	}
}

func (s *suite) testContext(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 1, receipt("id"))
	ctx := endedContext()
	for _, call := range calls(ctx, store, w) {
		wantError(t, call.name, call.err, ctx.Err())
	}
	wantHead(t, store, w.head, w.key)
}

func (s *suite) testClose(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 1, receipt("id"))
	for range 2 {
		if err := store.Close(); err != nil {
			t.Errorf("Close() = %v, want nil", err)
		}
	}
	for _, call := range calls(t.Context(), store, w) {
		wantError(t, call.name, call.err, session.ErrUnavailable)
	}
}
