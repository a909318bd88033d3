package besser

import (
	"cmp"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/render/rendertest"
)

// same stands for the agent's message.
const same = "="

// foreign marks what no host of ours wrote.
const foreign = "foreign "

// The first dataframe, the location and the first answer are those that BAF 4.3.3
// sends, byte for byte; the others are made as its sources, and those of 4.4 and
// 4.5, make them. Where bots had no such, their clients get the text.
var messages = []struct {
	name, kind, body string
	// agent and bot are the action, without the dialect's, and the message.
	agent, bot string
}{
	{"html", "html", `<b>x</b> "é"`, `html "<b>x</b> \"\u00e9\""`, same},
	{"a dataframe", "dataframe", `{"columns":["a","b"],"rows":[[1,"x"],[2,null]]}`,
		`dataframe "{\"a\":{\"0\":1,\"1\":2},\"b\":{\"0\":\"x\",\"1\":null}}"`, same},
	{"cells of all types", "dataframe",
		`{"columns":["é\""],"rows":[[-1.5e3],[true],["é\n\u2028😀"],["\\\""]]}`,
		`dataframe "{\"\\u00e9\\\"\":{\"0\":-1.5e3,\"1\":true,` +
			`\"2\":\"\\u00e9\\n\\u2028\\ud83d\\ude00\",\"3\":\"\\\\\\\"\"}}"`, same},
	{"a dataframe without rows", "dataframe", `{"columns":["a","b"],"rows":[]}`,
		`dataframe "{\"a\":{},\"b\":{}}"`, same},
	{"a figure", "plotly",
		`{"data":[{"x":[1,2],"type":"bar"}],"layout":{"title":{"text":"é: a, b"}}}`,
		`plotly "{\"data\":[{\"x\":[1,2],\"type\":\"bar\"}],` +
			`\"layout\":{\"title\":{\"text\":\"\\u00e9: a, b\"}}}"`, same},
	{"a location", "location", `{"latitude":49.5,"longitude":5.94}`,
		`location {"latitude": 49.5, "longitude": 5.94}`, same},
	{"an answer", "rag", `{"llm_name":"llm","question":"q?","answer":"ans","docs":[` +
		`{"content":"txt é","metadata":{"source":"s.pdf","page":3}}]}`,
		`rag {"llm_name": "llm", "question": "q?", "answer": "ans", "docs": [` +
			`{"content": "txt \u00e9", "metadata": {"source": "s.pdf", "page": 3}}]}`, same},
	{"an answer alone", "rag",
		`{"llm_name":"","question":"a:b","answer":"{\"a\":1,\"b\":[]}","docs":[]}`,
		`rag {"llm_name": "", "question": "a:b", "answer": "{\"a\":1,\"b\":[]}", "docs": []}`,
		same},
	{"a step", "reasoning", `{"kind":"llm_tool_calls","step":1,"summary":"s",` +
		`"details":{"tool_calls":[{"name":"t"}]}}`,
		`reasoning_step {"kind": "llm_tool_calls", "step": 1, "summary": "s", ` +
			`"details": {"tool_calls": [{"name": "t"}]}}`, `str "Step 1: s"`},
	{"tasks", "tasks", `[{"id":1,"description":"d","status":"in_progress","result":""},` +
		`{"id":2,"description":"e","status":"completed","result":"r"}]`,
		`task_list_update [{"id": 1, "description": "d", "status": "in_progress", "result": ""}, ` +
			`{"id": 2, "description": "e", "status": "completed", "result": "r"}]`,
		`str "[~] d\n[x] e: r"`},
	{"no tasks", "tasks", `[]`, `task_list_update []`, `str "No tasks"`},
	{"screens", "gui",
		`{"name":"é","modules":[{"name":"m","screens":[{"name":"s","view_elements":[]}]}]}`,
		`gui "{\"name\": \"\\u00e9\", \"modules\": [{\"name\": \"m\", \"screens\": ` +
			`[{\"name\": \"s\", \"view_elements\": []}]}]}"`, `str "Screens of \u00e9: s"`},
	{"new screens", "gui_update",
		`{"name":"g","modules":[{"name":"m","screens":[{"name":"s","view_elements":[]}]}]}`,
		`gui_update "{\"name\": \"g\", \"modules\": [{\"name\": \"m\", \"screens\": ` +
			`[{\"name\": \"s\", \"view_elements\": []}]}]}"`, ``},
	{foreign + "options", "options", `{}`, `str "{}"`, same},
	{foreign + "dataframe", "dataframe", `[]`, `str "[]"`, same},
	{foreign + "kind", "later", `x`, `str "x"`, same},
}

// frameOf writes a frame: short is the action without its prefix, a space, and
// the message.
func frameOf(d Dialect, short string, history bool) string {
	if short == "" {
		return ""
	}
	suffix, message, _ := strings.Cut(short, " ")
	frame := `{"action": "` + d.String() + `_reply_` + suffix + `", "message": ` + message
	switch {
	case d == Agent && history:
		frame += `, "history": true, "timestamp": "2026-11-20 23:02:13"`
	case d == Agent:
		frame += `, "history": false, "timestamp": "2026-11-20 23:02:13"`
	case history:
		frame += `, "history": true`
	}
	return frame + "}\n"
}

