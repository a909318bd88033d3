package bodies

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bothost/bothost/abi/jsontext"
)

// scalar reads a string, number, boolean or null.
func (b *bodyReader) scalar() error {
	switch b.Peek() {
	case '"':
		text, err := b.str()
		b.out = jsontext.AppendString(b.out, text)
		return err
	case 't':
		return b.word("true")
	case 'f':
		return b.word("false")
	case 'n':
		return b.word("null")
	case '{', '[':
		return b.wrong("a string, number, boolean or null")
	}
	_, err := b.number()
	return err
}

func (b *bodyReader) word(word string) error {
	for i := range len(word) {
		if b.Pos == len(b.Doc) || b.Doc[b.Pos] != word[i] {
			return b.syntax()
		}
		b.Pos++
	}
	b.out = append(b.out, word...)
	return nil
}

// null reads null if it stands here, and writes nothing.
func (b *bodyReader) null() (bool, error) {
	if b.Peek() != 'n' {
		return false, nil
	}
	end := len(b.out)
	err := b.word("null")
	b.out = b.out[:end]
	return true, err
}

func (b *bodyReader) number() (float64, error) {
	start := b.Pos
	if !b.skipNumber() {
		if b.Pos == start {
			return 0, b.wrong("a number")
		}
		return 0, b.syntax()
	}
	literal := b.Doc[start:b.Pos]
	n, err := strconv.ParseFloat(string(literal), 64)
	if err != nil || math.IsInf(n, 0) {
		return 0, b.fail("the number %.40s is too large", literal)
	}
	b.out = append(b.out, literal...)
	return n, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// skipNumber skips a number; false where its grammar ends.
func (b *bodyReader) skipNumber() bool {
	b.skipOne("-")
	if !b.skipOne("0") && !b.skipDigits() {
		return false
	}
	if b.skipOne(".") && !b.skipDigits() {
		return false
	}
	if b.skipOne("eE") {
		b.skipOne("+-")
		return b.skipDigits()
	}
	return true
}

// skipOne skips one of these characters if it stands right here.
func (b *bodyReader) skipOne(of string) bool {
	if b.Pos == len(b.Doc) || strings.IndexByte(of, b.Doc[b.Pos]) < 0 {
		return false
	}
	b.Pos++
	return true
}

// skipDigits skips one digit or more.
func (b *bodyReader) skipDigits() bool {
	start := b.Pos
	for b.Pos < len(b.Doc) && isDigit(b.Doc[b.Pos]) {
		b.Pos++
	}
	return b.Pos > start
}

// str reads a string and writes nothing. It may return a view of the body.
func (b *bodyReader) str() ([]byte, error) {
	if b.Peek() != '"' {
		return nil, b.wrong("a string")
	}
	start, escaped := b.Pos, false
	for b.Pos++; b.Pos < len(b.Doc); b.Pos++ {
		switch c := b.Doc[b.Pos]; {
		case c == '"':
			b.Pos++
			if !escaped {
				return b.Doc[start+1 : b.Pos-1], nil
			}
			return b.unescape(start)
		case c < ' ':
			return nil, b.syntax()
		case c == '\\':
			escaped = true
			b.Pos++
		}
	}
	b.Pos = len(b.Doc)
	return nil, b.syntax()
}

func (b *bodyReader) unescape(start int) ([]byte, error) {
	var text string
	err := json.Unmarshal(b.Doc[start:b.Pos], &text)
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, fmt.Errorf("not JSON at byte %d", start+int(bad.Offset))
	}
	return []byte(text), err
}
