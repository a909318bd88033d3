package host

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/abi"
)

// A file within a frame may be as large as the limit says; one that is larger, or
// whose frame is, is answered.
func TestBESSER_FileSize(t *testing.T) {
	for _, tt := range []struct {
		name   string
		limits abi.Limits
		size   int
		want   string
	}{
		{"at the limit", abi.Limits{}, 700_000, ""},
		{"one byte more", abi.Limits{}, 700_001, "A file that is sent here has at most 700 kB."},
		{"more than a frame", abi.Limits{}, 800_000, "That was too large."},
		{"a raised limit",
			abi.Limits{InlineFileBytes: 2_000_000, FrameBytes: 4 << 20}, 2_000_000, ""},
		{"above a raised limit",
			abi.Limits{InlineFileBytes: 2_000_000, FrameBytes: 4 << 20}, 2_000_001,
			"A file that is sent here has at most 2 MB."},
		{"above the limit of all files", abi.Limits{FileBytes: 1000}, 1001,
			"This file is larger than files may be here."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := serve(t, assemble(t, giveBack), Options{Gone: -1, Limits: tt.limits})
			c := dialBESSER(t, h, "", nil)
			c.conn.SetReadLimit(-1)
			content := base64.StdEncoding.EncodeToString(noise(tt.size, 1))
			frame := `{"action":"user_file","message":"{\"name\":\"n\",\"type\":\"\",\"base64\":\"` + content + `\"}"}`
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if err := c.conn.Write(ctx, ws.MessageText, []byte(frame)); err != nil {
				t.Fatal(err)
			}
			if tt.want != "" {
				c.wants(said(tt.want))
			} else {
				c.wantsFile("back.bin", content[:min(len(content), (64<<10)/3*4)])
			}
			c.send("user_message", "still here")
			c.wants(said("still here"))
		})
	}
}

// wantsFile receives a file whose content begins so, in base64.
func (c *besserTalker) wantsFile(name, begins string) {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, data, err := c.conn.Read(ctx)
	if err != nil {
		c.tb.Fatal(err)
	}
	var got struct {
		Action  string
		Message struct{ Name, Type, Base64 string }
	}
	if err := json.Unmarshal(data, &got); err != nil {
		c.tb.Fatalf("%.200s: %v", data, err)
	}
	if got.Action != "agent_reply_file" || got.Message.Name != name ||
		!strings.HasPrefix(got.Message.Base64, begins) {
		c.tb.Fatalf("got %.200s, want a file called %s", data, name)
	}
}

// A program posts a file into the session of a BESSER client, who sees the reply at
// once, and the file in the past; and fetches what the bot made of it.
func TestBESSER_PostedFile(t *testing.T) {
	const token = "Bearer operator-operator"
	h := serve(t, assemble(t, giveBack), Options{
		Gone: -1, Token: func(token string) (string, bool) {
			return "",
				token == "operator-operator"
		},
	})
	header := http.Header{"Authorization": {token}}
	b := dialBESSER(t, h, "?session_id=s1", header)
	b.send("user_message", "hi")
	b.wants(said("hi"))
	post := func(path, body, auth string) map[string]any {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
			"http://"+h.Addr().String()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Close = true
		req.Header.Set("Authorization", auth)
		if strings.HasSuffix(path, "/events") {
			req.Header.Set("Content-Type", "application/json")
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var doc map[string]any
		if err := json.NewDecoder(res.Body).Decode(&doc); err != nil || res.StatusCode/100 != 2 {
			t.Fatalf("POST %s = %d %v, %v", path, res.StatusCode, doc, err)
		}
		return doc
	}
	ticket := post("/bots/bot/sessions/s1/uploads", "", token)
	up := post(fmt.Sprint(ticket["url"], "?name=a.txt"), "hello",
		fmt.Sprint("Bearer ", ticket["token"]))
	turn := post("/bots/bot/sessions/s1/events",
		fmt.Sprintf(`{"type":"files","files":[%q],"id":"f1","wait":true}`, up["file"]), token)
	b.wantsFile("back.bin", "aGVsbG8=")
	reply, _ := turn["entries"].([]any)[1].(map[string]any)
	link, _ := reply["files"].([]any)[0].(map[string]any)
	if status, body := h.request(t, http.MethodGet, fmt.Sprint(link["url"]),
		"Authorization: "+token); status != 200 || body != "hello" {
		t.Errorf("GET %v = %d %q, want hello", link["url"], status, body)
	}
	if status, _ := h.request(t, http.MethodGet, fmt.Sprint(link["url"])); status != 401 {
		t.Errorf("GET %v without a token = %d, want 401", link["url"], status)
	}
	past := dialBESSER(t, h, "?session_id=s1", header)
	past.send("fetch_user_messages", "")
	past.wants(besserPayload{"user_message", "hi", true},
		besserPayload{"agent_reply_str", "hi", true},
		besserPayload{"user_file",
			`{"name": "a.txt", "type": "text/plain", "base64": "aGVsbG8="}`, true})
	past.wantsFile("back.bin", "aGVsbG8=")
}

// Whoever talks with a BESSER client misses nothing where no operator has a token:
// files are in its frames, those of the past too, and over HTTP nobody has them.
func TestBESSER_NoToken(t *testing.T) {
	h := serve(t, assemble(t, giveBack), Options{Gone: -1})
	b := dialBESSER(t, h, "?session_id=s1", nil)
	content := base64.StdEncoding.EncodeToString([]byte("hello"))
	b.send("user_file", `{"name":"a.txt","type":"text/plain","base64":"`+content+`"}`)
	b.wantsFile("back.bin", content)
	again := dialBESSER(t, h, "?session_id=s1", nil)
	again.send("fetch_user_messages", "")
	again.wants(besserPayload{"user_file",
		`{"name": "a.txt", "type": "text/plain", "base64": "aGVsbG8="}`, true})
	again.wantsFile("back.bin", content)
	for seq := range 4 {
		for _, token := range []string{"", "s1", "null"} {
			path := fmt.Sprintf("/bots/bot/sessions/s1/files/%d/0", seq)
			status, _ := h.request(t, http.MethodGet, path, "Authorization: Bearer "+token)
			if status != 401 {
				t.Errorf("GET %s with the token %q = %d, want 401", path, token, status)
			}
		}
	}
}
