package abi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// examples are bodies that README.md shows, one for each kind that bots reply with.
var examples = map[abi.Kind]string{
	abi.KindText:     "Hi!",
	abi.KindOptions:  `[{"label":"Yes","value":"y"},{"label":"No","value":"n"}]`,
	abi.KindMarkdown: "Open from **9** to 17 o'clock.",
	abi.KindHTML:     "<p>Open from <b>9</b> to 17 o&rsquo;clock.</p>",
	abi.KindDataframe: `{"columns":["city","day","rain"],` +
		`"rows":[["Graz",21.5,true],["Wien",9,null]]}`,
	abi.KindPlotly: `{"data":[{"type":"bar","name":"2026","x":["Mon","Tue"],"y":[3,5]}],` +
		`"layout":{"title":{"text":"Visitors"}}}`,
	abi.KindLocation: `{"latitude":49.5,"longitude":5.94}`,
	abi.KindRAG: `{"llm_name":"","question":"When do you open?","answer":"At 9.",` +
		`"docs":[{"content":"We open at 9.","metadata":{"source":"hours.pdf","page":3}}]}`,
	abi.KindReasoning: `{"kind":"tool_result","step":2,"summary":"The shop is open",` +
		`"details":{"tool":"hours"}}`,
	abi.KindTasks: `[{"id":1,"description":"Find the shop","status":"completed","result":"Graz"},` +
		`{"id":2,"description":"Ask for its hours","status":"in_progress","result":""},` +
		`{"id":3,"description":"Call it","status":"skipped","result":""}]`,
	abi.KindGUI: `{"name":"Shop","modules":[{"name":"main","screens":[{"type":"Screen","name":` +
		`"home","view_elements":[{"type":"Text","name":"hello","content":"Hi!"}]}]}]}`,
	abi.KindGUIUpdate: `{"name":"Shop","modules":[{"name":"main","screens":[{"type":"Screen","name":` +
		`"home","view_elements":[{"type":"Text","name":"hello","content":"Bye!"}]}]}]}`,
	abi.KindFile:  `{"name":"hours.pdf","type":"application/pdf","size":48044}`,
	abi.KindImage: `{"name":"shop.png","type":"image/png","size":1204}`,
	abi.KindAudio: `{"name":"hello.wav","type":"audio/wav","size":16044}`,
}

// Examples are in the shape in which they are kept: what people copy is what
// they will read.
func TestKindInfo_Parse_examples(t *testing.T) {
	for _, row := range abi.Kinds() {
		body, ok := examples[row.Kind]
		if ok != row.Reply {
			t.Errorf("kind %s has an example: %t, want %t", row.Kind, ok, row.Reply)
		}
		if !ok {
			continue
		}
		if got, err := parse(t, row.Kind, body); err != nil || got != body {
			t.Errorf("%s: Parse(%s) = %s, %v, want the same", row.Kind, body, got, err)
		}
	}
}

// repeat joins n parts; each %d in one is its number.
func repeat(n int, part string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(part, "%d", fmt.Sprint(i))
	}
	return strings.Join(parts, ",")
}

func frame(columns, rows int) string {
	row := "[" + repeat(columns, "%d") + "]"
	return `{"columns":[` + repeat(columns, `"c%d"`) + `],"rows":[` + repeat(rows, row) + "]}"
}

func docs(n int) string {
	return `{"llm_name":"m","question":"","answer":"","docs":[` +
		repeat(n, `{"content":"%d","metadata":{}}`) + "]}"
}

func taskList(n int) string {
	return "[" + repeat(n, `{"id":%d,"description":"d","status":"pending","result":""}`) + "]"
}

func step(n int) string {
	return fmt.Sprintf(`{"kind":"llm_text","step":%d,"summary":"","details":{}}`, n)
}

func task(id int) string {
	return fmt.Sprintf(`[{"id":%d,"description":"d","status":"skipped","result":""}]`, id)
}

func modules(n int) string {
	screen := `{"name":"m%d","screens":[{"name":"s","view_elements":[]}]}`
	return `{"name":"g","modules":[` + repeat(n, screen) + "]}"
}

func screens(n int) string {
	return `{"name":"g","modules":[{"name":"m","screens":[` +
		repeat(n, `{"name":"s%d","view_elements":[]}`) + "]}]}"
}

func elements(n int) string {
	return `{"name":"g","modules":[{"name":"m","screens":[{"name":"s","view_elements":[` +
		repeat(n, `{"type":"Text"}`) + "]}]}]}"
}

func figure(traces int) string {
	return `{"data":[` + repeat(traces, "{}") + `],"layout":{}}`
}

