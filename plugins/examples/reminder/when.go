package main

import (
	"strconv"
	"strings"
	"time"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// morning is when somebody is reminded who names a day, and no time.
const morning = "09:00"

// What is said to those who cannot be reminded.
const (
	howTo   = "Say, for instance: remind me in 5 minutes to drink tea"
	tooMany = "I can keep 10 things in mind, and no more."
	tooLate = "It is too late for that."
	tooFar  = "I cannot look further ahead than a year."
)

// wish is what somebody wants to be reminded of.
type wish struct {
	// after is in milliseconds, and says is when that is, in words.
	after int64
	says  string
	what  string
}

// wishOf returns what somebody said; sorry is why that is none. What looks like a
// time in a text is found by the host, which knows what date it is on Friday.
func wishOf(text string, params []guest.Param, now int64) (w wish, sorry string) {
	var day, clock string
	for _, p := range params {
		switch p.Name {
		case "what":
			w.what = strings.Join(strings.Fields(p.Value), " ") // on one line
		case "date":
			day = p.Value
		case "time":
			clock = p.Value
		case "duration":
			w.after, _ = strconv.ParseInt(p.Value, 10, 64)
			w.says = "in " + text[p.Start:p.End]
		}
	}
	today := time.UnixMilli(now).UTC()
	if due, ok := dueAt(day, clock, today); ok && w.says == "" {
		w.after, w.says = due.UnixMilli()-now, due.Format("at 15:04")
		if due.Format(time.DateOnly) != today.Format(time.DateOnly) {
			w.says = due.Format("on Monday, 2 January 2006 at 15:04")
		}
	}
	switch {
	case w.what == "", w.says == "":
		return w, howTo
	case w.after < guest.Second:
		return w, tooLate
	case w.after > 365*guest.Day:
		return w, tooFar
	}
	return w, ""
}

// dueAt returns when it is a time of a day, as the host writes them. Without a day
// it is the next time that it is so late. What is so long from now has its day.
func dueAt(day, clock string, now time.Time) (due time.Time, ok bool) {
	if due, err := time.Parse(time.RFC3339, clock); err == nil {
		return due, true
	}
	switch {
	case day == "" && clock == "":
		return due, false
	case clock == "":
		clock = morning
	}
	if len(clock) == len(morning) {
		clock += ":00"
	}
	if day != "" {
		due, err := time.Parse(time.DateTime, day+" "+clock)
		return due, err == nil
	}
	due, err := time.Parse(time.DateTime, now.Format(time.DateOnly)+" "+clock)
	if due.Before(now) {
		due = due.AddDate(0, 0, 1)
	}
	return due, err == nil
}
