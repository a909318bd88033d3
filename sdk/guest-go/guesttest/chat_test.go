package guesttest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

const hint = "the bot seems to keep state in memory"

// A counter in a package variable is what two instances are there for.
func TestChat_FindsMemory(t *testing.T) {
	r := record(func(tb testing.TB) {
		c := guesttest.Chat(tb, guesttest.Options{})
		c.Say("count").Wants("1")
		c.Say("count").Wants("2")
	})
	r.wants(t, hint)
	r.wants(t, `turn 3, Say("count"): reply 1 = "1", want "2"`)
}

func TestChat_FindsMemoryOfAnotherSession(t *testing.T) {
	r := record(func(tb testing.TB) {
		ann, bob := guesttest.Chat(tb, guesttest.Options{}), guesttest.Chat(tb, guesttest.Options{})
		ann.Say("iam Ann")
		bob.Say("who").Wants("")
	})
	r.wants(t, `reply 1 = "Ann", want ""`)
}

func TestChat_NoHintWhereOneInstanceFailsToo(t *testing.T) {
	r := record(func(tb testing.TB) {
		guesttest.Chat(tb, guesttest.Options{}).Say("say this").Wants("that")
	})
	r.wants(t, `reply 1 = "this", want "that"`)
	if strings.Contains(r.failures[0], hint) {
		t.Errorf("failure = %q, want no hint", r.failures[0])
	}
}

func TestChat_InProcessHasOneInstance(t *testing.T) {
	memory.count = 0
	c := guesttest.Chat(t, guesttest.Options{InProcess: true})
	c.Say("count").Wants("1")
	c.Say("count").Wants("2")
}

func TestChat_Welcome(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{Config: map[string]string{"greeting": "Welcome!"}})
	c.Welcome().Wants("Welcome!")
	c.Say("set 1").WantsVar("x", "1")
	c.Reset().Wants("Welcome!").WantsUnset("x")
	if got := c.Definition().Name; got != "deeds" {
		t.Errorf("Definition().Name = %q, want deeds", got)
	}
	if got := len(c.Entries()); got != 1 {
		t.Errorf("%d entries after the reset, want 1", got)
	}
}

func TestChat_Fallback(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("what?").Wants("pardon?").WantsUnset("touched")
	c.Say("hm").Wants("Sorry, I didn't get it").WantsUnset("touched")
	agent := c.Send(abi.Event{Kind: abi.EventMessage, Text: "what?"})
	agent.WantsNothing().WantsUnset("touched")
}

func TestChat_Choose(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("choices").WantsReply(guest.KindOptions, `[{"label":"Yes","value":"say yes"}]`)
	c.Choose("Yes").Wants("yes")
	c.Choose("say yes").Wants("yes")
	r := record(func(tb testing.TB) {
		c := guesttest.Chat(tb, guesttest.Options{})
		c.Say("offer A B").Options("A", "B")
		c.Choose("C")
	})
	r.wants(t, `Choose: "C" is not among the options`)
	r = record(func(tb testing.TB) { guesttest.Chat(tb, guesttest.Options{}).Choose("A") })
	r.wants(t, "no options were offered")
}

func TestChat_Circumstances(t *testing.T) {
	start := time.UnixMilli(1700000000000)
	c := guesttest.Chat(t, guesttest.Options{Start: start})
	c.Say("now").Wants("1700000000000")
	c.Advance(time.Second)
	c.Say("now").Wants("1700000001000")
	c.Say("log watch out").WantsLog(abi.LevelWarn, "watch")
	c.Say("move there").WantsState("there")
	c.Say("set 1")
	if got, ok := c.Get("x"); !ok || got != "1" || c.State() != "there" {
		t.Errorf("Get, State = %q, %t, %q", got, ok, c.State())
	}
	if got := fmt.Sprint(c.Keys()); got != "[x]" {
		t.Errorf("Keys() = %s, want [x]", got)
	}
}

func TestChat_RandomRepeats(t *testing.T) {
	dice := func(seed uint64) string {
		c := guesttest.Chat(t, guesttest.Options{Seed: seed})
		return fmt.Sprint(c.Say("dice").Replies(), c.Say("dice").Replies())
	}
	if a, b := dice(1), dice(1); a != b {
		t.Errorf("the same seed gave %s and %s", a, b)
	}
	if a, b := dice(1), dice(2); a == b {
		t.Errorf("two seeds gave %s", a)
	}
}

func TestChat_Hammer(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			c := guesttest.Chat(t, guesttest.Options{InProcess: i%2 == 0})
			for range 20 {
				c.Say(fmt.Sprint("say ", i)).Wants(fmt.Sprint(i))
			}
		})
	}
}

// The instances' own words are for whoever reads a failure.
func TestChat_Stderr(t *testing.T) {
	r := record(func(tb testing.TB) {
		guesttest.Chat(tb, guesttest.Options{}).Say("log x")
	})
	if len(r.failures) > 0 || len(r.logs) != 1 || !strings.Contains(r.logs[0], "printed in a turn") {
		t.Errorf("failures, logs = %q, %q", r.failures, r.logs)
	}
}
