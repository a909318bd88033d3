package host

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/besser"
	"github.com/bothost/bothost/host/platform/websocket/native"
	"github.com/bothost/bothost/host/render/rendertest"
)

// rawClient is a client that sees the bytes of frames.
type rawClient struct {
	tb   testing.TB
	conn *ws.Conn
}

func dialRaw(tb testing.TB, h *running, protocols ...string) *rawClient {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := ws.Dial(ctx, "ws://"+h.Addr().String()+"/",
		&ws.DialOptions{Subprotocols: protocols})
	if err != nil {
		tb.Fatal(err)
	}
	conn.SetReadLimit(64 << 20)
	tb.Cleanup(func() { _ = conn.CloseNow() })
	return &rawClient{tb, conn}
}

func (c *rawClient) send(frame any) {
	c.tb.Helper()
	line, err := json.Marshal(frame)
	if err != nil {
		c.tb.Fatal(err)
	}
	if err := c.conn.Write(context.Background(), ws.MessageText, line); err != nil {
		c.tb.Fatal(err)
	}
}

// read returns the next frames, which are whole lines.
func (c *rawClient) read() []byte {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, data, err := c.conn.Read(ctx)
	if err != nil {
		c.tb.Fatal(err)
	}
	return data
}

// carriers returns bodies of each kind that bots can reply with, with the payload as
// every text that is in them.
func carriers(tb testing.TB, examples map[abi.Kind]string, payload string) map[abi.Kind]string {
	tb.Helper()
	all := map[abi.Kind]string{
		abi.KindText: payload, abi.KindMarkdown: payload, abi.KindHTML: payload,
	}
	for kind, example := range examples {
		info, ok := abi.ReplyKind(string(kind))
		if _, done := all[kind]; done || !ok {
			continue
		}
		var doc any
		if err := json.Unmarshal([]byte(example), &doc); err != nil {
			tb.Fatalf("example of %s: %v", kind, err)
		}
		body, err := json.Marshal(poison(info, doc, payload))
		if err != nil {
			tb.Fatal(err)
		}
		all[kind] = string(body)
	}
	return all
}

// poison puts the payload in the place of each text of doc where the kind's rules
// allow any text.
func poison(info *abi.KindInfo, doc any, payload string) any {
	root := doc
	var walk func(v any, set func(any))
	walk = func(v any, set func(any)) {
		switch v := v.(type) {
		case string:
			set(payload)
			body, err := json.Marshal(root)
			if err == nil {
				_, err = info.Parse(body)
			}
			if err != nil {
				set(v)
			}
		case []any:
			for i := range v {
				walk(v[i], func(x any) { v[i] = x })
			}
		case map[string]any:
			for key := range v {
				walk(v[key], func(x any) { v[key] = x })
			}
		}
	}
	walk(root, func(x any) { root = x })
	return root
}

// TestXSS sends the corpus through every kind of reply and every way out.
func TestXSS(t *testing.T) {
	payloads := rendertest.Payloads(t)
	h := serve(t, assemble(t, kindSource), Options{Gone: -1})
	careless := rendertest.NewCareless()
	c, b := dialRaw(t, h, native.Protocol), dialRaw(t, h)
	c.send(map[string]any{"type": "hello"})
	welcome, err := native.ParseFrame(c.read())
	if err != nil {
		t.Fatal(err)
	}
	examples, tried := kindExamples(t), map[abi.Kind]int{}
	for n, p := range payloads {
		for kind, body := range carriers(t, examples, p.Text) {
			if len(body) > 60_000 {
				continue // more than the bot takes
			}
			tried[kind]++
			where := fmt.Sprintf("%s (%s) as %s", p.Name, p.Comment, kind)
			text := string(kind) + " " + body
			id := fmt.Sprintf("%s-%d", kind, n)
			c.send(map[string]any{"type": "message", "id": id, "text": text})
			seq := checkNativeXSS(t, where, c, kind, body)
			checkPageXSS(t, where, h, welcome.Session, seq)
			b.send(map[string]any{"action": "user_message", "message": text})
			checkBESSERXSS(t, where, b.read(), careless)
		}
	}
	for _, row := range abi.Kinds() {
		if row.Reply && !row.File && tried[row.Kind] < len(payloads)*9/10 {
			t.Errorf("%d payloads went as %s, want nearly all of %d", tried[row.Kind],
				row.Kind, len(payloads))
		}
	}
}

