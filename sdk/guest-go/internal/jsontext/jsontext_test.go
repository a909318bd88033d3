package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

var documents = []string{
	``, ` `, `null`, `true`, `falsey`, `0`, `-0`, `01`, `-`, `1.5e+10`, `1.`, `1e`, `.5`, `"`, `""`,
	`"a"`, "\"a\nb\"", `"\n\t\/\\\""`, `"\x"`, `"\u00e9"`, `"\u00"`, `"\ud83d\ude00"`, `"\ud83d"`,
	`"\ud83dx"`, `"\ude00\ud83d"`, `"\ud83d\u0041"`, `"é😀"`, `[]`, `[ ]`, `[1,]`, `[,1]`, `[1 2]`, `[1,2] `,
	` [ [ ] , { } ] x`, `{}`, `{"a":1}`, `{"a":1,}`, `{"a" : [1,{"b":null}] , "a":"2"}`, `{a:1}`, `{"a"}`,
	`{"a":}`, `{1:2}`, `["a","b\u0000"]`, `[1`, `{"a":1`, `{"\u0061":1}`, "\x00", `"\u0000"`, `nul`, `[tru]`,
	`"\`, `"\u`, `{"a":"\ud800\udc00"}`, `-1`, `[-]`, `1E-5`, `123456789012345678901234567890`,
	`[[[[[[]]]]]]`, `[[}`, `{"a":]}`, "[\x7f]", `"` + "\x7f" + `"`,
}

// deep reports whether a document may be nested too deep for this package.
func deep(doc string) bool { return strings.Count(doc, "[")+strings.Count(doc, "{") > maxDepth }

// FuzzRead: this package and encoding/json take the same documents, and read the
// same from them.
func FuzzRead(f *testing.F) {
	for _, doc := range documents {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		if !utf8.ValidString(doc) || deep(doc) {
			t.Skip("the host does not write such")
		}
		if got, want := Valid(doc), json.Valid([]byte(doc)); got != want {
			t.Fatalf("Valid(%q) = %t, want %t", doc, got, want)
		}
		checkText(t, doc)
		checkArray(t, doc)
		checkObject(t, doc)
	})
}

func checkText(t *testing.T, doc string) {
	t.Helper()
	var want string
	value := strings.Trim(doc, " \t\r\n")
	if json.Unmarshal([]byte(value), &want) != nil || value == "null" {
		return
	}
	if got := Text(value); got != want {
		t.Errorf("Text(%q) = %q, want %q", value, got, want)
	}
}

func checkArray(t *testing.T, doc string) {
	t.Helper()
	var want []json.RawMessage
	isArray := json.Unmarshal([]byte(doc), &want) == nil && want != nil
	var got []string
	if ok := Array(doc, func(value string) { got = append(got, value) }); ok != isArray {
		t.Errorf("Array(%q) = %t, want %t", doc, ok, isArray)
	}
	if !isArray {
		return
	}
	if len(got) != len(want) {
		t.Fatalf("Array(%q) has %q, want %q", doc, got, want)
	}
	for i := range want {
		if got[i] != string(want[i]) {
			t.Errorf("Array(%q)[%d] = %q, want %q", doc, i, got[i], want[i])
		}
	}
}

func checkObject(t *testing.T, doc string) {
	t.Helper()
	var want map[string]json.RawMessage
	isObject := json.Unmarshal([]byte(doc), &want) == nil && want != nil
	got := make(map[string]string)
	if ok := Object(doc, func(name, value string) { got[name] = value }); ok != isObject {
		t.Errorf("Object(%q) = %t, want %t", doc, ok, isObject)
	}
	if !isObject {
		return
	}
	if len(got) != len(want) {
		t.Errorf("Object(%q) has %q, want %q", doc, got, want)
	}
	for name, value := range want {
		if got[name] != string(value) {
			t.Errorf("Object(%q)[%q] = %q, want %q", doc, name, got[name], value)
		}
	}
}

// FuzzAppendString: what is written is read again, here and by encoding/json.
func FuzzAppendString(f *testing.F) {
	for _, doc := range documents {
		f.Add(doc)
	}
	f.Add("\u2028\x7f\x1f")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("the host ends the turn")
		}
		written := AppendString(nil, text)
		var read string
		if err := json.Unmarshal(written, &read); err != nil || read != text {
			t.Errorf("AppendString(%q) = %s, which reads as %q, %v", text, written, read, err)
		}
		if got := Text(string(written)); got != text {
			t.Errorf("Text(%s) = %q, want %q", written, got, text)
		}
	})
}

// What is not UTF-8 stays so, and is refused by the host as in any other text.
func TestAppendString_NotUTF8(t *testing.T) {
	if got, want := string(AppendString(nil, "\xff")), "\"\xff\""; got != want {
		t.Errorf("AppendString = %q, want %q", got, want)
	}
}

func TestValid_Depth(t *testing.T) {
	for _, depth := range []int{maxDepth - 1, maxDepth, maxDepth + 1} {
		doc := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		if got, want := Valid(doc), depth <= maxDepth; got != want {
			t.Errorf("Valid of %d arrays = %t, want %t", depth, got, want)
		}
	}
}
