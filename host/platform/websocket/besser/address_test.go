package besser

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/render/rendertest"
)

func TestAddresses(t *testing.T) {
	for _, tt := range []struct{ name, doc, want string }{
		{"an address", `{"url":"https://a.example/"}`, `{"url":"https://a.example/"}`},
		{"words", `{"text":"We like JavaScript: it runs"}`,
			`{"text":"We like JavaScript: it runs"}`},
		{"script", `{"a":[1,{"url":"javascript:b()"}],"c":"d"}`,
			`{"a":[1,{"url":"unsafe:javascript:b()"}],"c":"d"}`},
		{"script in capitals", `["JaVaScRiPt:b"]`, `["unsafe:JaVaScRiPt:b"]`},
		{"script with what browsers leave out", `[" \u0001java\nscr\tipt\r:b"]`,
			`["unsafe: \u0001java\nscr\tipt\r:b"]`},
		{"script in escapes", `["\u006aavascript\u003ab"]`, `["unsafe:javascript:b"]`},
		{"VBScript", `["vbscript:b"]`, `["unsafe:vbscript:b"]`},
		{"script after a quotation mark", `["\"","javascript:b","\\"]`,
			`["\"","unsafe:javascript:b","\\"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := withoutScript(tt.doc); got != tt.want {
				t.Errorf("withoutScript(%s) = %s, want %s", tt.doc, got, tt.want)
			}
		})
	}
}

// TestAddresses_payloads puts the corpus into screens.
func TestAddresses_payloads(t *testing.T) {
	changed := 0
	for _, p := range rendertest.Payloads(t) {
		url, err := json.Marshal(p.Text)
		if err != nil {
			t.Fatal(err)
		}
		e := abi.Entry{From: abi.FromBot, Kind: abi.KindGUI,
			Body: `{"name":"a","modules":[],"url":` + string(url) + `}`}
		var frame struct{ Message string }
		var doc struct{ URL string }
		line := (&Speaker{}).Entry(nil, &e, false)
		if json.Unmarshal(line, &frame) != nil ||
			json.Unmarshal([]byte(frame.Message), &doc) != nil {
			t.Fatalf("%s: %.300s is no frame", p.Name, line)
		}
		if isScript(doc.URL) {
			t.Errorf("%s: %.300q leaves as an address", p.Name, doc.URL)
		}
		if strings.HasPrefix(doc.URL, "unsafe:") {
			changed++
		}
	}
	if changed == 0 {
		t.Error("no payload was changed, want those that are addresses of script")
	}
}
