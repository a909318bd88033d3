package websocket

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/render/rendertest"
)

// TestNative_HTML tells which frames carry HTML, and that a page may hold any.
func TestNative_HTML(t *testing.T) {
	for _, tt := range []struct {
		name     string
		renderer Renderer
		kind     abi.Kind
		body     string
		want     *string
	}{
		{"markdown", rendertest.Fake{}, abi.KindMarkdown, "*a*", new("<p>*a*</p>")},
		{"HTML", rendertest.Fake{}, abi.KindHTML, "a<script>b", new("ab")},
		{"HTML of which nothing is left", rendertest.Fake{}, abi.KindHTML, "<script>", new("")},
		{"without a renderer", nil, abi.KindHTML, "a<script>b", nil},
		{"text", rendertest.Fake{}, abi.KindText, "</script><!--&\u2028\u2029", nil},
		{"options", rendertest.Fake{}, abi.KindOptions,
			`[{"label":"</script>","value":"<!--"},{"label":"` + "\u2028" + `","value":"&"}]`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := abi.Entry{Seq: 1, From: abi.FromBot, Kind: tt.kind, Body: tt.body}
			line := (&speakNative{renderer: tt.renderer}).entry(nil, &e, false)
			if strings.ContainsAny(string(line), "<>&\u2028\u2029") {
				t.Errorf("a page may not hold %s", line)
			}
			f, err := native.ParseFrame(line)
			if err != nil {
				t.Fatal(err)
			}
			if (f.HTML == nil) != (tt.want == nil) || f.HTML != nil && *f.HTML != *tt.want {
				t.Errorf("html of %s, want %v", line, tt.want)
			}
			back, err := f.LogEntry()
			if err != nil {
				t.Fatal(err)
			}
			var got, want any = back.Body, e.Body
			if tt.kind == abi.KindOptions {
				if json.Unmarshal([]byte(back.Body), &got) != nil ||
					json.Unmarshal([]byte(e.Body), &want) != nil {
					t.Fatal("options that are no JSON")
				}
				x, _ := json.Marshal(got)
				y, _ := json.Marshal(want)
				got, want = string(x), string(y)
			}
			if got != want {
				t.Errorf("body = %q, want %q", got, want)
			}
		})
	}
}

// TestNative_Page tells that what the host says is for pages too.
func TestNative_Page(t *testing.T) {
	const text = "</script>&\u2028"
	var all []byte
	all = (&speakNative{}).rejected(all, rejection{id: text, code: abi.CodeBadValue, field: text})
	all = (&speakNative{}).accepted(all, text, 1, 1, false)
	for _, typ := range []native.Type{native.Welcome, native.Rejected, native.Reset,
		native.Upload, native.Closing} {
		f := native.Frame{Type: typ, Session: text, Token: text, URL: text, Resume: text, Bot: text,
			ID: text, Code: text, Error: text, Field: text}
		all = f.Append(all)
	}
	if strings.ContainsAny(string(all), "<>&\u2028") ||
		strings.Count(string(all), `\u003c/script\u003e\u0026`) < 6 {
		t.Errorf("a page may not hold %s", all)
	}
}
