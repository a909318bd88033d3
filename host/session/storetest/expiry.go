package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bothost/bothost/host/session"
)

const day = 24 * 60 * 60 * 1000 // in milliseconds

// at sets when a commit is made, and how long it keeps the session.
func at(updated, keep int64) func(*session.Commit) {
	return func(c *session.Commit) { c.Head.Updated, c.Head.Keep = updated, keep }
}

func wantExpired(tb testing.TB, store session.Store, now int64, want ...string) {
	tb.Helper()
	keys, err := store.Expired(tb.Context(), now, 1000)
	var got []string
	for _, key := range keys {
		got = append(got, key.ID)
	}
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		tb.Errorf("Expired(%d) = %q, %v, want %q", now, got, err, want)
	}
}

func (s *suite) testExpired(t *testing.T) {
	store := s.open(t)
	const start = 20000 * day
	wantExpired(t, store, start)
	keep := s.opts.Keep.Milliseconds()
	newWriter(store, hostKey("default")).commit(t, 1, at(start, 0))
	newWriter(store, hostKey("minute")).commit(t, 1, at(start, 60_000))
	newWriter(store, hostKey("never")).commit(t, 1, at(start, 1<<60))
	newWriter(store, hostKey("for ever")).commit(t, 1, at(start, 1<<63-1))
	newWriter(store, hostKey("before 1970")).commit(t, 1, at(-2*day, day))
	wantExpired(t, store, -day-1)
	wantExpired(t, store, -day, "before 1970")
	wantExpired(t, store, start+59_999, "before 1970")
	wantExpired(t, store, start+60_000, "before 1970", "minute")
	wantExpired(t, store, start+keep-1, "before 1970", "minute")
	wantExpired(t, store, start+keep, "before 1970", "default", "minute")
	for _, id := range []string{"default", "minute"} {
		if err := store.Delete(t.Context(), hostKey(id)); err != nil {
			t.Fatalf("Delete(%s) = %v", id, err)
		}
	}
	wantExpired(t, store, start+10*keep, "before 1970")
}

// testExpiredMoves has a session whose end moves, forth and back.
func (s *suite) testExpiredMoves(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	for i, test := range []struct{ updated, keep int64 }{
		{100 * day, day},
		{100*day + 1, day},
		{100*day + 9, day - 10},
		{101*day - 1, day},
		{101 * day, day},
		{140 * day, 10},
		{140*day + 5, 3},
		{140*day + 6, 90 * day},
		{140*day + 7, 1},
		{140*day + 8, 0},
		{141 * day, 1},
	} {
		w.commit(t, 1, at(test.updated, test.keep))
		if i%3 == 2 && s.opts.Reopen != nil {
			store = s.reopen(t, store)
			w.store = store
		}
		end := w.head.Ends(s.opts.Keep)
		wantExpired(t, store, end-1)
		wantExpired(t, store, end, "a")
		wantExpired(t, store, end+1, "a")
		wantExpired(t, store, end+1000*day, "a")
	}
}

func (s *suite) testExpiredLimit(t *testing.T) {
	store := s.open(t)
	for i := range 10 {
		newWriter(store, hostKey(fmt.Sprint(i))).commit(t, 1, at(day, day+int64(i)))
	}
	for _, test := range []struct{ limit, want int }{
		{-1, 0}, {0, 0}, {1, 1}, {9, 9}, {10, 10}, {11, 10},
	} {
		keys, err := store.Expired(t.Context(), 10*day, test.limit)
		if err != nil || len(keys) != test.want {
			t.Errorf("Expired(limit %d) = %d keys, %v, want %d", test.limit, len(keys), err, test.want)
		}
	}
	wantExpired(t, store, 2*day+4, "0", "1", "2", "3", "4")
}

func (s *suite) testReopenExpired(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 1, at(day, day))
	store = s.reopen(t, store)
	wantExpired(t, store, 2*day, "a")
	w.store = store
	w.commit(t, 1, at(2*day, day))
	store = s.reopen(t, store)
	wantExpired(t, store, 3*day-1)
	wantExpired(t, store, 3*day, "a")
}