// A reply has the same shape live and in the past; what replaced screens is no
// part of that.
func TestKinds(t *testing.T) {
	at := time.Date(2026, 11, 20, 23, 2, 13, 0, time.Local).UnixMilli()
	for _, tc := range messages {
		t.Run(tc.name, func(t *testing.T) {
			e := abi.Entry{From: abi.FromBot, Kind: abi.Kind(tc.kind), Body: tc.body, Time: at}
			if tc.bot == same {
				tc.bot = tc.agent
			}
			for d, short := range map[Dialect]string{Agent: tc.agent, Bot: tc.bot} {
				for _, history := range []bool{false, true} {
					want := frameOf(d, short, history)
					if history && e.Kind == abi.KindGUIUpdate {
						want = ""
					}
					got := string((&Speaker{Dialect: d, Renderer: rendertest.Fake{}}).Entry(nil,
						&e, history))
					if got != want {
						t.Errorf("%v, history %t: Entry() =\n%s, want\n%s", d, history, got, want)
					}
					if got != "" && !json.Valid([]byte(got)) {
						t.Errorf("%v: Entry() = %s, want JSON", d, got)
					}
				}
			}
		})
	}
}

// Bodies above are what a host keeps, each kind of reply is among them, or with
// the frames of texts, and has a way to BESSER clients.
func TestKinds_all(t *testing.T) {
	tried := map[abi.Kind]bool{abi.KindText: true, abi.KindMarkdown: true, abi.KindOptions: true}
	for _, tc := range replyFiles {
		tried[abi.Kind(tc.kind)] = true
	}
	for _, tc := range messages {
		tried[abi.Kind(tc.kind)] = true
		info, ok := abi.ReplyKind(tc.kind)
		if !ok || strings.HasPrefix(tc.name, foreign) {
			continue
		}
		if kept, err := info.Parse([]byte(tc.body)); err != nil || kept != tc.body {
			t.Errorf("%s: Parse(%s) = %s, %v, want the same", tc.name, tc.body, kept, err)
		}
	}
	for _, row := range abi.Kinds() {
		if row.Reply && !tried[row.Kind] {
			t.Errorf("no frame of kind %s is tried", row.Kind)
		}
	}
}

// The specification says which actions the kinds become.
func TestKinds_readme(t *testing.T) {
	text, err := os.ReadFile("../../../../abi/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "| kind | `agent` | `bot` | `message` |\n")
	section, _, _ = strings.Cut(section, "\n\n")
	seen := make(map[abi.Kind]bool)
	for _, line := range strings.Split(section, "\n")[1:] {
		row := strings.Split(line, "|")
		names, agent, bot := quoted(row[1]), quoted(row[2]), quoted(row[3])
		for i, name := range names {
			k := kinds[abi.Kind(name)]
			seen[abi.Kind(name)] = true
			want := "bot_reply_" + cmp.Or(k.old, k.suffix)
			switch {
			case k.passing:
				want = ""
			case k.young:
				want = "bot_reply_str"
			}
			if got := at(bot, i); got != want {
				t.Errorf("README.md: %s is %q for bots, want %q", name, got, want)
			}
			if got := at(agent, i); got != "agent_reply_"+k.suffix {
				t.Errorf("README.md: %s is %q for agents, want agent_reply_%s", name, got, k.suffix)
			}
		}
	}
	for kind := range kinds {
		if !seen[kind] {
			t.Errorf("README.md does not say what %s is for BESSER clients", kind)
		}
	}
}

// quoted returns what stands in code spans.
func quoted(s string) (list []string) {
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(s, -1) {
		list = append(list, m[1])
	}
	return list
}

// at returns an element; one stands for all, and nothing if there is none.
func at(list []string, i int) string {
	if len(list) == 0 {
		return ""
	}
	return list[min(i, len(list)-1)]
}

func BenchmarkSpeaker_dataframe(b *testing.B) {
	row := `["Graz",21.5,true,null,"a longer text of forty-odd characters"]`
	body := `{"columns":["a","b","c","d","e"],"rows":[` +
		strings.TrimSuffix(strings.Repeat(row+",", 1000), ",") + "]}"
	e := abi.Entry{From: abi.FromBot, Kind: abi.KindDataframe, Body: body}
	var frame []byte
	b.ReportAllocs()
	for b.Loop() {
		frame = (&Speaker{}).Entry(frame[:0], &e, false)
	}
	b.SetBytes(int64(len(frame)))
}

// Screens have a name of their own for clients of 4.3.3 and 4.4; all else is as for
// newer ones.
func TestAgent44(t *testing.T) {
	screens := `{"name":"n","modules":[]}`
	for kind, suffix := range map[abi.Kind]string{
		abi.KindGUI: "ui", abi.KindGUIUpdate: "ui", abi.KindText: "str", abi.KindLocation: "location",
	} {
		body := screens
		if kind == abi.KindLocation {
			body = `{"latitude":1,"longitude":2}`
		}
		e := abi.Entry{From: abi.FromBot, Kind: kind, Body: body}
		got := string((&Speaker{Dialect: Agent44}).Entry(nil, &e, false))
		if want := `{"action": "agent_reply_` + suffix + `", `; !strings.HasPrefix(got, want) {
			t.Errorf("%s: Entry() = %s, want %s", kind, got, want)
		}
		newer := string((&Speaker{Dialect: Agent}).Entry(nil, &e, false))
		if strings.TrimPrefix(newer, `{"action": "agent_reply_`+kinds[kind].suffix) !=
			strings.TrimPrefix(got, `{"action": "agent_reply_`+suffix) {
			t.Errorf("%s: Entry() = %s, want all but the action of %s", kind, got, newer)
		}
	}
	for _, name := range dialects {
		if d, ok := DialectByName(name); !ok || d.String() != name {
			t.Errorf("DialectByName(%q) = %v, %t", name, d, ok)
		}
	}
	if d, ok := DialectByName("klingon"); ok || Dialect(99).String() != "" {
		t.Errorf("DialectByName(klingon) = %v, true", d)
	}
}
