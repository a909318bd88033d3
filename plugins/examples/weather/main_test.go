package main

import (
	"testing"
	"time"

	"github.com/bothost/bothost/sdk/guest-go/guesttest"
)

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
	cities := []string{"Barcelona", "Graz", "Luxembourg", "Vienna"}
	c.Say("What is the weather like?").Wants(sorry).Options(cities...).WantsState("asking")
	c.Say("Atlantis").Wants(sorry).Options(cities...)
	c.Choose("Graz").Wants("It is 17 °C in Graz.").WantsVar(city, "Graz")
}

// Who asks for another day means the city of before.
func TestAnother(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("and tomorrow?").Wants(sorry).Options("Barcelona", "Graz", "Luxembourg", "Vienna")
	c.Say("BCN").Wants("It is 0 °C in Barcelona.")
	c.Say("And tomorrow?").Wants("It will be 1 °C in Barcelona tomorrow.")
	c.Say("and in Graz").Wants("It is 17 °C in Graz.")
	c.Say("what is the weather").Wants(sorry).Options("Barcelona", "Graz", "Luxembourg", "Vienna")
}

// What was foretold comes true.
func TestTomorrow(t *testing.T) {
	c := guesttest.Chat(t, guesttest.Options{})
	c.Say("Graz tomorrow").Wants("It will be 16 °C in Graz tomorrow.")
	c.Wait(24 * time.Hour).WantsNothing()
	c.Say("Graz today").Wants("It is 16 °C in Graz.")
}
