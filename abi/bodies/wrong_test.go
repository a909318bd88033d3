package bodies_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi/bodies"
)

// wrongBodies break each rule of each shape that is described by rules.
var wrongBodies = []struct {
	name       string
	shape      bodies.Shape
	body, want string
}{
	// What holds for all of them.
	{"nothing", bodies.Location, "", "not JSON at byte 0"},
	{"white space", bodies.Location, "  ", "not JSON at byte 2"},
	{"cut", bodies.Location, `{"latitude":1`, "not JSON at byte 13"},
	{"cut after a comma", bodies.Plotly, `{"data":[],`, "not JSON at byte 11"},
	{"more than one", bodies.Location, at("1", "2") + "{", "not JSON at byte 29"},
	{"a comma too many", bodies.Dataframe, `{"columns":["a",],"rows":[]}`, "not JSON at byte 17"},
	{"no colon", bodies.Plotly, `{"data" []}`, "not JSON at byte 9"},
	{"no comma", bodies.Plotly, `{"data":[] "x":1}`, "not JSON at byte 12"},
	{"no quotes", bodies.Plotly, `{data:[]}`, "not JSON at byte 2"},
	{"a word", bodies.Plotly, `{"data":[],"x":nul}`, "not JSON at byte 19"},
	{"another word", bodies.Plotly, `{"data":[],"x":NaN}`, "not JSON at byte 16"},
	{"a number that ends", bodies.Plotly, `{"data":[],"x":1.}`, "not JSON at byte 18"},
	{"a sign alone", bodies.Plotly, `{"data":[],"x":-}`, "not JSON at byte 17"},
	{"an exponent alone", bodies.Plotly, `{"data":[],"x":1e+}`, "not JSON at byte 19"},
	{"zeros before a number", bodies.Plotly, `{"data":[],"x":01}`, "not JSON at byte 17"},
	{"a control character", bodies.Plotly, "{\"data\":[],\"x\":\"\n\"}", "not JSON at byte 17"},
	{"an escape", bodies.Plotly, `{"data":[],"x":"\x"}`, "not JSON at byte 18"},
	{"a string without end", bodies.Plotly, `{"data":[],"x":"\"}`, "not JSON at byte 19"},
	{"a number too large", bodies.Plotly, `{"data":[],"x":[{"y":1e999}]}`,
		"x[0].y: the number 1e999 is too large"},
	{"a name twice", bodies.Plotly, `{"data":[{"a":1,"\u0061":2}]}`,
		`data[0]: the field "a" stands twice`},
	{"one of many names twice", bodies.Plotly,
		`{"data":[],"x":{` + repeat(40, `"n%d":0`) + `,"n39":1}}`,
		`x: the field "n39" stands twice`},

	{"no object", bodies.Dataframe, `[]`, "must be an object, is array"},
	{"no columns", bodies.Dataframe, `{"rows":[]}`, `the field "columns" is missing`},
	{"columns of null", bodies.Dataframe, `{"columns":null,"rows":[]}`,
		"columns: must be an array, is null"},
	{"no rows", bodies.Dataframe, `{"columns":["a"]}`, `the field "rows" is missing`},
	{"an index", bodies.Dataframe, `{"columns":["a"],"rows":[],"index":[]}`,
		"index: the field is unknown"},
	{"a column of number", bodies.Dataframe, `{"columns":[1],"rows":[]}`,
		"columns[0]: must be a string, is number"},
	{"a column without name", bodies.Dataframe, `{"columns":["a",""],"rows":[]}`,
		"columns[1]: must not be empty"},
	{"a column twice", bodies.Dataframe, `{"columns":["a","\u0061"],"rows":[]}`,
		`columns: "a" stands twice`},
	{"a row of object", bodies.Dataframe, `{"columns":["a"],"rows":[{"a":1}]}`,
		"rows[0]: must be an array, is object"},
	{"a row too short", bodies.Dataframe, `{"columns":["a","b"],"rows":[[1,2],[1]]}`,
		"rows[1]: must have a cell for each of 2 columns, has 1"},
	{"a row too long", bodies.Dataframe, `{"rows":[[1,2]],"columns":["a"]}`,
		"rows[0]: must have a cell for each of 1 columns, has 2"},
	{"an array in a cell", bodies.Dataframe, `{"columns":["a"],"rows":[[[]]]}`,
		"rows[0][0]: must be a string, number, boolean or null, is array"},
	{"an object in a cell", bodies.Dataframe, `{"columns":["a"],"rows":[[1],[{}]]}`,
		"rows[1][0]: must be a string, number, boolean or null, is object"},

	{"no object", bodies.Plotly, `"fig"`, "must be an object, is string"},
	{"no data", bodies.Plotly, `{"layout":{}}`, `the field "data" is missing`},
	{"data of object", bodies.Plotly, `{"data":{}}`, "data: must be an array, is object"},
	{"a trace of array", bodies.Plotly, `{"data":[{},[]]}`,
		"data[1]: must be an object, is array"},
	{"a layout of bool", bodies.Plotly, `{"data":[],"layout":true}`,
		"layout: must be an object, is bool"},

	{"no object", bodies.Location, `[1,2]`, "must be an object, is array"},
	{"no latitude", bodies.Location, `{"longitude":1}`, `the field "latitude" is missing`},
	{"no longitude", bodies.Location, `{"latitude":1}`, `the field "longitude" is missing`},
	{"a name", bodies.Location, `{"latitude":1,"longitude":1,"name":""}`,
		"name: the field is unknown"},
	{"a name in another case", bodies.Location, `{"Latitude":1,"longitude":1}`,
		"Latitude: the field is unknown"},
	{"a string", bodies.Location, at(`"1"`, "1"), "latitude: must be a number, is string"},
	{"null", bodies.Location, at("1", "null"), "longitude: must be a number, is null"},
	{"not finite", bodies.Location, at("1e400", "1"), "latitude: the number 1e400 is too large"},

	{"no object", bodies.RAG, `null`, "must be an object, is null"},
	{"no question", bodies.RAG, `{"answer":""}`, `the field "question" is missing`},
	{"no answer", bodies.RAG, `{"question":""}`, `the field "answer" is missing`},
	{"a model of number", bodies.RAG, `{"llm_name":1,"question":"","answer":""}`,
		"llm_name: must be a string, is number"},
	{"an answer of array", bodies.RAG, `{"question":"","answer":[]}`,
		"answer: must be a string, is array"},
	{"docs of object", bodies.RAG, `{"question":"","answer":"","docs":{}}`,
		"docs: must be an array, is object"},
	{"a doc without content", bodies.RAG, `{"question":"","answer":"","docs":[{}]}`,
		`docs[0]: the field "content" is missing`},
	{"a doc with more", bodies.RAG,
		`{"question":"","answer":"","docs":[{"content":"","page":1}]}`,
		"docs[0].page: the field is unknown"},
	{"metadata of string", bodies.RAG,
		`{"question":"","answer":"","docs":[{"content":"","metadata":"p"}]}`,
		"docs[0].metadata: must be an object, is string"},
	{"more", bodies.RAG, `{"question":"","answer":"","sources":[]}`,
		"sources: the field is unknown"},

	{"no object", bodies.Reasoning, `1`, "must be an object, is number"},
	{"no kind", bodies.Reasoning, `{"step":1,"summary":""}`, `the field "kind" is missing`},
	{"no step", bodies.Reasoning, `{"kind":"pushback","summary":""}`,
		`the field "step" is missing`},
	{"no summary", bodies.Reasoning, `{"kind":"pushback","step":1}`,
		`the field "summary" is missing`},
	{"another kind", bodies.Reasoning, `{"kind":"Pushback","step":1,"summary":""}`,
		"kind: must be one of reasoning_started, reasoning_finished, llm_text, llm_tool_calls, " +
			`tool_result, task_added, task_completed, task_skipped, pushback, max_steps, is "Pushback"`},
	{"a step with a point", bodies.Reasoning, `{"kind":"pushback","step":1.0,"summary":""}`,
		"step: must be a whole number of 0 to 1000000, is 1.0"},
	{"a step of minus zero", bodies.Reasoning, `{"kind":"pushback","step":-0,"summary":""}`,
		"step: must be a whole number of 0 to 1000000, is -0"},
	{"a step of string", bodies.Reasoning, `{"kind":"pushback","step":"1","summary":""}`,
		"step: must be a number, is string"},
	{"details of array", bodies.Reasoning,
		`{"kind":"pushback","step":1,"summary":"","details":[]}`,
		"details: must be an object, is array"},
	{"more", bodies.Reasoning, `{"kind":"pushback","step":1,"summary":"","text":""}`,
		"text: the field is unknown"},

	{"no array", bodies.Tasks, `{}`, "must be an array, is object"},
	{"a task of string", bodies.Tasks, `["d"]`, "[0]: must be an object, is string"},
	{"no id", bodies.Tasks, `[{"description":"d","status":"pending"}]`,
		`[0]: the field "id" is missing`},
	{"no description", bodies.Tasks, `[{"id":1,"status":"pending"}]`,
		`[0]: the field "description" is missing`},
	{"no status", bodies.Tasks, `[{"id":1,"description":"d"}]`,
		`[0]: the field "status" is missing`},
	{"an empty description", bodies.Tasks, `[{"id":1,"description":"","status":"pending"}]`,
		"[0].description: must not be empty"},
	{"another status", bodies.Tasks, `[{"id":1,"description":"d","status":"done"}]`,
		`[0].status: must be one of pending, in_progress, completed, skipped, is "done"`},
	{"a result of bool", bodies.Tasks,
		`[{"id":1,"description":"d","status":"pending","result":false}]`,
		"[0].result: must be a string, is bool"},
	{"an id twice", bodies.Tasks,
		`[{"id":1,"description":"d","status":"pending"},{"id":1,"description":"e","status":"pending"}]`,
		"id 1 stands twice"},
	{"more", bodies.Tasks, `[{"id":1,"description":"d","status":"pending","due":1}]`,
		"[0].due: the field is unknown"},

	{"no object", bodies.GUI, `[]`, "must be an object, is array"},
	{"no name", bodies.GUI, `{"modules":[]}`, "modules: must have 1 to 64 elements, has 0"},
	{"a name of null", bodies.GUI, `{"name":null}`, "name: must be a string, is null"},
	{"an empty name", bodies.GUI, `{"name":""}`, "name: must not be empty"},
	{"no modules", bodies.GUI, `{"name":"g"}`, `the field "modules" is missing`},
	{"a module of string", bodies.GUI, `{"name":"g","modules":["m"]}`,
		"modules[0]: must be an object, is string"},
	{"a module without name", bodies.GUI,
		`{"name":"g","modules":[{"screens":[{"name":"s"}]}]}`,
		`modules[0]: the field "name" is missing`},
	{"no screens", bodies.GUI, `{"name":"g","modules":[{"name":"m"}]}`,
		`modules[0]: the field "screens" is missing`},
	{"a screen without name", bodies.GUI, `{"name":"g","modules":[{"name":"m","screens":[{}]}]}`,
		`modules[0].screens[0]: the field "name" is missing`},
	{"an element of string", bodies.GUI,
		`{"name":"g","modules":[{"name":"m","screens":[{"name":"s","view_elements":["e"]}]}]}`,
		"modules[0].screens[0].view_elements[0]: must be an object, is string"},
	{"no name", bodies.GUI, `{"modules":[{"name":"m","screens":[{"name":"s"}]}]}`,
		`the field "name" is missing`},

	{"no object", bodies.File, `[]`, "must be an object, is array"},
	{"no name", bodies.File, `{"type":"a/b","size":0}`, `the field "name" is missing`},
	{"no type", bodies.File, `{"name":"x","size":0}`, `the field "type" is missing`},
	{"no size", bodies.File, `{"name":"x","type":"a/b"}`, `the field "size" is missing`},
	{"an empty name", bodies.File, file("", "a/b", "0"), "name: must not be empty"},
	{"a path", bodies.File, file("../x", "a/b", "0"),
		`name: must be a name without a path, is "../x"`},
	{"another path", bodies.File, file(`a\\x`, "a/b", "0"),
		`name: must be a name without a path, is "a\\x"`},
	{"a folder", bodies.File, file("..", "a/b", "0"),
		`name: must be a name without a path, is ".."`},
	{"a control character", bodies.File, file(`a\nb`, "a/b", "0"),
		"name: must not have control characters"},
	{"no MIME type", bodies.File, file("x", "text", "0"),
		`type: must be a MIME type such as text/plain, is "text"`},
	{"a parameter", bodies.File, file("x", "text/plain; a=b", "0"),
		"type: must be written as text/plain"},
	{"upper case", bodies.File, file("x", "Text/plain", "0"),
		"type: must be written as text/plain"},
	{"a size with a point", bodies.File, file("x", "a/b", "1.0"),
		"size: must be a whole number of 0 to 9007199254740991, is 1.0"},
	{"more", bodies.File, `{"name":"x","type":"a/b","size":0,"url":""}`,
		"url: the field is unknown"},
	{"an audio", bodies.Image, file("x", "audio/wav", "0"),
		"type: must begin with image/, is audio/wav"},
	{"an image", bodies.Audio, file("x", "image/png", "0"),
		"type: must begin with audio/, is image/png"},
	{"a path", bodies.Voice, file("a/b", "audio/ogg", "0"),
		`name: must be a name without a path, is "a/b"`},
	{"no array", bodies.Files, file("x", "a/b", "0"), "must be an array, is object"},
	{"a path", bodies.Files, "[" + file("x", "a/b", "0") + "," + file("/x", "a/b", "0") + "]",
		`[1].name: must be a name without a path, is "/x"`},
}

