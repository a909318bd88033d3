package abi_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// examples are bodies that README.md shows, one for each kind that bots reply with or
// that holds files.
var examples = func() map[abi.Kind]string {
	text, err := os.ReadFile("bodies/testdata/examples.json")
	if err != nil {
		panic(err)
	}
	var all map[abi.Kind]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		panic(err)
	}
	examples := make(map[abi.Kind]string)
	for kind, body := range all {
		var text string // what is no JSON stands there as a string
		if json.Unmarshal(body, &text) != nil {
			text = string(body)
		}
		examples[kind] = text
	}
	return examples
}()

// Examples are in the shape in which they are kept: what people copy is what they
// will read.
func TestKinds_examples(t *testing.T) {
	for _, row := range abi.Kinds() {
		body, ok := examples[row.Kind]
		if want := row.Reply || row.File; ok != want {
			t.Errorf("kind %s has an example: %t, want %t", row.Kind, ok, want)
		}
		if !ok {
			continue
		}
		if got, err := row.Parse([]byte(body)); err != nil || got != body {
			t.Errorf("%s: Parse(%s) = %s, %v, want the same", row.Kind, body, got, err)
		}
		if is := json.Valid([]byte(body)); is != row.JSON {
			t.Errorf("%s: the body %s is JSON: %t, want %t", row.Kind, body, is, row.JSON)
		}
	}
}

// Each kind's body is checked by the rules of its own, and the error says which kind.
func TestKindInfo_Parse(t *testing.T) {
	for _, row := range abi.Kinds() {
		got, err := row.Parse([]byte("{"))
		switch {
		case row.JSON && (err == nil || !strings.HasPrefix(err.Error(), string(row.Kind)+": ")):
			t.Errorf("%s: Parse({) = %s, %v, want an error of the kind", row.Kind, got, err)
		case !row.JSON && (err != nil || got != "{"):
			t.Errorf("%s: Parse({) = %s, %v, want the same", row.Kind, got, err)
		}
	}
	image, _ := abi.ReplyKind(abi.KindImage)
	_, err := image.Parse([]byte(examples[abi.KindAudio]))
	const want = "image: type: must begin with image/, is audio/wav"
	if err == nil || err.Error() != want {
		t.Errorf("Parse(an audio) = %v, want %s", err, want)
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
