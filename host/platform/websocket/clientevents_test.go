package websocket

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/platform/websocket/client"
)

// heardEvents are the events that a fake's bot got after the start, in a line each.
type heardEvents struct {
	mu    sync.Mutex // guards the following
	lines []string
}

// bot says nothing but that it begins, and to a JSON message its text.
func (e *heardEvents) bot(ev *abi.Event) []reply {
	if ev.Kind == abi.EventStart || ev.Kind == abi.EventReset {
		return []reply{{abi.KindText, "Welcome!"}}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lines = append(e.lines, fmt.Sprintf("%s %s %q %q %s %v",
		ev.Kind, ev.ID, ev.Text, ev.Name, ev.Data, ev.Human))
	if ev.Kind == abi.EventJSON {
		return []reply{{abi.KindText, ev.Text}}
	}
	return nil
}

func (e *heardEvents) want(t *testing.T, lines ...string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if !slices.Equal(e.lines, lines) {
		t.Errorf("the bot heard %q, want %q", e.lines, lines)
	}
}

// What a program of the client sends is answered in its place, once, in order.
func TestNative_ClientEvents(t *testing.T) {
	heard, f := new(heardEvents), newFake()
	f.bot = heard.bot
	f.code = func(ev *abi.Event) abi.Code {
		if ev.Kind == abi.EventSet && ev.ID == "s2" {
			return abi.CodeNotSettable
		}
		return 0
	}
	f.field = "vars.admin"
	url, _ := serve(t, f, Options{})
	c, ctx := greeted(t, url), background(t)
	other := dial(t, c.Resume())
	do(t, c.JSON(ctx, "j1", `{"message":"hi" , "order":7}`))
	want(t, c, "accepted j1 2", `entry 3 bot text "hi"`)
	do(t, c.Set(ctx, "s1", `{"profile":"ann"}`))
	do(t, c.Set(ctx, "s2", `{"admin":true}`))
	do(t, c.Feedback(ctx, "f1", 3, `"good"`))
	do(t, c.Feedback(ctx, "f2", 3, `"good\u0007"`))
	do(t, c.Feedback(ctx, "f1", 3, `"good"`))
	want(t, c, "accepted s1 3", "rejected s2 not_settable vars.admin", "accepted f1 3",
		"rejected f2 bad_value value", "accepted f1 3 duplicate")
	do(t, c.JSON(ctx, "j1", `{"message":"hi","order":7}`))
	do(t, c.JSON(ctx, "j2", `null`))
	want(t, c, "accepted j1 2 duplicate", "accepted j2 4", `entry 5 bot text ""`)
	want(t, other, `entry 2 user json {"message":"hi","order":7}`, `entry 3 bot text "hi"`,
		`entry 4 user json null`, `entry 5 bot text ""`)
	heard.want(t,
		`json j1 "hi" "json" {"message":"hi","order":7} true`,
		`set s1 "" "" {"profile":"ann"} true`,
		`feedback f1 "" "feedback" {"seq":3,"value":"good"} true`,
		`json j2 "" "json" null true`)
}

// A session of the client package shows them as a part of the dialogue.
func TestSession_ClientEvents(t *testing.T) {
	heard, f := new(heardEvents), newFake()
	f.bot = heard.bot
	url, _ := serve(t, f, Options{})
	ctx := background(t)
	s, err := client.Open(ctx, client.SessionOptions{Options: client.Options{URL: url}})
	do(t, err)
	defer func() { _ = s.Close() }()
	j, err := s.JSON(ctx, `{"message":"hi"}`)
	do(t, err)
	set, err := s.Set(ctx, `{"profile":null}`)
	do(t, err)
	feedback, err := s.Feedback(ctx, 3, `0.5`)
	do(t, err)
	do(t, s.Sync(ctx))
	for _, line := range []string{
		"welcome 1 0 false ", `entry 1 bot text "Welcome!"`, "accepted " + j + " 2",
		`entry 3 bot text "hi"`, "accepted " + set + " 3", "accepted " + feedback + " 3",
	} {
		got, err := s.Receive(ctx)
		do(t, err)
		if short(got) != line {
			t.Fatalf("Receive() = %s, want %s", short(got), line)
		}
	}
	heard.want(t,
		`json `+j+` "hi" "json" {"message":"hi"} true`,
		`set `+set+` "" "" {"profile":null} true`,
		`feedback `+feedback+` "" "feedback" {"seq":3,"value":0.5} true`)
}

// What a message of a BESSER client is.
func TestBESSER_Messages(t *testing.T) {
	for _, tc := range []struct{ message, want string }{
		{`"hi"`, `message  "hi" "" `},
		{`""`, `message  "" "" `},
		{`" {\"message\": \"hi\"} "`, `json  "hi" "json" {"message":"hi"}`},
		{`{"message": "hi"}`, `json  "hi" "json" {"message":"hi"}`},
		{`{"order": 7}`, `json  "" "json" {"order":7}`},
		{`"{}"`, `json  "" "json" {}`},
		{`"{not JSON}"`, `message  "{not JSON}" "" `},
		{`"{} {}"`, `message  "{} {}" "" `},
		{`"[1, 2]"`, `message  "[1, 2]" "" `},
		{`"5"`, `message  "5" "" `},
		{`"null"`, `message  "null" "" `},
		{`[1, 2]`, `message  "[1, 2]" "" `},
		{`5`, `message  "5" "" `},
		{`true`, `message  "true" "" `},
		{`null`, `message  "null" "" `},
	} {
		for action, human := range map[string]bool{
			"user_message": true, "agent_reply_str": false, "bot_reply_str": false,
		} {
			t.Run(action+" "+tc.message, func(t *testing.T) {
				heard, f := new(heardEvents), newBESSERFake()
				f.bot = heard.bot
				inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
					c := s.dial("/?session_id=s1")
					c.send(`{"action":"` + action + `","message":` + tc.message + `}`)
					c.close()
				})
				heard.want(t, fmt.Sprint(tc.want, " ", human))
			})
		}
	}
}

// What other agents send is never answered in words, which they would answer; what
// people send always is.
func TestBESSER_RefusedAgent(t *testing.T) {
	f := newBESSERFake()
	f.bot = greet
	f.code = func(ev *abi.Event) abi.Code {
		if ev.Text == "x" {
			return abi.CodeBusy
		}
		return 0
	}
	inBESSERBubble(t, f, func(_ *testing.T, s *besserServer) {
		c := s.dial("/?session_id=s1")
		c.wants("str Welcome!")
		c.send(`{"action":"agent_reply_str","message":"x"}`)
		c.wants()
		c.say("x")
		c.wants("str There is a lot to do right now. Please try again.")
		c.close()
	})
}
