package host

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	ws "github.com/coder/websocket"

	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
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

// rows are the past of a session in which "hi" and "there" were said.
func rows() []besserPayload {
	return []besserPayload{
		{"user_message", "hi", true}, {"agent_reply_str", "bot:hi", true},
		{"user_message", "there", true}, {"agent_reply_str", "bot:there", true},
	}
}

// A client that names its session finds it again, also after a restart of the
// host; two of them share it.
func TestBESSER_Named(t *testing.T) {
	for _, tc := range []struct {
		name, query string
		header      http.Header
	}{
		{"header", "", http.Header{"X-Session-Id": {"s1"}}},
		{"query", "?session_id=s1&user_id=ann", nil},
		{"Streamlit", "", http.Header{"X-User-Id": {"s1"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			store := memory.New(memory.Options{})
			h := serve(t, makeBot(t, "bot", "", ""), Options{Store: keepOpen{store}})
			one := dialBESSER(t, h, tc.query, tc.header)
			one.send("user_message", "hi")
			one.wants(said("bot:hi"))
			two := dialBESSER(t, h, tc.query, tc.header)
			two.send("fetch_user_messages", "")
			two.wants(rows()[:2]...)
			two.send("user_message", "there")
			one.wants(said("bot:there"))
			two.wants(said("bot:there"))
			// Whoever does not read keeps the host waiting.
			_, _ = one.conn.CloseNow(), two.conn.CloseNow()
			if err := h.stop(); err != nil {
				t.Fatal(err)
			}
			h = serve(t, makeBot(t, "bot", "", ""), Options{Store: keepOpen{store}})
			// The answer to the last message may not have been seen.
			back := dialBESSER(t, h, tc.query, tc.header)
			back.wants(said("bot:there"))
			back.send("user_message", "again")
			back.wants(said("bot:again"))
			other := dialBESSER(t, h, tc.query, tc.header)
			other.send("fetch_user_messages", "")
			other.wants(rows()...)
		})
	}
}

// keepOpen is a store that outlives the host.
type keepOpen struct{ session.Store }

func (keepOpen) Close() error { return nil }
