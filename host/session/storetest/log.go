package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/session"
)

func (s *suite) testLog(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 2)
	w.commit(t, 0)
	w.commit(t, 1)
	for _, test := range []struct {
		name     string
		after    uint64
		limit    int
		from, to uint64 // of the entries that are wanted
	}{
		{"all", 0, 10, 1, 3},
		{"limit one above", 0, 4, 1, 3},
		{"limit at", 0, 3, 1, 3},
		{"limit one below", 0, 2, 1, 2},
		{"limit 0", 0, 0, 1, 0},
		{"largest limit", 0, int(^uint(0) >> 1), 1, 3},
		{"after 1", 1, 10, 2, 3},
		{"after 1, limit 1", 1, 1, 2, 2},
		{"one before the end", 2, 10, 3, 3},
		{"at the end", 3, 10, 1, 0},
		{"after the end", 4, 10, 1, 0},
		{"far after the end", ^uint64(0), 10, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := read(t, store, w.key, test.after, test.limit)
			wantPage(t, page, 1, 1, 3, test.from, test.to)
		})
	}
}

// testLogFields has each field with a value of its own, and large bodies.
func (s *suite) testLogFields(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	large := strings.Repeat("ä", 1<<19)
	entries := []abi.Entry{
		{From: abi.FromUser, Kind: abi.KindText, Body: "hi\x00", ID: "id", Time: 1},
		{From: abi.FromUser, Kind: abi.KindOption, Time: -1},
		{From: abi.FromBot, Kind: abi.KindMarkdown, Body: large, Time: 1 << 60},
		{From: abi.FromHost, Kind: abi.KindNotice, Body: "notice"},
		{From: abi.FromUser, Kind: abi.KindFiles, Body: "[]", Refs: []string{strings.Repeat("f", 64), "", "r"}},
		{From: abi.FromBot, Kind: abi.KindImage, Body: "{}", Refs: []string{"r"}, Time: 3},
		{From: abi.FromBot, Kind: "a kind of later", Body: "{}", ID: strings.Repeat("i", 64)},
	}
	c := w.next(len(entries))
	for i := range entries {
		entries[i].Seq, entries[i].Turn = uint64(i+1), c.Head.Turn
		c.Entries[i] = entries[i]
	}
	if err := store.Commit(t.Context(), c); err != nil {
		t.Fatalf("Commit() = %v", err)
	}
	for i, got := range read(t, store, w.key, 0, 10).Entries {
		if !got.Equal(&entries[i]) {
			t.Errorf("entry = %.200v, want %.200v", got, entries[i])
		}
	}
}

func (s *suite) testLogEmpty(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 0)
	wantPage(t, read(t, store, w.key, 0, 10), 1, 1, 0, 1, 0)
	wantPage(t, read(t, store, w.key, 5, 10), 1, 1, 0, 1, 0)
	w.commit(t, 1)
	w.reset(t, 0)
	wantPage(t, read(t, store, w.key, 0, 10), 2, 1, 0, 1, 0)
}

func (s *suite) testReadAppends(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.commit(t, 3)
	dst := make([]abi.Entry, 1, 8)
	dst[0] = abi.Entry{Body: "mine"}
	page, err := store.Read(t.Context(), w.key, 1, 10, dst)
	if err != nil {
		t.Fatalf("Read() = %v", err)
	}
	if len(page.Entries) != 3 || page.Entries[0].Body != "mine" || page.Entries[2].Seq != 3 {
		t.Errorf("entries = %v, want mine, 2 and 3", page.Entries)
	}
	if &page.Entries[0] != &dst[0] {
		t.Error("Read made a new slice where dst had room")
	}
	page, err = store.Read(t.Context(), w.key, 3, 10, dst)
	if err != nil || !equal(page.Entries, dst) {
		t.Errorf("Read(nothing new) = %v, %v, want dst", page.Entries, err)
	}
}

// testTrim appends far more than is kept, one entry at a time.
func (s *suite) testTrim(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	keep := uint64(s.opts.Entries)
	var longest uint64
	for range 8*keep + 512 {
		w.commit(t, 1)
		page := read(t, store, w.key, 0, 1<<20)
		held := page.Last - page.First + 1
		if want := min(w.head.Seq, keep); held < want {
			t.Fatalf("after %d entries %d are kept, want at least %d", w.head.Seq, held, want)
		}
		wantPage(t, page, 1, page.First, w.head.Seq, page.First, w.head.Seq)
		longest = max(longest, held)
	}
	if most := 4*keep + 256; longest > most {
		t.Errorf("%d entries were kept at once, want at most %d", longest, most)
	}
	first := read(t, store, w.key, 0, 1).First
	last := w.head.Seq
	wantPage(t, read(t, store, w.key, first-2, 1), 1, first, last, first, first)
	wantPage(t, read(t, store, w.key, first-1, 1), 1, first, last, first, first)
	wantPage(t, read(t, store, w.key, first, 1), 1, first, last, first+1, first+1)
	wantHead(t, store, w.head, w.key)
}

// testTrimOneCommit has one commit of more entries than are kept.
func (s *suite) testTrimOneCommit(t *testing.T) {
	at := s.opts.Entries
	for _, n := range []int{at - 1, at, at + 1, 3 * at} {
		t.Run(fmt.Sprintf("entries=%d", n), func(t *testing.T) {
			store := s.open(t)
			w := newWriter(store, hostKey("a"))
			w.commit(t, n)
			keep, last := uint64(s.opts.Entries), uint64(n)
			page := read(t, store, w.key, last-min(last, keep), n)
			wantPage(t, page, 1, page.First, last, last-min(last, keep)+1, last)
			w.commit(t, 1)
			wantHead(t, store, w.head, w.key)
		})
	}
}

func (s *suite) testReset(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	w.head.State = "somewhere"
	w.commit(t, 3, set("gone", "1"), set("set again", "1"))
	w.reset(t, 2, set("set again", "2"), set("new", "2"), unset("gone"))
	wantHead(t, store, w.head, w.key)
	wantVars(t, store, w.key, map[string]string{"set again": "2", "new": "2"})
	wantPage(t, read(t, store, w.key, 0, 10), 2, 1, 2, 1, 2)
	w.commit(t, 1)
	wantPage(t, read(t, store, w.key, 0, 10), 2, 1, 3, 1, 3)
}

func (s *suite) testResetTwice(t *testing.T) {
	store := s.open(t)
	w := newWriter(store, hostKey("a"))
	// A session may even begin with a reset.
	w.reset(t, 1, set("k", "v"))
	wantPage(t, read(t, store, w.key, 0, 10), 2, 1, 1, 1, 1)
	for range 3 * s.opts.Entries {
		w.commit(t, 1)
	}
	w.reset(t, 1)
	w.reset(t, 0)
	wantVars(t, store, w.key, nil)
	wantPage(t, read(t, store, w.key, 0, 10), 4, 1, 0, 1, 0)
	w.commit(t, 2)
	wantPage(t, read(t, store, w.key, 0, 10), 4, 1, 2, 1, 2)
	var head session.Head
	if head, _ = load(t, store, w.key); head.Turn != w.head.Turn {
		t.Errorf("turn = %d, want %d", head.Turn, w.head.Turn)
	}
}
