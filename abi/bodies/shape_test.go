package bodies_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/bodies"
)

// options writes n options as JSON.
func options(n int) string {
	labels := make([]string, n)
	for i := range labels {
		labels[i] = fmt.Sprintf("%q", fmt.Sprint("o", i))
	}
	return "[" + strings.Join(labels, ",") + "]"
}

// names are those of the shapes' examples.
var names = [...]string{
	bodies.Text: "text", bodies.HTML: "html", bodies.Options: "options",
	bodies.Dataframe: "dataframe", bodies.Plotly: "plotly", bodies.Location: "location",
	bodies.RAG: "rag", bodies.Reasoning: "reasoning", bodies.Tasks: "tasks", bodies.GUI: "gui",
	bodies.File: "file", bodies.Image: "image", bodies.Audio: "audio", bodies.Files: "files",
	bodies.Voice: "voice", bodies.JSON: "json",
}

// example is the body that abi/README.md shows; the bodies of texts are quoted.
func example(tb testing.TB, shape bodies.Shape) string {
	tb.Helper()
	text, err := os.ReadFile("testdata/examples.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		tb.Fatal(err)
	}
	body, ok := all[names[shape]]
	if !ok {
		tb.Fatalf("there is no example of %s", names[shape])
	}
	return string(body)
}

func TestShape_Parse(t *testing.T) {
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
			got, err := bodies.Options.Parse([]byte(tt.body))
			if err != nil || got != tt.want {
				t.Errorf("Parse(%s) = %s, %v, want %s", tt.body, got, err, tt.want)
			}
			again, err := bodies.Options.Parse([]byte(got))
			if err != nil || again != got {
				t.Errorf("Parse(%s) = %s, %v, want the same", got, again, err)
			}
		})
	}
	for _, body := range []string{"", "hi", "[", "é\x00"} {
		if got, err := bodies.Text.Parse([]byte(body)); err != nil || got != body {
			t.Errorf("Parse(%q) = %q, %v, want the same", body, got, err)
		}
	}
}

func TestShape_Parse_refuses(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"nothing", "", "not JSON at byte 0"},
		{"no JSON", `["a"`, "not JSON at byte 4"},
		{"more than JSON", `["a"]]`, "not JSON at byte 6"},
		{"an object", `{"a":1}`, "must be an array, is object"},
		{"a string", `"a"`, "must be an array, is string"},
		{"null", "null", "must be 1 to 64, not 0"},
		{"none", "[]", "must be 1 to 64, not 0"},
		{"one too many", options(65), "must be 1 to 64, not 65"},
		{"a number", "[1]",
			`[0]: must be a string or {"label","value"} of strings: must be an object, is number`},
		{"a null", `["a",null]`, "[1]: label and value must not be empty"},
		{"nested", `[["a"]]`,
			`[0]: must be a string or {"label","value"} of strings: must be an object, is array`},
		{"an empty string", `[""]`, "[0]: label and value must not be empty"},
		{"no value", `[{"label":"a"}]`, "[0]: label and value must not be empty"},
		{"an empty label", `[{"label":"","value":"a"}]`,
			"[0]: label and value must not be empty"},
		{"a value that is null", `[{"label":"a","value":null}]`,
			"[0]: label and value must not be empty"},
		{"a value that is a number", `[{"label":"a","value":1}]`,
			`[0]: must be a string or {"label","value"} of strings: must be a string, is number`},
		{"an unknown field", `[{"label":"a","value":"b","icon":"c"}]`,
			`[0]: has the unknown field "icon"`},
		{"another case", `[{"Label":"a","value":"b"}]`, `[0]: has the unknown field "Label"`},
		{"a value twice", `["a",{"label":"b","value":"a"}]`,
			`[1]: the value "a" stands twice`},
		{"a value twice, written otherwise", `["a","\u0061"]`,
			`[1]: the value "a" stands twice`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := bodies.Options.Parse([]byte(tt.body))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("Parse(%s) = %s, %v, want error %s", tt.body, got, err, tt.want)
			}
		})
	}
}

func TestShape_Parse_size(t *testing.T) {
	for _, n := range []int{1, bodies.MaxOptions - 1, bodies.MaxOptions} {
		body, err := bodies.Options.Parse([]byte(options(n)))
		if err != nil {
			t.Errorf("Parse(%d options) = %v, want no error", n, err)
		}
		if got, err := bodies.ParseOptions(body); err != nil || len(got) != n {
			t.Errorf("ParseOptions(%d options) = %d, %v, want %d", n, len(got), err, n)
		}
	}
	long := strings.Repeat("x", 1<<20)
	if _, err := bodies.Options.Parse([]byte(`["` + long + `"]`)); err != nil {
		t.Errorf("Parse(option of 1 MiB) = %v, want no error: its size is the turn's limit", err)
	}
	// What a bot sends reaches the operator's log in the error.
	_, err := bodies.Options.Parse([]byte(`["` + long + `","` + long + `"]`))
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("Parse(1 MiB twice) = error of %d bytes, want at most 200", len(fmt.Sprint(err)))
	}
	if _, err := bodies.Options.Parse([]byte(strings.Repeat("[", 1<<20))); err == nil {
		t.Error("Parse(nested 1 048 576 deep) = no error, want one")
	}
}

// The law: an error and nothing else, or a body in the shape in which it is kept,
// which parses to itself, and has a text.
func FuzzShape_Parse(f *testing.F) {
	for _, seed := range []string{
		`["Yes","No"]`, `[{"label":"Yes","value":"y"}]`, "[]", "[null]", "[[1]]",
		`["\ud800"]`, options(65), nested(70), frame(2, 2), `{"a":"\u2028\ud800"}`,
	} {
		f.Add(seed)
	}
	for shape := range bodies.JSON {
		f.Add(example(f, shape))
	}
	for _, tt := range wrongBodies {
		f.Add(tt.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if !utf8.ValidString(body) {
			t.Skip("bodies are UTF-8")
		}
		for shape := range names {
			checkKept(t, bodies.Shape(shape), body)
		}
	})
}

func checkKept(t *testing.T, shape bodies.Shape, body string) {
	t.Helper()
	name := names[shape]
	kept, err := shape.Parse([]byte(body))
	if err != nil {
		if kept != "" {
			t.Errorf("%s: Parse(%q) = %q and an error, want one of them", name, body, kept)
		}
		return
	}
	isJSON := shape != bodies.Text && shape != bodies.HTML
	if isJSON && (!json.Valid([]byte(kept)) || !json.Valid([]byte(body))) {
		t.Errorf("%s: Parse(%q) = %q, want JSON of JSON", name, body, kept)
	}
	if again, err := shape.Parse([]byte(kept)); err != nil || again != kept {
		t.Errorf("%s: Parse(%q) = %q, %v, want the same", name, kept, again, err)
	}
	if text := shape.Text(kept); isJSON && text == "" || !utf8.ValidString(text) {
		t.Errorf("%s: Text(%q) = %q, want a text", name, kept, text)
	}
}
