package besser

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// requestIn writes a request in a line.
func requestIn(r Request) string {
	line := "nothing"
	switch {
	case r.Past:
		line = "past"
	case r.File != nil:
		line = fmt.Sprintf("file %s %q %q", r.File.Kind, r.File.name, r.File.typ)
	case r.Event != nil:
		e := r.Event
		line = fmt.Sprintf("%s %q %q %s %t", e.Kind, e.Text, e.Name, e.Data, e.Human)
	}
	if r.Answers {
		line += " answers"
	}
	return line
}

// Every action, right, and wrong in each way. A fault is answered by its code.
func TestParseRequest(t *testing.T) {
	for _, tt := range []struct{ name, payload, want string }{
		{"a text", `{"action":"user_message","message":"hi"}`, `message "hi" ""  true answers`},
		{"other fields", `{"action":"user_message","message":"hi","history":1,"x":{}}`,
			`message "hi" ""  true answers`},
		{"an object", `{"action":"user_message","message":{"message": "hi"}}`,
			`json "hi" "json" {"message":"hi"} true answers`},
		{"an object in a string", `{"action":"user_message","message":" {\"a\": 1} "}`,
			`json "" "json" {"a":1} true answers`},
		{"a number", `{"action":"user_message","message":5}`, `message "5" ""  true answers`},
		{"no message", `{"action":"user_message"}`, "missing_field"},
		{"an agent", `{"action":"agent_reply_str","message":"hi"}`,
			`message "hi" ""  false answers`},
		{"a bot", `{"action":"bot_reply_str","message":{}}`, `json "" "json" {} false answers`},
		{"an agent without words", `{"action":"agent_reply_str"}`, "nothing"},
		{"an agent's picture", `{"action":"agent_reply_image","message":"x"}`, "nothing"},
		{"reset", `{"action":"reset","message":null}`, `reset "" ""  true`},
		{"reset alone", `{"action":"reset"}`, `reset "" ""  true`},
		{"the past", `{"action":"fetch_user_messages"}`, "past"},
		{"variables", `{"action":"user_set_variable","message":{"a": 1}}`,
			`set "" "" {"a": 1} true`},
		{"no variables", `{"action":"user_set_variable","message":[1]}`, "wrong_type"},
		{"a screen", `{"action":"user_gui_event","message":"{\"name\": \"b\"}"}`,
			`event "" "gui" {"name":"b"} true answers`},
		{"no screen", `{"action":"user_gui_event","message":1}`, "wrong_type"},
		{"a screen's update", `{"action":"user_update_ui","message":{}}`, "nothing"},
		{"a file", `{"action":"user_file","message":"{\"name\":\"a\",\"type\":\"b/c\",\"base64\":\"\"}"}`,
			`file file "a" "b/c" answers`},
		{"a file without a name", `{"action":"user_file","message":{"base64":""}}`,
			"missing_field"},
		{"a voice", `{"action":"user_voice","message":"aGk="}`, `file voice "" "" answers`},
		{"a voice that is none", `{"action":"user_voice","message":{}}`, "wrong_type"},
		{"an unknown action", `{"action":"dance","message":""}`, "unknown_type"},
		{"no action", `{"message":""}`, "missing_field"},
		{"an action that is a number", `{"action":1}`, "wrong_type"},
		{"an array", `[]`, "not_object"},
		{"null", `null`, "not_object"},
		{"cut", `{"action":"user_`, "bad_json"},
		{"empty", ``, "bad_json"},
		{"not UTF-8", "{\"action\":\"\xff\"}", "not_utf8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, fault := ParseRequest([]byte(tt.payload))
			got := requestIn(r)
			if fault.Code != 0 {
				got = fault.Code.String()
			}
			if got != tt.want {
				t.Errorf("ParseRequest(%s) = %s, want %s", tt.payload, got, tt.want)
			}
		})
	}
}

// FuzzParseRequest: whatever comes, it is a fault, or at most one thing to do; events
// of JSON hold JSON.
func FuzzParseRequest(f *testing.F) {
	for name := range actions {
		f.Add([]byte(`{"action":"` + name + `","message":"{\"name\":\"a\",\"base64\":\"aGk=\"}"}`))
		f.Add([]byte(`{"action":"` + name + `","message":null}`))
		f.Add([]byte(`{"action":"` + name + `"}`))
	}
	f.Add([]byte(`{"action":"agent_reply_later","message":[]}`))
	f.Fuzz(func(t *testing.T, msg []byte) {
		r, fault := ParseRequest(msg)
		asked := 0
		for _, set := range []bool{r.Past, r.Event != nil, r.File != nil} {
			if set {
				asked++
			}
		}
		if asked > 1 || fault.Code != 0 && (asked > 0 || r.Answers) {
			t.Errorf("ParseRequest(%q) = %+v, %+v", msg, r, fault)
		}
		if r.Event != nil && r.Event.Data != "" && !json.Valid([]byte(r.Event.Data)) {
			t.Errorf("ParseRequest(%q): data %q, want JSON", msg, r.Event.Data)
		}
		if r.File == nil {
			return
		}
		name, _, data, fault := r.File.Open(100)
		if (fault.Code == 0) != (name != "" && len(data) > 0) || len(data) > 100 {
			t.Errorf("Open() of %q = %q, %q, %+v", msg, name, data, fault)
		}
	})
}

// The wire's page names every action.
func TestActions_readme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range actions {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("README.md does not name `%s`", name)
		}
	}
}

// What is said of a variable is plain, whatever its name.
func TestWords(t *testing.T) {
	const text = "This variable cannot be set from outside."
	for field, want := range map[string]string{
		"": text, "vars": text, "vars.user_name-2.x": text + " (user_name-2.x)",
		"vars.<b>": text, "vars.ä": text, "vars.a b": text, "text": text,
	} {
		if got := Words(abi.CodeNotSettable, field, ""); got != want {
			t.Errorf("Words(%q) = %q, want %q", field, got, want)
		}
	}
}
