package abi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// nobody is how events end that say nothing of where they come from.
const nobody = `,"time":0,"session":"","bot":"","user":{"id":"","verified":false}}`

func TestEvent_AppendJSON(t *testing.T) {
	for _, tt := range []struct {
		name  string
		event abi.Event
		want  string
	}{
		{"start, of nobody that is known",
			abi.Event{Kind: abi.EventStart, Session: "s", Bot: "b", Time: 7},
			`{"kind":"start","time":7,"session":"s","bot":"b","user":{"id":"","verified":false}}`},
		{"message", *fullEvent("h\"i"),
			`{"kind":"message","id":"m1","text":"h\"i","human":true,"time":1763712000000,` +
				`"session":"0123456789abcdef0123456789abcdef","bot":"hello",` +
				`"user":{"id":"ada","verified":true}}`},
		{"message of an agent, empty",
			abi.Event{Kind: abi.EventMessage, User: abi.User{ID: "bob"}},
			`{"kind":"message","text":"","human":false,"time":0,"session":"","bot":"",` +
				`"user":{"id":"bob","verified":false}}`},
		{"option",
			abi.Event{Kind: abi.EventOption, ID: "m2", Text: "yes", Human: true},
			`{"kind":"option","id":"m2","text":"yes","human":true,"time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"reset leaves out what only messages have",
			abi.Event{Kind: abi.EventReset, ID: "m3", Text: "x", Human: true},
			`{"kind":"reset","id":"m3","time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"timer", abi.Event{Kind: abi.EventTimer, Name: "t\"", Data: `{"a":1}`},
			`{"kind":"timer","name":"t\"","data":"{\"a\":1}","time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"timer that is late, without data", abi.Event{Kind: abi.EventTimer, Name: "t", Late: true},
			`{"kind":"timer","name":"t","data":"","late":true,"time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"answer", abi.Event{Kind: abi.EventHTTP, Name: "r", Data: `{"status":204}`,
			Late: true, Text: "x"},
			`{"kind":"http","name":"r","response":{"status":204},"time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"custom", abi.Event{Kind: abi.EventCustom, ID: "m4", Name: "paid",
			Data: `[1]`, Human: true},
			`{"kind":"event","id":"m4","name":"paid","data":[1],"time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"custom, without data", abi.Event{Kind: abi.EventCustom, Name: "paid"},
			`{"kind":"event","name":"paid","data":null,"time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"voice", abi.Event{Kind: abi.EventVoice, ID: "m5", Human: true, Text: "x",
			Name: "x", Data: "x",
			Files: []abi.File{{Name: "a\"b", Type: "audio/wav", Size: 1 << 40}}},
			`{"kind":"voice","id":"m5","human":true,` +
				`"files":[{"name":"a\"b","type":"audio/wav","size":1099511627776}]` + nobody},
		{"two files of an agent", abi.Event{Kind: abi.EventFile,
			Files: []abi.File{{Name: "a", Type: "t/x"}, {Size: 1}}},
			`{"kind":"file","human":false,"files":[{"name":"a","type":"t/x","size":0},` +
				`{"name":"","type":"","size":1}]` + nobody},
		{"no files", abi.Event{Kind: abi.EventFile},
			`{"kind":"file","human":false,"files":[]` + nobody},
		{"JSON message", abi.Event{Kind: abi.EventJSON, ID: "m6", Human: true, Name: abi.NameJSON,
			Text: "hi", Data: `{"message":"hi"}`, Late: true},
			`{"kind":"json","id":"m6","text":"hi","human":true,"name":"json","data":{"message":"hi"}` +
				nobody},
		{"feedback", abi.Event{Kind: abi.EventFeedback, ID: "m7", Name: abi.NameFeedback,
			Data: `{"seq":3,"value":1}`, Human: true},
			`{"kind":"feedback","id":"m7","name":"feedback","data":{"seq":3,"value":1}` + nobody},
		{"JSON message without text",
			abi.Event{Kind: abi.EventJSON, Name: abi.NameJSON, Data: "{}"},
			`{"kind":"json","text":"","human":false,"name":"json","data":{}` + nobody},
		{"JSON message without data", abi.Event{Kind: abi.EventJSON, Name: abi.NameJSON},
			`{"kind":"json","text":"","human":false,"name":"json","data":null` + nobody},
		{"quiet", abi.Event{Kind: abi.EventAfter, Data: "1500"},
			`{"kind":"after","name":"","data":"1500"` + nobody},
		{"recheck", abi.Event{Kind: abi.EventRecheck, Data: "x", Text: "x", Name: "x"},
			`{"kind":"recheck"` + nobody},

		{"intent", abi.Event{Kind: abi.EventMessage, Text: "hi",
			Prediction: &abi.Prediction{Intent: "hello", Score: 1}},
			`{"kind":"message","text":"hi","human":false,` +
				`"intent":{"name":"hello","score":1,"params":{}}` + nobody},
		{"intent with a parameter, escaped", abi.Event{Kind: abi.EventOption, Text: "x",
			Prediction: &abi.Prediction{Intent: "h\"i", Score: 0.25,
				Params: []abi.SlotValue{{Name: "a\n", Value: "\xff", End: 1}}}},
			`{"kind":"option","text":"x","human":false,` +
				`"intent":{"name":"h\"i","score":0.25,"params":{"a\n":"\ufffd"},` +
				`"values":[{"name":"a\n","value":"\ufffd","start":0,"end":1}]}` + nobody},
		{"intent with several parameters of one name", abi.Event{Kind: abi.EventJSON, Data: "1",
			Prediction: &abi.Prediction{Intent: "i", Params: []abi.SlotValue{
				{Name: "a", Value: "1"}, {Name: "b", Value: "2", Start: 2, End: 3},
				{Name: "a", Value: "3", Start: 4, End: 50}, {Name: "", Value: "5"}}}},
			`{"kind":"json","text":"","human":false,"name":"","data":1,` +
				`"intent":{"name":"i","score":0,"params":{"a":"1","b":"2","":"5"},` +
				`"values":[{"name":"a","value":"1","start":0,"end":0},` +
				`{"name":"b","value":"2","start":2,"end":3},` +
				`{"name":"a","value":"3","start":4,"end":50},` +
				`{"name":"","value":"5","start":0,"end":0}]}` + nobody},
		{"nothing that is not UTF-8",
			abi.Event{Kind: abi.EventStart, ID: "\xff", Session: "\xff", Bot: "\n",
				User: abi.User{ID: `"`}},
			`{"kind":"start","id":"\ufffd","time":0,"session":"\ufffd","bot":"\n",` +
				`"user":{"id":"\"","verified":false}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(tt.event.AppendJSON([]byte("x")))
			if got != "x"+tt.want {
				t.Errorf("AppendJSON(%+v) =\n%s, want\nx%s", tt.event, got, tt.want)
			}
			if !json.Valid([]byte(got[1:])) {
				t.Errorf("AppendJSON(%+v) = %s, want JSON", tt.event, got)
			}
		})
	}
}

// Each event goes to an export that handlers run in, and leaves an entry of a
// kind that is known and is the user's, or none.
func TestEvents(t *testing.T) {
	seen := make(map[abi.EventKind]bool)
	for _, row := range abi.Events() {
		if seen[row.Kind] {
			t.Errorf("event %q stands twice", row.Kind)
		}
		seen[row.Kind] = true
		if got, ok := row.Kind.Info(); !ok || got != row {
			t.Errorf("Info(%q) = %+v, %t, want %+v, true", row.Kind, got, ok, row)
		}
		if alone := row.Kind == abi.EventAfter || row.Kind == abi.EventRecheck; alone {
			if row.Export != abi.ExportCount || row.Entry != "" {
				t.Errorf("event %q is %+v, want it for transitions alone", row.Kind, row)
			}
			continue
		}
		if row.Kind == abi.EventSet {
			if row.Export != abi.ExportCount || row.Entry != "" {
				t.Errorf("event %q is %+v, want it for no handler", row.Kind, row)
			}
			continue
		}
		if !abi.FuncReply.Info().During.In(row.Export) {
			t.Errorf("event %q goes to %s, which may not reply", row.Kind, row.Export)
		}
		if row.Entry != "" && !known(row.Entry) {
			t.Errorf("event %q leaves an entry of the unknown kind %q", row.Kind, row.Entry)
		}
	}
	if got, ok := abi.EventKind("later").Info(); ok {
		t.Errorf("Info(later) = %+v, true, want false", got)
	}
}

// What no user sent is no human's, leaves no entry, and goes where all such goes.
func TestEvents_ofNoUser(t *testing.T) {
	for _, kind := range []abi.EventKind{abi.EventTimer, abi.EventHTTP, abi.EventCustom} {
		if info, ok := kind.Info(); !ok || info.Export != abi.OnEvent || info.Entry != "" {
			t.Errorf("Info(%q) = %+v, %t, want on_event and no entry", kind, info, ok)
		}
	}
}

func known(k abi.Kind) bool {
	for _, row := range abi.Kinds() {
		if row.Kind == k {
			return true
		}
	}
	return false
}

// What a user does ends the time for which the user was quiet; what happens to the
// session does not.
func TestEventKind_FromUser(t *testing.T) {
	var got []string
	for _, row := range abi.Events() {
		if row.Kind.FromUser() {
			got = append(got, string(row.Kind))
		}
	}
	if want := "start message option reset voice file json"; strings.Join(got, " ") != want {
		t.Errorf("a user did %q, want %q", got, want)
	}
}

func TestEvent_Quiet(t *testing.T) {
	for data, want := range map[string]int64{
		"100": 100, "31536000000": 31536000000, "": 0, "soon": 0, "99999999999999999999": 0,
	} {
		if got := (&abi.Event{Kind: abi.EventAfter, Data: data}).Quiet(); got != want {
			t.Errorf("Quiet(%q) = %d, want %d", data, got, want)
		}
	}
}
