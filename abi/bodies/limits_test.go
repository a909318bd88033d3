package bodies_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi/bodies"
)

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
func TestShape_Parse_limits(t *testing.T) {
	const columns = "columns: must have 1 to 256 elements, has "
	for _, tt := range []struct {
		name  string
		shape bodies.Shape
		// within are bodies at a limit, which parse to themselves.
		within []string
		above  string
		want   string
	}{
		{"columns", bodies.Dataframe, []string{frame(1, 1), frame(bodies.MaxColumns, 1)},
			frame(bodies.MaxColumns+1, 1), columns + "more"},
		{"columns, below", bodies.Dataframe, nil, frame(0, 0), columns + "0"},
		{"rows", bodies.Dataframe, []string{frame(1, 0), frame(2, bodies.MaxRows)},
			frame(1, bodies.MaxRows+1), "rows: must have 0 to 10000 elements, has more"},
		{"traces", bodies.Plotly, []string{figure(0), figure(bodies.MaxTraces)},
			figure(bodies.MaxTraces + 1), "data: must have 0 to 256 elements, has more"},
		{"depth", bodies.Plotly, []string{nested(bodies.MaxDepth)}, nested(bodies.MaxDepth + 1),
			"nested deeper than 64"},
		{"latitude", bodies.Location, []string{at("90", "0"), at("90.000", "0"), at("-90", "-0")},
			at("90.0000001", "0"), "latitude: must be -90 to 90, is 90.0000001"},
		{"latitude, below", bodies.Location, nil,
			at("-90.01", "0"), "latitude: must be -90 to 90, is -90.01"},
		{"longitude", bodies.Location, []string{at("0", "180"), at("0", "-1.8e2")},
			at("0", "181"), "longitude: must be -180 to 180, is 181"},
		{"longitude, below", bodies.Location, nil,
			at("0", "-181"), "longitude: must be -180 to 180, is -181"},
		{"docs", bodies.RAG, []string{docs(0), docs(bodies.MaxDocs)}, docs(bodies.MaxDocs + 1),
			"docs: must have 0 to 100 elements, has more"},
		{"step", bodies.Reasoning, []string{step(0), step(bodies.MaxStep)},
			step(bodies.MaxStep + 1),
			"step: must be a whole number of 0 to 1000000, is 1000001"},
		{"step, below", bodies.Reasoning, nil, step(-1),
			"step: must be a whole number of 0 to 1000000, is -1"},
		{"tasks", bodies.Tasks, []string{taskList(0), taskList(bodies.MaxTasks)},
			taskList(bodies.MaxTasks + 1), "must have 0 to 256 elements, has more"},
		{"id", bodies.Tasks, []string{task(0), task(bodies.MaxStep)}, task(bodies.MaxStep + 1),
			"[0].id: must be a whole number of 0 to 1000000, is 1000001"},
		{"modules", bodies.GUI, []string{modules(1), modules(bodies.MaxModules)},
			modules(bodies.MaxModules + 1), "modules: must have 1 to 64 elements, has more"},
		{"modules, below", bodies.GUI, nil, modules(0),
			"modules: must have 1 to 64 elements, has 0"},
		{"screens", bodies.GUI, []string{screens(1), screens(bodies.MaxScreens)},
			screens(bodies.MaxScreens + 1),
			"modules[0].screens: must have 1 to 256 elements, has more"},
		{"screens, below", bodies.GUI, nil, screens(0),
			"modules[0].screens: must have 1 to 256 elements, has 0"},
		{"elements", bodies.GUI, []string{elements(0), elements(bodies.MaxElements)},
			elements(bodies.MaxElements + 1),
			"modules[0].screens[0].view_elements: must have 0 to 1024 elements, " +
				"has more"},
		{"file name", bodies.File, []string{file("x", "a/b", "0"),
			file(strings.Repeat("é", bodies.MaxFileName/2), "a/b", "9007199254740991")},
			file(strings.Repeat("x", bodies.MaxFileName+1), "a/b", "0"),
			"name: must have at most 128 bytes, has 129"},
		{"file type", bodies.Image,
			[]string{
				file("x", typeOf("image", bodies.MaxFileType), "1"), file("x", "image/x", "1"),
			},
			file("x", typeOf("image", bodies.MaxFileType+1), "1"),
			"type: must have at most 127 bytes, has 128"},
		{"file size", bodies.Audio, nil, file("x", "audio/x", "9007199254740992"),
			"size: must be a whole number of 0 to 9007199254740991, is 9007199254740992"},
		{"file size, below", bodies.Voice, []string{file("x", "audio/x", "0")},
			file("x", "audio/x", "-1"),
			"size: must be a whole number of 0 to 9007199254740991, is -1"},
		{"files", bodies.Files, []string{"[" + file("x", "a/b", "0") + "]"}, "[]",
			"must have 1 to 65536 elements, has 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, body := range tt.within {
				if got, err := tt.shape.Parse([]byte(body)); err != nil || got != body {
					t.Errorf("Parse(%.80s) = %.80s, %v, want the same", body, got, err)
				}
			}
			got, err := tt.shape.Parse([]byte(tt.above))
			if err == nil || err.Error() != tt.want {
				t.Errorf("Parse(%.80s) = %.80s, %v, want error %s", tt.above, got, err, tt.want)
			}
		})
	}
}