// nested has n arrays in an object.
func nested(n int) string {
	return `{"data":[],"layout":{"x":` + strings.Repeat("[", n-2) + strings.Repeat("]", n-2) + "}}"
}

func file(name, typ, size string) string {
	return `{"name":"` + name + `","type":"` + typ + `","size":` + size + "}"
}

// typeOf is a MIME type of n bytes.
func typeOf(major string, n int) string {
	return major + "/" + strings.Repeat("x", n-len(major)-1)
}

func at(latitude, longitude string) string {
	return `{"latitude":` + latitude + `,"longitude":` + longitude + "}"
}

// At each limit a body is kept as it is, and above it is refused.
func TestKindInfo_Parse_limits(t *testing.T) {
	const columns = "dataframe: columns: must have 1 to 256 elements, has "
	for _, tt := range []struct {
		name string
		kind abi.Kind
		// within are bodies at a limit, which parse to themselves.
		within []string
		above  string
		want   string
	}{
		{"columns", abi.KindDataframe, []string{frame(1, 1), frame(abi.MaxColumns, 1)},
			frame(abi.MaxColumns+1, 1), columns + "more"},
		{"columns, below", abi.KindDataframe, nil, frame(0, 0), columns + "0"},
		{"rows", abi.KindDataframe, []string{frame(1, 0), frame(2, abi.MaxRows)},
			frame(1, abi.MaxRows+1), "dataframe: rows: must have 0 to 10000 elements, has more"},
		{"traces", abi.KindPlotly, []string{figure(0), figure(abi.MaxTraces)},
			figure(abi.MaxTraces + 1), "plotly: data: must have 0 to 256 elements, has more"},
		{"depth", abi.KindPlotly, []string{nested(abi.MaxBodyDepth)}, nested(abi.MaxBodyDepth + 1),
			"plotly: nested deeper than 64"},
		{"latitude", abi.KindLocation, []string{at("90", "0"), at("90.000", "0"), at("-90", "-0")},
			at("90.0000001", "0"), "location: latitude: must be -90 to 90, is 90.0000001"},
		{"latitude, below", abi.KindLocation, nil,
			at("-90.01", "0"), "location: latitude: must be -90 to 90, is -90.01"},
		{"longitude", abi.KindLocation, []string{at("0", "180"), at("0", "-1.8e2")},
			at("0", "181"), "location: longitude: must be -180 to 180, is 181"},
		{"longitude, below", abi.KindLocation, nil,
			at("0", "-181"), "location: longitude: must be -180 to 180, is -181"},
		{"docs", abi.KindRAG, []string{docs(0), docs(abi.MaxDocs)}, docs(abi.MaxDocs + 1),
			"rag: docs: must have 0 to 100 elements, has more"},
		{"step", abi.KindReasoning, []string{step(0), step(abi.MaxStep)}, step(abi.MaxStep + 1),
			"reasoning: step: must be a whole number of 0 to 1000000, is 1000001"},
		{"step, below", abi.KindReasoning, nil, step(-1),
			"reasoning: step: must be a whole number of 0 to 1000000, is -1"},
		{"tasks", abi.KindTasks, []string{taskList(0), taskList(abi.MaxTasks)},
			taskList(abi.MaxTasks + 1), "tasks: must have 0 to 256 elements, has more"},
		{"id", abi.KindTasks, []string{task(0), task(abi.MaxStep)}, task(abi.MaxStep + 1),
			"tasks: [0].id: must be a whole number of 0 to 1000000, is 1000001"},
		{"modules", abi.KindGUI, []string{modules(1), modules(abi.MaxModules)},
			modules(abi.MaxModules + 1), "gui: modules: must have 1 to 64 elements, has more"},
		{"modules, below", abi.KindGUI, nil, modules(0),
			"gui: modules: must have 1 to 64 elements, has 0"},
		{"screens", abi.KindGUI, []string{screens(1), screens(abi.MaxScreens)},
			screens(abi.MaxScreens + 1),
			"gui: modules[0].screens: must have 1 to 256 elements, has more"},
		{"screens, below", abi.KindGUI, nil, screens(0),
			"gui: modules[0].screens: must have 1 to 256 elements, has 0"},
		{"elements", abi.KindGUIUpdate, []string{elements(0), elements(abi.MaxElements)},
			elements(abi.MaxElements + 1),
			"gui_update: modules[0].screens[0].view_elements: must have 0 to 1024 elements, " +
				"has more"},
		{"file name", abi.KindFile, []string{file("x", "a/b", "0"),
			file(strings.Repeat("é", abi.MaxFileName/2), "a/b", "9007199254740991")},
			file(strings.Repeat("x", abi.MaxFileName+1), "a/b", "0"),
			"file: name: must have at most 128 bytes, has 129"},
		{"file type", abi.KindImage,
			[]string{file("x", typeOf("image", abi.MaxFileType), "1"), file("x", "image/x", "1")},
			file("x", typeOf("image", abi.MaxFileType+1), "1"),
			"image: type: must have at most 127 bytes, has 128"},
		{"file size", abi.KindAudio, nil, file("x", "audio/x", "9007199254740992"),
			"audio: size: must be a whole number of 0 to 9007199254740991, is 9007199254740992"},
		{"file size, below", abi.KindVoice, []string{file("x", "audio/x", "0")},
			file("x", "audio/x", "-1"),
			"voice: size: must be a whole number of 0 to 9007199254740991, is -1"},
		{"files", abi.KindFiles, []string{"[" + file("x", "a/b", "0") + "]"}, "[]",
			"files: must have 1 to 65536 elements, has 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, body := range tt.within {
				if got, err := parse(t, tt.kind, body); err != nil || got != body {
					t.Errorf("Parse(%.80s) = %.80s, %v, want the same", body, got, err)
				}
			}
			got, err := parse(t, tt.kind, tt.above)
			if err == nil || err.Error() != tt.want {
				t.Errorf("Parse(%.80s) = %.80s, %v, want error %s", tt.above, got, err, tt.want)
			}
		})
	}
}

