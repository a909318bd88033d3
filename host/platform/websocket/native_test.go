package websocket

import (
	"testing"

	"github.com/bothost/bothost/host/platform/websocket/client"
)

func TestNative_Conversation(t *testing.T) {
	url, _ := serve(t, newFake(), Options{})
	c := greeted(t, url)
	ctx := background(t)
	do(t, c.Send(ctx, "m1", "hi"))
	want(t, c, "accepted m1 2", `entry 3 bot text "hi"`)
	do(t, c.Option(ctx, "o1", "yes"))
	want(t, c, "accepted o1 4", `entry 5 bot text "yes"`)
	do(t, c.Send(ctx, "m1", "hi"))
	want(t, c, "accepted m1 2 duplicate")
	do(t, c.Send(ctx, "m1", "ho"))
	want(t, c, "rejected m1 id_reused")
	do(t, c.Reset(ctx, "r1"))
	want(t, c, "accepted r1 1", "reset 2 0", `entry 1 bot text "Welcome!"`)
	do(t, c.Close())
}

func TestNative_Resume(t *testing.T) {
	url, _ := serve(t, newFake(), Options{})
	c := greeted(t, url)
	do(t, c.Send(background(t), "m1", "hi"))
	want(t, c, "accepted m1 2", `entry 3 bot text "hi"`)
	o := c.Resume()
	do(t, c.Close())
	o.After = 1
	c = dial(t, o)
	if w := short(c.Welcome()); w != "welcome 1 1 true " {
		t.Fatal(w)
	}
	want(t, c, `entry 2 user text "hi"`, `entry 3 bot text "hi"`)
	_ = client.Options{}
}
