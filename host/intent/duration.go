package intent

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// maxAmount is how many of a unit of time somebody may speak of.
const maxAmount = 9999

// distance is a length of time: months and days, which are not all as long as
// each other, and the rest of it.
type distance struct {
	months, days int
	length       time.Duration
	// fine: it is not in whole days.
	fine bool
}

// millis is the distance with months of 30 and years of 365 days.
func (d distance) millis() int64 {
	days := d.months/12*365 + d.months%12*30 + d.days
	return int64(days)*24*time.Hour.Milliseconds() + d.length.Milliseconds()
}

func (d distance) plus(e distance) distance {
	return distance{d.months + e.months, d.days + e.days, d.length + e.length, d.fine || e.fine}
}

func (d distance) back() distance { return distance{-d.months, -d.days, -d.length, d.fine} }

// times returns so many of a unit. What is left of a month is in days, what is left
// of a day in hours.
func (u unit) times(n float64) distance {
	if u.length > 0 {
		length := time.Duration(n * float64(u.length))
		return distance{length: length.Round(time.Millisecond), fine: true}
	}
	if u.months > 0 {
		months, rest := math.Modf(n * float64(u.months))
		return distance{months: int(months), days: int(math.Round(rest * 30))}
	}
	days, rest := math.Modf(n * float64(u.days))
	length := time.Duration(rest * 24 * float64(time.Hour)).Round(time.Millisecond)
	return distance{days: int(days), length: length, fine: length > 0}
}

// duration reads the length of time that begins at a token. Its value is in
// milliseconds.
func (s *scanner) duration(first int) (value string, end int, ok bool) {
	d, end, ok := s.distance(first)
	return strconv.FormatInt(d.millis(), 10), end, ok
}

// distance reads 5 minutes, an hour and a half, 2 days and 3 hours, and 1h30m.
func (s *scanner) distance(first int) (d distance, end int, ok bool) {
	if s.words.units == nil {
		return d, 0, false
	}
	last := int64(math.MaxInt64)
	for i := first; ; {
		part, u, next, known := s.measure(i)
		one := u.times(1).millis()
		if !known || min(one, part.millis()) >= last {
			return d, end, ok // an hour and a day are two lengths
		}
		d, end, ok, last = d.plus(part), next, true, one
		if i = end; s.is(i, "and") {
			i++
		}
		if sep := strings.TrimSpace(s.between(end)); sep != "" && sep != "," {
			return d, end, ok
		}
	}
}

// measure reads how many of one unit there are.
func (s *scanner) measure(first int) (d distance, u unit, end int, ok bool) {
	n, i, ok := s.fraction(first)
	if !ok {
		n, i, ok = s.quantity(first)
	}
	if !ok {
		return d, u, 0, false
	}
	if u, end, ok = s.unit(i); !ok {
		return d, u, 0, false
	}
	if more, next, ok := s.andFraction(end); ok && s.words.units[s.word(next)] == (unit{}) {
		n, end = n+more, next // an hour and a half
	}
	return u.times(n), u, end, true
}

// fraction reads half a, a quarter of an, and three quarters of an.
func (s *scanner) fraction(first int) (n float64, end int, ok bool) {
	count, i, counted := s.amount(first)
	if !counted {
		count, i = 1, first
	}
	switch {
	case s.is(i, "half"):
		n = float64(count) / 2
	case s.any(i, "quarter", "quarters"):
		n = float64(count) / 4
	default:
		return 0, 0, false
	}
	i++
	if s.is(i, "of") {
		i++
	}
	if s.any(i, "a", "an") {
		i++
	}
	return n, i, true
}

// quantity reads 5, an, 1.5, two and a half, and a couple of.
func (s *scanner) quantity(first int) (n float64, end int, ok bool) {
	i := first
	if s.is(i, "a", "couple") {
		i++
	}
	if s.is(i, "couple", "of") {
		return 2, i + 2, true
	}
	value, end, ok := s.number(first)
	switch {
	case ok:
		n, _ = strconv.ParseFloat(value, 64)
	case s.any(first, "a", "an"):
		n, end = 1, first+1
	default:
		return 0, 0, false
	}
	if more, next, ok := s.andFraction(end); ok {
		n, end = n+more, next
	}
	return n, end, n >= 0 && n <= maxAmount
}

// andFraction reads and a half, and and a quarter.
func (s *scanner) andFraction(i int) (n float64, end int, ok bool) {
	switch {
	case s.is(i, "and", "a", "half"):
		return 0.5, i + 3, true
	case s.is(i, "and", "a", "quarter"):
		return 0.25, i + 3, true
	}
	return 0, 0, false
}

// unit reads a unit of time: its name, or a letter that follows a number.
func (s *scanner) unit(i int) (u unit, end int, ok bool) {
	if u, ok = s.words.units[s.word(i)]; !ok && s.between(i) == "" {
		u, ok = s.words.letters[s.word(i)]
	}
	return u, i + 1, ok
}

// shift reads a distance from now, which is below zero for what is over.
func (s *scanner) shift(first int) (d distance, end int, ok bool) {
	i := first
	in := s.any(i, "in", "within")
	if in {
		i++
	}
	if d, end, ok = s.distance(i); !ok {
		return d, 0, false
	}
	switch {
	case in:
		return d, end, true
	case s.is(end, "ago"):
		return d.back(), end + 1, true
	case s.is(end, "from", "now"), s.is(end, "from", "today"):
		return d, end + 2, true
	}
	return d, 0, false
}
