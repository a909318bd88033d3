package jsontext_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/jsontext"
)

const lookupDoc = ` { "kind" : "message" , "n":12.5e3, "null":null, "t":true, "empty":{}, "none":[],
	"files":[{"name":"a.txt","size":[ 1 , 22,[ ] ]}, "x\"y", 7 ],
	"we\"ird":"é\u00e9\n", "":"blank", "a.b":"dot", "twice":1, "twice":2,
	"user":{"id":"ada","verified":false,"":{"":"deep"}}, "slash":"\\", "after":"ok" } `

func TestLookup(t *testing.T) {
	const absent = "-"
	for _, tt := range []struct{ path, want string }{
		{"kind", "message"},
		{"n", "12.5e3"},
		{"null", "null"},
		{"t", "true"},
		{"empty", "{}"},
		{"none", "[]"},
		{"user.id", "ada"},
		{"user.verified", "false"},
		{"user", `{"id":"ada","verified":false,"":{"":"deep"}}`},
		{"files.0.name", "a.txt"},
		{"files.0.size.1", "22"},
		{"files.0.size.2", "[ ]"},
		{"files.1", `x"y`},
		{"files.2", "7"},
		{`we"ird`, "éé\n"},
		{"slash", `\`},
		{"after", "ok"},
		{"", "blank"},
		{"user..", "deep"},
		{"twice", "1"},

		{"Kind", absent},
		{"kin", absent},
		{"kind.", absent},
		{"kind.0", absent},
		{"null.x", absent},
		{"n.0", absent},
		{"a.b", absent},
		{"empty.x", absent},
		{"none.0", absent},
		{"files.3", absent},
		{"files.-1", absent},
		{"files.+0", absent},
		{"files.00", absent},
		{"files.01", absent},
		{"files. 0", absent},
		{"files.", absent},
		{"files.9999999999999999999999", absent},
		{"user.0", absent},
		{".", absent},
		{"..", absent},
		{"\xff", absent},
	} {
		t.Run(tt.path, func(t *testing.T) {
			value, ok := jsontext.Lookup([]byte(lookupDoc), tt.path)
			got := string(value)
			if !ok {
				got = absent
			}
			if got != tt.want {
				t.Errorf("Lookup(doc, %q) = %q, %t, want %q", tt.path, value, ok, tt.want)
			}
		})
	}
}

// A document that is no JSON must not be looked into; whoever does so anyway
// gets no panic.
func TestLookup_invalid(t *testing.T) {
	for _, doc := range []string{
		"", " ", `"`, `"\`, "{", "[", "]", "}", `{"a`, `{"a"`, `{"a":`, `{"a":"`, `{"a" 1}`,
		"[1", "[,", "[[",
		`{"a":}`, `{"\ud800x":1`, `{"\x":1}`, "nul",
	} {
		for _, path := range []string{"", "a", "0", "a.0", "0.a"} {
			jsontext.Lookup([]byte(doc), path)
		}
	}
}

// The law: Lookup never panics; in valid JSON it finds what encoding/json finds,
// strings as their text and all else as it stands.
func FuzzLookup(f *testing.F) {
	f.Add(lookupDoc, "files.0.size.1")
	f.Add(`{"kind":"message","text":"hi","user":{"id":"ada","verified":true}}`, "user.id")
	f.Add(`[[["\\\"",{"a":[]}]]]`, "0.0.1.a")
	f.Add(`{"a":"\ud83d\ude00","\u0061":1}`, "a")
	f.Add(`{"a`, "a")
	f.Add(`"text"`, "")
	f.Add(strings.Repeat("[", 100)+strings.Repeat("]", 100), "0.0.0")
	f.Fuzz(func(t *testing.T, doc, path string) {
		got, ok := jsontext.Lookup([]byte(doc), path)
		if !json.Valid([]byte(doc)) || !utf8.ValidString(doc) {
			return // encoding/json repairs what is not UTF-8
		}
		want, wantOK := reference(t, []byte(doc), path)
		if ok != wantOK || !bytes.Equal(got, want) {
			t.Errorf("Lookup(%q, %q) = %q, %t, want %q, %t", doc, path, got, ok, want, wantOK)
		}
	})
}

// reference is Lookup by encoding/json.
func reference(t *testing.T, doc []byte, path string) ([]byte, bool) {
	for part := range strings.SplitSeq(path, ".") {
		var ok bool
		if doc, ok = stepInto(t, doc, part); !ok {
			return nil, false
		}
	}
	var text string
	if doc = bytes.TrimSpace(doc); doc[0] != '"' {
		return doc, true
	}
	if err := json.Unmarshal(doc, &text); err != nil {
		t.Fatal(err)
	}
	return []byte(text), true
}

func stepInto(t *testing.T, doc []byte, part string) (json.RawMessage, bool) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	opening, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; (opening == json.Delim('{') || opening == json.Delim('[')) && d.More(); i++ {
		name := strconv.Itoa(i)
		if opening == json.Delim('{') {
			key, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			name = key.(string)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if name == part {
			return value, true
		}
	}
	return nil, false
}
