// Command weather is a bot that says how warm it is in some cities, today and on
// other days, draws that, and shows where they are. What it says is made up, of the
// city and the day.
package main

import (
	"strings"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// The variables of a session.
const (
	// city is the one of which was spoken last.
	city = "city"
	// dates are the days that somebody asked about who named no city yet.
	dates = "dates"
)

const (
	sorry  = "Sorry, I didn't get the city"
	tooFar = "I cannot look further ahead than ten days."
)

func init() {
	d := guest.NewDialog("weather", "1.1.0")

	d.Entity("city").
		Value("Barcelona", "BCN").
		Value("Graz").
		Value("Luxembourg", "Lux", "Luxemburg", "Lëtzebuerg").
		Value("Vienna", "Wien", "Vienne")

	// Every bot has the entity date: tomorrow, next Monday, 5 January, 2026-01-05.
	weather := d.Intent("weather",
		"weather", "weather {date}", "weather in {city}", "weather in {city} {date}",
		"what is the weather", "what is the weather like", "what is the weather like {date}",
		"what is the weather in {city}", "what is the weather like in {city}",
		"what's it like in {city}", "what's it like in {city} {date}",
		"how warm is it in {city}", "how warm will it be in {city} {date}",
		"{city}", "{city} {date}", "{date} in {city}", "{city} {date} and {date}",
	)
	another := d.Intent("another city",
		"and in {city}", "and in {city} {date}", "and {city}", "and {city} {date}",
		"what about {city}", "how about {city}",
	)
	later := d.Intent("another day",
		"and {date}", "what about {date}", "how about {date}", "and what about {date}",
		"and how will it be {date}",
	)

	days := d.Intent("days",
		"show me the next days", "show me the next days in {city}", "a chart of {city}",
		"draw the next days in {city}", "a chart", "draw a chart",
	)
	place := d.Intent("place",
		"where is {city}", "where is that", "{city} on the map", "show me {city} on the map",
		"on the map",
	)

	initial := d.Initial("initial")
	forecast := d.State("forecast")
	asking := d.State("asking")
	chart := d.State("chart")
	mapped := d.State("map")

	initial.When(weather).GoTo(forecast)
	initial.When(another).GoTo(forecast)
	initial.When(later).GoTo(forecast)
	initial.When(days).GoTo(chart)
	initial.When(place).GoTo(mapped)

	forecast.Enter(func(s *guest.Session) error {
		tell(s, s.Intent().Name() == later.Name())
		return nil
	})
	forecast.When(guest.Var(city).IsUnset()).GoTo(asking)
	forecast.GoTo(initial)

	chart.Enter(showWeek)
	chart.When(guest.Var(city).IsUnset()).GoTo(asking)
	chart.GoTo(initial)

	mapped.Enter(showPlace)
	mapped.When(guest.Var(city).IsUnset()).GoTo(asking)
	mapped.GoTo(initial)

	asking.Enter(func(s *guest.Session) error {
		s.Reply(sorry)
		s.ReplyOptions("Barcelona", "Graz", "Luxembourg", "Vienna")
		return nil
	})
	asking.When(weather).GoTo(forecast)
	asking.When(guest.AnyText()).GoTo(asking)
}

// tell says how warm it is in the city that was named, on the days that were named;
// who asks for another day means the city of before.
func tell(s *guest.Session, sameCity bool) {
	var asked []string
	for _, p := range s.Intent().Params() {
		switch p.Name {
		case "city":
			s.Set(city, p.Value)
			sameCity = true
		case "date":
			asked = append(asked, p.Value)
		}
	}
	if !sameCity {
		s.Delete(city)
	}
	if before, ok := s.Get(dates); ok && len(asked) == 0 {
		asked = strings.Fields(before)
	}
	name, ok := s.Get(city)
	if !ok { // the dialog asks for it
		s.Set(dates, strings.Join(asked, " "))
		return
	}
	s.Delete(dates)
	today := s.Now() / guest.Day
	if len(asked) == 0 {
		s.Reply(forecastOf(name, today, today))
	}
	for _, date := range asked {
		s.Reply(forecastOf(name, dayOf(date, today), today))
	}
}

func main() {}
