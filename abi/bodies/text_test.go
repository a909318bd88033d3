package bodies_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi/bodies"
)

func TestShape_Text_html(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"no tags", "a  b\n c &lt; d &amp; e", "a b c < d & e"},
		{"inline", `a<b class="x>y">b</b> <i>c</i>`, "ab c"},
		{"blocks", "<h1>A</h1><p>b<br>c</p><ul><li>d</li><li>e</li></ul>", "A\nb\nc\nd\ne"},
		{"a table", "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"},
		{"what is not read", "<style>b{}</style>a<script>if (a</b) '</p>'</script >b<TITLE>c</tItLe>",
			"ab"},
		{"a script without end", "a<script>b<p>c", "a"},
		{"head is not header", "<head><header>a</header></head>b", "b"},
		{"a comment", "a<!-- <p> > -- b -->c<!doctype html><?x?>d", "acd"},
		{"a comment without end", "a<!-- b", "a"},
		{"no tag", "1 < 2 <3 & <", "1 < 2 <3 & <"},
		{"a tag without end", "a<b", "a"},
		{"a quote in a text", `<p title=it's>a</p>b`, "a\nb"},
		{"escaped tags stay text", "&lt;script&gt;", "<script>"},
		{"an end alone", "</p>a</>b", "ab"},
		{"space is one", " a&nbsp; \n<b> </b> b ", "a b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := bodies.HTML.Text(tt.body); got != tt.want {
				t.Errorf("Text(%q) = %q, want %q", tt.body, got, tt.want)
			}
		})
	}
}

func TestShape_Text(t *testing.T) {
	long := strings.Repeat("é", 300)
	for _, tt := range []struct {
		name       string
		shape      bodies.Shape
		body, want string
	}{
		{"no rows", bodies.Dataframe, `{"columns":["a","bc"],"rows":[]}`, "a | bc\n--+---"},
		{"cells", bodies.Dataframe,
			`{"columns":["name","n","mixed"],"rows":[["x\ny",1,1],["日本",-22.5,"a"],[null,null,false]]}`,
			"name |     n | mixed\n-----+-------+------\nx y  |     1 |     1\n日本 | -22.5 | a\n" +
				"     |       | false"},
		{"accents", bodies.Dataframe, `{"columns":["e` + "\u0301" + `"],"rows":[["ab"]]}`,
			"e\u0301\n--\nab"},
		{"a long cell", bodies.Dataframe, `{"columns":["a"],"rows":[["` + long + `"]]}`,
			"a\n" + strings.Repeat("-", 41) + "\n" + strings.Repeat("é", 40) + "…"},
		{"fifty rows", bodies.Dataframe, frame(1, 50),
			"c0\n--\n" + strings.TrimSuffix(strings.Repeat(" 0\n", 50), "\n")},
		{"many rows", bodies.Dataframe, frame(1, 52),
			"c0\n--\n" + strings.Repeat(" 0\n", 50) + "… and 2 more rows"},
		{"many columns", bodies.Dataframe, frame(13, 0),
			"c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8 | c9 | c10 | c11\n" +
				strings.Repeat("---+-", 9) + "---+-----+----\n… and 1 more column"},
		{"a chart without a title", bodies.Plotly, `{"data":[{"x":[1]}],"layout":{}}`,
			"Chart\n- scatter"},
		{"a title of string", bodies.Plotly, `{"data":[],"layout":{"title":"A\nB"}}`, "Chart: A B"},
		{"a title of object", bodies.Plotly, `{"data":[],"layout":{"title":{"font":1}}}`, "Chart"},
		{"a name of number", bodies.Plotly, `{"data":[{"name":5,"type":"pie"}],"layout":{}}`,
			"Chart\n- pie"},
		{"many traces", bodies.Plotly, figure(12),
			"Chart\n" + strings.Repeat("- scatter\n", 10) + "… and 2 more traces"},
		{"a location", bodies.Location, at("-0.50", "180"), "Location: -0.50, 180"},
		{"an answer alone", bodies.RAG, `{"llm_name":"","question":"q","answer":"a\nb","docs":[]}`,
			"a\nb"},
		{"documents", bodies.RAG, `{"answer":"a","docs":[{"content":"` + long + `","metadata":{}},` +
			`{"content":"c","metadata":{"source":"s"}},{"content":"d","metadata":{"source":1,"page":2}}]}`,
			"a\n[1] " + strings.Repeat("é", 100) + "…\n[2] s: c\n[3] d"},
		{"a step without words", bodies.Reasoning,
			`{"kind":"max_steps","step":3,"summary":"","details":{}}`, "Step 3: max steps"},
		{"no tasks", bodies.Tasks, `[]`, "No tasks"},
		{"a task to do", bodies.Tasks,
			`[{"id":1,"description":"a\nb","status":"pending","result":""}]`, "[ ] a b"},
		{"many screens", bodies.GUI, screens(22),
			"Screens of g: s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, " +
				"s16, s17, s18, s19, … and 2 more screens"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.shape.Text(tt.body); got != tt.want {
				t.Errorf("Text(%.80s) =\n%s\nwant\n%s", tt.body, got, tt.want)
			}
		})
	}
}

func TestShape_Text_sizes(t *testing.T) {
	for _, tt := range []struct{ size, want string }{
		{"0", "0 B"}, {"1023", "1023 B"}, {"1024", "1.0 KiB"}, {"1126", "1.0 KiB"},
		{"1127", "1.1 KiB"}, {"16044", "15.6 KiB"}, {"1048575", "1023.9 KiB"},
		{"1048576", "1.0 MiB"}, {"1073741823", "1023.9 MiB"}, {"1073741824", "1.0 GiB"},
		{"9007199254740991", "8388607.9 GiB"}, {"9223372036854775807", "8589934591.9 GiB"},
		{"-5", "-5 B"},
	} {
		want := "File: x (a/b, " + tt.want + ")"
		if got := bodies.File.Text(file("x", "a/b", tt.size)); got != want {
			t.Errorf("Text(size %s) = %s, want %s", tt.size, got, want)
		}
	}
}

// What another host may have written is shown as it is, and breaks nothing.
func TestShape_Text_foreign(t *testing.T) {
	for shape, name := range names {
		for _, body := range []string{
			"", "x", "[", "{", "[]", "{}", "null", "[null]", `{"columns":["a"],"rows":[[]]}`,
			`{"columns":[],"rows":[]}`, `{"columns":["a"],"rows":[[null]]}`, `[1]`, `{"data":[null]}`,
			`{"columns":["a"],"rows":[[{}]]}`,
		} {
			got := bodies.Shape(shape).Text(body)
			if !strings.HasSuffix(got, body) && !json.Valid([]byte(body)) {
				t.Errorf("Text of %s %q = %q, want it shown", name, body, got)
			}
		}
	}
}

func TestParseTable(t *testing.T) {
	d, err := bodies.ParseTable(example(t, bodies.Dataframe))
	if err != nil || len(d.Columns) != 3 || len(d.Rows) != 2 || string(d.Rows[0][0]) != `"Graz"` ||
		string(d.Rows[1][2]) != "null" {
		t.Errorf("ParseTable = %q, %v, want the example", d, err)
	}
	for _, body := range []string{"", "[]", `{"columns":["a"],"rows":[[]]}`, `{"columns":[1]}`,
		`{"columns":[],"rows":[]}`, `{"columns":["a"],"rows":[[{}]]}`} {
		if d, err := bodies.ParseTable(body); err == nil {
			t.Errorf("ParseTable(%s) = %q, want an error", body, d)
		}
	}
}
