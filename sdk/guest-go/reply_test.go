package guest

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
)

const screens = `{"name":"g","modules":[{"name":"m","screens":[{"name":"s","view_elements":[]}]}]}`

// replied runs do and returns its one reply, and the shape in which a host keeps
// it, or the host's error.
func replied(t *testing.T, do func()) (kind Kind, body, kept string, err error) {
	t.Helper()
	h := install(t, new(recordingHost))
	do()
	if len(h.pushed) != 1 || h.pushed[0].name != "reply_as" {
		t.Fatalf("calls = %v, want one of reply_as", h.pushed)
	}
	info, ok := abi.ReplyKind(h.pushed[0].a)
	if !ok {
		t.Fatalf("kind %q is unknown", h.pushed[0].a)
	}
	kept, err = info.Parse([]byte(h.pushed[0].b))
	return Kind(info.Kind), h.pushed[0].b, kept, err
}

// What the SDK writes is what a host takes, and keeps as it is.
func TestSession_Replies(t *testing.T) {
	s := &session
	for _, tt := range []struct {
		name string
		do   func()
		kind Kind
		want string
	}{
		{"ReplyMarkdown", func() { s.ReplyMarkdown("*a*") }, KindMarkdown, "*a*"},
		{"ReplyHTML", func() { s.ReplyHTML("<b>a</b>") }, KindHTML, "<b>a</b>"},
		{"ReplyTable", func() {
			s.ReplyTable([]string{"a", `"é"`}, [][]any{{1, "x\n"}, {nil, true}})
		}, KindDataframe, `{"columns":["a","\"é\""],"rows":[[1,"x\n"],[null,true]]}`},
		{"ReplyTable without rows", func() { s.ReplyTable([]string{"a"}, nil) },
			KindDataframe, `{"columns":["a"],"rows":[]}`},
		{"ReplyPlotly", func() { s.ReplyPlotly(`{"data":[],"layout":{}}`) },
			KindPlotly, `{"data":[],"layout":{}}`},
		{"ReplyLocation", func() { s.ReplyLocation(49.5, -5.94) },
			KindLocation, `{"latitude":49.5,"longitude":-5.94}`},
		{"ReplyLocation at the ends", func() { s.ReplyLocation(-90, 180) },
			KindLocation, `{"latitude":-90,"longitude":180}`},
		{"ReplyRAG", func() {
			s.ReplyRAG(RAG{Question: "q", Answer: "a", Model: "m", Docs: []Doc{
				{Content: "c"}, {Content: "d", Source: "s", Page: 3}, {Content: "e", Page: 1},
			}})
		}, KindRAG, `{"llm_name":"m","question":"q","answer":"a","docs":[` +
			`{"content":"c","metadata":{}},{"content":"d","metadata":{"source":"s","page":3}},` +
			`{"content":"e","metadata":{"page":1}}]}`},
		{"ReplyReasoning", func() {
			s.ReplyReasoning(Reasoning{ReasoningCalls, 2, "s", `{"tool_calls":[{"name":"t"}]}`})
		}, KindReasoning, `{"kind":"llm_tool_calls","step":2,"summary":"s",` +
			`"details":{"tool_calls":[{"name":"t"}]}}`},
		{"ReplyTasks", func() {
			s.ReplyTasks(Task{ID: 1, Description: "d"}, Task{2, "e", TaskCompleted, "r"})
		}, KindTasks, `[{"id":1,"description":"d","status":"pending","result":""},` +
			`{"id":2,"description":"e","status":"completed","result":"r"}]`},
		{"ReplyTasks of none", func() { s.ReplyTasks() }, KindTasks, "[]"},
		{"ReplyGUI", func() { s.ReplyGUI(screens) }, KindGUI, screens},
		{"UpdateGUI", func() { s.UpdateGUI(screens) }, KindGUIUpdate, screens},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kind, body, kept, err := replied(t, tt.do)
			if kind != tt.kind || body != tt.want {
				t.Errorf("replies %s %s, want %s %s", kind, body, tt.kind, tt.want)
			}
			if err != nil || kept != body {
				t.Errorf("a host keeps %s, %v, want %s", kept, err, body)
			}
		})
	}
}

// A host fills in what a bot leaves out.
func TestSession_ReplyReasoning_withoutDetails(t *testing.T) {
	_, body, kept, err := replied(t, func() {
		session.ReplyReasoning(Reasoning{Kind: ReasoningStarted, Summary: "s"})
	})
	want := `{"kind":"reasoning_started","step":0,"summary":"s","details":{}}`
	if err != nil || kept != want {
		t.Errorf("a host keeps %s of %s, %v, want %s", kept, body, err, want)
	}
}

