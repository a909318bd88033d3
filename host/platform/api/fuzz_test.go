package api_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/api"
)

// FuzzParsePost: a body is an event within the rules, which is JSON for the bot,
// or it is refused.
func FuzzParsePost(f *testing.F) {
	for _, body := range []string{
		`{"type":"message","text":"hi","id":"1","wait":true}`,
		`{"type":"option","value":"a","wait":500}`,
		`{"type":"event","name":"paid","data":{"a":[1,2.5e9,null,"\u2028\ud800"]}}`,
		`{"type":"files","files":["a","b"],"id":"1"}`, `{"type":"voice","file":"a"}`,
		`{"type":"reset"}`, `{"type":"reset","type":"reset"}`, `[]`, `{"Type":"reset"}`,
		"{\"type\":\"\xff\"}",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		ev, code := api.ParsePost(body, abi.Limits{})
		if code != "" {
			return
		}
		if !json.Valid(body) {
			t.Fatalf("%q was taken, which is no JSON", body)
		}
		switch ev.Kind {
		case abi.EventMessage, abi.EventOption, abi.EventCustom, abi.EventReset,
			abi.EventFile, abi.EventVoice:
		default:
			t.Errorf("%q is an event of kind %q", body, ev.Kind)
		}
		if len(ev.ID) > 64 || len(ev.Name) > 128 ||
			!utf8.ValidString(ev.ID+ev.Text+ev.Name+ev.Data) {
			t.Errorf("%q is beyond the rules: %+v", body, ev)
		}
		if doc := ev.AppendJSON(nil); !json.Valid(doc) {
			t.Errorf("%q is %s for the bot, which is no JSON", body, doc)
		}
	})
}
