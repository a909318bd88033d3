package host

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/needed"
	"github.com/bothost/bothost/host/platform/websocket/besser"
)

var updateGolden = flag.Bool("update", false, "rewrite the goldens of BESSER's frames")

// speakerOfAll is a bot that greets, replies with a body of any kind where it is
// told a kind, a space and a body, says its variable profile where that is ?, does
// not take what begins with !, and says of all other events their name and data. It
// gives back a file as the type that its content says, before a space, and a sound as
// a WAV file.
const speakerOfAll = `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "output" (func $output (param i32 i32)))
  (import "bothost_v1" "reply" (func $reply (param i32 i32)))
  (import "bothost_v1" "reply_as" (func $as (param i32 i32 i32 i32)))
  (import "bothost_v1" "session_get" (func $get (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "event_get" (func $event (param i32 i32 i32 i32) (result i32)))
  (import "bothost_v1" "file_read" (func $read (param i32 i64 i32 i32) (result i32)))
  (import "bothost_v1" "reply_file" (func $file (param i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 4)
  (data (i32.const 170) "back")
  (data (i32.const 180) "audio/wav")
  (data (i32.const 0) "{\"client_variables\":[\"profile\"]}")
  (data (i32.const 100) "Welcome!")
  (data (i32.const 120) "profile")
  (data (i32.const 140) "name")
  (data (i32.const 150) "data")
  (data (i32.const 160) "(none)")
  (func (export "describe") (call $output (i32.const 0) (i32.const 32)))
  (func (export "on_start") (call $reply (i32.const 100) (i32.const 8)))
  (func (export "on_event") (local $len i32)
    (local.set $len (call $event (i32.const 140) (i32.const 4) (i32.const 1024) (i32.const 128)))
    (i32.store8 (i32.add (i32.const 1024) (local.get $len)) (i32.const 32))
    (local.set $len (i32.add (local.get $len) (i32.const 1)))
    (local.set $len (i32.add (local.get $len)
      (call $event (i32.const 150) (i32.const 4)
        (i32.add (i32.const 1024) (local.get $len)) (i32.const 65536))))
    (call $reply (i32.const 1024) (local.get $len)))
  (func (export "on_voice")
    (call $file (i32.const 170) (i32.const 4) (i32.const 180) (i32.const 9) (i32.const 1024)
      (call $read (i32.const 0) (i64.const 0) (i32.const 1024) (i32.const 65536))))
  (func (export "on_file") (local $len i32) (local $at i32)
    (local.set $len (call $read (i32.const 0) (i64.const 0) (i32.const 1024) (i32.const 65536)))
    (block $found
      (loop $next
        (br_if $found (i32.eq (i32.load8_u (i32.add (i32.const 1024) (local.get $at))) (i32.const 32)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $len)))))
    (call $file (i32.const 170) (i32.const 4) (i32.const 1024) (local.get $at)
      (i32.add (i32.const 1025) (local.get $at))
      (i32.sub (i32.sub (local.get $len) (local.get $at)) (i32.const 1))))
  (func (export "on_message") (result i32) (local $len i32) (local $at i32)
    (local.set $len (call $input (i32.const 1024) (i32.const 65536)))
    (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 33)) (then (return (i32.const 2))))
    (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 63)) (then
      (local.set $len (call $get (i32.const 120) (i32.const 7) (i32.const 2048) (i32.const 65536)))
      (if (i32.lt_s (local.get $len) (i32.const 0))
        (then (call $reply (i32.const 160) (i32.const 6)))
        (else (call $reply (i32.const 2048) (local.get $len))))
      (return (i32.const 0))))
    (block $found
      (loop $next
        (br_if $found (i32.eq (i32.load8_u (i32.add (i32.const 1024) (local.get $at))) (i32.const 32)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $len)))))
    (call $as (i32.const 1024) (local.get $at)
      (i32.add (i32.const 1025) (local.get $at))
      (i32.sub (i32.sub (local.get $len) (local.get $at)) (i32.const 1)))
    (i32.const 0)))`

