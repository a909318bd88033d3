package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

func (s *suite) testVariables(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 0)
	wantVars(t, store, w.key, nil)
	w.commit(t, 0, unset("never"))
	wantVars(t, store, w.key, nil)
	w.commit(t, 0, set("a", "1"), set("b", ""), set("ä\x00/", "ß\x00"))
	wantVars(t, store, w.key, map[string]string{"a": "1", "b": "", "ä\x00/": "ß\x00"})
	w.commit(t, 0, set("a", "2"), unset("b"))
	wantVars(t, store, w.key, map[string]string{"a": "2", "ä\x00/": "ß\x00"})
	w.commit(t, 0, set("b", "again"), unset("ä\x00/"))
	wantVars(t, store, w.key, map[string]string{"a": "2", "b": "again"})
	w.commit(t, 0, unset("a"), unset("b"))
	wantVars(t, store, w.key, nil)
	w.commit(t, 0, set("a", ""))
	wantVars(t, store, w.key, map[string]string{"a": ""})
}

// testVariableSizes sets what the default limits allow.
func (s *suite) testVariableSizes(t *testing.T) {
	store := s.open(t)
	limits := abi.Limits{}.Defaults()
	w := newWriter(store, hostKey("a"))
	want := make(map[string]string)
	for i := range limits.VariableBytes / (limits.ValueBytes + limits.KeyBytes) {
		key := strings.Repeat(string(rune('a'+i)), int(limits.KeyBytes))
		want[key] = strings.Repeat(string(rune('A'+i)), int(limits.ValueBytes))
		w.commit(t, 0, set(key, want[key]))
	}
	wantVars(t, store, w.key, want)
	// The prefixes of a name are other variables.
	for i := 1; i < int(limits.KeyBytes); i++ {
		key := strings.Repeat("a", i)
		want[key] = key
		w.commit(t, 0, set(key, key))
	}
	wantVars(t, store, w.key, want)
}

func (s *suite) testVariablesInOrder(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 0,
		set("set twice", "1"), set("set, deleted", "1"), unset("deleted, set"),
		set("set twice", "2"), unset("set, deleted"), set("deleted, set", "2"))
	want := map[string]string{"set twice": "2", "deleted, set": "2"}
	wantVars(t, store, w.key, want)
	w.commit(t, 0,
		unset("set twice"), set("set twice", "3"), unset("set twice"),
		unset("deleted, set"), set("deleted, set", ""), set("deleted, set", "3"))
	wantVars(t, store, w.key, map[string]string{"deleted, set": "3"})
}

// testCopies changes what a store returned.
func (s *suite) testCopies(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.head.Back = []string{"back"}
	w.commit(t, 3, set("k", "v"))
	head, vars := load(t, store, w.key)
	head.Back[0], vars["k"], vars["more"] = "changed", "changed", "changed"
	page := read(t, store, w.key, 0, 10)
	for i := range page.Entries {
		page.Entries[i] = abi.Entry{}
	}
	_ = append(page.Entries, abi.Entry{})
	wantVars(t, store, w.key, map[string]string{"k": "v"})
	wantHead(t, store, w.head, w.key)
	wantPage(t, read(t, store, w.key, 0, 10), 1, 1, 3, 1, 3)
	// What a reader has stays as it is.
	_, vars = load(t, store, w.key)
	page = read(t, store, w.key, 0, 10)
	w.commit(t, 1, set("k", "new"), set("l", "new"))
	w.reset(t, 3)
	if len(vars) != 1 || vars["k"] != "v" {
		t.Errorf("variables of an earlier Load became %q", vars)
	}
	wantPage(t, page, 1, 1, 3, 1, 3)
}

// testKeepsNoSlice changes a commit that was applied.
func (s *suite) testKeepsNoSlice(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	c := w.next(3, set("k", "v"), receipt("id"))
	c.Head.Back = []string{"back"}
	want := c.Head
	want.Back = slices.Clone(c.Head.Back)
	if err := store.Commit(t.Context(), c); err != nil {
		t.Fatalf("Commit() = %v", err)
	}
	entries := slices.Clone(c.Entries)
	clear(c.Entries)
	clear(c.Vars)
	clear(c.Head.Back)
	c.Head, c.Receipt.Seq = w.head, 99
	wantHead(t, store, want, w.key)
	wantVars(t, store, w.key, map[string]string{"k": "v"})
	if got := read(t, store, w.key, 0, 10).Entries; !equal(got, entries) {
		t.Errorf("entries = %v, want %v", got, entries)
	}
	if r, err := store.Receipt(t.Context(), w.key, "id"); err != nil || r.Seq != 3 {
		t.Errorf("Receipt() = %+v, %v, want seq 3", r, err)
	}
}
