package intent

import (
	"strings"
	"time"
)

// scanner finds values of built-in entities in a text. Words are those of one
// language; numbers are found in all of them.
type scanner struct {
	source string
	text   []token
	words  *lexicon
	// now is when the text was said. If zero, what depends on it stays as it was
	// said.
	now time.Time
}

// word returns a token's text; empty if there is no such token.
func (s *scanner) word(i int) string {
	if i < 0 || i >= len(s.text) {
		return ""
	}
	return s.text[i].text
}

// between returns what stands between a token and the one before it.
func (s *scanner) between(i int) string {
	if i <= 0 || i >= len(s.text) {
		return " "
	}
	return s.source[s.text[i-1].end:s.text[i].start]
}

// folded returns the words from one token up to another one.
func (s *scanner) folded(first, end int) string {
	var b strings.Builder
	for i := first; i < end; i++ {
		if i > first && s.between(i) != "" {
			b.WriteByte(' ')
		}
		b.WriteString(s.text[i].text)
	}
	return b.String()
}

// is reports whether the tokens from i on are these words.
func (s *scanner) is(i int, words ...string) bool {
	for j, word := range words {
		if s.word(i+j) != word {
			return false
		}
	}
	return true
}

// any reports whether a token is one of some words.
func (s *scanner) any(i int, words ...string) bool {
	w := s.word(i)
	for _, word := range words {
		if w == word {
			return w != ""
		}
	}
	return false
}
