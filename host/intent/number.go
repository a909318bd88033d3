package intent

import (
	"strconv"
	"strings"
	"unicode"
)

// maxDigits is how long a number may be; a longer one is a name.
const maxDigits = 30

// number reads the number that begins at a token. Its value is written with the
// digits 0 to 9, a point, and a minus sign before it if need be.
func (s *scanner) number(first int) (value string, end int, ok bool) {
	if value, end, ok = s.numeral(first); !ok {
		value, end, ok = s.numberWords(first)
	}
	return value, end, ok
}

// count reads a number without sign and point of at most four digits.
func (s *scanner) count(first int) (n, end int, ok bool) {
	value, end, ok := s.number(first)
	n, err := strconv.Atoi(value)
	if !ok || err != nil || n < 0 || n > 9999 {
		return 0, 0, false
	}
	return n, end, true
}

// digits reads a token of digits of any script; those of a part of a number stay
// as they are, with their zeros.
func (s *scanner) digits(i int) (digits string, ok bool) {
	word := s.word(i)
	if word == "" {
		return "", false
	}
	var b strings.Builder
	for _, r := range word {
		d, ok := digitValue(r)
		if !ok || b.Len() >= maxDigits {
			return "", false
		}
		b.WriteByte('0' + d)
	}
	return b.String(), true
}

// digitValue returns what a decimal digit of any script is worth. Unicode has
// them in rows of ten.
func digitValue(r rune) (value byte, ok bool) {
	if '0' <= r && r <= '9' {
		return byte(r - '0'), true
	}
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10), true
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10), true
		}
	}
	return 0, false
}

// numeral reads a number that is written with digits: 1,234.5 in English, 1.234,5
// in languages with a decimal comma.
func (s *scanner) numeral(first int) (value string, end int, ok bool) {
	value, ok = s.digits(first)
	if !ok {
		return "", 0, false
	}
	group, point := ",", "."
	if s.words.comma {
		group, point = point, group
	}
	end = first + 1
	for len(value) <= maxDigits && (len(value) <= 3 || end > first+1) && s.between(end) == group {
		more, ok := s.digits(end)
		if !ok || len(more) != 3 {
			break
		}
		value, end = value+more, end+1
	}
	value = strings.TrimLeft(value[:len(value)-1], "0") + value[len(value)-1:]
	if more, ok := s.digits(end); ok && s.between(end) == point && s.between(end+1) != point {
		value, end = value+"."+more, end+1
	}
	if s.negative(first) {
		value = "-" + value
	}
	return value, end, true
}

// negative reports whether a minus sign stands before a token, and is no hyphen.
func (s *scanner) negative(first int) bool {
	before := s.source[:s.text[first].start]
	rest, minus := strings.CutSuffix(before, "-")
	if !minus {
		rest, minus = strings.CutSuffix(before, "−")
	}
	return minus && (rest == "" || strings.HasSuffix(rest, " "))
}

// numberWords reads a number that is written with words, up to billions.
func (s *scanner) numberWords(first int) (value string, end int, ok bool) {
	var n spokenNumber
	i := first
	if s.any(i, s.words.one...) && s.words.scales[s.word(i+1)] > 0 {
		n.part, i = 1, i+1 // a hundred
	}
	for end = i; ; i++ {
		if s.any(i, s.words.and...) && n.last >= 100 && s.words.numbers[s.word(i+1)] > 0 {
			i++ // two hundred and five
		}
		digit, isNumber := s.words.numbers[s.word(i)]
		scale, isScale := s.words.scales[s.word(i)]
		if !isNumber && !isScale || isNumber && !n.add(digit) || isScale && !n.multiply(scale) {
			return strconv.FormatInt(n.total+n.part, 10), end, n.begun
		}
		end = i + 1
	}
}

// spokenNumber is a number of which some words were heard.
type spokenNumber struct {
	total int64 // of what is complete: thousands, millions
	part  int64 // the rest, below a thousand
	last  int64 // the word before
	begun bool
}

// add adds a number below a hundred, and reports whether it can follow.
func (n *spokenNumber) add(number int64) bool {
	if n.begun && n.last < 100 && (n.last < 20 || n.last%10 != 0 || number < 1 || number > 9) {
		return false // five can follow twenty, twenty cannot follow five
	}
	n.part, n.last, n.begun = n.part+number, number, true
	return true
}

// multiply makes hundreds and more of what was said, and reports whether that can
// follow.
func (n *spokenNumber) multiply(scale int64) bool {
	switch {
	case !n.begun && n.part == 0 && scale > 12:
		return false // hundred alone is not said
	case scale >= 1000 && (n.total == 0 || scale < n.scale()):
		n.total, n.part = n.total+max(n.part, 1)*scale, 0
	case scale < 1000 && n.last < 100 && n.part < 100:
		n.part = max(n.part, 1) * scale
	default:
		return false
	}
	n.last, n.begun = scale, true
	return true
}

// scale returns the smallest scale that the total has.
func (n *spokenNumber) scale() int64 {
	scale := int64(1000)
	for n.total%(scale*1000) == 0 {
		scale *= 1000
	}
	return scale
}
