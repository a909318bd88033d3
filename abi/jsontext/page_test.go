package jsontext_test

import (
	"encoding/json"
	"testing"

	"github.com/bothost/bothost/abi/jsontext"
)

func TestEscapePage(t *testing.T) {
	for _, tt := range []struct{ name, before, doc, want string }{
		{"nothing", "<", "", "<"},
		{"what needs none", "<", `{"a":["b\"\\\n é €"]}`, `<{"a":["b\"\\\n é €"]}`},
		{"a tag", "<", `["</script>"]`, `<["\u003c/script\u003e"]`},
		{"a name", "", `{"<&>":1}`, `{"\u003c\u0026\u003e":1}`},
		{"ends of lines", "\u2028", "[\"\u2028\u2029\"]", "\u2028" + `["\u2028\u2029"]`},
		{"what begins as they do", "", `["…“”"]`, `["…“”"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(jsontext.EscapePage([]byte(tt.before+tt.doc), len(tt.before)))
			if got != tt.want {
				t.Errorf("EscapePage(%q) = %q, want %q", tt.doc, got, tt.want)
			}
			var a, b any
			if tt.doc == "" {
				return
			}
			if json.Unmarshal([]byte(tt.doc), &a) != nil ||
				json.Unmarshal([]byte(got[len(tt.before):]), &b) != nil {
				t.Fatal("no JSON")
			}
			x, _ := json.Marshal(a)
			if y, _ := json.Marshal(b); string(x) != string(y) {
				t.Errorf("EscapePage(%q) means %s, want %s", tt.doc, y, x)
			}
		})
	}
}