// goldenSteps are what clients send, on one connection and on another one later:
// every action, in each of its forms.
func goldenSteps(tb testing.TB) [][]string {
	tb.Helper()
	say := func(text string) string {
		return `{"action": "user_message", "message": ` +
			string(jsontext.AppendString(nil, text)) + `}`
	}
	first := []string{
		say("text hello"), say(`text héllo "q" 😀`), say("!what"),
		`{"action": "user_message", "message": {"message": "text hi", "order": 7}}`,
		`{"action": "user_message", "message": "{\"order\": 7}"}`,
		`{"action": "user_message", "message": "text [1, 2]"}`,
		`{"action": "reset", "message": null}`,
	}
	examples := kindExamples(tb)
	for _, row := range abi.Kinds() {
		if row.Reply && examples[row.Kind] != "" {
			first = append(first, say(string(row.Kind)+" "+examples[row.Kind]))
		}
	}
	first = append(first, goldenFiles()...)
	first = append(first,
		`{"action": "user_set_variable", "message": {"profile": {"age": 7}}}`, say("?"),
		`{"action": "user_set_variable", "message": "{\"profile\": \"ann\"}"}`, say("?"),
		`{"action": "user_set_variable", "message": {"profile": "bob", "admin": true}}`, say("?"),
		`{"action": "user_set_variable", "message": {"<img src=x>": true}}`,
		`{"action": "user_set_variable", "message": "profile"}`,
		`{"action": "user_gui_event", "message": {"elementId": "b1", "name": "ok", "action": "onClick"}}`,
		`{"action": "user_gui_event", "message": "{\"elementId\": \"b1\", \"action\": \"onSubmit\"}"}`,
		`{"action": "user_gui_event", "message": "b1"}`,
		`{"action": "user_update_ui", "message": {"theme": "dark"}}`,
		`{"action": "agent_reply_str", "message": "text I am an agent"}`,
		`{"action": "agent_reply_str", "message": {"step": 1}}`,
		`{"action": "agent_reply_str", "message": "!what"}`,
		`{"action": "bot_reply_str", "message": "text I am a bot"}`,
		`{"action": "agent_reply_markdown", "message": "# T"}`,
		`binary {"action": "user_message", "message": "text in bytes"}`,
		`{"action": "user_message"}`, `{"message": "hi"}`, `{"action": "dance", "message": "x"}`,
		`hello`, `[]`, ``)
	return [][]string{first,
		{`{"action": "fetch_user_messages", "message": null}`, say("text last")}}
}

// goldenWAV is two frames of two channels of 16 bits.
const goldenWAV = "RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00\x40\x1f\x00\x00" +
	"\x00\x7d\x00\x00\x04\x00\x10\x00data\x08\x00\x00\x00\x01\x00\x0a\x00\x02\x00\x14\x00"

// goldenFiles are the actions with files, in each of their forms, and each of the
// replies that are files.
func goldenFiles() []string {
	b64 := func(content string) string { return base64.StdEncoding.EncodeToString([]byte(content)) }
	object := func(name, typ, content string) string {
		b := jsontext.AppendString([]byte(`{"name": `), name)
		b = jsontext.AppendString(append(b, `, "type": `...), typ)
		b = jsontext.AppendString(append(b, `, "base64": `...), b64(content))
		return string(append(b, '}'))
	}
	send := func(action,
		message string) string {
		return `{"action": "` + action + `", "message": ` + message + `}`
	}
	inString := func(action,
		text string) string {
		return send(action, string(jsontext.AppendString(nil, text)))
	}
	return []string{
		inString("user_file", object("trip.txt", "text/plain", "text/plain hello")),
		send("user_file", object("héllo <b>.txt", "text/plain", "text/csv a,b")),
		inString("user_file", object("../../x", "", "application/pdf %PDF-1.7")),
		inString("user_file",
			object("p.bin", "application/octet-stream", "image/png \x89PNG\r\n\x1a\n")),
		inString("user_file", object("d.bin", "", "image/svg+xml <svg/>")),
		inString("user_file", object("s.bin", "", "audio/wav "+goldenWAV)),
		inString("user_file", object("o.bin", "", "audio/ogg OggS")),
		inString("user_voice", b64(goldenWAV)),
		inString("user_voice", b64("OggS\x00\x02")),
		inString("user_voice", b64("\x1a\x45\xdf\xa3\x00")),
		// What cannot be taken is answered.
		inString("user_voice", b64("hello")), inString("user_voice", "?"),
		inString("user_voice", ""),
		send("user_voice", `{"base64": "aGk="}`),
		inString("user_file", object("", "text/plain", "x")),
		inString("user_file", object("a", "text/plain", "")),
		inString("user_file", `{"name": "a", "type": "text/plain", "base64": "?"}`),
		inString("user_file", `{"name": "a", "type": "text/plain"}`),
		inString("user_file", "a.txt"),
		inString("user_file", object("a.png", "image/png", "no picture")),
		send("user_file", "null"), `{"action": "user_file"}`, `{"action": "user_voice"}`,
	}
}

