package host

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/render/rendertest"
)

// nameSource is a bot that replies with a file: what follows the first letter of a
// message is its name after n, its MIME type after m, and always its content. Files
// it gives back as HTML.
const nameSource = `
(module
  (import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
  (import "bothost_v1" "file_read" (func $read (param i32 i64 i32 i32) (result i32)))
  (import "bothost_v1" "reply_file" (func $file (param i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 3)
  (data (i32.const 0) "back.html")
  (data (i32.const 16) "text/html")
  (func (export "on_file")
    (call $file (i32.const 0) (i32.const 9) (i32.const 16) (i32.const 9) (i32.const 1024)
      (call $read (i32.const 0) (i64.const 0) (i32.const 1024) (i32.const 65536))))
  (func (export "on_message") (local $len i32)
    (local.set $len (i32.sub (call $input (i32.const 1024) (i32.const 65536)) (i32.const 1)))
    (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 110))
      (then (call $file (i32.const 1025) (local.get $len) (i32.const 16) (i32.const 9)
        (i32.const 1025) (local.get $len)))
      (else (call $file (i32.const 0) (i32.const 9) (i32.const 1025) (local.get $len)
        (i32.const 1025) (local.get $len))))))`

// unsafeInPages are what means something to a page that puts a text into itself.
const unsafeInPages = "<>&\"'`"

// TestXSS_files sends the corpus as names, MIME types and contents of files, both
// ways, in both protocols and over HTTP.
func TestXSS_files(t *testing.T) {
	h := serve(t, assemble(t, nameSource), Options{Gone: -1})
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	x := &filesXSS{
		h: h, c: dialRaw(t, h, native.Protocol), b: dialRaw(t, h),
		http: &http.Client{Transport: transport},
	}
	x.c.send(map[string]any{"type": "hello"})
	var err error
	if x.welcome, err = native.ParseFrame(x.c.read()); err != nil {
		t.Fatal(err)
	}
	for n, p := range rendertest.Payloads(t) {
		if len(p.Text) > 8<<10 {
			continue
		}
		for _, as := range []string{"n", "m"} {
			where := fmt.Sprintf("%s (%s) as %s", p.Name, p.Comment, as)
			x.reply(t, where, fmt.Sprint(as, n), as+p.Text)
			x.inline(t, where, as, p.Text)
		}
		x.upload(t, fmt.Sprintf("%s (%s)", p.Name, p.Comment), fmt.Sprint("u", n), p.Text)
	}
	if x.named < 100 || x.links < 100 {
		t.Errorf("%d payloads were names of replies, and %d files were fetched: too few to tell",
			x.named, x.links)
	}
}

type filesXSS struct {
	h       *running
	c, b    *rawClient
	http    *http.Client
	welcome native.Frame
	// named counts the names that the corpus became, and links what was fetched.
	named, links int
}

// entries reads frames up to the bot's or the host's words, none of which a page
// minds.
func (x *filesXSS) entries(t *testing.T, where string) native.Frame {
	t.Helper()
	for {
		data := x.c.read()
		if strings.ContainsAny(string(data), "<>&\u2028\u2029") {
			t.Errorf("%s: a page may not hold %.300q", where, data)
		}
		for line := range strings.Lines(string(data)) {
			f, err := native.ParseFrame([]byte(line))
			if err != nil {
				t.Fatal(err)
			}
			if f.Type == native.Rejected || f.Type == native.Upload ||
				f.Type == native.Entry && f.From != abi.FromUser {
				return f
			}
		}
	}
}

// reply makes the bot reply with a file, and looks at every way that leads to it.
func (x *filesXSS) reply(t *testing.T, where, id, text string) {
	t.Helper()
	x.c.send(map[string]any{"type": "message", "id": id, "text": text})
	f := x.entries(t, where)
	switch {
	case f.Kind == abi.KindNotice && string(f.Body) == `"`+abi.WordsFailed+`"`:
		return // it can be no name, or no type
	case len(f.Files) != 1 || f.HTML != nil:
		t.Fatalf("%s: %+v, want a file", where, f)
	}
	x.named++
	x.fetch(t, where, f.Files[0])
	x.b.send(map[string]any{"action": "user_message", "message": text})
	x.payload(t, where)
}

