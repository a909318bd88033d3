package abi_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// wrongBodies break each rule of each kind whose body is described by rules.
var wrongBodies = []struct {
	name       string
	kind       abi.Kind
	body, want string
}{
	// What holds for all of them.
	{"nothing", abi.KindLocation, "", "not JSON at byte 0"},
	{"white space", abi.KindLocation, "  ", "not JSON at byte 2"},
	{"cut", abi.KindLocation, `{"latitude":1`, "not JSON at byte 13"},
	{"cut after a comma", abi.KindPlotly, `{"data":[],`, "not JSON at byte 11"},
	{"more than one", abi.KindLocation, at("1", "2") + "{", "not JSON at byte 29"},
	{"a comma too many", abi.KindDataframe, `{"columns":["a",],"rows":[]}`, "not JSON at byte 17"},
	{"no colon", abi.KindPlotly, `{"data" []}`, "not JSON at byte 9"},
	{"no comma", abi.KindPlotly, `{"data":[] "x":1}`, "not JSON at byte 12"},
	{"no quotes", abi.KindPlotly, `{data:[]}`, "not JSON at byte 2"},
	{"a word", abi.KindPlotly, `{"data":[],"x":nul}`, "not JSON at byte 19"},
	{"another word", abi.KindPlotly, `{"data":[],"x":NaN}`, "not JSON at byte 16"},
	{"a number that ends", abi.KindPlotly, `{"data":[],"x":1.}`, "not JSON at byte 18"},
	{"a sign alone", abi.KindPlotly, `{"data":[],"x":-}`, "not JSON at byte 17"},
	{"an exponent alone", abi.KindPlotly, `{"data":[],"x":1e+}`, "not JSON at byte 19"},
	{"zeros before a number", abi.KindPlotly, `{"data":[],"x":01}`, "not JSON at byte 17"},
	{"a control character", abi.KindPlotly, "{\"data\":[],\"x\":\"\n\"}", "not JSON at byte 17"},
	{"an escape", abi.KindPlotly, `{"data":[],"x":"\x"}`, "not JSON at byte 18"},
	{"a string without end", abi.KindPlotly, `{"data":[],"x":"\"}`, "not JSON at byte 19"},
	{"a number too large", abi.KindPlotly, `{"data":[],"x":[{"y":1e999}]}`,
		"x[0].y: the number 1e999 is too large"},
	{"a name twice", abi.KindPlotly, `{"data":[{"a":1,"\u0061":2}]}`,
		`data[0]: the field "a" stands twice`},
	{"one of many names twice", abi.KindPlotly,
		`{"data":[],"x":{` + repeat(40, `"n%d":0`) + `,"n39":1}}`,
		`x: the field "n39" stands twice`},

	{"no object", abi.KindDataframe, `[]`, "must be an object, is array"},
	{"no columns", abi.KindDataframe, `{"rows":[]}`, `the field "columns" is missing`},
	{"columns of null", abi.KindDataframe, `{"columns":null,"rows":[]}`,
		"columns: must be an array, is null"},
	{"no rows", abi.KindDataframe, `{"columns":["a"]}`, `the field "rows" is missing`},
	{"an index", abi.KindDataframe, `{"columns":["a"],"rows":[],"index":[]}`,
		"index: the field is unknown"},
	{"a column of number", abi.KindDataframe, `{"columns":[1],"rows":[]}`,
		"columns[0]: must be a string, is number"},
	{"a column without name", abi.KindDataframe, `{"columns":["a",""],"rows":[]}`,
		"columns[1]: must not be empty"},
	{"a column twice", abi.KindDataframe, `{"columns":["a","\u0061"],"rows":[]}`,
		`columns: "a" stands twice`},
	{"a row of object", abi.KindDataframe, `{"columns":["a"],"rows":[{"a":1}]}`,
		"rows[0]: must be an array, is object"},
	{"a row too short", abi.KindDataframe, `{"columns":["a","b"],"rows":[[1,2],[1]]}`,
		"rows[1]: must have a cell for each of 2 columns, has 1"},
	{"a row too long", abi.KindDataframe, `{"rows":[[1,2]],"columns":["a"]}`,
		"rows[0]: must have a cell for each of 1 columns, has 2"},
	{"an array in a cell", abi.KindDataframe, `{"columns":["a"],"rows":[[[]]]}`,
		"rows[0][0]: must be a string, number, boolean or null, is array"},
	{"an object in a cell", abi.KindDataframe, `{"columns":["a"],"rows":[[1],[{}]]}`,
		"rows[1][0]: must be a string, number, boolean or null, is object"},

	{"no object", abi.KindPlotly, `"fig"`, "must be an object, is string"},
	{"no data", abi.KindPlotly, `{"layout":{}}`, `the field "data" is missing`},
	{"data of object", abi.KindPlotly, `{"data":{}}`, "data: must be an array, is object"},
	{"a trace of array", abi.KindPlotly, `{"data":[{},[]]}`,
		"data[1]: must be an object, is array"},
	{"a layout of bool", abi.KindPlotly, `{"data":[],"layout":true}`,
		"layout: must be an object, is bool"},

	{"no object", abi.KindLocation, `[1,2]`, "must be an object, is array"},
	{"no latitude", abi.KindLocation, `{"longitude":1}`, `the field "latitude" is missing`},
	{"no longitude", abi.KindLocation, `{"latitude":1}`, `the field "longitude" is missing`},
	{"a name", abi.KindLocation, `{"latitude":1,"longitude":1,"name":""}`,
		"name: the field is unknown"},
	{"a name in another case", abi.KindLocation, `{"Latitude":1,"longitude":1}`,
		"Latitude: the field is unknown"},
	{"a string", abi.KindLocation, at(`"1"`, "1"), "latitude: must be a number, is string"},
	{"null", abi.KindLocation, at("1", "null"), "longitude: must be a number, is null"},
	{"not finite", abi.KindLocation, at("1e400", "1"), "latitude: the number 1e400 is too large"},

	{"no object", abi.KindRAG, `null`, "must be an object, is null"},
	{"no question", abi.KindRAG, `{"answer":""}`, `the field "question" is missing`},
	{"no answer", abi.KindRAG, `{"question":""}`, `the field "answer" is missing`},
	{"a model of number", abi.KindRAG, `{"llm_name":1,"question":"","answer":""}`,
		"llm_name: must be a string, is number"},
	{"an answer of array", abi.KindRAG, `{"question":"","answer":[]}`,
		"answer: must be a string, is array"},
	{"docs of object", abi.KindRAG, `{"question":"","answer":"","docs":{}}`,
		"docs: must be an array, is object"},
	{"a doc without content", abi.KindRAG, `{"question":"","answer":"","docs":[{}]}`,
		`docs[0]: the field "content" is missing`},
	{"a doc with more", abi.KindRAG,
		`{"question":"","answer":"","docs":[{"content":"","page":1}]}`,
		"docs[0].page: the field is unknown"},
	{"metadata of string", abi.KindRAG,
		`{"question":"","answer":"","docs":[{"content":"","metadata":"p"}]}`,
		"docs[0].metadata: must be an object, is string"},
	{"more", abi.KindRAG, `{"question":"","answer":"","sources":[]}`,
		"sources: the field is unknown"},

	{"no object", abi.KindReasoning, `1`, "must be an object, is number"},
	{"no kind", abi.KindReasoning, `{"step":1,"summary":""}`, `the field "kind" is missing`},
	{"no step", abi.KindReasoning, `{"kind":"pushback","summary":""}`,
		`the field "step" is missing`},
	{"no summary", abi.KindReasoning, `{"kind":"pushback","step":1}`,
		`the field "summary" is missing`},
	{"another kind", abi.KindReasoning, `{"kind":"Pushback","step":1,"summary":""}`,
		"kind: must be one of reasoning_started, reasoning_finished, llm_text, llm_tool_calls, " +
			`tool_result, task_added, task_completed, task_skipped, pushback, max_steps, is "Pushback"`},
	{"a step with a point", abi.KindReasoning, `{"kind":"pushback","step":1.0,"summary":""}`,
		"step: must be a whole number of 0 to 1000000, is 1.0"},
	{"a step of minus zero", abi.KindReasoning, `{"kind":"pushback","step":-0,"summary":""}`,
		"step: must be a whole number of 0 to 1000000, is -0"},
	{"a step of string", abi.KindReasoning, `{"kind":"pushback","step":"1","summary":""}`,
		"step: must be a number, is string"},
	{"details of array", abi.KindReasoning,
		`{"kind":"pushback","step":1,"summary":"","details":[]}`,
		"details: must be an object, is array"},
	{"more", abi.KindReasoning, `{"kind":"pushback","step":1,"summary":"","text":""}`,
		"text: the field is unknown"},

	{"no array", abi.KindTasks, `{}`, "must be an array, is object"},
	{"a task of string", abi.KindTasks, `["d"]`, "[0]: must be an object, is string"},
	{"no id", abi.KindTasks, `[{"description":"d","status":"pending"}]`,
		`[0]: the field "id" is missing`},
	{"no description", abi.KindTasks, `[{"id":1,"status":"pending"}]`,
		`[0]: the field "description" is missing`},
	{"no status", abi.KindTasks, `[{"id":1,"description":"d"}]`,
		`[0]: the field "status" is missing`},
	{"an empty description", abi.KindTasks, `[{"id":1,"description":"","status":"pending"}]`,
		"[0].description: must not be empty"},
	{"another status", abi.KindTasks, `[{"id":1,"description":"d","status":"done"}]`,
		`[0].status: must be one of pending, in_progress, completed, skipped, is "done"`},
	{"a result of bool", abi.KindTasks,
		`[{"id":1,"description":"d","status":"pending","result":false}]`,
		"[0].result: must be a string, is bool"},
	{"an id twice", abi.KindTasks,
		`[{"id":1,"description":"d","status":"pending"},{"id":1,"description":"e","status":"pending"}]`,
		"id 1 stands twice"},
	{"more", abi.KindTasks, `[{"id":1,"description":"d","status":"pending","due":1}]`,
		"[0].due: the field is unknown"},

	{"no object", abi.KindGUI, `[]`, "must be an object, is array"},
	{"no name", abi.KindGUI, `{"modules":[]}`, "modules: must have 1 to 64 elements, has 0"},
	{"a name of null", abi.KindGUI, `{"name":null}`, "name: must be a string, is null"},
	{"an empty name", abi.KindGUI, `{"name":""}`, "name: must not be empty"},
	{"no modules", abi.KindGUI, `{"name":"g"}`, `the field "modules" is missing`},
	{"a module of string", abi.KindGUI, `{"name":"g","modules":["m"]}`,
		"modules[0]: must be an object, is string"},
	{"a module without name", abi.KindGUI,
		`{"name":"g","modules":[{"screens":[{"name":"s"}]}]}`,
		`modules[0]: the field "name" is missing`},
	{"no screens", abi.KindGUI, `{"name":"g","modules":[{"name":"m"}]}`,
		`modules[0]: the field "screens" is missing`},
	{"a screen without name", abi.KindGUI, `{"name":"g","modules":[{"name":"m","screens":[{}]}]}`,
		`modules[0].screens[0]: the field "name" is missing`},
	{"an element of string", abi.KindGUI,
		`{"name":"g","modules":[{"name":"m","screens":[{"name":"s","view_elements":["e"]}]}]}`,
		"modules[0].screens[0].view_elements[0]: must be an object, is string"},
	{"no name", abi.KindGUIUpdate, `{"modules":[{"name":"m","screens":[{"name":"s"}]}]}`,
		`the field "name" is missing`},

	{"no object", abi.KindFile, `[]`, "must be an object, is array"},
	{"no name", abi.KindFile, `{"type":"a/b","size":0}`, `the field "name" is missing`},
	{"no type", abi.KindFile, `{"name":"x","size":0}`, `the field "type" is missing`},
	{"no size", abi.KindFile, `{"name":"x","type":"a/b"}`, `the field "size" is missing`},
	{"an empty name", abi.KindFile, file("", "a/b", "0"), "name: must not be empty"},
	{"a path", abi.KindFile, file("../x", "a/b", "0"),
		`name: must be a name without a path, is "../x"`},
	{"another path", abi.KindFile, file(`a\\x`, "a/b", "0"),
		`name: must be a name without a path, is "a\\x"`},
	{"a folder", abi.KindFile, file("..", "a/b", "0"),
		`name: must be a name without a path, is ".."`},
	{"a control character", abi.KindFile, file(`a\nb`, "a/b", "0"),
		"name: must not have control characters"},
	{"no MIME type", abi.KindFile, file("x", "text", "0"),
		`type: must be a MIME type such as text/plain, is "text"`},
	{"a parameter", abi.KindFile, file("x", "text/plain; a=b", "0"),
		"type: must be written as text/plain"},
	{"upper case", abi.KindFile, file("x", "Text/plain", "0"),
		"type: must be written as text/plain"},
	{"a size with a point", abi.KindFile, file("x", "a/b", "1.0"),
		"size: must be a whole number of 0 to 9007199254740991, is 1.0"},
	{"more", abi.KindFile, `{"name":"x","type":"a/b","size":0,"url":""}`,
		"url: the field is unknown"},
	{"an audio", abi.KindImage, file("x", "audio/wav", "0"),
		"type: must begin with image/, is audio/wav"},
	{"an image", abi.KindAudio, file("x", "image/png", "0"),
		"type: must begin with audio/, is image/png"},
	{"a path", abi.KindVoice, file("a/b", "audio/ogg", "0"),
		`name: must be a name without a path, is "a/b"`},
	{"no array", abi.KindFiles, file("x", "a/b", "0"), "must be an array, is object"},
	{"a path", abi.KindFiles, "[" + file("x", "a/b", "0") + "," + file("/x", "a/b", "0") + "]",
		`[1].name: must be a name without a path, is "/x"`},
}

