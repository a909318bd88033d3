package intent

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// email reads the mail address that begins at a token.
func (s *scanner) email(first int) (value string, end int, ok bool) {
	start := s.text[first].start
	if before, _ := utf8.DecodeLastRuneInString(s.source[:start]); first > 0 && isMail(before) {
		return "", 0, false // within another word
	}
	rest := s.source[start:]
	n := strings.IndexFunc(rest, func(r rune) bool { return !isMail(r) })
	if n <= 0 || rest[n] != '@' {
		return "", 0, false
	}
	host := rest[n+1:]
	if m := strings.IndexFunc(host, func(r rune) bool { return !isHost(r) }); m >= 0 {
		host = host[:m]
	}
	host = strings.TrimRight(host, ".-")
	dot := strings.IndexByte(host, '.')
	if dot <= 0 || strings.Contains(host, "..") || strings.HasPrefix(host, "-") {
		return "", 0, false
	}
	value = rest[:n+1+len(host)]
	for end = first; end < len(s.text) && s.text[end].start < start+len(value); {
		end++
	}
	return value, end, true
}

// isHost reports whether a rune can be in the name of a host.
func isHost(r rune) bool {
	return r == '.' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// isMail reports whether a rune can be before the @ of an address.
func isMail(r rune) bool {
	return isHost(r) || r < utf8.RuneSelf && strings.ContainsRune("_%+&'*=~!#$", r)
}
