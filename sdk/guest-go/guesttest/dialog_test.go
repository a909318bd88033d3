package guesttest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

// A declared dialog runs as in a host.
func TestDialog(t *testing.T) {
	be(t, "dialog")
	c := guesttest.Chat(t, guesttest.Options{})
	c.Welcome().Wants("Tea or coffee?").WantsState("start")
	c.Say("elephants").Wants("Sorry, I didn't get it").WantsState("start").WantsIntent("")
	c.Say("One chai, please!").Wants("order of ordered: 1").WantsState("ordered").
		WantsIntent("order").WantsParam("drink", "tea").WantsVar("drink", "tea")
	c.Say("now").Wants("Wait for your drink.")
	c.Say("help").Wants("Say back.").WantsState("helping")
	c.Say("back").Wants("back of ordered: 1").WantsState("ordered")
	c.Reset().Wants("Tea or coffee?").WantsState("start").WantsUnset("drink")
	c.Say("x").Wants("Sorry, I didn't get it")
	c.Say("this is a long sentence").Wants("Tea or coffee?").WantsIntent("")
	c.Say("write").WantsFailure("session_set: may not be called during check").WantsState("start")
	c.Say("circle").WantsFailure("more than 32 moves in a turn: circle -> circle").
		WantsState("start")
	c.Agent("elephants").WantsNothing()
}

// The events that are neither text nor timer, and what waits of them.
func TestDialog_Events(t *testing.T) {
	be(t, "dialog")
	c := guesttest.Chat(t, guesttest.Options{})
	photo := abi.File{Name: "a.png", Type: "image/png", Size: 7}
	note := abi.File{Name: "b.txt", Type: "text/plain"}
	c.SendFile(photo, note).Wants("file a.png image/png 7", "file b.txt text/plain 0")
	c.SendVoice(abi.File{Name: "c", Type: "audio/wav", Size: 1}).Wants("voice c audio/wav 1")
	c.SendJSON(`{"message":"tea","x":1}`).Wants("order of ordered: 1").WantsIntent("order")
	c.SendJSON(`{"message":7}`).WantsNothing()
	c.SendFile(note).Wants("file b.txt text/plain 0").WantsState("ordered")
	c.SendFile(photo, photo).Wants("Tea or coffee?").WantsState("start")
	c.Post("news", `[1]`).WantsNothing()
}

// An event that waited and fails a turn fails no other.
func TestDialog_Poison(t *testing.T) {
	be(t, "poison")
	c := guesttest.Chat(t, guesttest.Options{})
	c.Post("news", `1`).WantsNothing()
	c.Say("ready").WantsFailure("bad news").WantsState("start")
	c.Say("ready").WantsNothing().WantsState("ready")
}

// A look at conditions that fails is told to no user, who did nothing.
func TestDialog_RecheckFails(t *testing.T) {
	be(t, "doubt")
	c := guesttest.Chat(t, guesttest.Options{})
	c.Wait(25 * time.Second).WantsFailure("who knows")
	if got := c.Entries(); len(got) > 0 {
		t.Errorf("two looks at conditions left %+v, want nothing", got)
	}
}

// Time passes: timers, quiet users and conditions that are looked at again.
func TestConversation_Wait(t *testing.T) {
	be(t, "dialog")
	c := guesttest.Chat(t, guesttest.Options{})
	c.Wait(59*time.Second + 999*time.Millisecond).WantsNothing()
	c.Wait(time.Millisecond).Wants("Tea or coffee?")
	c.Wait(30 * time.Second).WantsNothing()
	c.Say("elephants").Wants("Sorry, I didn't get it")
	c.Wait(59 * time.Second).WantsNothing()
	c.Advance(time.Hour)
	c.Say("elephants").Wants("Sorry, I didn't get it")
	c.Wait(2*time.Minute).Wants("Tea or coffee?", "Tea or coffee?")

	c.Say("tea").Wants("order of ordered: 1").WantsTimer("hint", 30*time.Second)
	c.Wait(10*time.Second).WantsTimer("hint", 20*time.Second)
	c.Wait(20 * time.Second).Wants("soon").WantsState("ordered").WantsNoTimer("hint")
	c.Wait(19 * time.Second).WantsState("ordered").WantsNothing()
	c.Wait(time.Second).Wants("Tea or coffee?").WantsState("start")
	c.Say("tea").Wants("order of ordered: 1")
	c.Wait(time.Hour).Wants(append([]string{"soon"}, repeat("Tea or coffee?", 60)...)...)
}

