package main

import guest "github.com/bothost/bothost/sdk/guest-go"

// line is the one line that there is: its stops in their order, and how many
// minutes a tram takes to each from the first one.
var line = []struct {
	name     string
	minutes  int64
	synonyms []string
}{
	{"Main Station", 0, []string{"station", "central station"}},
	{"Town Hall", 4, []string{"city hall", "centre"}},
	{"University", 9, []string{"uni", "campus"}},
	{"Harbour", 16, []string{"harbor", "port"}},
	{"Airport", 27, nil},
}

// every is how often a tram leaves at both ends of the line, all day long.
const every = 10 * guest.Minute

func names() []string {
	var list []string
	for _, s := range line {
		list = append(list, s.name)
	}
	return list
}

// minutes is how far a stop is from the line's first one.
func minutes(name string) int64 {
	for _, s := range line {
		if s.name == name {
			return s.minutes
		}
	}
	return 0
}

// trams returns when the next two trams leave from a towards b, and for how many
// minutes they ride.
func trams(a, b string, now int64) (first, second string, ride int64) {
	ride = minutes(b) - minutes(a)
	begun := minutes(a) // since it left the end of the line
	if ride < 0 {
		ride, begun = -ride, line[len(line)-1].minutes-begun
	}
	// The next one leaves here when the one leaves there that is as far away.
	offset := begun * guest.Minute % every
	next := now - offset
	next += (every-next%every)%every + offset
	return clock(next), clock(next + every), ride
}

// clock returns a time of the day, in UTC: 08:05.
func clock(ms int64) string {
	of := ms % guest.Day / guest.Minute
	digits := func(n int64) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
	return digits(of/60) + ":" + digits(of%60)
}