// goldenMark is what a client asks for to know that all came which was to come.
var goldenMark = regexp.MustCompile(`^(text )?mark \d+$`)

var goldenTime = regexp.MustCompile(`"timestamp": "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"`)

// The frames of both dialects, as our own client, Node's and Python's see them.
func TestBESSER_Golden(t *testing.T) {
	for _, dialect := range []besser.Dialect{besser.Agent, besser.Bot} {
		for _, client := range []struct {
			name  string
			drive func(t *testing.T, url string, steps [][]string) string
		}{{"go", driveGo}, {"node", driveNode}, {"python", drivePython}} {
			t.Run(dialect.String()+"/"+client.name, func(t *testing.T) {
				h := serve(t, assemble(t, speakerOfAll), Options{Gone: -1, Dialect: dialect})
				url := "ws://" + h.Addr().String() + "/?session_id=golden&user_id=ann"
				got := client.drive(t, url, goldenSteps(t))
				got = goldenTime.ReplaceAllString(got, `"timestamp": "T"`)
				checkGolden(t, dialect.String(), got, *updateGolden && client.name == "go")
			})
		}
	}
}

func checkGolden(t *testing.T, name, got string, update bool) {
	t.Helper()
	path := filepath.Join("testdata", "besser", name+".txt")
	if update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, wants := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(lines), len(wants)) {
		if i >= len(lines) || i >= len(wants) || lines[i] != wants[i] {
			t.Fatalf("line %d of %s: got %q, want %q", i+1, path, at(lines, i), at(wants, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// driveGo is the conversation as the scripts in testdata have it.
func driveGo(t *testing.T, url string, steps [][]string) string {
	t.Helper()
	var out strings.Builder
	marks := 0
	for n, frames := range steps {
		out.WriteString("connect\n")
		conn, _, err := ws.Dial(t.Context(), url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			frames = slices.Insert(frames, 0, "\x00")
		}
		for _, frame := range frames {
			marks++
			driveStep(t, conn, &out, frame, fmt.Sprint("mark ", marks))
		}
		if err := conn.Close(ws.StatusNormalClosure, ""); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func driveStep(t *testing.T, conn *ws.Conn, out *strings.Builder, frame, mark string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if frame != "\x00" {
		fmt.Fprintln(out, ">", frame)
		kind, text := ws.MessageText, frame
		if rest, ok := strings.CutPrefix(frame, "binary "); ok {
			kind, text = ws.MessageBinary, rest
		}
		if err := conn.Write(ctx, kind, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	sent := fmt.Sprintf(`{"action": "user_message", "message": "text %s"}`, mark)
	if err := conn.Write(ctx, ws.MessageText, []byte(sent)); err != nil {
		t.Fatal(err)
	}
	for {
		_, got, err := conn.Read(ctx)
		if err != nil {
			t.Fatalf("after %s: %v\n%s", frame, err, out)
		}
		var payload struct {
			Message any
			History bool
		}
		if err := json.Unmarshal(got, &payload); err != nil {
			t.Fatal(err)
		}
		if payload.Message == mark && !payload.History {
			return
		}
		if text, _ := payload.Message.(string); !goldenMark.MatchString(text) {
			fmt.Fprintf(out, "< %s\n", got)
		}
	}
}

func driveNode(t *testing.T, url string, steps [][]string) string {
	for _, flags := range [][]string{{"--experimental-websocket", "--no-warnings"}, nil} {
		script := append(flags, filepath.Join("testdata", "besser", "drive.mjs"))
		if exec.Command("node", append(script, "check")...).Run() == nil {
			return driveScript(t, url, steps, "node", script...)
		}
	}
	lacks(t, "Node.js that has a WebSocket, or the package ws")
	return ""
}

func drivePython(t *testing.T, url string, steps [][]string) string {
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c",
			"import websocket; websocket.create_connection").Run() == nil {
			return driveScript(t, url, steps, python,
				filepath.Join("testdata", "besser", "drive.py"))
		}
	}
	lacks(t, "Python with websocket-client, which is Debian's python3-websocket")
	return ""
}

// lacks ends a test for which something must be installed.
func lacks(t *testing.T, what string) {
	t.Helper()
	needed.Clients.Skip(t, "there is no "+what)
}

// driveScript lets a client of another maker have the conversation.
func driveScript(t *testing.T, url string, steps [][]string, name string, args ...string) string {
	t.Helper()
	plan, err := json.Marshal(map[string]any{"url": url, "connections": steps})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = bytes.NewReader(plan)
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Fatalf("%s: %v\n%s", name, err, exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
