package wat

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEOF tokenKind = iota
	tokenOpen
	tokenClose
	tokenAtom     // keyword, identifier or number
	tokenString   // text holds the bytes the literal stands for
	tokenReserved // one character that only annotations may hold
)

type token struct {
	kind tokenKind
	pos  int
	text string
}

type lexer struct {
	source string
	at     int
	loose  bool // within annotations, tokens need no space between them
}

func (l *lexer) next() (token, error) {
	if err := l.skipSpace(); err != nil {
		return token{}, err
	}
	start := l.at
	if start == len(l.source) {
		return token{kind: tokenEOF, pos: start}, nil
	}
	switch c := l.source[start]; {
	case c == '(':
		l.at++
		return token{kind: tokenOpen, pos: start}, nil
	case c == ')':
		l.at++
		return token{kind: tokenClose, pos: start}, nil
	case c == '"':
		return l.stringLiteral()
	case isIDChar(c):
		return l.atom()
	case strings.IndexByte(",;[]{}", c) >= 0:
		l.at++
		return token{kind: tokenReserved, pos: start, text: l.source[start:l.at]}, nil
	}
	r, _ := utf8.DecodeRuneInString(l.source[start:])
	return token{}, errorAt(start, "unexpected character %q", r)
}

func (l *lexer) skipSpace() error {
	for l.at < len(l.source) {
		rest := l.source[l.at:]
		switch {
		case strings.IndexByte(" \t\n\r", rest[0]) >= 0:
			l.at++
		case strings.HasPrefix(rest, ";;"):
			if end := strings.IndexAny(rest, "\n\r"); end >= 0 {
				l.at += end
			} else {
				l.at = len(l.source)
			}
		case strings.HasPrefix(rest, "(;"):
			if err := l.skipBlockComment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) skipBlockComment() error {
	start, depth := l.at, 0
	for l.at < len(l.source) {
		rest := l.source[l.at:]
		switch {
		case strings.HasPrefix(rest, "(;"):
			depth++
			l.at += 2
		case strings.HasPrefix(rest, ";)"):
			depth--
			l.at += 2
			if depth == 0 {
				return nil
			}
		default:
			l.at++
		}
	}
	return errorAt(start, "block comment without end")
}

func (l *lexer) atom() (token, error) {
	start := l.at
	for l.at < len(l.source) && isIDChar(l.source[l.at]) {
		l.at++
	}
	t := token{kind: tokenAtom, pos: start, text: l.source[start:l.at]}
	if t.text == "$" && !l.loose {
		return t, errorAt(start, "empty identifier")
	}
	if l.tight() {
		return t, errorAt(l.at, "missing space before string")
	}
	return t, nil
}

func (l *lexer) stringLiteral() (token, error) {
	start := l.at
	var b strings.Builder
	for l.at++; l.at < len(l.source); {
		switch c := l.source[l.at]; {
		case c == '"':
			l.at++
			if l.tight() {
				return token{}, errorAt(l.at, "missing space after string")
			}
			return token{kind: tokenString, pos: start, text: b.String()}, nil
		case c < ' ' || c == 0x7f:
			return token{}, errorAt(l.at, "unescaped control character in string")
		case c == '\\':
			if err := l.escape(&b); err != nil {
				return token{}, err
			}
		default:
			b.WriteByte(c)
			l.at++
		}
	}
	return token{}, errorAt(start, "string without end")
}

// tight reports whether a token follows without the space it needs.
func (l *lexer) tight() bool {
	return !l.loose && l.at < len(l.source) &&
		(isIDChar(l.source[l.at]) || l.source[l.at] == '"')
}

// escape decodes the escape sequence the lexer stands on.
func (l *lexer) escape(b *strings.Builder) error {
	rest := l.source[l.at+1:]
	if rest == "" {
		return errorAt(l.at, "string without end")
	}
	if i := strings.IndexByte(`tnr"'\`, rest[0]); i >= 0 {
		b.WriteByte("\t\n\r\"'\\"[i])
		l.at += 2
		return nil
	}
	if rest[0] == 'u' {
		return l.unicodeEscape(b)
	}
	if len(rest) >= 2 {
		if v, err := strconv.ParseUint(rest[:2], 16, 8); err == nil {
			b.WriteByte(byte(v))
			l.at += 3
			return nil
		}
	}
	return errorAt(l.at, "unknown escape in string")
}

func (l *lexer) unicodeEscape(b *strings.Builder) error {
	rest := l.source[l.at+2:]
	end := strings.IndexByte(rest, '}')
	if !strings.HasPrefix(rest, "{") || end < 0 {
		return errorAt(l.at, `malformed \u{...} escape in string`)
	}
	hex, ok := stripUnderscores(rest[1:end], isHexDigit)
	if !ok {
		return errorAt(l.at, `malformed \u{...} escape in string`)
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
		return errorAt(l.at, `\u{%s} is no Unicode scalar value`, hex)
	}
	b.WriteRune(rune(v))
	l.at += 2 + end + 1
	return nil
}

func isIDChar(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-./:<=>?@\\^_`|~", c) >= 0
}
