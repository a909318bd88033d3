package intent

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxText is how much of a text is looked at, in bytes: a longer one is no answer
// to a question, and must not cost more than one.
const maxText = 4 << 10

// token is a word, a number, a symbol, or a letter of a script that writes words
// without spaces between them.
type token struct {
	// text is folded: texts that differ in case or in the way their letters are
	// encoded have the same tokens.
	text string
	// start and end are where it stands, in bytes.
	start, end int
}

// class says what a rune does to the token before it.
type class uint8

const (
	space  class = iota // ends it
	letter              // joins letters
	digit               // joins digits
	alone               // is a token of its own
	joined              // belongs to the token before, if there is one
	hidden              // is as if it were not there
)

// unspaced are scripts that do not put spaces where other ones do. Korean has
// spaces, but puts particles directly after nouns.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai,
	unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func classOf(r rune) class {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		return letter
	case '0' <= r && r <= '9':
		return digit
	case r == '\'', r == '’', unicode.Is(unicode.Cf, r):
		return hidden // don't is dont, also within a word
	case r == '#', r == '%', r == '&':
		return alone // C# is not C
	case r == utf8.RuneError, unicode.IsSpace(r), unicode.IsPunct(r), unicode.IsControl(r):
		return space
	case unicode.IsMark(r):
		return joined
	case unicode.In(r, unspaced...) && unicode.IsLetter(r), unicode.IsSymbol(r):
		return alone
	case unicode.IsNumber(r):
		return digit
	case unicode.IsLetter(r):
		return letter
	}
	return space
}

// tokens splits the beginning of a text. Punctuation is dropped, unless there is
// nothing else.
func tokens(text string) []token {
	text = shorten(text)
	list := split(text, classOf)
	if len(list) == 0 {
		list = split(text, func(r rune) class {
			if unicode.IsPunct(r) {
				return alone
			}
			return space
		})
	}
	return list
}

// shorten cuts a text to what is looked at.
func shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for !utf8.RuneStart(text[end]) && end > maxText-utf8.UTFMax {
		end--
	}
	return text[:end]
}

func split(text string, classOf func(rune) class) []token {
	list := make([]token, 0, 1+len(text)/5)
	last := space
	for i, r := range text {
		c := classOf(r)
		end := i + utf8.RuneLen(r)
		switch {
		case c == hidden, c == joined && last == space:
			continue
		case c == space:
		case c == joined, c == last && c != alone:
			list[len(list)-1].end = end
			continue
		default:
			list = append(list, token{start: i, end: end})
		}
		last = c
	}
	for i := range list {
		list[i].text = fold(text[list[i].start:list[i].end])
	}
	return list
}

// fold gives words that differ in case or encoding one form.
func fold(word string) string {
	if isASCII(word) {
		return strings.ToLower(strings.ReplaceAll(word, "'", ""))
	}
	word = strings.Map(func(r rune) rune {
		if classOf(r) == hidden {
			return -1
		}
		return r
	}, word)
	// Folding can undo what the first normalisation did.
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(word)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
