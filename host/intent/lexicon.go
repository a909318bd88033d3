package intent

import (
	"strings"
	"time"
)

// lexicon is what a language says about numbers, dates and times.
type lexicon struct {
	// comma: numbers have a decimal comma.
	comma bool
	// dayFirst: 3/4 is in April.
	dayFirst bool
	// numbers are below a hundred, scales multiply them.
	numbers  map[string]int64
	scales   map[string]int64
	and, one []string
	months   map[string]time.Month
	weekdays map[string]time.Weekday
	units    map[string]unit
	// letters are units that stand directly behind a number: 5m.
	letters map[string]unit
}

// unit is a unit of time: some days and months, or a duration.
type unit struct {
	days, months int
	length       time.Duration
}

// lexiconOf returns the lexicon of a language. English has words; the others have
// numbers and dates in digits.
func lexiconOf(language string) *lexicon {
	primary, region := subtags(language)
	if isEnglish(language) {
		l := englishLexicon()
		l.dayFirst = region != "" && region != "us"
		return l
	}
	switch primary {
	case "zh", "ja", "ko", "th", "he", "hi", "ga":
		return &lexicon{dayFirst: true}
	}
	return &lexicon{dayFirst: true, comma: true}
}

// subtags returns the first part of a language tag, and the rest.
func subtags(language string) (primary, rest string) {
	primary, rest, _ = strings.Cut(strings.ReplaceAll(strings.ToLower(language), "_", "-"), "-")
	return primary, rest
}

func isEnglish(language string) bool {
	primary, _ := subtags(language)
	return primary == "" || primary == "en"
}

func englishLexicon() *lexicon {
	l := &lexicon{
		and:     []string{"and"},
		one:     []string{"a"},
		numbers: make(map[string]int64),
		scales: map[string]int64{
			"dozen": 12, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9,
		},
		months:   make(map[string]time.Month),
		weekdays: make(map[string]time.Weekday),
		units:    make(map[string]unit),
		letters: map[string]unit{
			"s": {length: time.Second}, "m": {length: time.Minute}, "h": {length: time.Hour},
			"d": {days: 1}, "w": {days: 7},
		},
	}
	for i, word := range strings.Fields("zero one two three four five six seven eight nine ten " +
		"eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen") {
		l.numbers[word] = int64(i)
	}
	for i, word := range strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety") {
		l.numbers[word] = int64(20 + 10*i)
	}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		l.months[name], l.months[name[:3]] = m, m
	}
	l.months["sept"] = time.September
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		l.weekdays[name], l.weekdays[name[:3]] = d, d
	}
	l.weekdays["tues"] = time.Tuesday
	l.weekdays["thur"], l.weekdays["thurs"] = time.Thursday, time.Thursday
	l.addUnits()
	return l
}

func (l *lexicon) addUnits() {
	for words, u := range map[string]unit{
		"day days":                {days: 1},
		"week weeks":              {days: 7},
		"fortnight fortnights":    {days: 14},
		"month months":            {months: 1},
		"year years":              {months: 12},
		"second seconds sec secs": {length: time.Second},
		"minute minutes min mins": {length: time.Minute},
		"hour hours hr hrs":       {length: time.Hour},
	} {
		for _, word := range strings.Fields(words) {
			l.units[word] = u
		}
	}
}
