package websocket

import (
	"regexp"
	"testing"

	"github.com/bothost/bothost/abi"
)

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