// checkNativeXSS reads up to the bot's entry, and returns its number.
func checkNativeXSS(t *testing.T, where string, c *rawClient, kind abi.Kind, body string) uint64 {
	t.Helper()
	for {
		data := c.read()
		if strings.ContainsAny(string(data), "<>&\u2028\u2029") {
			t.Errorf("%s: a page may not hold %.300q", where, data)
		}
		for line := range strings.Lines(string(data)) {
			f, err := native.ParseFrame([]byte(line))
			if err != nil {
				t.Fatal(err)
			}
			if f.Type != native.Entry {
				continue
			}
			if f.Kind != kind {
				t.Fatalf("%s: %.300q, want a reply", where, line)
			}
			checkHTML(t, where, kind, f.HTML)
			if e, err := f.LogEntry(); err != nil || kind == abi.KindText && e.Body != body {
				t.Errorf("%s: body = %q, %v, want %q: text is data", where, e.Body, err, body)
			}
			return f.Seq
		}
	}
}

func checkHTML(t *testing.T, where string, kind abi.Kind, html *string) {
	t.Helper()
	if (html != nil) != (kind == abi.KindMarkdown || kind == abi.KindHTML) {
		t.Errorf("%s: HTML = %v", where, html)
	}
	if html == nil {
		return
	}
	if faults := rendertest.Faults(*html); faults != nil {
		t.Errorf("%s: %.300q: %q", where, *html, faults)
	}
}

// checkPageXSS reads an entry over HTTP.
func checkPageXSS(t *testing.T, where string, h *running, session string, seq uint64) {
	t.Helper()
	path := fmt.Sprintf("/bots/bot/sessions/%s/entries?after=%d&limit=1", session, seq-1)
	status, page := h.get(t, path)
	if status != http.StatusOK || strings.ContainsAny(page, "<>&\u2028\u2029") {
		t.Errorf("%s: a page may not hold %d %.300q", where, status, page)
	}
	var doc struct{ Entries []native.Frame }
	if err := json.Unmarshal([]byte(page), &doc); err != nil || len(doc.Entries) != 1 {
		t.Fatalf("%s: %.300q: %v", where, page, err)
	}
	checkHTML(t, where, doc.Entries[0].Kind, doc.Entries[0].HTML)
}

// checkBESSERXSS looks at a frame as pages of BESSER do: they put HTML, what they make
// of markdown, and the name of a model into themselves, and the rest as text.
func checkBESSERXSS(t *testing.T, where string, data []byte, careless rendertest.Careless) {
	t.Helper()
	var frame struct {
		Action  string
		Message json.RawMessage
	}
	if err := json.Unmarshal(data, &frame); err != nil {
		t.Fatal(err)
	}
	var text string
	var answer struct {
		Name string `json:"llm_name"`
	}
	switch strings.TrimPrefix(frame.Action, "agent_reply_") {
	case "html":
		if err := json.Unmarshal(frame.Message, &text); err != nil ||
			rendertest.Faults(text) != nil {
			t.Errorf("%s: %.300q: %q, %v", where, data, rendertest.Faults(text), err)
		}
	case "markdown":
		if err := json.Unmarshal(frame.Message, &text); err != nil ||
			careless.Faults(t, text) != nil {
			t.Errorf("%s: %.300q: %q, %v", where, data, careless.Faults(t, text), err)
		}
	case "rag":
		if err := json.Unmarshal(frame.Message, &answer); err != nil ||
			strings.Contains(answer.Name, "<") {
			t.Errorf("%s: %.300q: the name is %q, %v", where, data, answer.Name, err)
		}
	}
}

