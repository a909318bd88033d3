package guesttest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

// A turn that fails keeps nothing, and the conversation goes on.
func TestTurn_WantsFailure(t *testing.T) {
	tests := []struct {
		name, say, want string
	}{
		{"error", "fail", "on_message: out of words"},
		{"panic", "panic", "oh dear"},
		{"exit", "exit", "exit status 3"},
		{"endless loop", "loop", "longer than 2s"},
		{"deadlock", "block", ""}, // a process built with -race waits for its limit
		{"ended goroutine", "leave", "ended its goroutine"},
		{"replies", "many", "reply: more than 64 replies"},
		{"not UTF-8", "bytes", "reply: must be UTF-8"},
		{"empty key", "nokey", "session_set: must not be empty"},
		{"value size", "big", "session_set: a value has at most 65536 bytes"},
		{"unknown kind", "kind", `reply_as: unknown kind "song"`},
		{"no options", "none", "reply_options: options: must be 1 to 64"},
		{"delay", "soon", "timer_set: delay_ms: must be 100 to"},
		{"timers", "timers", "timer_set: name: more than 16 timers"},
		{"url", "ftp", "http_start: request: url: must begin with http"},
		{"requests", "fetches", "http_start: request: more than 8 requests"},
		{"history", "past", "history: n: must be 0 to 100"},
		{"recovered", "recover", "move: must not be empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := guesttest.Chat(t, guesttest.Options{})
			c.Say("set before").WantsVar("x", "before")
			c.Say(tt.say).WantsFailure(tt.want).WantsUnset("spoiled").WantsState("")
			entries := c.Entries()
			user, notice := entries[len(entries)-2], entries[len(entries)-1]
			if user.Body != tt.say || notice.Kind != abi.KindNotice || notice.From != abi.FromHost {
				t.Errorf("the failed turn left %v and %v", user, notice)
			}
			c.Say("say still here").Wants("still here").WantsVar("x", "before")
			c.Say("say and here").Wants("and here")
		})
	}
}

func TestTurn_Limits(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{Limits: abi.Limits{ReplyBytes: 4, LogBytes: 4}})
	c.Say("say abc").Wants("abc")
	c.Say("say abcd").Wants("abcd")
	c.Say("say abcde").WantsFailure("more than 4 bytes")
	if got := c.Say("log abcd").Logs(); len(got) != 1 {
		t.Errorf("Logs() = %v, want one line of 4 bytes", got)
	}
	if got := c.Say("log abcde").Logs(); len(got) != 0 {
		t.Errorf("Logs() = %v, want none: the line is over the limit", got)
	}
}

type turn = guesttest.Turn

// Each assertion must be able to fail.
func TestTurn_Faults(t *testing.T) {
	tests := []struct {
		name, say string
		ask       func(*turn)
		want      string
	}{
		{"another text", "say a", func(n *turn) { n.Wants("b") }, `reply 1 = "a", want "b"`},
		{"no reply", "set a", func(n *turn) { n.Wants("b") }, `no reply 1, want "b"`},
		{"reply not wanted", "say a", func(n *turn) { n.WantsNothing() }, `reply 1 = "a", want none`},
		{"another kind", "say a", func(n *turn) { n.WantsReply(guest.KindMarkdown, "a") },
			`reply 1 = "a", want markdown a`},
		{"text for options", "say a", func(n *turn) { n.Options("a") }, `want options ["a"]`},
		{"other options", "offer a b", func(n *turn) { n.Options("b", "a") },
			`options ["a" "b"], want ["b" "a"]`},
		{"no options", "set a", func(n *turn) { n.Options("b") }, `no reply 1, want options`},
		{"no failure", "say a", func(n *turn) { n.WantsFailure("b") }, "did not fail"},
		{"another failure", "fail", func(n *turn) { n.WantsFailure("b") }, `out of words, want "b"`},
		{"failure for a text", "fail", func(n *turn) { n.Wants("b") }, "the turn failed: on_message"},
		{"failure for nothing", "fail", func(n *turn) { n.WantsNothing() }, "the turn failed"},
		{"failure nobody wanted", "fail", func(*turn) {}, "the turn failed"},
		{"another state", "move a", func(n *turn) { n.WantsState("b") }, `state = "a", want "b"`},
		{"another value", "set a", func(n *turn) { n.WantsVar("x", "b") }, `"a", true, want "b"`},
		{"variable not set", "say a", func(n *turn) { n.WantsVar("x", "b") }, `"", false, want "b"`},
		{"variable set", "set a", func(n *turn) { n.WantsUnset("x") }, `"a", want none`},
		{"no timer", "set a", func(n *turn) { n.WantsTimer("a", 0) }, `timers = [], want "a"`},
		{"another time", "timer a", func(n *turn) { n.WantsTimer("a", time.Minute) },
			`timer "a" is due after 3m0s, want 1m0s`},
		{"timer set", "timer a", func(n *turn) { n.WantsNoTimer("a") }, `timer "a" is set, want none`},
		{"no request", "set a", func(n *turn) { n.WantsRequest("a", "GET", "http://h") },
			`requests = [], want a: GET http://h`},
		{"another request", "fetch a http://h", func(n *turn) { n.WantsRequest("a", "GET", "http://h") },
			`want a: GET http://h`},
		{"another line", "log a", func(n *turn) { n.WantsLog(abi.LevelWarn, "b") }, `want a line`},
		{"another level", "log a", func(n *turn) { n.WantsLog(abi.LevelInfo, "a") }, `want a line`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := record(func(tb testing.TB) {
				tt.ask(guesttest.Chat(tb, guesttest.Options{InProcess: true}).Say(tt.say))
			})
			r.wants(t, tt.want)
		})
	}
}

// A turn that a test asks about is asked about as a whole, whether another turn
// follows or the test ends; one that it does not ask about may say anything.
func TestTurn_Settle(t *testing.T) {
	const want = `turn 2, Say("twice a"): reply 2 = "a", want none`
	tests := []struct {
		name string
		talk func(c *guesttest.Conversation)
		want string
	}{
		{"next turn", func(c *guesttest.Conversation) {
			c.Say("twice a").Wants("a")
			c.Say("say b").Wants("b")
		}, want},
		{"end of the test", func(c *guesttest.Conversation) { c.Say("twice a").Wants("a") }, want},
		{"all wanted", func(c *guesttest.Conversation) { c.Say("twice a").Wants("a", "a") }, ""},
		{"nothing asked", func(c *guesttest.Conversation) { c.Say("twice a"); c.Say("say b") }, ""},
		{"checked otherwise", func(c *guesttest.Conversation) {
			c.Say("twice a").Wants("a").Replies()
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := record(func(tb testing.TB) {
				tt.talk(guesttest.Chat(tb, guesttest.Options{InProcess: true}))
			})
			if tt.want != "" {
				r.wants(t, tt.want)
			} else if len(r.failures) > 0 {
				t.Errorf("failures = %q, want none", r.failures)
			}
		})
	}
}

func TestTurn_Panic(t *testing.T) {
	failure := guesttest.Chat(t, guesttest.Options{}).Say("panic").Failure()
	if !strings.Contains(failure, "bot_test.go") {
		t.Errorf("Failure() = %q, want the place of the panic", failure)
	}
}
