package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/session"
)

func (s *suite) testJobs(t *testing.T) {
	store := s.open(t)
	w, other := newWriter(store, hostKey("a")), newWriter(store, hostKey("b"))
	first := session.Job{ID: "b", Kind: session.JobTimer, Name: "tea", Due: 5000, Turn: 1}
	second := session.Job{ID: "a\x00", Kind: session.JobRequest, Name: "get", Due: -1, Turn: 1,
		Data: strings.Repeat("ä\x00", 1<<15)}
	w.commit(t, 1)
	other.commit(t, 1)
	wantJobs(t, store, w.key)
	w.commit(t, 1, setJob(first), setJob(second))
	wantJobs(t, store, w.key, second, first)
	w.commit(t, 1, endJob("never"))
	wantJobs(t, store, w.key, second, first)
	first.Turn, first.Due = 4, 9000
	w.commit(t, 1, setJob(first))
	wantJobs(t, store, w.key, second, first)
	w.commit(t, 1, endJob(second.ID))
	wantJobs(t, store, w.key, first)
	wantJobs(t, store, other.key)
	c := w.next(0, endJob("b"), setJob(second))
	c.Head.Turn++
	wantError(t, "Commit", store.Commit(t.Context(), c), session.ErrConflict)
	wantJobs(t, store, w.key, first)
	if err := store.Delete(t.Context(), w.key); err != nil {
		t.Fatalf("Delete() = %v", err)
	}
	wantAllJobs(t, store)
}

func (s *suite) testJobsInOrder(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	job := func(id string, due int64) session.Job {
		return session.Job{ID: id, Kind: session.JobTimer, Due: due}
	}
	w.commit(t, 0,
		setJob(job("set twice", 1)), setJob(job("set, ended", 1)), endJob("ended, set"),
		setJob(job("set twice", 2)), endJob("set, ended"), setJob(job("ended, set", 2)))
	wantJobs(t, store, w.key, job("ended, set", 2), job("set twice", 2))
}

// testJobsOfAllKinds keeps each kind as it is.
func (s *suite) testJobsOfAllKinds(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	want := []session.Job{
		{ID: "a", Kind: session.JobAfter, Due: 5000, Turn: 1, Data: "3000"},
		{ID: "h:1:0", Kind: session.JobRequest, Name: "ask", Due: 1000, Turn: 1, Data: "{}"},
		{ID: "r", Kind: session.JobRecheck, Due: 2000, Turn: 1},
		{ID: "t:tea", Kind: session.JobTimer, Name: "tea", Due: 3000, Turn: 1},
		{ID: "w:1:0", Kind: session.JobWaiting, Turn: 1, Data: `{"kind":"event"}`},
	}
	for i := range want {
		w.commit(t, 0, setJob(want[len(want)-1-i]))
	}
	wantJobs(t, store, w.key, want...)
	w.commit(t, 0, endJob("w:1:0"), endJob("a"))
	wantJobs(t, store, w.key, want[1:4]...)
}

func (s *suite) testJobsReset(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	job := session.Job{ID: "a", Kind: session.JobTimer, Turn: 1}
	w.commit(t, 1, setJob(job))
	w.commit(t, 1, setJob(session.Job{ID: "b", Kind: session.JobRequest, Turn: 2}))
	job.Turn = 3
	w.reset(t, 1, setJob(job))
	wantJobs(t, store, w.key, job)
	w.reset(t, 0)
	wantJobs(t, store, w.key)
	wantAllJobs(t, store)
}

// testJobsOfAll finds the jobs of some sessions among many that have none.
func (s *suite) testJobsOfAll(t *testing.T) {
	store := s.open(t)
	var want []string
	for i := range 100 {
		w := newWriter(store, hostKey(fmt.Sprintf("%03d", i)))
		w.commit(t, 1)
		if i%9 != 0 {
			continue
		}
		for _, id := range []string{"a", "b"} {
			w.commit(t, 0, setJob(session.Job{ID: id, Kind: session.JobTimer, Due: int64(i)}))
			want = append(want, w.key.ID+" "+id)
		}
	}
	wantAllJobs(t, store, want...)
	enough, calls := errors.New("enough"), 0
	err := store.Jobs(t.Context(), func(session.Key, session.Job) error {
		if calls++; calls == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || calls != 3 {
		t.Errorf("Jobs() = %v after %d calls, want each's error after 3", err, calls)
	}
	// Whoever is called may write to the store.
	err = store.Jobs(t.Context(), func(key session.Key, _ session.Job) error {
		return store.Delete(t.Context(), key)
	})
	if err != nil {
		t.Errorf("Jobs(delete) = %v", err)
	}
	wantAllJobs(t, store)
}

// wantAllJobs checks what Jobs finds; want has "session job".
func wantAllJobs(tb testing.TB, store session.Store, want ...string) {
	tb.Helper()
	var got []string
	err := store.Jobs(tb.Context(), func(key session.Key, job session.Job) error {
		got = append(got, key.ID+" "+job.ID)
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		tb.Errorf("jobs of all = %q, %v, want %q", got, err, want)
	}
}

func (s *suite) testReopenJobs(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	job := session.Job{ID: "a", Kind: session.JobRequest, Name: "n", Due: 1, Turn: 1, Data: "{}"}
	w.commit(t, 1, setJob(job), setJob(session.Job{ID: "b", Kind: session.JobTimer}))
	store = s.reopen(t, store)
	w.store = store
	w.commit(t, 0, endJob("b"))
	store = s.reopen(t, store)
	wantJobs(t, store, w.key, job)
	wantAllJobs(t, store, "a a")
}
