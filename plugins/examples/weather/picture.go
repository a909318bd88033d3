package main

import (
	"strconv"
	"strings"
	"time"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// where is where cities are, in degrees north and east.
var where = map[string][2]float64{
	"Barcelona":  {41.3874, 2.1686},
	"Graz":       {47.0707, 15.4395},
	"Luxembourg": {49.6116, 6.1319},
	"Vienna":     {48.2082, 16.3738},
}

// cityOf returns the city that was named, or else the one of before; who named none
// is asked for it.
func cityOf(s *guest.Session) (name string, ok bool) {
	if named, ok := s.Intent().Param("city"); ok {
		s.Set(city, named)
	}
	return s.Get(city)
}

// showWeek draws the days ahead.
func showWeek(s *guest.Session) error {
	if name, ok := cityOf(s); ok {
		s.ReplyPlotly(week(name, s.Now()/guest.Day))
	}
	return nil
}

// showPlace shows where the city is.
func showPlace(s *guest.Session) error {
	if name, ok := cityOf(s); ok {
		s.ReplyLocation(where[name][0], where[name][1])
	}
	return nil
}

// week is a chart of seven days. The names are the bot's own, so that nothing in
// them needs to be escaped.
func week(city string, today int64) string {
	var days, degrees []string
	for day := today; day < today+7; day++ {
		days = append(days, time.Unix(day*24*60*60, 0).UTC().Format(`"Mon 2 Jan"`))
		degrees = append(degrees, strconv.Itoa(degreesOf(city, day)))
	}
	return `{"data":[{"type":"scatter","mode":"lines+markers","name":"` + city + `",` +
		`"x":[` + strings.Join(days, ",") + `],"y":[` + strings.Join(degrees, ",") + `]}],` +
		`"layout":{"title":{"text":"The next days in ` + city +
		`"},"yaxis":{"title":{"text":"°C"}}}}`
}
