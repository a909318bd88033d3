// Command weather is a bot that says how warm it is in some cities. What it says
// is made up, of the city and the day.
package main

import (
	"strconv"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// city is the variable that holds the city of which was spoken last.
const city = "city"

const sorry = "Sorry, I didn't get the city"

func init() {
	d := guest.NewDialog("weather", "1.0.0")

	d.Entity("city").
		Value("Barcelona", "BCN").
		Value("Graz").
		Value("Luxembourg", "Lux", "Luxemburg", "Lëtzebuerg").
		Value("Vienna", "Wien", "Vienne")
	d.Entity("day").
		Value("today", "now").
		Value("tomorrow")

	weather := d.Intent("weather",
		"weather", "weather in {city}", "weather in {city} {day}",
		"what is the weather", "what is the weather like", "what is the weather like {day}",
		"what is the weather in {city}", "what is the weather like in {city}",
		"how warm is it in {city}", "{city}", "{city} {day}",
	)
	another := d.Intent("another", "and in {city}", "and in {city} {day}")
	later := d.Intent("another day", "and {day}", "what about {day}")

	initial := d.Initial("initial")
	forecast := d.State("forecast")
	asking := d.State("asking")

	initial.When(weather).GoTo(forecast)
	initial.When(another).GoTo(forecast)
	initial.When(later).GoTo(forecast)

	forecast.Enter(func(s *guest.Session) error { return tell(s, later) })
	forecast.When(guest.Var(city).IsUnset()).GoTo(asking)
	forecast.GoTo(initial)

	asking.Enter(func(s *guest.Session) error {
		s.Reply(sorry)
		s.ReplyOptions("Barcelona", "Graz", "Luxembourg", "Vienna")
		return nil
	})
	asking.When(weather).GoTo(forecast)
	asking.When(guest.AnyText()).GoTo(asking)
}

// tell says how warm it is in the city that was named; who asks for another day
// means the one of before.
func tell(s *guest.Session, later *guest.Intent) error {
	if name, ok := s.Intent().Param("city"); ok {
		s.Set(city, name)
	} else if s.Intent().Name() != later.Name() {
		s.Delete(city)
	}
	name, ok := s.Get(city)
	if !ok {
		return nil // the dialog asks for it
	}
	today := s.Now() / guest.Day
	if day, _ := s.Intent().Param("day"); day == "tomorrow" {
		s.Reply("It will be " + temperature(name, today+1) + " in " + name + " tomorrow.")
		return nil
	}
	s.Reply("It is " + temperature(name, today) + " in " + name + ".")
	return nil
}

// temperature makes one up: the same for a city all day long.
func temperature(city string, day int64) string {
	hash := uint32(2166136261) // FNV-1a
	for _, c := range []byte(city + strconv.FormatInt(day, 10)) {
		hash = (hash ^ uint32(c)) * 16777619
	}
	return strconv.Itoa(int(hash%36)-5) + " °C"
}

func main() {}
