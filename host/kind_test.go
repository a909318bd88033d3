package host

import (
	"context"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
)

// kindSource is a bot that is told a kind, a space and a body, and replies so.
const kindSource = `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "reply_as" (func $reply (param i32 i32 i32 i32)))
  (memory (export "memory") 2)
  (func (export "on_message") (local $len i32) (local $at i32)
    (local.set $len (call $input (i32.const 0) (i32.const 65536)))
    (block $found
      (loop $next
        (br_if $found (i32.eq (i32.load8_u (local.get $at)) (i32.const 32)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $len)))))
    (call $reply (i32.const 0) (local.get $at)
      (i32.add (local.get $at) (i32.const 1))
      (i32.sub (i32.sub (local.get $len) (local.get $at)) (i32.const 1)))))`

var kindExample = regexp.MustCompile("(?m)^`(\\w+)`:\n\n```json\n(.*)\n```$")

// kindExamples returns the bodies that the specification shows, and some texts; none
// of kinds that hold files, which a body alone does not make.
func kindExamples(tb testing.TB) map[abi.Kind]string {
	tb.Helper()
	page, err := os.ReadFile("../abi/README.md")
	if err != nil {
		tb.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "<!-- begin bodies -->")
	examples := map[abi.Kind]string{
		abi.KindText: "hi", abi.KindMarkdown: "**hi**", abi.KindHTML: "<b>hi</b>",
	}
	for _, m := range kindExample.FindAllStringSubmatch(section, -1) {
		if kind := abi.Kind(m[1]); !kind.HasFiles() {
			examples[kind] = m[2]
		}
	}
	return examples
}

// Each kind of reply goes through a bot, the store and every way out.
func TestKinds(t *testing.T) {
	h := serve(t, assemble(t, kindSource), Options{Gone: -1})
	c := dial(t, h)
	session := c.Welcome().Session
	examples := kindExamples(t)
	for _, row := range abi.Kinds() {
		if !row.Reply || row.File {
			continue
		}
		t.Run(string(row.Kind), func(t *testing.T) {
			body, ok := examples[row.Kind]
			if !ok {
				t.Fatalf("no body of kind %s is known", row.Kind)
			}
			e := c.ask("native-"+string(row.Kind), string(row.Kind)+" "+body)
			if e.Kind != row.Kind || e.Body != body {
				t.Errorf("entry = %s %s, want %s %s", e.Kind, e.Body, row.Kind, body)
			}
			checkEntries(t, h, session, &e)
			checkBESSER(t, h, row.Kind, body)
		})
	}
}

// checkEntries wants the newest entry over HTTP to be e.
func checkEntries(t *testing.T, h *running, session string, e *abi.Entry) {
	t.Helper()
	status, page := h.get(t, "/bots/bot/sessions/"+session+"/entries?limit=256")
	want := string(jsontext.EscapePage(append([]byte{'{'}, e.AppendJSON(nil)...), 0))
	_, newest, _ := strings.Cut(page, want)
	html := e.Kind == abi.KindMarkdown || e.Kind == abi.KindHTML
	if status != 200 || html != strings.HasPrefix(newest, `,"html":"`) ||
		!html && newest != "}]}" {
		t.Errorf("entries = %d %s, want %s at the end", status, page, want)
	}
}

// checkBESSER wants a BESSER client to get the kind as one of its own.
func checkBESSER(t *testing.T, h *running, kind abi.Kind, body string) {
	t.Helper()
	b := dialBESSER(t, h, "", nil)
	b.send("user_message", string(kind)+" "+body)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, data, err := b.conn.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var frame struct {
		Action  string
		Message any
	}
	if err := json.Unmarshal(data, &frame); err != nil {
		t.Fatal(err)
	}
	suffix, known := strings.CutPrefix(frame.Action, "agent_reply_")
	if !known || kind != abi.KindText && suffix == "str" || frame.Message == nil {
		t.Errorf("frame = %s, want one of kind %s", data, kind)
	}
	_ = b.conn.Close(ws.StatusNormalClosure, "")
}

// A body that breaks its rule fails the turn, and the operator reads which.
func TestKinds_wrong(t *testing.T) {
	h := serve(t, assemble(t, kindSource), Options{Gone: -1})
	c := dial(t, h)
	e := c.ask("m1", `location {"latitude":91,"longitude":0}`)
	if e.Kind != abi.KindNotice || e.Body != abi.WordsFailed {
		t.Errorf("entry = %s %s, want the host's words", e.Kind, e.Body)
	}
	h.logged(t, "location: latitude: must be -90 to 90, is 91")
}
