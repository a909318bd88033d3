package main

import (
	"testing"
	"time"

	guest "github.com/bothost/bothost/sdk/guest-go"
	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

var cities = []string{"Barcelona", "Graz", "Luxembourg", "Vienna"}

func TestMain(m *testing.M) { guesttest.Main(m) }

func TestCities(t *testing.T) {
	for _, tt := range []struct{ say, want string }{
		{"weather in Vienna", "It is -4 °C in Vienna."},
		{"What is the weather like in Wien?", "It is -4 °C in Vienna."},
		{"Graz", "It is 17 °C in Graz."},
		{"Lux tomorrow", "It will be 10 °C in Luxembourg tomorrow."},
	} {
		c := guesttest.Chat(t, guesttest.Options{})
		c.Say(tt.say).Wants(tt.want).WantsIntent("weather").WantsState("initial")
	}
}

// Who does not name a city is asked for it.
func TestNoCity(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("What is the weather like?").Wants(sorry).Options(cities...).WantsState("asking")
	c.Say("Atlantis").Wants(sorry).Options(cities...)
	c.Choose("Graz").Wants("It is 17 °C in Graz.").WantsVar(city, "Graz")
}

// The days that were asked about wait for a city.
func TestNoCity_Dates(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("what is the weather like tomorrow").Wants(sorry).Options(cities...).
		WantsState("asking").WantsVar(dates, "2026-01-02")
	c.Say("Graz").Wants("It will be 16 °C in Graz tomorrow.").WantsUnset(dates)
	c.Say("Graz").Wants("It is 17 °C in Graz.")
	c.Say("weather tomorrow").Wants(sorry).Options(cities...)
	c.Say("Graz on Saturday").Wants("It will be 19 °C in Graz on Saturday, 3 January 2026.")
}

// It is Thursday, 1 January 2026.
func TestDates(t *testing.T) {
	for _, tt := range []struct {
		say  string
		want []string
	}{
		{"What's it like in BCN tomorrow?", []string{"It will be 1 °C in Barcelona tomorrow."}},
		{"weather in Graz today", []string{"It is 17 °C in Graz."}},
		{"Vienna on Monday", []string{"It will be 8 °C in Vienna on Monday, 5 January 2026."}},
		{"Vienna 2026-01-05", []string{"It will be 8 °C in Vienna on Monday, 5 January 2026."}},
		{"Vienna in four days", []string{"It will be 8 °C in Vienna on Monday, 5 January 2026."}},
		{"Barcelona yesterday", []string{"It was -1 °C in Barcelona yesterday."}},
		{"Graz two weeks ago", []string{"It was 14 °C in Graz on Thursday, 18 December 2025."}},
		{"Graz tomorrow and on Saturday", []string{"It will be 16 °C in Graz tomorrow.",
			"It will be 19 °C in Graz on Saturday, 3 January 2026."}},
		{"Graz in ten days", []string{"It will be -4 °C in Graz on Sunday, 11 January 2026."}},
		{"Graz in eleven days", []string{tooFar}},
		{"weather in Graz on February 30", []string{"It is 17 °C in Graz."}},
	} {
		c := guesttest.Chat(t, guesttest.Options{})
		c.Say(tt.say).Wants(tt.want...).WantsIntent("weather").WantsState("initial")
	}
}

// Who asks for another day means the city of before.
func TestAnother(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("and tomorrow?").Wants(sorry).Options(cities...)
	c.Say("BCN").Wants("It will be 1 °C in Barcelona tomorrow.")
	c.Say("And tomorrow?").Wants("It will be 1 °C in Barcelona tomorrow.").
		WantsIntent("another day")
	c.Say("What about Sunday?").Wants("It will be 3 °C in Barcelona on Sunday, 4 January 2026.")
	c.Say("and in Graz").Wants("It is 17 °C in Graz.")
	c.Say("what is the weather").Wants(sorry).Options(cities...)
}

// What was foretold comes true.
func TestTomorrow(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("Graz tomorrow").Wants("It will be 16 °C in Graz tomorrow.")
	c.Wait(24 * time.Hour).WantsNothing()
	c.Say("Graz today").Wants("It is 16 °C in Graz.")
}

// A host that does not know the time leaves the words as they were said.
func TestDayOf(t *testing.T) {
	const today = 20_454 // 1 January 2026
	for _, tt := range []struct {
		date string
		want int64
	}{
		{"2026-01-01", today}, {"2026-02-01", today + 31}, {"1970-01-01", 0},
		{"next monday", today}, {"", today},
	} {
		if got := dayOf(tt.date, today); got != tt.want {
			t.Errorf("dayOf(%q) = %d, want %d", tt.date, got, tt.want)
		}
	}
}

// The days ahead are drawn, from 1 January 2026 on.
func TestChart(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("draw a chart").Wants(sorry).Options(cities...)
	c.Choose("Graz").Wants("It is 17 °C in Graz.")
	c.Say("Show me the next days").WantsReply(guest.KindPlotly, week("Graz", 20454)).
		WantsState("initial")
	c.Say("a chart of Wien").WantsReply(guest.KindPlotly, week("Vienna", 20454)).
		WantsVar(city, "Vienna")
}

// Every city is somewhere.
func TestPlace(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("on the map").Wants(sorry).Options(cities...)
	c.Choose("Luxembourg").Wants("It is 11 °C in Luxembourg.")
	c.Say("where is that?").
		WantsReply(guest.KindLocation, `{"latitude":49.6116,"longitude":6.1319}`).
		WantsIntent("place")
	for _, name := range cities {
		if where[name] == [2]float64{} {
			t.Errorf("nobody knows where %s is", name)
		}
	}
	c.Say("Where is BCN?").WantsReply(guest.KindLocation,
		`{"latitude":41.3874,"longitude":2.1686}`)
	c.Say("and tomorrow?").Wants("It will be 1 °C in Barcelona tomorrow.")
}
