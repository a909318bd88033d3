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
		c.Say(fmt.Sprintf("remind me in 1 hour to do thing %d", i)).
			Wants("I will remind you in 1 hour.")
	}
	c.Say("remind me in 1 hour to rest").Wants(tooMany)
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

// It is Thursday, 1 January 2026, midnight.
func TestWhen(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		say, says string
		after     time.Duration
	}{
		{"remind me in 5 minutes to go", "in 5 minutes", 5 * time.Minute},
		{"REMIND ME IN an Hour TO go", "in an Hour", time.Hour},
		{"remind me to go in two and a half hours", "in two and a half hours", 150 * time.Minute},
		{"remind me to go in 1 hour and 5 minutes", "in 1 hour and 5 minutes", 65 * time.Minute},
		{"please remind me in five minutes to go", "at 00:05", 5 * time.Minute},
		{"remind me half an hour from now to go", "in half an hour", 30 * time.Minute},
		{"remind me in 365 days to go", "in 365 days", 365 * day},
		{"remind me at 17:30 to go", "at 17:30", 17*time.Hour + 30*time.Minute},
		{"remind me to go at 5 pm", "at 17:00", 17 * time.Hour},
		{"remind me tomorrow to go", "on Friday, 2 January 2026 at 09:00", 33 * time.Hour},
		{"remind me to go on Monday", "on Monday, 5 January 2026 at 09:00", 4*day + 9*time.Hour},
		{"remind me tomorrow at noon to go", "on Friday, 2 January 2026 at 12:00", 36 * time.Hour},
		{"remind me at noon tomorrow to go", "on Friday, 2 January 2026 at 12:00", 36 * time.Hour},
		{"remind me to go at 8:15 on Friday", "on Friday, 2 January 2026 at 08:15",
			32*time.Hour + 15*time.Minute},
	} {
		c := guesttest.Chat(t, guesttest.Options{})
		c.Say(tt.say).Wants("I will remind you "+tt.says+".").WantsTimer("reminder 1", tt.after)
		c.Say("list").Wants("- go")
	}
}

func TestWhen_refused(t *testing.T) {
	for _, tt := range []struct{ say, want string }{
		{"remind me in 366 days to go", tooFar},
		{"remind me on 2 January 2027 to go", tooFar},
		{"remind me in 9999 years to go", tooFar},
		{"remind me in 0 seconds to go", tooLate},
		{"remind me yesterday to go", tooLate},
		{"remind me in 5 parsecs to go", howTo},
		{"remind me in 5 minutes", howTo},
		{"remind me in 5 minutes to", howTo},
		{"remind me to go", howTo},
		{"remind me", howTo},
	} {
		c := guesttest.Chat(t, guesttest.Options{})
		c.Say(tt.say).Wants(tt.want).WantsState("ready").WantsUnset(open)
	}
}

// A time of day that is over is tomorrow's.
func TestDueAt(t *testing.T) {
	now := time.Date(2026, 1, 1, 14, 30, 0, 0, time.UTC)
	for _, tt := range []struct{ day, clock, want string }{
		{"", "15:00", "2026-01-01 15:00:00"},
		{"", "14:00", "2026-01-02 14:00:00"},
		{"", "14:30:10", "2026-01-01 14:30:10"},
		{"2026-01-01", "14:00", "2026-01-01 14:00:00"},
		{"2026-02-03", "", "2026-02-03 09:00:00"},
		{"", "2026-01-01T14:35:00Z", "2026-01-01 14:35:00"},
		{"2026-02-03", "2026-01-01T14:35:00Z", "2026-01-01 14:35:00"},
		// A host that does not know the time leaves the words as they were said.
		{"next monday", "15:00", ""}, {"", "in 5 minutes", ""}, {"", "", ""},
	} {
		due, ok := dueAt(tt.day, tt.clock, now)
		if got := due.Format(time.DateTime); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("dueAt(%q, %q) = %s, %t, want %s", tt.day, tt.clock, got, ok, tt.want)
		}
	}
}