// What may be written otherwise is kept in one shape.
func TestKindInfo_Parse_keeps(t *testing.T) {
	for _, tt := range []struct {
		name       string
		kind       abi.Kind
		body, want string
	}{
		{"white space", abi.KindDataframe,
			" {\n\t\"rows\" : [ [ 1 , \"a\" ] , [ null , true ] ],\r\"columns\" : [\"n\",\"s\"] } ",
			`{"columns":["n","s"],"rows":[[1,"a"],[null,true]]}`},
		{"escapes", abi.KindDataframe,
			`{"columns":["\u00e9"],"rows":[["\ud83d\ude00\/\u2028"],["\ud800"]]}`,
			`{"columns":["é"],"rows":[["😀/\u2028"],["` + "\ufffd" + `"]]}`},
		{"numbers", abi.KindDataframe,
			`{"columns":["a"],"rows":[[-0],[1.50],[1E+2],[5e-324],[1e-999]]}`,
			`{"columns":["a"],"rows":[[-0],[1.50],[1E+2],[5e-324],[1e-999]]}`},
		{"a figure", abi.KindPlotly, `{"frames":[{"a":[]}],"data":[{"x":[1,{"y":null}]}]}`,
			`{"frames":[{"a":[]}],"data":[{"x":[1,{"y":null}]}],"layout":{}}`},
		{"a layout of null", abi.KindPlotly, `{"layout":null,"data":[]}`,
			`{"data":[],"layout":{}}`},
		{"a layout of null between others", abi.KindPlotly, `{"a":1,"layout":null,"data":[],"b":2}`,
			`{"a":1,"data":[],"b":2,"layout":{}}`},
		{"the other order", abi.KindLocation, `{"longitude":5,"latitude":49}`,
			`{"latitude":49,"longitude":5}`},
		{"an answer", abi.KindRAG, `{"answer":"a","question":"q"}`,
			`{"llm_name":"","question":"q","answer":"a","docs":[]}`},
		{"documents", abi.KindRAG,
			`{"llm_name":null,"question":"q","answer":"a","docs":[{"content":"c"},{"metadata":{"p":[1]},` +
				`"content":"d"}]}`,
			`{"llm_name":"","question":"q","answer":"a","docs":[{"content":"c","metadata":{}},` +
				`{"content":"d","metadata":{"p":[1]}}]}`},
		{"a step", abi.KindReasoning, `{"kind":"max_steps","step":0,"summary":"s"}`,
			`{"kind":"max_steps","step":0,"summary":"s","details":{}}`},
		{"a task", abi.KindTasks, `[{"status":"pending","description":"d","id":7,"result":null}]`,
			`[{"id":7,"description":"d","status":"pending","result":""}]`},
		{"screens", abi.KindGUI,
			`{"width":5,"modules":[{"screens":[{"name":"s"}],"name":"m"}],"name":"g"}`,
			`{"width":5,"modules":[{"screens":[{"name":"s","view_elements":[]}],"name":"m"}],"name":"g"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse(t, tt.kind, tt.body)
			if err != nil || got != tt.want {
				t.Errorf("Parse(%s) = %s, %v, want %s", tt.body, got, err, tt.want)
			}
			again, err := parse(t, tt.kind, got)
			if err != nil || again != got {
				t.Errorf("Parse(%s) = %s, %v, want the same", got, again, err)
			}
		})
	}
}
