package main

import (
	"strconv"
	"time"
)

// ahead is how many days the bot can foretell.
const ahead = 10

// Days are counted from 1 January 1970.

// dayOf returns the day of a date as the host writes it; today if that is not one.
func dayOf(date string, today int64) int64 {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return today
	}
	return t.Unix() / (24 * 60 * 60)
}

// forecastOf says how warm it is, was or will be.
func forecastOf(city string, day, today int64) string {
	warm := temperature(city, day) + " in " + city
	switch {
	case day > today+ahead:
		return tooFar
	case day == today:
		return "It is " + warm + "."
	case day == today+1:
		return "It will be " + warm + " tomorrow."
	case day == today-1:
		return "It was " + warm + " yesterday."
	}
	on := " on " + time.Unix(day*24*60*60, 0).UTC().Format("Monday, 2 January 2006") + "."
	if day < today {
		return "It was " + warm + on
	}
	return "It will be " + warm + on
}

// temperature is degreesOf in words.
func temperature(city string, day int64) string {
	return strconv.Itoa(degreesOf(city, day)) + " °C"
}

// degreesOf makes a temperature up: the same for a city all day long.
func degreesOf(city string, day int64) int {
	hash := uint32(2166136261) // FNV-1a
	for _, c := range []byte(city + strconv.FormatInt(day, 10)) {
		hash = (hash ^ uint32(c)) * 16777619
	}
	return int(hash%36) - 5
}
