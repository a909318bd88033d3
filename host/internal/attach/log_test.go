package attach_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/attach"
	"github.com/bothost/bothost/host/session"
)

// log is a log of which the entries before first are gone.
type log struct {
	entries []abi.Entry
	first   uint64
	err     error
}

func (l *log) Head() session.Head { return session.Head{Epoch: 3, Seq: uint64(len(l.entries))} }

func (l *log) Read(_ context.Context, after uint64, limit int, dst []abi.Entry) (
	session.Page, error) {
	page := session.Page{Epoch: 3, First: l.first, Last: uint64(len(l.entries)), Entries: dst}
	for _, e := range l.entries {
		if e.Seq > after && e.Seq >= l.first && limit > 0 {
			page.Entries = append(page.Entries, e)
			limit--
		}
	}
	return page, l.err
}

func TestFind(t *testing.T) {
	var entries []abi.Entry
	for seq := range uint64(1000) {
		entries = append(entries, abi.Entry{Seq: seq + 1, From: abi.FromUser, Kind: abi.KindText,
			Turn: seq + 5, ID: "text"})
	}
	entries[2].Kind, entries[2].ID = abi.KindFiles, "old"
	entries[998].Kind, entries[998].ID = abi.KindVoice, "new"
	entries[500].Kind, entries[500].From, entries[500].ID = abi.KindFile, abi.FromBot, "bot"
	for _, tt := range []struct {
		name, id string
		first    uint64
		err      error
		want     uint64
	}{
		{"near", "new", 1, nil, 999}, {"far", "old", 1, nil, 3}, {"gone", "old", 4, nil, 0},
		{"a text", "text", 1, nil, 0}, {"the bot's", "bot", 1, nil, 0},
		{"unknown", "x", 1, nil, 0},
		{"no id", "", 1, nil, 0}, {"no log", "new", 1, errors.New("disk"), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, ok := attach.Find(t.Context(), &log{entries, tt.first, tt.err}, tt.id)
			if r.Seq != tt.want || ok != (tt.want != 0) {
				t.Errorf("Find() = %+v, %t, want %d", r, ok, tt.want)
			}
			if ok && (r.Turn != tt.want+4 || r.Epoch != 3 || r.ID != tt.id) {
				t.Errorf("Find() = %+v", r)
			}
		})
	}
}
