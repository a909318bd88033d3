package guest

import (
	"slices"
	"testing"

	"github.com/bothost/bothost/abi"
)

func TestParseHistory(t *testing.T) {
	entries := []abi.Entry{
		{Seq: 1, From: abi.FromUser, Kind: abi.KindText, Body: "a \"b\"\n\u2028\x01😀", ID: "m1",
			Time: 1700000000000, Turn: 1},
		{Seq: 2, From: abi.FromBot, Kind: abi.KindOptions, Body: `[{"label":"A","value":"a"}]`,
			Time: 1700000000000, Turn: 1},
		{From: abi.FromHost, Kind: abi.KindNotice, Body: ""},
	}
	var want []Entry
	for _, e := range entries {
		want = append(want, Entry{e.Seq, From(e.From), Kind(e.Kind), e.Body, e.ID, e.Time, e.Turn})
	}
	if got := parseHistory(string(abi.AppendHistory(nil, entries))); !slices.Equal(got, want) {
		t.Errorf("parseHistory = %+v, want %+v", got, want)
	}
	if got := parseHistory("[]"); len(got) != 0 {
		t.Errorf("parseHistory([]) = %+v, want none", got)
	}
	if got := parseHistory(`[{"new":{"x":[1]},"seq":7}]`); len(got) != 1 || got[0].Seq != 7 {
		t.Errorf("parseHistory with a new field = %+v, want seq 7", got)
	}
}

// FuzzParseHistory: what the host writes is what a bot reads.
func FuzzParseHistory(f *testing.F) {
	f.Add("hello", "id", uint64(1), int64(0))
	f.Add("\\\"\u2029\ufffd", "", ^uint64(0), int64(-1))
	f.Fuzz(func(t *testing.T, body, id string, seq uint64, ms int64) {
		body, id = string([]rune(body)), string([]rune(id)) // the host has UTF-8 only
		e := abi.Entry{
			Seq: seq, From: abi.FromUser, Kind: abi.KindText, Body: body, ID: id, Time: ms, Turn: seq,
		}
		want := Entry{seq, FromUser, KindText, body, id, ms, seq}
		got := parseHistory(string(abi.AppendHistory(nil, []abi.Entry{e})))
		if len(got) != 1 || got[0] != want {
			t.Errorf("parseHistory = %+v, want %+v", got, want)
		}
	})
}
