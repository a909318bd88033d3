package conversation

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/abi/jsontext"
)

// place is where a text stands: what it could be taken for depends on it.
type place int

const (
	// inReply is the beginning of a line.
	inReply place = iota
	// inSaid is after "> ".
	inSaid
	// inBody is after {KIND}.
	inBody
	// inName is where - is for none.
	inName
	// inCause is after @fails.
	inCause
	// inRest is where nothing else can stand.
	inRest
)

// prefix finds who does something, or whom a line is about.
var prefix = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?:[>@]|<(?: |$))`)

// special reports whether a text in that place is taken for something else.
func (at place) special(text string) bool {
	if text == "" {
		return true
	}
	switch at {
	case inReply:
		return strings.ContainsRune("#>@~/[{", rune(text[0])) || text == "*" || text == "-" ||
			strings.HasPrefix(text, "==") || strings.HasPrefix(text, "...") ||
			prefix.MatchString(text)
	case inSaid:
		return text[0] == '['
	case inBody:
		return text[0] == '~' || text[0] == '/'
	case inName:
		return text == "-"
	case inCause:
		return text[0] == '/'
	}
	return false
}

var errEscape = errors.New("if it is a text, put a backslash in front of it")

// parseText reads a text that is not special in its place.
func parseText(text string) (string, error) {
	switch {
	case strings.HasPrefix(text, `\`):
		return text[1:], nil
	case strings.HasPrefix(text, `"`):
		var s string
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return "", errors.New("is no JSON string: " + errEscape.Error())
		}
		return s, nil
	}
	return text, nil
}

// appendText appends a text for its place, in several lines if it has them.
func appendText(b []byte, at place, text string) []byte {
	if !shows(text) {
		return jsontext.AppendString(b, text)
	}
	first, _, _ := strings.Cut(text, "\n")
	if first[0] == '"' || first[0] == '\\' || at.special(first) {
		b = append(b, '\\')
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b = append(b, '\n')
			if line != "" {
				b = append(b, "  "...)
			}
		}
		b = append(b, line...)
	}
	return b
}

// shows reports whether all of a text can be seen, and stays, if it is written as
// it is.
func shows(text string) bool {
	if text == "" || text[0] == ' ' || text[0] == '\t' || !utf8.ValidString(text) {
		return false
	}
	lines := strings.Split(text, "\n")
	for _, line := range lines {
		if trim(line) != line || strings.ContainsFunc(line, isHidden) {
			return false
		}
	}
	return lines[0] != "" && lines[len(lines)-1] != ""
}

// isHidden reports whether r is no character that one sees, or ends lines in some
// editors.
func isHidden(r rune) bool {
	return isControl(r) || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}

// cutWord cuts the first word, which may be a JSON string.
func cutWord(s string) (word, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		word, rest, _ = cutSpace(s)
		return word, rest, nil
	}
	dec := json.NewDecoder(strings.NewReader(s))
	if err := dec.Decode(&word); err != nil {
		return "", "", errors.New("the name is no JSON string")
	}
	return word, strings.TrimLeft(s[dec.InputOffset():], " \t"), nil
}

// cutSpace cuts at the first space; ok is false if there is none.
func cutSpace(s string) (before, after string, ok bool) {
	at := strings.IndexAny(s, " \t")
	if at < 0 {
		return s, "", false
	}
	return s[:at], strings.TrimLeft(s[at:], " \t"), true
}

func appendWord(b []byte, word string) []byte {
	if word == "" || word[0] == '"' || !utf8.ValidString(word) ||
		strings.ContainsAny(word, " \t\n\r") || strings.ContainsFunc(word, isHidden) {
		return jsontext.AppendString(b, word)
	}
	return append(b, word...)
}

// cutRegexp returns the expression of /REGEXP/.
func cutRegexp(s string) (*regexp.Regexp, error) {
	if len(s) < 3 || s[0] != '/' || s[len(s)-1] != '/' {
		return nil, errors.New("a regular expression stands between slashes: " + errEscape.Error())
	}
	re, err := regexp.Compile(s[1 : len(s)-1])
	if err != nil {
		return nil, errors.New("is no regular expression in RE2's syntax: " + err.Error())
	}
	return re, nil
}

const brackets = `[]()\`

// parseOptions reads [LABEL] and [LABEL](VALUE), one or more. An option's value is
// empty if it has none of its own.
func parseOptions(s string) (options []bodies.Option, err error) {
	for s != "" {
		var o bodies.Option
		if o.Label, s, err = cutBrackets(s, '[', ']'); err != nil {
			return nil, err
		}
		if strings.HasPrefix(s, "(") {
			if o.Value, s, err = cutBrackets(s, '(', ')'); err != nil {
				return nil, err
			}
		}
		if s != "" && s[0] != ' ' && s[0] != '\t' && s[0] != '\n' {
			return nil, errors.New("options are [LABEL] or [LABEL](VALUE), with a space between: " +
				errEscape.Error())
		}
		s = strings.TrimLeft(s, " \t\n")
		options = append(options, o)
	}
	return options, nil
}

// cutBrackets cuts a text between brackets, with its backslashes.
func cutBrackets(s string, left, right byte) (text, rest string, err error) {
	bad := errors.New("options are [LABEL] or [LABEL](VALUE): " + errEscape.Error())
	if s[0] != left {
		return "", "", bad
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == right && b.Len() > 0:
			return b.String(), s[i+1:], nil
		case c == right:
			return "", "", errors.New("the label and the value of an option must not be empty")
		case c == '\\' && i+1 < len(s) && strings.IndexByte(brackets, s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		case strings.IndexByte(brackets+"\n", c) >= 0:
			return "", "", errors.New(`in an option, brackets and \ have a backslash in front: ` +
				errEscape.Error())
		default:
			b.WriteByte(c)
		}
	}
	return "", "", bad
}

func appendOptions(b []byte, options []bodies.Option) []byte {
	for i, o := range options {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendBrackets(b, '[', o.Label, ']')
		if o.Value != "" {
			b = appendBrackets(b, '(', o.Value, ')')
		}
	}
	return b
}

func appendBrackets(b []byte, left byte, text string, right byte) []byte {
	b = append(b, left)
	for i := range len(text) {
		if strings.IndexByte(brackets, text[i]) >= 0 {
			b = append(b, '\\')
		}
		b = append(b, text[i])
	}
	return append(b, right)
}