// fetch looks at a download as a browser does, also where it is asked to show it.
func (x *filesXSS) fetch(t *testing.T, where string, f native.File) {
	t.Helper()
	x.links++
	x.download(t, where, f.URL)
	x.download(t, where, f.URL+"?inline=1")
}

func (x *filesXSS) download(t *testing.T, where, path string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet,
		"http://"+x.h.Addr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+x.welcome.Resume)
	res, err := x.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	disposition, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
	if res.StatusCode != http.StatusOK || err != nil || disposition != "attachment" ||
		strings.ContainsAny(params["filename"], `/\<>"`) ||
		res.Header.Get("X-Content-Type-Options") != "nosniff" ||
		res.Header.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
		t.Errorf("%s: GET %s = %d %v", where, path, res.StatusCode, res.Header)
	}
}

var plainType = regexp.MustCompile(`^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$`)

// payload looks at a frame with a file as pages of BESSER do: they make a link of
// name and type.
func (x *filesXSS) payload(t *testing.T, where string) {
	t.Helper()
	data := x.b.read()
	var frame struct {
		Action  string
		Message json.RawMessage
	}
	if err := json.Unmarshal(data, &frame); err != nil {
		t.Fatal(err)
	}
	var text string
	if json.Unmarshal(frame.Message, &text) == nil {
		x.words(t, where, frame.Action, text)
		return
	}
	var file struct{ Name, Type, Base64 string }
	err := json.Unmarshal(frame.Message, &file)
	if err == nil {
		_, err = base64.StdEncoding.DecodeString(file.Base64)
	}
	if err != nil || frame.Action != "agent_reply_file" ||
		strings.ContainsAny(file.Name, unsafeInPages) ||
		!plainType.MatchString(file.Type) || strings.Contains(file.Type, "&") {
		t.Errorf("%s: %.300q, %v", where, data, err)
	}
}

// words are what the host says of its own, and pictures.
func (x *filesXSS) words(t *testing.T, where, action, text string) {
	t.Helper()
	_, err := base64.StdEncoding.DecodeString(text)
	switch {
	case action == "agent_reply_str" && !strings.ContainsAny(text, unsafeInPages):
	case action == "agent_reply_image" && err == nil:
	default:
		t.Errorf("%s: %s %.300q", where, action, text)
	}
}

// inline sends a file within a frame of BESSER.
func (x *filesXSS) inline(t *testing.T, where, as, text string) {
	t.Helper()
	file := map[string]string{"name": "a.html", "type": "text/html",
		"base64": base64.StdEncoding.EncodeToString([]byte(text))}
	if as == "n" {
		file["name"] = text
	} else {
		file["type"] = text
	}
	x.b.send(map[string]any{"action": "user_file", "message": file})
	x.payload(t, where)
}

// upload brings a file over HTTP, and hands it to the bot.
func (x *filesXSS) upload(t *testing.T, where, id, text string) {
	t.Helper()
	x.c.send(map[string]any{"type": "upload", "id": id})
	ticket := x.entries(t, where)
	for _, r := range []struct{ query, typ string }{
		{url.QueryEscape(text) + "=1", "text/html"}, {"name=a.html", text},
		{"name=" + url.QueryEscape(text), "text/html"},
	} {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost,
			"http://"+x.h.Addr().String()+ticket.URL+"?"+r.query, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+ticket.Token)
		if req.Header.Set("Content-Type", r.typ); strings.ContainsFunc(r.typ,
			func(c rune) bool { return c < ' ' || c == 0x7f }) {
			continue // it can be no header
		}
		res, err := x.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || strings.ContainsAny(string(doc), "<>&\u2028\u2029") ||
			res.Header.Get("Content-Type") != "application/json" ||
			res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: POST = %d %v %.300q, %v", where, res.StatusCode, res.Header, doc, err)
		}
		var up struct{ File string }
		if res.StatusCode != http.StatusCreated || json.Unmarshal(doc, &up) != nil {
			continue
		}
		x.c.send(map[string]any{"type": "files", "id": id + "f", "files": []string{up.File}})
		if f := x.entries(t, where); len(f.Files) == 1 {
			x.fetch(t, where, f.Files[0])
			user := f.Files[0]
			user.URL = strings.Replace(user.URL, fmt.Sprint("/", f.Seq, "/"),
				fmt.Sprint("/", f.Seq-1, "/"), 1)
			x.fetch(t, where, user)
		}
		return
	}
}

