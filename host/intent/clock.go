package intent

import (
	"fmt"
	"strconv"
	"time"
)

// time reads the time of day that begins at a token. Its value is written as
// 15:04, with seconds if they were said. A distance, such as in 5 minutes, is
// written as 2006-01-02T15:04:05Z07:00; if the time is not known, as it was said.
func (s *scanner) time(first int) (value string, end int, ok bool) {
	if t, end, ok := s.shiftedTime(first); ok && isWritable(t) {
		if t.IsZero() {
			return s.folded(first, end), end, true
		}
		return t.Format(time.RFC3339), end, true
	}
	if value, end, ok = s.clock(first); ok {
		return value, end, true
	}
	return s.spokenTime(first)
}

// shiftedTime reads in 5 minutes, two hours ago, in a day and a half and now.
func (s *scanner) shiftedTime(first int) (t time.Time, end int, ok bool) {
	if s.words.units == nil {
		return t, 0, false
	}
	d, end, ok := s.shift(first)
	switch {
	case ok && d.fine:
	case s.is(first, "right", "now"):
		end = first + 2
	case s.is(first, "now") && !s.is(first-1, "from"):
		end = first + 1
	default:
		return t, 0, false
	}
	return s.moment(d), end, true
}

// moment returns the time of the text with an offset; zero if that is not known.
func (s *scanner) moment(d distance) time.Time {
	t := s.now
	if t.IsZero() {
		return t
	}
	if d.months != 0 || d.days != 0 { // at the same time of that day
		day := s.day(d.months, d.days)
		t = time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), t.Second(),
			t.Nanosecond(), t.Location())
	}
	return t.Add(d.length)
}

// clock reads 15:30, 5 pm, 5:30 p.m. and 5 o'clock.
func (s *scanner) clock(first int) (value string, end int, ok bool) {
	hour, ok := s.two(first)
	if !ok {
		return "", 0, false
	}
	minute, second := 0, -1
	end = first + 1
	colon := s.between(end) == ":"
	if colon {
		if minute, ok = s.two(end); !ok || len(s.word(end)) != 2 {
			return "", 0, false
		}
		end++
		if n, ok := s.two(end); ok && s.between(end) == ":" {
			second, end = n, end+1
		}
	}
	next, half := s.half(end, hour)
	oclock := !colon && s.words.units != nil && s.is(end, "oclock")
	switch {
	case half >= 0:
		hour, end = half, next
	case oclock:
		end++
		if next, half = s.half(end, hour); half >= 0 {
			hour, end = half, next
		}
	case !colon:
		return "", 0, false
	}
	return writeTime(hour, minute, second, end)
}

// writeTime refuses what is no time of day.
func writeTime(hour, minute, second, end int) (value string, _ int, ok bool) {
	switch {
	case hour > 23, minute > 59, second > 59:
		return "", 0, false
	case second >= 0:
		return fmt.Sprintf("%02d:%02d:%02d", hour, minute, second), end, true
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), end, true
}

// two reads a number of at most two digits.
func (s *scanner) two(i int) (n int, ok bool) {
	digits, ok := s.digits(i)
	if !ok || len(digits) > 2 {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// half reads which half of the day is meant, and returns the hour of the day;
// below zero if it is not said.
func (s *scanner) half(i, hour int) (end, of24 int) {
	pm := false
	switch {
	case s.words.units == nil || hour < 1 || hour > 12:
		return i, -1
	case s.any(i, "am", "pm"):
		pm, end = s.is(i, "pm"), i+1
	case s.is(i, "a", "m"), s.is(i, "p", "m"):
		pm, end = s.is(i, "p"), i+2
	case s.is(i, "in", "the", "morning"):
		end = i + 3
	case s.is(i, "in", "the", "afternoon"), s.is(i, "in", "the", "evening"):
		pm, end = true, i+3
	case s.is(i, "at", "night"):
		pm, end = true, i+2
	default:
		return i, -1
	}
	of24 = hour % 12
	if pm {
		of24 += 12
	}
	return end, of24
}

// spokenTime reads noon, half past five and quarter to six.
func (s *scanner) spokenTime(first int) (value string, end int, ok bool) {
	switch {
	case s.words.units == nil:
		return "", 0, false
	case s.any(first, "noon", "midday"):
		return "12:00", first + 1, true
	case s.is(first, "midnight"):
		return "00:00", first + 1, true
	}
	minute, i, ok := s.minutes(first)
	if !ok || !s.any(i, "past", "to") {
		return s.hour(first)
	}
	to := s.is(i, "to")
	hour, end, ok := s.count(i + 1)
	if !ok || hour > 23 {
		return "", 0, false
	}
	if next, half := s.half(end, hour); half >= 0 {
		hour, end = half, next
	}
	if to {
		hour, minute = (hour+23)%24, 60-minute
	}
	return writeTime(hour, minute, -1, end)
}

// minutes reads half, quarter, and a number of minutes.
func (s *scanner) minutes(i int) (n, end int, ok bool) {
	if s.is(i, "a", "quarter") {
		i++
	}
	switch {
	case s.is(i, "half") && s.is(i+1, "past"):
		return 30, i + 1, true
	case s.is(i, "quarter"):
		return 15, i + 1, true
	}
	n, end, ok = s.count(i)
	if ok && s.any(end, "minutes", "minute") {
		end++
	}
	return n, end, ok && n > 0 && n < 60
}

// hour reads an hour in words with its half of the day: five pm, seven o'clock.
func (s *scanner) hour(first int) (value string, end int, ok bool) {
	hour, i, ok := s.count(first)
	if !ok || hour > 23 {
		return "", 0, false
	}
	oclock := s.is(i, "oclock")
	if oclock {
		i++
	}
	end, half := s.half(i, hour)
	switch {
	case half >= 0:
		hour = half
	case !oclock:
		return "", 0, false
	}
	return writeTime(hour, 0, -1, end)
}
