package native

import (
	"fmt"
	"testing"
)

// Each type of a request is an event, or none.
func TestRequest_Event(t *testing.T) {
	for _, tt := range []struct{ frame, want string }{
		{`{"type":"message","id":"1","text":"hi"}`, `message 1 "hi" ""  true`},
		{`{"type":"option","id":"1","value":"y"}`, `option 1 "y" ""  true`},
		{`{"type":"reset","id":"1"}`, `reset 1 "" ""  true`},
		{`{"type":"json","id":"1","data":{"message": "hi"}}`,
			`json 1 "hi" "json" {"message":"hi"} true`},
		{`{"type":"set","id":"1","vars":{"a":1}}`, `set 1 "" "" {"a":1} true`},
		{`{"type":"event","id":"1","name":"n","data":[1]}`, `event 1 "" "n" [1] true`},
		{`{"type":"feedback","id":"1","seq":3,"value":"up"}`,
			`feedback 1 "" "feedback" {"seq":3,"value":"up"} true`},
		{`{"type":"files","id":"1","files":["a"]}`, ""},
		{`{"type":"voice","id":"1","file":"a"}`, ""},
		{`{"type":"upload","id":"1"}`, ""},
		{`{"type":"history"}`, ""},
		{`{"type":"hello"}`, ""},
		{`{"type":"ping"}`, ""},
	} {
		r, fault := ParseRequest([]byte(tt.frame), 64)
		if fault.Code != 0 {
			t.Errorf("ParseRequest(%s) = %+v", tt.frame, fault)
			continue
		}
		got := ""
		if e, ok := r.Event(); ok {
			got = fmt.Sprintf("%s %s %q %q %s %t", e.Kind, e.ID, e.Text, e.Name, e.Data, e.Human)
		}
		if got != tt.want {
			t.Errorf("Event() of %s = %s, want %s", tt.frame, got, tt.want)
		}
	}
}
