package intent

import (
	"strconv"
	"strings"
	"time"
)

// date reads the date that begins at a token. Its value is written as 2006-01-02;
// if it depends on a time that is not known, it is what was said.
func (s *scanner) date(first int) (value string, end int, ok bool) {
	for _, read := range []func(int) (time.Time, int, bool){
		s.numericDate, s.monthDate, s.namedDay, s.nextUnit, s.shiftedDate, s.weekday, s.monthDay,
	} {
		if day, end, ok := read(first); ok && isWritable(day) {
			if day.IsZero() {
				return s.folded(first, end), end, true
			}
			return day.Format(time.DateOnly), end, true
		}
	}
	return "", 0, false
}

// isWritable reports whether a year has the four digits that dates are written with:
// people may speak of 9999 years from now on, or ago.
func isWritable(t time.Time) bool { return t.Year() >= 0 && t.Year() <= 9999 }

// day returns the day of the text with an offset; zero if the time is not known.
func (s *scanner) day(months, days int) time.Time {
	if s.now.IsZero() {
		return time.Time{}
	}
	y, m, d := s.now.Date()
	if months == 0 {
		return time.Date(y, m, d+days, 0, 0, 0, 0, time.UTC)
	}
	first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day() // a month after January 31 ends February
	return first.AddDate(0, 0, min(d, last)-1+days)
}

// calendar returns a date that exists. A year of zero is the one in which it
// comes next.
func (s *scanner) calendar(year int, month time.Month, day int) (t time.Time, ok bool) {
	if month < 1 || month > 12 || day < 1 || day > 31 || year < 0 {
		return t, false
	}
	if year > 0 {
		t = time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		return t, t.Day() == day
	}
	if s.now.IsZero() {
		return t, time.Date(2000, month, day, 0, 0, 0, 0, time.UTC).Day() == day
	}
	today := s.day(0, 0)
	for year = today.Year(); year <= today.Year()+8; year++ { // February 29
		t = time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		if t.Day() == day && !t.Before(today) {
			return t, true
		}
	}
	return time.Time{}, false
}

// numericDate reads 2026-11-22, 22.11.2026 and 11/22/2026.
func (s *scanner) numericDate(first int) (t time.Time, end int, ok bool) {
	sep := s.between(first + 1)
	if sep != "-" && sep != "/" && sep != "." || s.between(first+2) != sep {
		return t, 0, false
	}
	var n [3]int
	var size [3]int
	for i := range n {
		digits, ok := s.digits(first + i)
		if !ok || len(digits) > 4 {
			return t, 0, false
		}
		n[i], _ = strconv.Atoi(digits)
		size[i] = len(digits)
	}
	year, month, day := n[2], n[1], n[0]
	switch {
	case size[0] == 4:
		year, month, day = n[0], n[1], n[2]
	case size[2] != 4:
		return t, 0, false
	case sep == "/" && !s.words.dayFirst && n[0] <= 12:
		month, day = n[0], n[1]
	}
	if year == 0 { // which is no year, and not that of calendar
		return t, 0, false
	}
	t, ok = s.calendar(year, time.Month(month), day)
	return t, first + 3, ok
}

// monthDate reads November 22, 22nd of November 2026 and the like.
func (s *scanner) monthDate(first int) (t time.Time, end int, ok bool) {
	i := first
	if s.is(i, "the") {
		i++
	}
	day, dayFirst := 0, false
	if day, end, dayFirst = s.ordinal(i); dayFirst {
		if i = end; s.is(i, "of") {
			i++
		}
	}
	month, known := s.words.months[s.word(i)]
	if !known || i == first+1 && !dayFirst {
		return t, 0, false
	}
	i++
	if !dayFirst {
		if s.is(i, "the") {
			i++
		}
		if day, i, ok = s.ordinal(i); !ok {
			return t, 0, false
		}
	}
	year := 0
	if digits, ok := s.digits(i); ok && len(digits) == 4 &&
		strings.Trim(s.between(i), ", ") == "" {
		year, _ = strconv.Atoi(digits)
		i++
	}
	t, ok = s.calendar(year, month, day)
	return t, i, ok
}

