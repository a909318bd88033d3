package besser

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/render/rendertest"
)

// The frames are those of BAF 4.3.3, and of BBF 1.5.1, byte for byte.
func TestFrames(t *testing.T) {
	at := time.Date(2026, 11, 20, 23, 2, 13, 0, time.Local).UnixMilli()
	stamp := `, "history": false, "timestamp": "2026-11-20 23:02:13"}`
	options := `[{"label":"Yes","value":"y"},{"label":"N\u00e9","value":"n"}]`
	for _, tc := range []struct {
		name       string
		entry      abi.Entry
		agent, bot string
	}{
		{"text", abi.Entry{From: abi.FromBot, Kind: abi.KindText, Body: `héllo "q"`},
			`{"action": "agent_reply_str", "message": "h\u00e9llo \"q\""` + stamp,
			`{"action": "bot_reply_str", "message": "h\u00e9llo \"q\""}`},
		{"markdown", abi.Entry{From: abi.FromBot, Kind: abi.KindMarkdown, Body: "# T\n- one"},
			`{"action": "agent_reply_markdown", "message": "# T\n- one"` + stamp,
			`{"action": "bot_reply_markdown", "message": "# T\n- one"}`},
		{"options", abi.Entry{From: abi.FromBot, Kind: abi.KindOptions, Body: options},
			`{"action": "agent_reply_options", "message": "{\"0\": \"Yes\", \"1\": \"N\\u00e9\"}"` +
				stamp,
			`{"action": "bot_reply_options", "message": "{\"0\": \"Yes\", \"1\": \"N\\u00e9\"}"}`},
		{"notice", abi.Entry{From: abi.FromHost, Kind: abi.KindNotice, Body: "Sorry."},
			`{"action": "agent_reply_str", "message": "Sorry."` + stamp,
			`{"action": "bot_reply_str", "message": "Sorry."}`},
		{"unusual characters",
			abi.Entry{From: abi.FromBot, Kind: abi.KindText, Body: "😀\x7f\x00\b\f\t\\/"},
			`{"action": "agent_reply_str", "message": "\ud83d\ude00\u007f\u0000\b\f\t\\/"` + stamp,
			`{"action": "bot_reply_str", "message": "\ud83d\ude00\u007f\u0000\b\f\t\\/"}`},
		{"the user's own", abi.Entry{From: abi.FromUser, Kind: abi.KindText, Body: "hi"}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.entry.Time = at
			for d, want := range map[Dialect]string{Agent: tc.agent, Bot: tc.bot} {
				got := string((&Speaker{Dialect: d, Renderer: rendertest.Fake{}}).Entry(nil,
					&tc.entry, false))
				if strings.TrimSuffix(got, "\n") != want {
					t.Errorf("%v: Entry() = %s, want %s", d, got, want)
				}
			}
		})
	}
}

// The past has the shape of what comes live, and what the user said is in it.
func TestPastFrames(t *testing.T) {
	at := time.Date(2026, 11, 20, 23, 2, 13, 0, time.Local).UnixMilli()
	stamp := `, "history": true, "timestamp": "2026-11-20 23:02:13"}`
	past := `, "history": true}`
	for _, tc := range []struct {
		name       string
		entry      abi.Entry
		agent, bot string
	}{
		{"the user's text",
			abi.Entry{From: abi.FromUser, Kind: abi.KindText, Body: "h\u00e9 \"q\""},
			`{"action": "user_message", "message": "h\u00e9 \"q\""` + stamp,
			`{"action": "user_message", "message": "h\u00e9 \"q\""` + past},
		{"the user's choice", abi.Entry{From: abi.FromUser, Kind: abi.KindOption, Body: "y"},
			`{"action": "user_message", "message": "y"` + stamp,
			`{"action": "user_message", "message": "y"` + past},
		{"text", abi.Entry{From: abi.FromBot, Kind: abi.KindText, Body: "hi"},
			`{"action": "agent_reply_str", "message": "hi"` + stamp,
			`{"action": "bot_reply_str", "message": "hi"` + past},
		{"markdown", abi.Entry{From: abi.FromBot, Kind: abi.KindMarkdown, Body: "# T"},
			`{"action": "agent_reply_markdown", "message": "# T"` + stamp,
			`{"action": "bot_reply_markdown", "message": "# T"` + past},
		{"options", abi.Entry{From: abi.FromBot, Kind: abi.KindOptions,
			Body: `[{"label":"Yes","value":"y"}]`},
			`{"action": "agent_reply_options", "message": "{\"0\": \"Yes\"}"` + stamp,
			`{"action": "bot_reply_options", "message": "{\"0\": \"Yes\"}"` + past},
		{"notice", abi.Entry{From: abi.FromHost, Kind: abi.KindNotice, Body: "Sorry."},
			`{"action": "agent_reply_str", "message": "Sorry."` + stamp,
			`{"action": "bot_reply_str", "message": "Sorry."` + past},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.entry.Time = at
			for d, want := range map[Dialect]string{Agent: tc.agent, Bot: tc.bot} {
				got := string((&Speaker{Dialect: d, Renderer: rendertest.Fake{}}).Entry(nil,
					&tc.entry, true))
				if strings.TrimSuffix(got, "\n") != want {
					t.Errorf("%v: Entry() = %s, want %s", d, got, want)
				}
			}
		})
	}
}