// What is not legal ends the turn, and the host's words name the rule.
func TestSession_Replies_refused(t *testing.T) {
	s := &session
	for _, tt := range []struct {
		name string
		do   func()
		want string
	}{
		{"a latitude", func() { s.ReplyLocation(90.5, 0) },
			"location: latitude: must be -90 to 90, is 90.5"},
		{"a longitude", func() { s.ReplyLocation(0, -1e300) },
			"location: longitude: must be -180 to 180, is -1e+300"},
		{"no number", func() { s.ReplyLocation(math.NaN(), 0) },
			"location: latitude: must be a number, is null"},
		{"an infinite number", func() { s.ReplyLocation(0, math.Inf(1)) },
			"location: longitude: must be a number, is null"},
		{"rows", func() { s.ReplyTable([]string{"a"}, [][]any{{1, 2}}) },
			"dataframe: rows[0]: must have a cell for each of 1 columns, has 2"},
		{"a figure", func() { s.ReplyPlotly("{}") }, `plotly: the field "data" is missing`},
		{"a step", func() { s.ReplyReasoning(Reasoning{Kind: ReasoningText, Step: -1}) },
			"reasoning: step: must be a whole number of 0 to 1000000, is -1"},
		{"details that are more", func() {
			s.ReplyReasoning(Reasoning{Kind: ReasoningText, Details: `{},"step":1`})
		}, `reasoning: the field "step" stands twice`},
		{"tasks", func() { s.ReplyTasks(Task{1, "d", "", ""}, Task{1, "e", "", ""}) },
			"tasks: id 1 stands twice"},
		{"screens", func() { s.ReplyGUI("[]") }, "gui: must be an object, is array"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, body, _, err := replied(t, tt.do); err == nil || err.Error() != tt.want {
				t.Errorf("Parse(%s) = %v, want error %s", body, err, tt.want)
			}
		})
	}
}

func TestSession_ReplyTable_cells(t *testing.T) {
	row := []any{
		nil, "é", true, false, int(-1), int8(-128), int16(1), int32(2), int64(math.MinInt64),
		uint(3), uint8(255), uint16(4), uint32(5), uint64(math.MaxUint64), 1e21, 0.1, float32(0.1),
		math.NaN(), math.Inf(-1),
	}
	columns := make([]string, len(row))
	for i := range columns {
		columns[i] = strings.Repeat("c", i+1)
	}
	_, _, kept, err := replied(t, func() { session.ReplyTable(columns, [][]any{row}) })
	want := `[[null,"é",true,false,-1,-128,1,2,-9223372036854775808,3,255,4,5,` +
		`18446744073709551615,1e+21,0.1,0.1,null,null]]}`
	if err != nil || !strings.HasSuffix(kept, want) {
		t.Errorf("a host keeps %s, %v, want %s", kept, err, want)
	}
}

func TestSession_ReplyTable_panics(t *testing.T) {
	install(t, new(recordingHost))
	defer func() {
		want := "guest: column 1 of row 0 of a table is neither a string nor a boolean " +
			"nor a number nor nil"
		if got := recover(); got != want {
			t.Errorf("panic = %v, want %s", got, want)
		}
	}()
	session.ReplyTable([]string{"a", "b"}, [][]any{{1, []int{2}}})
}

func TestContract_Bodies(t *testing.T) {
	kinds := []ReasoningKind{
		ReasoningStarted, ReasoningFinished, ReasoningText, ReasoningCalls, ReasoningResult,
		ReasoningAdded, ReasoningCompleted, ReasoningSkipped, ReasoningPushback, ReasoningMaxSteps,
	}
	if !slices.EqualFunc(kinds, bodies.ReasoningKinds(), func(a ReasoningKind, b string) bool {
		return string(a) == b
	}) {
		t.Errorf("kinds of steps = %q, want %q", kinds, bodies.ReasoningKinds())
	}
	statuses := []TaskStatus{TaskPending, TaskInProgress, TaskCompleted, TaskSkipped}
	if !slices.EqualFunc(statuses, bodies.TaskStatuses(), func(a TaskStatus, b string) bool {
		return string(a) == b
	}) {
		t.Errorf("statuses of tasks = %q, want %q", statuses, bodies.TaskStatuses())
	}
}