// What may be written otherwise is kept in one shape.
func TestShape_Parse_keeps(t *testing.T) {
	for _, tt := range []struct {
		name       string
		shape      bodies.Shape
		body, want string
	}{
		{"white space", bodies.Dataframe,
			" {\n\t\"rows\" : [ [ 1 , \"a\" ] , [ null , true ] ],\r\"columns\" : [\"n\",\"s\"] } ",
			`{"columns":["n","s"],"rows":[[1,"a"],[null,true]]}`},
		{"escapes", bodies.Dataframe,
			`{"columns":["\u00e9"],"rows":[["\ud83d\ude00\/\u2028"],["\ud800"]]}`,
			`{"columns":["é"],"rows":[["😀/\u2028"],["` + "\ufffd" + `"]]}`},
		{"numbers", bodies.Dataframe,
			`{"columns":["a"],"rows":[[-0],[1.50],[1E+2],[5e-324],[1e-999]]}`,
			`{"columns":["a"],"rows":[[-0],[1.50],[1E+2],[5e-324],[1e-999]]}`},
		{"a figure", bodies.Plotly, `{"frames":[{"a":[]}],"data":[{"x":[1,{"y":null}]}]}`,
			`{"frames":[{"a":[]}],"data":[{"x":[1,{"y":null}]}],"layout":{}}`},
		{"a layout of null", bodies.Plotly, `{"layout":null,"data":[]}`,
			`{"data":[],"layout":{}}`},
		{"a layout of null between others", bodies.Plotly, `{"a":1,"layout":null,"data":[],"b":2}`,
			`{"a":1,"data":[],"b":2,"layout":{}}`},
		{"the other order", bodies.Location, `{"longitude":5,"latitude":49}`,
			`{"latitude":49,"longitude":5}`},
		{"an answer", bodies.RAG, `{"answer":"a","question":"q"}`,
			`{"llm_name":"","question":"q","answer":"a","docs":[]}`},
		{"documents", bodies.RAG,
			`{"llm_name":null,"question":"q","answer":"a","docs":[{"content":"c"},{"metadata":{"p":[1]},` +
				`"content":"d"}]}`,
			`{"llm_name":"","question":"q","answer":"a","docs":[{"content":"c","metadata":{}},` +
				`{"content":"d","metadata":{"p":[1]}}]}`},
		{"a step", bodies.Reasoning, `{"kind":"max_steps","step":0,"summary":"s"}`,
			`{"kind":"max_steps","step":0,"summary":"s","details":{}}`},
		{"a task", bodies.Tasks, `[{"status":"pending","description":"d","id":7,"result":null}]`,
			`[{"id":7,"description":"d","status":"pending","result":""}]`},
		{"screens", bodies.GUI,
			`{"width":5,"modules":[{"screens":[{"name":"s"}],"name":"m"}],"name":"g"}`,
			`{"width":5,"modules":[{"screens":[{"name":"s","view_elements":[]}],"name":"m"}],"name":"g"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.shape.Parse([]byte(tt.body))
			if err != nil || got != tt.want {
				t.Errorf("Parse(%s) = %s, %v, want %s", tt.body, got, err, tt.want)
			}
			again, err := tt.shape.Parse([]byte(got))
			if err != nil || again != got {
				t.Errorf("Parse(%s) = %s, %v, want the same", got, again, err)
			}
		})
	}
}