// ordinal reads 22 or 22nd.
func (s *scanner) ordinal(i int) (n, end int, ok bool) {
	digits, ok := s.digits(i)
	if !ok || len(digits) > 2 {
		return 0, 0, false
	}
	n, _ = strconv.Atoi(digits)
	end = i + 1
	if s.between(end) == "" && s.any(end, "st", "nd", "rd", "th") {
		end++
	}
	return n, end, n > 0
}

// namedDay reads tomorrow and the like.
func (s *scanner) namedDay(first int) (t time.Time, end int, ok bool) {
	if s.words.units == nil {
		return t, 0, false
	}
	i := first
	if s.is(i, "the") {
		i++
	}
	switch {
	case s.is(i, "day", "after", "tomorrow"):
		return s.day(0, 2), i + 3, true
	case s.is(i, "day", "before", "yesterday"):
		return s.day(0, -2), i + 3, true
	case i > first:
		return t, 0, false
	case s.any(i, "today", "tonight"):
		return s.day(0, 0), i + 1, true
	case s.any(i, "tomorrow", "tmrw", "tomorow", "tommorow", "tommorrow"):
		return s.day(0, 1), i + 1, true
	case s.is(i, "yesterday"):
		return s.day(0, -1), i + 1, true
	}
	return t, 0, false
}

// nextUnit reads next week and last month.
func (s *scanner) nextUnit(first int) (t time.Time, end int, ok bool) {
	u, known := s.words.units[s.word(first+1)]
	if !known || u.length > 0 {
		return t, 0, false
	}
	switch s.word(first) {
	case "next", "coming":
		return s.day(u.months, u.days), first + 2, true
	case "last", "previous":
		return s.day(-u.months, -u.days), first + 2, true
	}
	return t, 0, false
}

// shiftedDate reads in two weeks, three days ago and a month from now.
func (s *scanner) shiftedDate(first int) (t time.Time, end int, ok bool) {
	d, end, ok := s.shift(first)
	if !ok || d.fine {
		return t, 0, false
	}
	return s.day(d.months, d.days), end, true
}

// amount reads a number, or a word for one.
func (s *scanner) amount(i int) (n, end int, ok bool) {
	if n, end, ok = s.count(i); ok {
		return n, end, ok
	}
	if s.any(i, "a", "an") {
		return 1, i + 1, true
	}
	return 0, 0, false
}

// weekday reads a day of the week: the next one after today, and the last one
// before it with the word last.
func (s *scanner) weekday(first int) (t time.Time, end int, ok bool) {
	i := first
	before := s.any(i, "last", "previous")
	if before || s.any(i, "next", "this", "on", "coming") {
		i++
	}
	day, known := s.words.weekdays[s.word(i)]
	if !known {
		return t, 0, false
	}
	if s.now.IsZero() {
		return t, i + 1, true
	}
	distance := (int(day) - int(s.now.Weekday()) + 7) % 7
	switch {
	case before:
		distance -= 7
	case distance == 0 && !s.is(first, "this"):
		distance = 7
	}
	return s.day(0, distance), i + 1, true
}

// monthDay reads the 22nd, of the month in which it comes next.
func (s *scanner) monthDay(first int) (t time.Time, end int, ok bool) {
	if !s.is(first, "the") {
		return t, 0, false
	}
	day, end, ok := s.ordinal(first + 1)
	if !ok || end != first+3 || day > 31 {
		return t, 0, false
	}
	if s.now.IsZero() {
		return t, end, true
	}
	today := s.day(0, 0)
	for month := range time.Month(12) {
		t = time.Date(today.Year(), today.Month()+month, day, 0, 0, 0, 0, time.UTC)
		if t.Day() == day && !t.Before(today) {
			return t, end, true
		}
	}
	return time.Time{}, 0, false
}
