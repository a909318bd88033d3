package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/bothost/bothost/host/session"
)

// testDamaged: what cannot be read of one session is named, and keeps nothing from
// the others.
func (s *suite) testDamaged(t *testing.T) {
	store := s.open(t)
	var broken session.Key
	for _, id := range []string{"a", "b", "c"} {
		w := newWriter(store, hostKey(id))
		w.commit(t, 1, at(1000, 1), setJob(session.Job{ID: "t:1", Kind: session.JobTimer}),
			setJob(session.Job{ID: "t:2", Kind: session.JobTimer}))
		if id == "b" {
			broken = w.key
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = s.opts.Damage(t, store, broken, "t:1")
	var got []string
	err := store.Jobs(t.Context(), func(key session.Key, job session.Job) error {
		got = append(got, key.ID+" "+job.ID)
		return nil
	})
	want := []string{"a t:1", "a t:2", "b t:2", "c t:1", "c t:2"}
	if !slices.Equal(got, want) {
		t.Errorf("Jobs() found %q, want %q", got, want)
	}
	wantDamaged(t, "Jobs", err, broken)
	keys, err := store.Expired(t.Context(), 1<<60, 10)
	slices.SortFunc(keys, session.Key.Compare)
	if want := []session.Key{hostKey("a"), hostKey("c")}; !slices.Equal(keys, want) {
		t.Errorf("Expired() = %v, want %v", keys, want)
	}
	wantDamaged(t, "Expired", err, broken)
	enough := errors.New("enough")
	err = store.Jobs(context.Background(), func(session.Key, session.Job) error { return enough })
	wantError(t, "Jobs", err, enough)
}

// wantDamaged checks that an error says which session a record cannot be read of.
func wantDamaged(tb testing.TB, what string, err error, key session.Key) {
	tb.Helper()
	var lost *session.Damaged
	if !errors.As(err, &lost) || lost.Count != 1 || len(lost.Records) != 1 ||
		lost.Records[0].Key != key || lost.Records[0].Err == nil {
		tb.Errorf("%s() = %v, want one damaged record, of %v", what, err, key)
	}
}
