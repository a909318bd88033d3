package abi_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// wireEntry is an entry as abi/README.md has it.
type wireEntry struct {
	Seq  uint64          `json:"seq"`
	From abi.From        `json:"from"`
	Kind abi.Kind        `json:"kind"`
	Body json.RawMessage `json:"body"`
	ID   string          `json:"id"`
	Time int64           `json:"time"`
	Turn uint64          `json:"turn"`
}

var entries = []struct {
	name  string
	entry abi.Entry
	want  string
}{
	{"of a user",
		abi.Entry{Seq: 1, From: abi.FromUser, Kind: abi.KindText, Body: "hi", ID: "m1",
			Time: 1763712000000, Turn: 2},
		`"seq":1,"from":"user","kind":"text","body":"hi","id":"m1","time":1763712000000,"turn":2`},
	{"of a bot",
		abi.Entry{Seq: 2, From: abi.FromBot, Kind: abi.KindMarkdown, Body: "**\"hi\"**\n", Turn: 2},
		`"seq":2,"from":"bot","kind":"markdown","body":"**\"hi\"**\n","time":0,"turn":2`},
	{"with a body of JSON",
		abi.Entry{Seq: 3, From: abi.FromBot, Kind: abi.KindOptions,
			Body: `[{"label":"Yes","value":"y"}]`, Turn: 2},
		`"seq":3,"from":"bot","kind":"options","body":[{"label":"Yes","value":"y"}],"time":0,"turn":2`},
	{"of the host",
		abi.Entry{Seq: 4, From: abi.FromHost, Kind: abi.KindNotice, Body: abi.WordsFailed, Turn: 3},
		`"seq":4,"from":"host","kind":"notice","body":"Something went wrong. Please try again.",` +
			`"time":0,"turn":3`},
	{"of this turn, without numbers",
		abi.Entry{From: abi.FromUser, Kind: abi.KindOption, Body: "y"},
		`"seq":0,"from":"user","kind":"option","body":"y","time":0,"turn":0`},
	{"with the largest numbers",
		abi.Entry{Seq: 1<<64 - 1, From: abi.FromBot, Kind: abi.KindText, Time: -1, Turn: 1<<64 - 1},
		`"seq":18446744073709551615,"from":"bot","kind":"text","body":"","time":-1,` +
			`"turn":18446744073709551615`},
	{"of a kind that is not known",
		abi.Entry{Seq: 5, From: abi.FromBot, Kind: "later", Body: "{"},
		`"seq":5,"from":"bot","kind":"later","body":"{","time":0,"turn":0`},
	{"that is not UTF-8",
		abi.Entry{Seq: 6, From: abi.FromUser, Kind: abi.KindText, Body: "\xff", ID: "\xff"},
		`"seq":6,"from":"user","kind":"text","body":"\ufffd","id":"\ufffd","time":0,"turn":0`},
}

func TestEntry_AppendJSON(t *testing.T) {
	for _, tt := range entries {
		t.Run(tt.name, func(t *testing.T) {
			got := string(tt.entry.AppendJSON([]byte("x")))
			if got != "x"+tt.want {
				t.Errorf("AppendJSON(%+v) =\n%s, want\nx%s", tt.entry, got, tt.want)
			}
		})
	}
}

func TestAppendHistory(t *testing.T) {
	if got := string(abi.AppendHistory([]byte("x"), nil)); got != "x[]" {
		t.Errorf("AppendHistory(x, none) = %s, want x[]", got)
	}
	var all []abi.Entry
	var parts []string
	for _, tt := range entries {
		all = append(all, tt.entry)
		parts = append(parts, "{"+tt.want+"}")
	}
	got := abi.AppendHistory(nil, all)
	if want := "[" + strings.Join(parts, ",") + "]"; string(got) != want {
		t.Errorf("AppendHistory(%d entries) =\n%s, want\n%s", len(all), got, want)
	}
	var decoded []wireEntry
	if err := json.Unmarshal(got, &decoded); err != nil {
		t.Fatal(err)
	}
	for i, e := range all {
		if back := decode(t, decoded[i]); !reflect.DeepEqual(back, valid(e)) {
			t.Errorf("entry %d decodes to %+v, want %+v", i, back, e)
		}
	}
}

// decode reads an entry as a bot would.
func decode(t *testing.T, w wireEntry) abi.Entry {
	t.Helper()
	e := abi.Entry{Seq: w.Seq, From: w.From, Kind: w.Kind, ID: w.ID, Time: w.Time, Turn: w.Turn}
	if w.Body[0] != '"' {
		e.Body = string(w.Body)
	} else if err := json.Unmarshal(w.Body, &e.Body); err != nil {
		t.Fatal(err)
	}
	return e
}

func valid(e abi.Entry) abi.Entry {
	e.Body = strings.ToValidUTF8(e.Body, "\uFFFD")
	e.ID = strings.ToValidUTF8(e.ID, "\uFFFD")
	return e
}
