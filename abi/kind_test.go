package abi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

// options writes n options as JSON.
func options(n int) string {
	labels := make([]string, n)
	for i := range labels {
		labels[i] = fmt.Sprintf("%q", fmt.Sprint("o", i))
	}
	return "[" + strings.Join(labels, ",") + "]"
}

func parse(t *testing.T, kind abi.Kind, body string) (string, error) {
	t.Helper()
	for _, row := range abi.Kinds() {
		if row.Kind == kind {
			return row.Parse([]byte(body))
		}
	}
	t.Fatalf("there is no kind %s", kind)
	return "", nil
}

func TestKindInfo_Parse(t *testing.T) {
	for _, tt := range []struct {
		name, body, want string
	}{
		{"strings", `["Yes","No"]`, `[{"label":"Yes","value":"Yes"},{"label":"No","value":"No"}]`},
		{"objects", `[{"label":"Yes","value":"y"}]`, `[{"label":"Yes","value":"y"}]`},
		{"in the other order", `[{"value":"y","label":"Yes"}]`, `[{"label":"Yes","value":"y"}]`},
		{"mixed, with white space", " [ \"a\" ,\n{ \"label\" : \"B\" , \"value\" : \"b\" } ] ",
			`[{"label":"a","value":"a"},{"label":"B","value":"b"}]`},
		{"escapes", `["\u00e9\n\"", "\ud83d\ude00"]`,
			`[{"label":"é\n\"","value":"é\n\""},{"label":"😀","value":"😀"}]`},
		{"a label twice", `[{"label":"a","value":"1"},{"label":"a","value":"2"}]`,
			`[{"label":"a","value":"1"},{"label":"a","value":"2"}]`},
		{"a field twice: the last counts", `[{"label":"a","label":"b","value":"1"}]`,
			`[{"label":"b","value":"1"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse(t, abi.KindOptions, tt.body)
			if err != nil || got != tt.want {
				t.Errorf("Parse(%s) = %s, %v, want %s", tt.body, got, err, tt.want)
			}
			again, err := parse(t, abi.KindOptions, got)
			if err != nil || again != got {
				t.Errorf("Parse(%s) = %s, %v, want the same", got, again, err)
			}
		})
	}
	for _, kind := range []abi.Kind{abi.KindText, abi.KindMarkdown} {
		for _, body := range []string{"", "hi", "[", "é\x00"} {
			if got, err := parse(t, kind, body); err != nil || got != body {
				t.Errorf("%s: Parse(%q) = %q, %v, want the same", kind, body, got, err)
			}
		}
	}
}

func TestKindInfo_Parse_refuses(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"nothing", "", "options: not JSON at byte 0"},
		{"no JSON", `["a"`, "options: not JSON at byte 4"},
		{"more than JSON", `["a"]]`, "options: not JSON at byte 6"},
		{"an object", `{"a":1}`, "options: must be an array, is object"},
		{"a string", `"a"`, "options: must be an array, is string"},
		{"null", "null", "options: must be 1 to 64, not 0"},
		{"none", "[]", "options: must be 1 to 64, not 0"},
		{"one too many", options(65), "options: must be 1 to 64, not 65"},
		{"a number", "[1]",
			`options: [0]: must be a string or {"label","value"} of strings: must be an object, is number`},
		{"a null", `["a",null]`, "options: [1]: label and value must not be empty"},
		{"nested", `[["a"]]`,
			`options: [0]: must be a string or {"label","value"} of strings: must be an object, is array`},
		{"an empty string", `[""]`, "options: [0]: label and value must not be empty"},
		{"no value", `[{"label":"a"}]`, "options: [0]: label and value must not be empty"},
		{"an empty label", `[{"label":"","value":"a"}]`,
			"options: [0]: label and value must not be empty"},
		{"a value that is null", `[{"label":"a","value":null}]`,
			"options: [0]: label and value must not be empty"},
		{"a value that is a number", `[{"label":"a","value":1}]`,
			`options: [0]: must be a string or {"label","value"} of strings: must be a string, is number`},
		{"an unknown field", `[{"label":"a","value":"b","icon":"c"}]`,
			`options: [0]: has the unknown field "icon"`},
		{"another case", `[{"Label":"a","value":"b"}]`, `options: [0]: has the unknown field "Label"`},
		{"a value twice", `["a",{"label":"b","value":"a"}]`,
			`options: [1]: the value "a" stands twice`},
		{"a value twice, written otherwise", `["a","\u0061"]`,
			`options: [1]: the value "a" stands twice`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse(t, abi.KindOptions, tt.body)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("Parse(%s) = %s, %v, want error %s", tt.body, got, err, tt.want)
			}
		})
	}
}

func TestKindInfo_Parse_size(t *testing.T) {
	for _, n := range []int{1, abi.MaxOptions - 1, abi.MaxOptions} {
		body, err := parse(t, abi.KindOptions, options(n))
		if err != nil {
			t.Errorf("Parse(%d options) = %v, want no error", n, err)
		}
		if got, err := abi.Options(body); err != nil || len(got) != n {
			t.Errorf("Options(%d options) = %d, %v, want %d", n, len(got), err, n)
		}
	}
	long := strings.Repeat("x", 1<<20)
	if _, err := parse(t, abi.KindOptions, `["`+long+`"]`); err != nil {
		t.Errorf("Parse(option of 1 MiB) = %v, want no error: its size is the turn's limit", err)
	}
	// What a bot sends reaches the operator's log in the error.
	_, err := parse(t, abi.KindOptions, `["`+long+`","`+long+`"]`)
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("Parse(1 MiB twice) = error of %d bytes, want at most 200", len(fmt.Sprint(err)))
	}
	if _, err := parse(t, abi.KindOptions, strings.Repeat("[", 1<<20)); err == nil {
		t.Error("Parse(nested 1 048 576 deep) = no error, want one")
	}
}

// The law: an error and nothing else, or a body in the shape in which it is kept,
// which parses to itself, and has a text.
func FuzzKindInfo_Parse(f *testing.F) {
	for _, seed := range []string{
		`["Yes","No"]`, `[{"label":"Yes","value":"y"}]`, "[]", "[null]", "[[1]]",
		`["\ud800"]`, options(65), nested(70), frame(2, 2), `{"a":"\u2028\ud800"}`,
	} {
		f.Add(seed)
	}
	for _, body := range examples {
		f.Add(body)
	}
	for _, tt := range wrongBodies {
		f.Add(tt.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if !utf8.ValidString(body) {
			t.Skip("bodies are UTF-8")
		}
		for _, row := range abi.Kinds() {
			checkKept(t, &row, body)
		}
	})
}

func checkKept(t *testing.T, info *abi.KindInfo, body string) {
	t.Helper()
	kept, err := info.Parse([]byte(body))
	if err != nil {
		if kept != "" {
			t.Errorf("%s: Parse(%q) = %q and an error, want one of them", info.Kind, body, kept)
		}
		return
	}
	if info.JSON && (!json.Valid([]byte(kept)) || !json.Valid([]byte(body))) {
		t.Errorf("%s: Parse(%q) = %q, want JSON of JSON", info.Kind, body, kept)
	}
	if again, err := info.Parse([]byte(kept)); err != nil || again != kept {
		t.Errorf("%s: Parse(%q) = %q, %v, want the same", info.Kind, kept, again, err)
	}
	e := abi.Entry{Kind: info.Kind, Body: kept}
	if text := e.Text(); info.JSON && text == "" || !utf8.ValidString(text) {
		t.Errorf("%s: Text(%q) = %q, want a text", info.Kind, kept, text)
	}
}

func TestReplyKind(t *testing.T) {
	for _, row := range abi.Kinds() {
		info, ok := abi.ReplyKind(string(row.Kind))
		if ok != row.Reply || ok && info.Kind != row.Kind {
			t.Errorf("ReplyKind(%s) = %+v, %t, want %t", row.Kind, info, ok, row.Reply)
		}
	}
	for _, name := range []string{"", "Text", "text ", "later", "\xff"} {
		if info, ok := abi.ReplyKind([]byte(name)); ok {
			t.Errorf("ReplyKind(%q) = %+v, true, want false", name, info)
		}
	}
}

func TestEntry_Text(t *testing.T) {
	for _, tt := range []struct {
		kind       abi.Kind
		body, want string
	}{
		{abi.KindText, "hi\n", "hi\n"},
		{abi.KindMarkdown, "**hi**", "**hi**"},
		{abi.KindOption, "y", "y"},
		{abi.KindNotice, abi.WordsFailed, abi.WordsFailed},
		{abi.KindOptions, `[{"label":"Yes","value":"y"}]`, "1. Yes"},
		{abi.KindOptions,
			`[{"label":"Yes","value":"y"},{"label":"No","value":"n"}]`, "1. Yes\n2. No"},
		{abi.KindOptions, "not what Parse returned", "not what Parse returned"},
		{"later", "body", "body"},
	} {
		e := abi.Entry{Kind: tt.kind, Body: tt.body}
		if got := e.Text(); got != tt.want {
			t.Errorf("Text(%s %q) = %q, want %q", tt.kind, tt.body, got, tt.want)
		}
	}
}