func repeat(text string, n int) []string {
	return strings.Split(strings.Repeat(text+"\n", n), "\n")[:n]
}

// What no host does fails the test.
func TestDialog_Faults(t *testing.T) {
	be(t, "dialog")
	file := abi.File{Name: "a", Type: "b/c"}
	for _, tt := range []struct {
		name string
		do   func(c *guesttest.Conversation)
		want string
	}{
		{"no file", func(c *guesttest.Conversation) { c.SendFile() }, "does not have 0 files"},
		{"two voices", func(c *guesttest.Conversation) {
			c.Send(abi.Event{Kind: abi.EventVoice, Files: []abi.File{file, file}})
		}, "event voice: an event of kind voice does not have 2 files"},
		{"name", func(c *guesttest.Conversation) { c.SendFile(abi.File{Name: "\xff"}) }, "is no file"},
		{"no JSON", func(c *guesttest.Conversation) { c.SendJSON("{") }, `SendJSON({): "{" is not JSON`},
		{"no kind", func(c *guesttest.Conversation) { c.Send(abi.Event{Kind: "x"}) }, "no such kind"},
		{"another intent", func(c *guesttest.Conversation) { c.Say("tea").WantsIntent("help") },
			`intent = "order", want "help"`},
		{"an intent", func(c *guesttest.Conversation) { c.Say("tea").WantsIntent("") },
			`intent = "order", want ""`},
		{"no intent", func(c *guesttest.Conversation) { c.Say("elephants").WantsIntent("order") },
			`intent = "", want "order"`},
		{"another value", func(c *guesttest.Conversation) { c.Say("tea").WantsParam("drink", "elephants") },
			`parameter "drink" = "tea", true, want "elephants"`},
		{"no parameter", func(c *guesttest.Conversation) { c.Say("elephants").WantsParam("drink", "elephants") },
			`no intent, want its parameter "drink"`},
		{"what time brings", func(c *guesttest.Conversation) { c.Wait(time.Minute).WantsNothing() },
			`turn 2, Wait(1m0s): reply 1 = "Tea or coffee?", want none`},
		{"back in time", func(c *guesttest.Conversation) { c.Wait(-time.Second) },
			"Wait(-1s): time does not go back"},
		{"endless time", func(c *guesttest.Conversation) {
			c.LimitWait(5)
			c.Wait(5 * time.Minute)
			c.Wait(6 * time.Minute)
		}, "Wait(6m0s): there are more than 5 turns"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := record(func(tb testing.TB) { tt.do(guesttest.Chat(tb, guesttest.Options{})) })
			r.wants(t, tt.want)
		})
	}
}

// What is declared wrongly fails the first conversation, with the place.
func TestDialog_Misuse(t *testing.T) {
	for bot, want := range map[string]string{
		"misuse":  `describe: dialogbot_test.go:34: state "start": transition 1 has no target`,
		"refused": `intents[0] "go": examples[0] "go to {nowhere}": there is no entity "nowhere"`,
	} {
		t.Run(bot, func(t *testing.T) {
			be(t, bot)
			record(func(tb testing.TB) { guesttest.Chat(tb, guesttest.Options{}) }).wants(t, want)
		})
	}
}

func TestDialog_Unreachable(t *testing.T) {
	be(t, "dialog")
	r := record(func(tb testing.TB) { guesttest.Chat(tb, guesttest.Options{}) })
	if len(r.logs) != 1 || !strings.Contains(r.logs[0], `state "island" can never be reached`) {
		t.Errorf("logs = %q, want one about the island", r.logs)
	}
}
