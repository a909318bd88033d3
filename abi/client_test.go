package abi_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

func TestEvent_EntryBody(t *testing.T) {
	for _, test := range []struct {
		event abi.Event
		want  string
	}{
		{abi.Event{Kind: abi.EventMessage, Text: "hi"}, "hi"},
		{abi.Event{Kind: abi.EventOption, Text: "y"}, "y"},
		{abi.Event{Kind: abi.EventJSON, Text: "hi", Data: `{"message":"hi"}`}, `{"message":"hi"}`},
		{abi.Event{Kind: abi.EventJSON}, "null"},
	} {
		if got := test.event.EntryBody(); got != test.want {
			t.Errorf("EntryBody() of %+v = %q, want %q", test.event, got, test.want)
		}
	}
}

func TestEntry_JSONText(t *testing.T) {
	for body, want := range map[string]string{
		`{"message":"hi"}`: "hi", `{"a":1}`: `{"a":1}`, `[1]`: `[1]`,
	} {
		e := abi.Entry{From: abi.FromUser, Kind: abi.KindJSON, Body: body}
		if got := e.Text(); got != want {
			t.Errorf("Text() of %s = %q, want %q", body, got, want)
		}
	}
}

func TestClientVars(t *testing.T) {
	for _, test := range []struct {
		name, data string
		want       []abi.Var
		ok         bool
	}{
		{"none", `{}`, []abi.Var{}, true},
		{"in order", `{"b":"2","a":"1"}`,
			[]abi.Var{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}, true},
		{"the last of two", `{"a":"1","a":"2"}`, []abi.Var{{Key: "a", Value: "2"}}, true},
		{"text", `{"a":"\u00e4 \"q\""}`, []abi.Var{{Key: "a", Value: `ä "q"`}}, true},
		{"empty", `{"a":""}`, []abi.Var{{Key: "a"}}, true},
		{"null", `{"a":null}`, []abi.Var{{Key: "a", Deleted: true}}, true},
		{"number", `{"a": 1.50}`, []abi.Var{{Key: "a", Value: "1.50"}}, true},
		{"boolean", `{"a":true}`, []abi.Var{{Key: "a", Value: "true"}}, true},
		{"object", `{"a":{"b" : [1, "x y"]}}`,
			[]abi.Var{{Key: "a", Value: `{"b":[1,"x y"]}`}}, true},
		{"array", `[1]`, nil, false},
		{"text alone", `"a"`, nil, false},
		{"null alone", `null`, nil, false},
		{"nothing", ``, nil, false},
		{"broken", `{"a":`, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := abi.ClientVars(test.data)
			if (err == nil) != test.ok || !slices.Equal(got, test.want) {
				t.Errorf("ClientVars(%s) = %+v, %v, want %+v", test.data, got, err, test.want)
			}
		})
	}
}

func TestFeedback_Check(t *testing.T) {
	quoted := func(n int) string { return `"` + strings.Repeat("x", n) + `"` }
	for _, test := range []struct {
		name, value string
		seq         uint64
		code        abi.Code
		field       string
	}{
		{"text", `"good"`, 1, 0, ""},
		{"text of 1 byte", quoted(1), 1, 0, ""},
		{"text one below", quoted(abi.MaxFeedback - 1), 1, 0, ""},
		{"text at", quoted(abi.MaxFeedback), 1, 0, ""},
		{"text one above", quoted(abi.MaxFeedback + 1), 1, abi.CodeBadValue, "value"},
		{"text of no bytes", `""`, 1, abi.CodeBadValue, "value"},
		{"text of several lines", `"a\nb"`, 1, abi.CodeBadValue, "value"},
		{"joined characters", `"👩‍💻"`, 1, 0, ""},
		{"number", `-1.5e3`, 1, 0, ""},
		{"zero", `0`, 1, 0, ""},
		{"number too large", `1e999`, 1, abi.CodeBadValue, "value"},
		{"number at", "0." + strings.Repeat("1", abi.MaxFeedback-2), 1, 0, ""},
		{"number one above", "0." + strings.Repeat("1", abi.MaxFeedback-1), 1,
			abi.CodeBadValue, "value"},
		{"null", `null`, 1, abi.CodeWrongType, "value"},
		{"boolean", `true`, 1, abi.CodeWrongType, "value"},
		{"object", `{"a":1}`, 1, abi.CodeWrongType, "value"},
		{"nothing", ``, 1, abi.CodeWrongType, "value"},
		{"no entry", `"good"`, 0, abi.CodeBadValue, "seq"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := abi.Feedback{Seq: test.seq, Value: json.RawMessage(test.value)}
			if code, field := f.Check(); code != test.code || field != test.field {
				t.Errorf("Check() = %v, %q, want %v, %q", code, field, test.code, test.field)
			}
			got, err := abi.ParseFeedback(f.JSON())
			if (err == nil) != (test.code == 0) {
				t.Fatalf("ParseFeedback(%s) = %v", f.JSON(), err)
			}
			if err == nil && (got.Seq != f.Seq || string(got.Value) != test.value) {
				t.Errorf("ParseFeedback(%s) = %+v", f.JSON(), got)
			}
		})
	}
}

func TestParseFeedback_wrong(t *testing.T) {
	for _, data := range []string{"", "null", "[]", `{"seq":-1,"value":1}`,
		`{"seq":"1","value":1}`, `{`} {
		if f, err := abi.ParseFeedback(data); err == nil {
			t.Errorf("ParseFeedback(%s) = %+v, want an error", data, f)
		}
	}
}

func TestParseDefinition_clientVariables(t *testing.T) {
	for _, test := range []struct {
		list, want string // want is empty if the list is right
	}{
		{`[]`, ""},
		{`null`, ""},
		{`["profile","` + strings.Repeat("x", 128) + `"]`, ""},
		{`["a",""]`, "definition: client_variables[1]: must not be empty"},
		{`["` + strings.Repeat("x", 129) + `"]`,
			"definition: client_variables[0]: has at most 128 bytes, this one has 129"},
		{`["a","b","a"]`, `definition: client_variables[2]: "a" stands here twice`},
		{`"a"`, "definition: client_variables: must be an array, is string"},
		{`[1]`, "definition: client_variables[0]: must be a string, is number"},
	} {
		d, err := abi.ParseDefinition([]byte(`{"client_variables":` + test.list + `}`))
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%.40s: %v", test.list, err)
		case test.want != "" && (err == nil || err.Error() != test.want):
			t.Errorf("%.40s: %v, %v, want %s", test.list, d, err, test.want)
		}
	}
}
