package python_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/host/platform/websocket/python"
)

func TestAppend(t *testing.T) {
	options := []bodies.Option{{Label: "Yes", Value: "y"}, {Label: "Né", Value: "n"}}
	frame := &bodies.Table{
		Columns: []string{"a", "é"},
		Rows:    [][]json.RawMessage{{[]byte("1.50"), []byte(`"é"`)}, {[]byte("null"), []byte("true")}},
	}
	for _, tt := range []struct {
		name, got, want string
	}{
		{"string", string(python.AppendString(nil, "é\"\\\n\x7f😀")),
			`"\u00e9\"\\\n\u007f\ud83d\ude00"`},
		{"behind what is there", string(python.AppendString([]byte("a"), "b")), `a"b"`},
		{"options", string(python.AppendOptions(nil, options)), `{"0": "Yes", "1": "N\u00e9"}`},
		{"no options", string(python.AppendOptions(nil, nil)), `{}`},
		{"JSON", string(python.AppendJSON(nil, `{"a":[1,":é,"]}`, " ")),
			`{"a": [1, ":\u00e9,"]}`},
		{"JSON without spaces", string(python.AppendJSON(nil, `{"a":[1,2]}`, "")), `{"a":[1,2]}`},
		{"frame", string(python.AppendFrame(nil, frame)),
			`{"a":{"0":1.50,"1":null},"\u00e9":{"0":"\u00e9","1":true}}`},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, tt.got, tt.want)
		}
	}
}

func TestEndOfString(t *testing.T) {
	for doc, want := range map[string]int{
		`""`: 2, `"a",1`: 3, `"\"" `: 4, `"\\"x`: 4, `"a`: 2, `"\`: 2, `"`: 1,
	} {
		if got := python.EndOfString(doc); got != want {
			t.Errorf("EndOfString(%s) = %d, want %d", doc, got, want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "héllo \"q\"", "😀\u2028\x7f", "a\\b\x01", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := python.AppendString(nil, s)
		var back string
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatalf("AppendString(%q) = %s: %v", s, b, err)
		}
		if utf8.ValidString(s) && back != s {
			t.Errorf("AppendString(%q) reads %q", s, back)
		}
		for _, c := range b {
			if c < ' ' || c > '~' {
				t.Fatalf("AppendString(%q) = %q is not ASCII", s, b)
			}
		}
	})
}

// FuzzAppendJSON: what a client reads is what a host keeps.
func FuzzAppendJSON(f *testing.F) {
	f.Add(`{"columns":["a","é"],"rows":[[1.50,"x"],[null,true]]}`)
	f.Add(`[{"label":"Yes","value":"y"},"N\u00e9",{},[]]`)
	f.Add(`{"a\"\\":"\ud800\u2028,:","":[1,-2e5,"\\"]}`)
	f.Fuzz(func(t *testing.T, doc string) {
		var compact bytes.Buffer
		var want, got any
		if json.Unmarshal([]byte(doc), &want) != nil || json.Compact(&compact, []byte(doc)) != nil {
			t.Skip("a host keeps JSON whose numbers are finite")
		}
		for _, space := range []string{"", " "} {
			b := python.AppendJSON(nil, compact.String(), space)
			if err := json.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("AppendJSON(%q) = %q, %v, want the same JSON", doc, b, err)
			}
			for _, c := range b {
				if c < ' ' || c > '~' {
					t.Fatalf("AppendJSON(%q) = %q is not ASCII", doc, b)
				}
			}
		}
	})
}
