package storetest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

// model is what a session must be, kept as simply as can be.
type model struct {
	*writer
	vars     map[string]string
	jobs     map[string]session.Job
	log      []abi.Entry
	receipts []session.Receipt
}

// step makes a commit that rnd chooses, in the store and in the model.
func (m *model) step(tb testing.TB, rnd *rand.Rand) {
	tb.Helper()
	var changes []func(*session.Commit)
	for range rnd.IntN(5) {
		name := strconv.Itoa(rnd.IntN(8))
		if rnd.IntN(3) == 0 {
			changes = append(changes, unset(name))
		} else {
			changes = append(changes, set(name, strconv.Itoa(rnd.IntN(100))))
		}
	}
	for range rnd.IntN(3) {
		id := strconv.Itoa(rnd.IntN(8))
		if rnd.IntN(3) == 0 {
			changes = append(changes, endJob(id))
		} else {
			changes = append(changes, setJob(session.Job{
				ID: id, Kind: session.JobTimer, Due: rnd.Int64(), Turn: m.head.Turn + 1}))
		}
	}
	if rnd.IntN(4) == 0 {
		m.head.Back = nil
		for range rnd.IntN(9) {
			m.head.Back = append(m.head.Back, strconv.Itoa(rnd.IntN(100)))
		}
	}
	if rnd.IntN(2) == 0 {
		changes = append(changes, receipt(strconv.Itoa(int(m.head.Turn))))
	}
	var made *session.Commit
	changes = append(changes, func(c *session.Commit) { made = c })
	if rnd.IntN(20) == 0 {
		m.reset(tb, rnd.IntN(4), changes...)
		m.vars, m.log = make(map[string]string), nil
		m.jobs = make(map[string]session.Job)
	} else {
		m.commit(tb, rnd.IntN(4), changes...)
	}
	for _, v := range made.Vars {
		if v.Deleted {
			delete(m.vars, v.Key)
		} else {
			m.vars[v.Key] = v.Value
		}
	}
	for _, j := range made.Jobs {
		if j.Done {
			delete(m.jobs, j.ID)
		} else {
			m.jobs[j.ID] = j.Job
		}
	}
	m.log = append(m.log, made.Entries...)
	if made.Receipt.ID != "" {
		m.receipts = append(m.receipts, made.Receipt)
	}
}

// check compares the store with the model.
func (m *model) check(tb testing.TB, opts Options) {
	tb.Helper()
	wantHead(tb, m.store, m.head, m.key)
	wantVars(tb, m.store, m.key, maps.Clone(m.vars))
	wantJobs(tb, m.store, m.key, slices.SortedFunc(maps.Values(m.jobs),
		func(a, b session.Job) int { return strings.Compare(a.ID, b.ID) })...)
	page := read(tb, m.store, m.key, 0, 1<<20)
	if page.Epoch != m.head.Epoch || page.Last != m.head.Seq {
		tb.Errorf("page to %d in epoch %d, want %d in %d",
			page.Last, page.Epoch, m.head.Seq, m.head.Epoch)
	}
	if want := min(len(m.log), opts.Entries); len(page.Entries) < want {
		tb.Errorf("%d entries are kept, want at least %d", len(page.Entries), want)
	}
	kept := m.log[max(0, len(m.log)-len(page.Entries)):]
	for i, e := range page.Entries {
		if i >= len(kept) || !e.Equal(&kept[i]) {
			tb.Fatalf("entry %d = %+v, not what was committed", i, e)
		}
	}
	for _, want := range m.receipts[max(0, len(m.receipts)-opts.MessageIDs):] {
		wantReceipt(tb, m.store, m.key, want)
	}
}

func newModel(store session.Store, key session.Key) *model {
	return &model{writer: newWriter(store, key), vars: make(map[string]string),
		jobs: make(map[string]session.Job)}
}

// testModel makes commits at random, and compares after each.
func (s *suite) testModel(t *testing.T) {
	store := s.open(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	models := []*model{newModel(store, hostKey("a")), newModel(store, hostKey("aa"))}
	for i := range 400 {
		m := models[rnd.IntN(len(models))]
		m.step(t, rnd)
		m.check(t, s.opts)
		if t.Failed() {
			t.Fatalf("after step %d", i)
		}
	}
}

func (s *suite) testReopen(t *testing.T) {
	store := s.open(t)
	w, gone := newWriter(store, hostKey("a")), newWriter(store, hostKey("b"))
	w.head.Back = []string{"one", "two"}
	w.commit(t, 3, set("k", "v"), set("empty", ""), receipt("id"))
	gone.commit(t, 1, receipt("id"))
	if err := store.Delete(t.Context(), gone.key); err != nil {
		t.Fatalf("Delete() = %v", err)
	}
	for range 2 {
		store = s.reopen(t, store)
		wantHead(t, store, w.head, w.key)
		wantVars(t, store, w.key, map[string]string{"k": "v", "empty": ""})
		wantPage(t, read(t, store, w.key, 0, 10), 1, 1, 3, 1, 3)
		if r, err := store.Receipt(t.Context(), w.key, "id"); err != nil || r.Seq != 3 {
			t.Errorf("Receipt() = %+v, %v, want seq 3", r, err)
		}
		wantGone(t, store, gone.key, "id")
	}
	w.store = store
	w.commit(t, 1)
	wantError(t, "Commit(made twice)",
		store.Commit(t.Context(), newWriter(store, w.key).next(1)), session.ErrConflict)
}

// testReopenModel goes on, after each reopening, where it was: counters that a
// store keeps in memory only would be found out.
func (s *suite) testReopenModel(t *testing.T) {
	store := s.open(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	m := newModel(store, hostKey("a"))
	for i := range 10 {
		for range 2*s.opts.Entries + rnd.IntN(10) {
			m.step(t, rnd)
		}
		m.store = s.reopen(t, m.store)
		m.check(t, s.opts)
		if t.Failed() {
			t.Fatalf("after reopening %d", i)
		}
	}
}

func (s *suite) reopen(tb testing.TB, store session.Store) session.Store {
	tb.Helper()
	if err := store.Close(); err != nil {
		tb.Fatalf("Close() = %v", err)
	}
	return s.opts.Reopen(tb, store)
}
