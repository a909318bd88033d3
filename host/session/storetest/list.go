package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/host/session"
)

func (s *suite) testList(t *testing.T) {
	store := s.open(t)
	ids := []string{"a", "b", "bc", "\x00", "ab\xff", strings.Repeat("z", 64)}
	var want []session.Summary
	for _, bot := range []string{"bot", "b", "bots", "c", "z"} {
		for i, id := range ids {
			ns := session.NamespaceHost
			if i%3 == 2 {
				ns = session.NamespaceClient
			}
			w := newWriter(store, session.Key{Bot: bot, Namespace: ns, ID: id})
			w.commit(t, i, set("k", "v"), receipt("id"))
			want = append(want, session.Summary{Key: w.key, Head: w.head})
		}
	}
	slices.SortFunc(want, func(a, b session.Summary) int { return a.Key.Compare(b.Key) })
	wantList(t, store, "", session.Key{}, 1000, want)
	wantList(t, store, "", session.Key{}, 0, nil)
	wantList(t, store, "no bot", session.Key{}, 10, nil)
	for i, after := range want {
		wantList(t, store, "", after.Key, 1000, want[i+1:])
		wantList(t, store, "", after.Key, 2, want[i+1:min(len(want), i+3)])
		wantList(t, store, "c", after.Key, 3, ofBot(want[i+1:], "c", 3))
	}
	wantList(t, store, "bot", session.Key{}, 1000, ofBot(want, "bot", 1000))
	between := session.Key{Bot: "bot", Namespace: session.NamespaceHost, ID: "aa"}
	at := slices.IndexFunc(want, func(s session.Summary) bool { return s.Key.Compare(between) > 0 })
	wantList(t, store, "", between, 1000, want[at:])
	if err := store.Delete(t.Context(), want[0].Key); err != nil {
		t.Fatalf("Delete() = %v", err)
	}
	wantList(t, store, "", session.Key{}, 1000, want[1:])
}

func ofBot(all []session.Summary, bot string, limit int) []session.Summary {
	var some []session.Summary
	for _, s := range all {
		if s.Key.Bot == bot && len(some) < limit {
			some = append(some, s)
		}
	}
	return some
}

func wantList(tb testing.TB, store session.Store, bot string, after session.Key, limit int,
	want []session.Summary) {
	tb.Helper()
	got, err := store.List(tb.Context(), bot, after, limit)
	if err != nil || !slices.EqualFunc(got, want, sameSummary) {
		tb.Errorf("List(%q, %q, %d) = %v, %v, want %v", bot, after, limit, got, err, want)
	}
}

func sameSummary(a, b session.Summary) bool { return a.Key == b.Key && a.Head.Equal(&b.Head) }