// TestXSS_users sends the corpus as what BESSER clients call themselves, their
// sessions and their ids, and as everything that they can say.
func TestXSS_users(t *testing.T) {
	h := serve(t, assemble(t, speakerOfAll), Options{Gone: -1, SessionsAPI: true})
	careless := rendertest.NewCareless()
	listed := 0
	for _, p := range rendertest.Payloads(t) {
		if len(p.Text) > 1<<10 {
			continue // three times in a URL, it is more than is read of a request
		}
		where := fmt.Sprintf("%s (%s)", p.Name, p.Comment)
		query := url.Values{"user_id": {p.Text}, "session_name": {p.Text},
			"session_id": {p.Text}}.Encode()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		conn, _, err := ws.Dial(ctx, "ws://"+h.Addr().String()+"/?"+query, nil)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		conn.SetReadLimit(64 << 20)
		b := &rawClient{t, conn}
		b.say(t, where, careless, p.Text)
		checkList(t, where, h,
			url.Values{"agent_name": {p.Text}, "username": {p.Text}}, p.Text, &listed)
		_ = conn.Close(ws.StatusNormalClosure, "")
	}
	if listed < 100 {
		t.Errorf("%d sessions were listed under the corpus, too few to tell", listed)
	}
}

// say says a text in every way that clients have, asks for the past, and looks at
// everything that comes.
func (c *rawClient) say(t *testing.T, where string, careless rendertest.Careless, text string) {
	t.Helper()
	const last = "text that is all"
	for _, frame := range []map[string]any{
		{"action": text, "message": text},
		{"action": "user_message", "message": "!" + text},
		{"action": "user_message", "message": map[string]any{text: text, "message": "!" + text}},
		{"action": "user_set_variable", "message": map[string]any{text: text}},
		{"action": "user_set_variable", "message": map[string]any{"profile": text}},
		{"action": "user_message", "message": "?"},
		{"action": "user_gui_event", "message": map[string]any{text: text}},
		{"action": "user_file", "message": text},
		{"action": "user_voice", "message": text},
		{"action": "fetch_user_messages", "message": text},
		{"action": "user_message", "message": last},
	} {
		c.send(frame)
	}
	for {
		data := c.read()
		if bytes.ContainsFunc(data, func(r rune) bool { return r > '~' }) {
			t.Errorf("%s: %.300q is not ASCII", where, data)
		}
		checkBESSERXSS(t, where, data, careless)
		if bytes.Contains(data, []byte(`"message": "that is all"`)) {
			return
		}
	}
}

// checkList looks at the list of sessions as BESSER's page does.
func checkList(t *testing.T, where string, h *running, query url.Values, name string, listed *int) {
	t.Helper()
	for _, q := range []string{"", "?" + query.Encode(), "?" + url.QueryEscape(name) + "=1"} {
		_, doc := h.request(t, http.MethodGet, "/api/sessions"+q)
		if strings.ContainsAny(doc, "<>&\u2028\u2029") || !json.Valid([]byte(doc)) {
			t.Errorf("%s: a page may not hold %.300q", where, doc)
		}
		var rows []listedRow
		if json.Unmarshal([]byte(doc), &rows) == nil &&
			slices.ContainsFunc(rows,
				func(r listedRow) bool { return r.Name != nil && *r.Name == name }) {
			*listed++
		}
	}
}