func TestKindInfo_Parse_wrong(t *testing.T) {
	tried := make(map[abi.Kind]bool)
	for _, tt := range wrongBodies {
		tried[tt.kind] = true
		t.Run(string(tt.kind)+"/"+tt.name, func(t *testing.T) {
			want := string(tt.kind) + ": " + tt.want
			got, err := parse(t, tt.kind, tt.body)
			if err == nil || err.Error() != want || got != "" {
				t.Errorf("Parse(%s) = %s, %v, want error %s", tt.body, got, err, want)
			}
		})
	}
	for _, row := range abi.Kinds() {
		if (row.Reply || row.File) && row.JSON && row.Kind != abi.KindOptions && !tried[row.Kind] {
			t.Errorf("no wrong body of kind %s is tried", row.Kind)
		}
	}
}

// What a bot sends reaches the operator's log in the error.
func TestKindInfo_Parse_shortErrors(t *testing.T) {
	long := strings.Repeat("x", 1<<16)
	for _, tt := range []struct {
		kind abi.Kind
		body string
	}{
		{abi.KindDataframe, `{"columns":["` + long + `","` + long + `"],"rows":[]}`},
		{abi.KindLocation, `{"` + long + `":1}`},
		{abi.KindLocation, at(strings.Repeat("9", 1<<16), "0")},
		{abi.KindReasoning, `{"step":` + strings.Repeat("9", 300) + `}`},
		{abi.KindReasoning, `{"kind":"` + long + `"}`},
		{abi.KindPlotly, strings.Repeat(`{"`+long+`":`, 70)},
		{abi.KindPlotly, strings.Repeat(`{"a`+long+`":`, 20) + `{"a":1,"a":2}`},
	} {
		_, err := parse(t, tt.kind, tt.body)
		if err == nil || len(err.Error()) > 1000 {
			t.Errorf("Parse(%.40s...) = error of %d bytes, want at most 1000",
				tt.body, len(err.Error()))
		}
	}
}
