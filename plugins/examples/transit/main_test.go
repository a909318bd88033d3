package main

import (
	"testing"
	"time"

	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

func TestMain(m *testing.M) { guesttest.Main(m) }

const (
	welcome = "I know when trams leave. Say, for instance: from University to Airport"
	where   = "Where do you want to go?"
	start   = "Where do you start?"
	toGo    = "From University to Airport: 00:09, then 00:19. The ride takes 18 minutes."
)

func chat(t *testing.T) *guesttest.Conversation {
	t.Helper()
	c := guesttest.Chat(t, guesttest.Options{})
	c.Welcome().Wants(welcome).WantsState("ready")
	return c
}

func TestTrips(t *testing.T) {
	for _, tt := range []struct{ say, want string }{
		{"from University to Airport", toGo},
		{"When is the next tram from uni to airport?", toGo},
		{"airport to port", "From Airport to Harbour: 00:00, then 00:10. The ride takes 11 minutes."},
		{"Harbour to Main Station",
			"From Harbour to Main Station: 00:01, then 00:11. The ride takes 16 minutes."},
		{"from uni to campus", "You are there already."},
	} {
		c := chat(t)
		c.Say(tt.say).Wants(tt.want).WantsState("ready").WantsUnset(from).WantsUnset(to)
	}
}

// Trams leave later as the day goes by.
func TestClock(t *testing.T) {
	c := chat(t)
	c.Advance(9 * time.Minute)
	c.Say("from uni to airport").Wants(toGo)
	c.Advance(time.Minute)
	c.Say("from uni to airport").
		Wants("From University to Airport: 00:19, then 00:29. The ride takes 18 minutes.")
	c.Advance(23*time.Hour + 45*time.Minute)
	c.Say("from uni to airport").
		Wants("From University to Airport: 23:59, then 00:09. The ride takes 18 minutes.")
}

// The bot asks for what it was not told.
func TestAsks(t *testing.T) {
	c := chat(t)
	c.Say("I want to go").Wants(where).Options(names()...).WantsState("asking to")
	c.Choose("Airport").Wants(start).Options(names()...).WantsVar(to, "Airport")
	c.Say("from the moon").Wants("I do not know that stop.", start).Options(names()...)
	c.Say("uni").Wants(toGo).WantsUnset(misses)
}

func TestGivesUp(t *testing.T) {
	c := chat(t)
	c.Say("next tram").Wants(where).Options(names()...)
	c.Say("moon").Wants("I do not know that stop.", where).Options(names()...)
	c.Say("mars").Wants("I do not know that stop.", where).Options(names()...).
		WantsVar(misses, "2")
	c.Say("sun").Wants("I do not know that stop.", "I am afraid I cannot help you there.").
		WantsState("ready").WantsUnset(misses)
	c.Say("next tram").Wants(where).Options(names()...)
	c.Say("never mind").Wants("All right.").WantsState("ready")
}

// Help is there at any time, and leads back to where one was.
func TestHelp(t *testing.T) {
	c := chat(t)
	c.Say("help").Wants(welcome).WantsState("ready")
	c.Say("to airport").Wants(start).Options(names()...)
	c.Say("Help!").Wants(welcome, start).Options(names()...).WantsState("asking from")
	c.Say("uni").Wants(toGo)
}

// Who is quiet is asked, and then left alone.
func TestQuiet(t *testing.T) {
	c := chat(t)
	c.Wait(time.Hour).WantsNothing()
	c.Say("to airport").Wants(start).Options(names()...)
	c.Wait(2 * time.Minute).Wants("Are you still there?")
	c.Say("help").Wants(welcome, "Are you still there?")
	c.Say("uni").Wants("From University to Airport: 01:09, then 01:19. The ride takes 18 minutes.")

	c.Say("to airport").Wants(start).Options(names()...)
	c.Wait(time.Minute).WantsNothing()
	c.Say("moon").Wants("I do not know that stop.", start).Options(names()...)
	c.Wait(119 * time.Second).WantsNothing()
	c.Wait(time.Hour).Wants("Are you still there?", "I will be here when you come back.").
		WantsState("ready").WantsUnset(to)
}