func TestShape_Parse_wrong(t *testing.T) {
	tried := map[bodies.Shape]bool{
		bodies.Text: true, bodies.HTML: true, bodies.Options: true, bodies.JSON: true,
	}
	for _, tt := range wrongBodies {
		tried[tt.shape] = true
		t.Run(names[tt.shape]+"/"+tt.name, func(t *testing.T) {
			got, err := tt.shape.Parse([]byte(tt.body))
			if err == nil || err.Error() != tt.want || got != "" {
				t.Errorf("Parse(%s) = %s, %v, want error %s", tt.body, got, err, tt.want)
			}
		})
	}
	for shape, name := range names {
		if !tried[bodies.Shape(shape)] {
			t.Errorf("no wrong body of %s is tried", name)
		}
	}
}

// What a bot sends reaches the operator's log in the error.
func TestShape_Parse_shortErrors(t *testing.T) {
	long := strings.Repeat("x", 1<<16)
	for _, tt := range []struct {
		shape bodies.Shape
		body  string
	}{
		{bodies.Dataframe, `{"columns":["` + long + `","` + long + `"],"rows":[]}`},
		{bodies.Location, `{"` + long + `":1}`},
		{bodies.Location, at(strings.Repeat("9", 1<<16), "0")},
		{bodies.Reasoning, `{"step":` + strings.Repeat("9", 300) + `}`},
		{bodies.Reasoning, `{"kind":"` + long + `"}`},
		{bodies.Plotly, strings.Repeat(`{"`+long+`":`, 70)},
		{bodies.Plotly, strings.Repeat(`{"a`+long+`":`, 20) + `{"a":1,"a":2}`},
	} {
		_, err := tt.shape.Parse([]byte(tt.body))
		if err == nil || len(err.Error()) > 1000 {
			t.Errorf("Parse(%.40s...) = error of %d bytes, want at most 1000",
				tt.body, len(err.Error()))
		}
	}
}