// TestXSS_input sends the corpus as everything that users can name, and wants
// answers that a page may hold.
func TestXSS_input(t *testing.T) {
	h := serve(t, makeBot(t, "bot", "", ""), Options{Gone: -1, Dialect: besser.Agent})
	c := dialRaw(t, h, native.Protocol)
	c.send(map[string]any{"type": "hello", "user": "<b>"})
	c.read()
	for n, p := range rendertest.Payloads(t) {
		if len(p.Text) > 8<<10 {
			continue
		}
		for _, frame := range []map[string]any{
			{"type": p.Text},
			{"type": "message", "id": fmt.Sprint("a", n), "text": "x", p.Text: 1},
			{"type": "message", "id": p.Text, "text": "x"},
			{"type": "option", "id": fmt.Sprint("b", n), "value": p.Text},
			{"type": "event", "id": fmt.Sprint("c", n), "name": p.Text, "data": p.Text},
			{"type": "json", "id": fmt.Sprint("d", n),
				"data": map[string]any{p.Text: p.Text, "message": p.Text}},
			{"type": "set", "id": fmt.Sprint("e", n), "vars": map[string]any{p.Text: p.Text}},
			{"type": "feedback", "id": fmt.Sprint("f", n), "seq": 1, "value": p.Text},
			{"type": "files", "id": fmt.Sprint("g", n),
				"files": []any{map[string]any{"name": p.Text}}},
			{"type": "hello", "user": p.Text, "session": p.Text},
		} {
			c.send(frame)
		}
		// The answer to this comes after all the others.
		last := fmt.Sprint("z", n)
		c.send(map[string]any{"type": "message", "id": last, "text": p.Text})
		for answered := false; !answered; {
			data := string(c.read())
			if strings.ContainsAny(data, "<>&\u2028\u2029") {
				t.Errorf("%s (%s): a page may not hold %.300q", p.Name, p.Comment, data)
			}
			answered = strings.Contains(data, `"id":"`+last+`"`)
		}
		checkHTTPErrors(t, h, p)
	}
}

// checkHTTPErrors sends a payload in the path, the query and the body of requests.
func checkHTTPErrors(t *testing.T, h *running, p rendertest.Payload) {
	t.Helper()
	base := "http://" + h.Addr().String() + "/bots/"
	part, query := url.PathEscape(p.Text), url.QueryEscape(p.Text)
	body, err := json.Marshal(map[string]any{"type": "message", "text": "x", p.Text: p.Text})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct{ method, url, body string }{
		{"GET", base + part + "/sessions/x/entries", ""},
		{"GET", base + "bot/sessions/" + part + "/entries", ""},
		{"GET", base + "bot/sessions/x/entries?" + query + "=" + query, ""},
		{"POST", base + "bot/sessions/x/events", string(body)},
		{"GET", base + part, ""},
	} {
		req, err := http.NewRequestWithContext(context.Background(), r.method, r.url,
			strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Close = true
		res, err := http.DefaultTransport.RoundTrip(req) // no redirect is followed
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		kind := res.Header.Get("Content-Type")
		plain := strings.HasPrefix(kind, "text/plain") ||
			strings.HasPrefix(kind, "application/json")
		moved := res.StatusCode/100 == 3
		if err != nil ||
			!moved && (!plain || res.Header.Get("X-Content-Type-Options") != "nosniff") ||
			kind == "application/json" && strings.ContainsAny(string(text), "<>&") ||
			moved && !redirect(string(text)) {
			t.Errorf("%s (%s): %s %.100s: %d %s %.200q, %v", p.Name, p.Comment, r.method, r.url,
				res.StatusCode, kind, text, err)
		}
	}
}

// redirect reports whether a page is the one that net/http makes of a redirect.
func redirect(page string) bool {
	return page == "" || strings.HasPrefix(page, `<a href="/`) && strings.Count(page, "<") == 2
}
