package host

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/host/session"
)

// besserTalker is a BESSER client that a test drives.
type besserTalker struct {
	tb   testing.TB
	conn *ws.Conn
}

// besserPayload is a frame of the agent dialect.
type besserPayload struct {
	Action  string `json:"action"`
	Message string `json:"message"`
	History bool   `json:"history"`
}

// dialBESSER connects a client that asks for no subprotocol. query may be empty.
func dialBESSER(tb testing.TB, h *running, query string, header http.Header) *besserTalker {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := ws.Dial(ctx, "ws://"+h.Addr().String()+"/"+query,
		&ws.DialOptions{HTTPHeader: header})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.CloseNow() })
	return &besserTalker{tb, conn}
}

func (c *besserTalker) send(action, message string) {
	c.tb.Helper()
	frame, err := json.Marshal(besserPayload{Action: action, Message: message})
	if err != nil {
		c.tb.Fatal(err)
	}
	if err := c.conn.Write(context.Background(), ws.MessageText, frame); err != nil {
		c.tb.Fatal(err)
	}
}

// wants receives frames and compares them.
func (c *besserTalker) wants(frames ...besserPayload) {
	c.tb.Helper()
	for _, want := range frames {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		_, data, err := c.conn.Read(ctx)
		cancel()
		if err != nil {
			c.tb.Fatalf("Read: %v, want %+v", err, want)
		}
		var got besserPayload
		if err := json.Unmarshal(data, &got); err != nil {
			c.tb.Fatal(err)
		}
		if got != want {
			c.tb.Fatalf("got %+v, want %+v", got, want)
		}
	}
}

// said is a reply that comes as it is made.
func said(text string) besserPayload {
	return besserPayload{Action: "agent_reply_str", Message: text}
}

// A client that names no session has one of its own, without a past, which does
// not stay for long.
func TestBESSER_Random(t *testing.T) {
	h := serve(t, makeBot(t, "bot", "", ""), Options{})
	for range 2 {
		c := dialBESSER(t, h, "?user_id=ann", nil)
		c.send("fetch_user_messages", "")
		c.send("user_message", "hi")
		c.wants(said("bot:hi"))
	}
	all, err := h.opts.Store.List(t.Context(), "bot", session.Key{}, 10)
	if err != nil || len(all) != 2 {
		t.Fatalf("List() = %+v, %v, want two sessions", all, err)
	}
	for _, s := range all {
		if keep := time.Duration(s.Head.Keep) * time.Millisecond; keep != 24*time.Hour {
			t.Errorf("session kept for %v, want a day", keep)
		}
	}
}
