package host

import (
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
	"github.com/bothost/bothost/host/platform/websocket/native"
)

// answered sends something and wants its answer, and then a reply unless that is
// empty.
func (c *talker) answered(err error, want client.Frame, reply string) {
	c.tb.Helper()
	if err != nil {
		c.tb.Fatal(err)
	}
	f := c.receive()
	if f.Type != want.Type || f.ID != want.ID || f.Code != want.Code || f.Field != want.Field ||
		f.Duplicate != want.Duplicate {
		c.tb.Fatalf("got %+v, want %+v", f, want)
	}
	if reply == "" {
		return
	}
	if e := c.entry(); e.From != abi.FromBot || e.Body != reply {
		c.tb.Fatalf("entry = %+v, want %s", e, reply)
	}
}

// JSON messages, variables and feedback, through a bot and the store, and again
// after a reset.
func TestClientEvents(t *testing.T) {
	h := serve(t, assemble(t, speakerOfAll), Options{Gone: -1})
	c := dial(t, h)
	c.entry() // the welcome
	ctx := t.Context()
	yes := func(id string) client.Frame { return client.Frame{Type: native.Accepted, ID: id} }
	no := func(id, code, field string) client.Frame {
		return client.Frame{Type: native.Rejected, ID: id, Code: code, Field: field}
	}
	again := client.Frame{Type: native.Accepted, ID: "s1", Duplicate: true}
	c.answered(c.JSON(ctx, "j1", `{"message":"x"}`), yes("j1"), `json {"message":"x"}`)
	c.answered(c.Send(ctx, "m1", "?"), yes("m1"), "(none)")
	c.answered(c.Set(ctx, "s1", `{"profile":"ann"}`), yes("s1"), "")
	c.answered(c.Set(ctx, "s2", `{"profile":"bob","admin":1}`),
		no("s2", "not_settable", "vars.admin"), "")
	c.answered(c.Send(ctx, "m2", "?"), yes("m2"), "ann")
	c.answered(c.Set(ctx, "s1", `{"profile":"ann"}`), again, "")
	c.answered(c.Set(ctx, "s1", `{"profile":"eve"}`), no("s1", "id_reused", ""), "")
	c.answered(c.Feedback(ctx, "f1", 3, `"good"`), yes("f1"), `feedback {"seq":3,"value":"good"}`)
	c.answered(c.Feedback(ctx, "f2", 1000, `1`), no("f2", "bad_value", "seq"), "")
	c.answered(c.Feedback(ctx, "f3", 0, `1`), no("f3", "bad_value", "seq"), "")
	c.answered(c.Feedback(ctx, "f4", 3, `true`), no("f4", "wrong_type", "value"), "")
	c.answered(c.Set(ctx, "s3", `{"profile":null}`), yes("s3"), "")
	c.answered(c.Send(ctx, "m3", "?"), yes("m3"), "(none)")
}
