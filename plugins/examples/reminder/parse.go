package main

import (
	"strconv"
	"strings"

	guest "github.com/bothost/bothost/sdk/guest-go"
)

// wish is what somebody wants to be reminded of.
type wish struct {
	// after is in milliseconds, and says is the same as it was said.
	after int64
	says  string
	what  string
}

var units = map[string]int64{
	"second": guest.Second, "minute": guest.Minute, "hour": guest.Hour, "day": guest.Day,
}

// parse reads "remind me in 5 minutes to drink tea": what follows a time can be
// anything, so that no list of examples finds it.
func parse(text string) (w wish, ok bool) {
	words := strings.Fields(text)
	for _, want := range []string{"remind", "me", "in"} {
		if len(words) == 0 || !strings.EqualFold(words[0], want) {
			return w, false
		}
		words = words[1:]
	}
	if len(words) < 4 || !strings.EqualFold(words[2], "to") {
		return w, false
	}
	n, ok := number(words[0])
	unit := units[strings.TrimSuffix(strings.ToLower(words[1]), "s")]
	if !ok || unit == 0 || n < 1 || n > 365*guest.Day/unit {
		return w, false
	}
	return wish{n * unit, words[0] + " " + words[1], strings.Join(words[3:], " ")}, true
}

func number(word string) (int64, bool) {
	switch strings.ToLower(word) {
	case "a", "an", "one":
		return 1, true
	}
	n, err := strconv.ParseInt(word, 10, 64)
	return n, err == nil
}
