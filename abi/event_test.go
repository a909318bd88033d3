package abi_test

import (
	"encoding/json"
	"testing"

	"github.com/bothost/bothost/abi"
)

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
		{"answer", abi.Event{Kind: abi.EventHTTP, Name: "r", Data: `{"status":204}`, Late: true, Text: "x"},
			`{"kind":"http","name":"r","response":{"status":204},"time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"custom", abi.Event{Kind: abi.EventCustom, ID: "m4", Name: "paid", Data: `[1]`, Human: true},
			`{"kind":"event","id":"m4","name":"paid","data":[1],"time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"custom, without data", abi.Event{Kind: abi.EventCustom, Name: "paid"},
			`{"kind":"event","name":"paid","data":null,"time":0,"session":"","bot":"",` +
				`"user":{"id":"","verified":false}}`},
		{"nothing that is not UTF-8",
			abi.Event{Kind: abi.EventStart, ID: "\xff", Session: "\xff", Bot: "\n", User: abi.User{ID: `"`}},
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
