package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestMain(m *testing.M) { guesttest.Main(m) }

func TestReminds(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("Remind me in 5 minutes to drink tea").Wants("I will remind you in 5 minutes.").
		WantsState("ready").WantsTimer("reminder 1", 5*time.Minute)
	c.Say("remind me in a day to call\tAnn").Wants("I will remind you in a day.")
	c.Say("list").Wants("- drink tea", "- call Ann")
	c.Wait(4 * time.Minute).WantsNothing()
	c.Wait(time.Minute).Wants("It is time to drink tea").WantsNoTimer("reminder 1")
	c.Say("What is to come?").Wants("- call Ann")
	c.Wait(24 * time.Hour).Wants("It is time to call Ann")
	c.Say("list").Wants("There is nothing to come. " + howTo)
}

func TestForgets(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("remind me in 2 hours to sleep").Wants("I will remind you in 2 hours.")
	c.Say("forget it").Wants("What was it?").WantsNoTimer("reminder 1").WantsUnset(open)
	c.Say("remind me in 2 hours to wake up").WantsTimer("reminder 2", 2*time.Hour)
	c.Wait(3 * time.Hour).Wants("It is time to wake up")
}

func TestTooMany(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	for i := range most {
		c.Say(fmt.Sprintf("remind me in 1 hour to do thing %d", i)).Wants("I will remind you in 1 hour.")
	}
	c.Say("remind me in 1 hour to rest").Wants("I can keep 10 things in mind, and no more.")
	c.Say("elephants are grey").Wants(howTo)
	c.Wait(time.Hour)
	c.Say("remind me in 1 hour to rest").Wants("I will remind you in 1 hour.")
}

// A host that was down is late.
func TestLate(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("remind me in 1 second to run").Wants("I will remind you in 1 second.")
	c.Send(abi.Event{Kind: abi.EventTimer, Name: "reminder 1", Data: "run", Late: true}).
		Wants("I am late, sorry. It was time to run")
	c.Post("news", "").WantsNothing()
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		text string
		want wish
		ok   bool
	}{
		{"remind me in 5 minutes to drink  tea", wish{300_000, "5 minutes", "drink tea"}, true},
		{"REMIND ME IN an Hour TO Go", wish{3_600_000, "an Hour", "Go"}, true},
		{"remind me in 365 days to x", wish{365 * 86_400_000, "365 days", "x"}, true},
		{"remind me in 366 days to x", wish{}, false},
		{"remind me in 0 seconds to x", wish{}, false},
		{"remind me in 9223372036854775807 days to x", wish{}, false},
		{"remind me in five minutes to x", wish{}, false},
		{"remind me in 5 parsecs to x", wish{}, false},
		{"remind me in 5 minutes to", wish{}, false},
		{"remind me in 5 minutes", wish{}, false},
		{"remind me", wish{}, false},
		{"", wish{}, false},
	} {
		if got, ok := parse(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("parse(%q) = %+v, %t, want %+v, %t", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}
