package websocket

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// The frames are those of BAF 4.3.3, and of BBF 1.5.1, byte for byte.
func TestBESSER_Frames(t *testing.T) {
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
			for d, want := range map[Dialect]string{DialectAgent: tc.agent, DialectBot: tc.bot} {
				got := string((&speakBESSER{dialect: d, renderer: fakeRenderer{}}).entry(nil,
					&tc.entry, false))
				if strings.TrimSuffix(got, "\n") != want {
					t.Errorf("%v: entry() = %s, want %s", d, got, want)
				}
			}
		})
	}
}

// The past has the shape of what comes live, and what the user said is in it.
func TestBESSER_PastFrames(t *testing.T) {
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
			for d, want := range map[Dialect]string{DialectAgent: tc.agent, DialectBot: tc.bot} {
				got := string((&speakBESSER{dialect: d, renderer: fakeRenderer{}}).entry(nil,
					&tc.entry, true))
				if strings.TrimSuffix(got, "\n") != want {
					t.Errorf("%v: entry() = %s, want %s", d, got, want)
				}
			}
		})
	}
}

// payloads receives frames, one payload each, without their times.
func (c *rawClient) payloads(n int) (got []string) {
	stamp := regexp.MustCompile(`"timestamp": "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"`)
	for range n {
		op, payload, err := c.frame()
		if err != nil || op != opText {
			c.tb.Fatalf("frame = %d, %v, after %q", op, err, got)
		}
		got = append(got, stamp.ReplaceAllString(string(payload), `"timestamp": T`))
	}
	return got
}

func TestBESSER_Conversation(t *testing.T) {
	f := newFake()
	f.bot = func(ev *abi.Event) []reply {
		switch {
		case ev.Kind == abi.EventStart || ev.Kind == abi.EventReset:
			return []reply{{abi.KindText, "Welcome!"}, {abi.KindMarkdown, "How are *you*?"}}
		case ev.Text == "break":
			return []reply{{abi.KindNotice, "Sorry."}}
		}
		return []reply{{abi.KindText, ev.Text}}
	}
	f.code = func(ev *abi.Event) abi.Code {
		if ev.Text == "busy" {
			return abi.CodeBusy
		}
		return 0
	}
	const end = `", "history": false, "timestamp": T}`
	str := func(s string) string { return `{"action": "agent_reply_str", "message": "` + s + end }
	welcome := []string{str("Welcome!"),
		`{"action": "agent_reply_markdown", "message": "How are *you*?` + end}
	_, s := serve(t, f, Options{})
	raw := rawServe(t, s, "")
	for _, tc := range []struct {
		sent string
		want []string
	}{
		// The server speaks first.
		{"", welcome},
		{`{"action":"user_message","message":"hi"}`, []string{str("hi")}},
		{`{"action":"user_message","message":"hi","history":false,"timestamp":null}`,
			[]string{str("hi")}},
		{`{"action": "reset", "message": null}`, welcome},
		{`{"action": "reset"}`, welcome},
		{`{"action":"user_message","message":"break"}`, []string{str("Sorry.")}},
		{`{"action":"user_message","message":"busy"}`,
			[]string{str("There is a lot to do right now. Please try again.")}},
		{`{"action":"user_voice","message":"AAAA"}`,
			[]string{str("A voice message must be a sound.")}},
		{`{"action":"user_file","message":"{}"}`, []string{str("A field is missing.")}},
		// To what follows nothing is said; the message after shows that.
		{`{"action":"fetch_user_messages","message":null}`, nil},
		{`{"action":"user_update_ui","message":{}}`, nil},
		{`{"action":"agent_reply_markdown","message":"I am an agent, too"}`, nil},
		{`{"action":"bot_reply_str"}`, nil},
		{`{"action":"user_message","message":"last"}`, []string{str("last")}},
	} {
		if tc.sent != "" {
			raw.text(tc.sent)
		}
		for i, got := range raw.payloads(len(tc.want)) {
			if got != tc.want[i] {
				t.Errorf("%s: got %s, want %s", tc.sent, got, tc.want[i])
			}
		}
	}
}

func TestDialectByName(t *testing.T) {
	for _, name := range []string{"agent", "bot"} {
		if d, ok := DialectByName(name); !ok || d.String() != name {
			t.Errorf("DialectByName(%s) = %v, %v", name, d, ok)
		}
	}
	if d, ok := DialectByName("cat"); ok {
		t.Errorf("DialectByName(cat) = %v", d)
	}
}