// TestPage tells what of markdown and HTML leaves for clients that put it
// into their page.
func TestPage(t *testing.T) {
	for _, tt := range []struct {
		name     string
		renderer Renderer
		kind     abi.Kind
		body     string
		want     string
	}{
		{"harmless markdown", rendertest.Fake{}, abi.KindMarkdown, "*a*", `bot_reply_markdown "*a*"`},
		{"other markdown", rendertest.Fake{}, abi.KindMarkdown, "*a* <b>",
			`bot_reply_html "<p>*a* &lt;b></p>"`},
		{"HTML", rendertest.Fake{}, abi.KindHTML, "a<script>b", `bot_reply_html "ab"`},
		{"HTML of which nothing is left", rendertest.Fake{}, abi.KindHTML, "<script>",
			`bot_reply_html ""`},
		{"markdown without a renderer", nil, abi.KindMarkdown, "*a* <b>",
			`bot_reply_str "*a* <b>"`},
		{"HTML without a renderer", nil, abi.KindHTML, "<p>a<p>b", `bot_reply_str "a\nb"`},
		{"text", rendertest.Fake{}, abi.KindText, "<b>", `bot_reply_str "<b>"`},
		{"a model's name, which pages show as HTML", rendertest.Fake{}, abi.KindRAG,
			`{"llm_name":"<b>\"x","question":"<q>","answer":"<a>","docs":[]}`,
			`bot_reply_rag {"llm_name": "\u2039b>\"x", "question": "<q>", "answer": "<a>", "docs": []}`},
		{"a model's name in the documents as well", rendertest.Fake{}, abi.KindRAG,
			`{"docs":[{"content":"","metadata":{"llm_name":"<b>"}}],"llm_name":"<b>","LLM_NAME":"x","question":"","answer":""}`,
			`bot_reply_rag {"docs": [{"content": "", "metadata": {"llm_name": "\u2039b>"}}], ` +
				`"llm_name": "\u2039b>", "LLM_NAME": "x", "question": "", "answer": ""}`},
		{"an answer that is none", rendertest.Fake{}, abi.KindRAG, `{"llm_name":1}`,
			`bot_reply_str ""`},
		{"a model's name that stands elsewhere too", rendertest.Fake{}, abi.KindRAG,
			`{"llm_name":"a","question":"\"llm_name\": \"<\"","answer":"","docs":[]}`,
			`bot_reply_rag {"llm_name": "a", "question": "\"llm_name\": \"<\"", "answer": "", "docs": []}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := abi.Entry{From: abi.FromBot, Kind: tt.kind, Body: tt.body}
			s := Speaker{Dialect: Bot, Renderer: tt.renderer}
			frame := s.Entry(nil, &e, false)
			var p struct {
				Action  string
				Message json.RawMessage
			}
			if err := json.Unmarshal(frame, &p); err != nil {
				t.Fatalf("%s: %v", frame, err)
			}
			if got := p.Action + " " + string(p.Message); got != tt.want {
				t.Errorf("Entry() = %s, want %s", got, tt.want)
			}
		})
	}
}
