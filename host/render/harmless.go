package render

import (
	"regexp"
	"strings"
)

var (
	// target finds where markdown could begin the address of a link, and its first
	// part.
	target = regexp.MustCompile(`\]\s*[(:]\s*([^\s)]*)`)
	// leads are the addresses that may stand there.
	leads = regexp.MustCompile("^(?i:https?://|mailto:|tel:)[^\"'`\\\\<>()\\[\\]]+$")
	// handler finds what could become a handler, for renderers that take attributes.
	handler = regexp.MustCompile(`(?i)\bon[a-z]+\s*=`)
)

// Harmless reports whether markdown may leave for clients that render it
// themselves. Many of them put into their page what HTML there is in it, and
// renderers differ in what they take for code: so it holds nothing that could begin a
// tag, not even in code, no address but those that HTML leaves, no picture and no
// script's scheme. What is refused is not wrong: clients get [Renderer.HTML] of it
// instead, which looks as the bot meant.
func (r *Renderer) Harmless(markdown string) bool {
	if len(markdown) > MaxMarkdown || tangled(markdown) {
		return false
	}
	for i := 0; i < len(markdown); i++ {
		switch c := markdown[i]; {
		case c == '<' && i+1 < len(markdown) &&
			strings.IndexByte(" \n0123456789=-", markdown[i+1]) < 0:
			return false
		case c == '!' && i+1 < len(markdown) && markdown[i+1] == '[':
			return false
		case c < ' ' && c != '\n' && c != '\t' && c != '\r', c == 0x7f:
			return false
		}
	}
	for _, found := range target.FindAllStringSubmatch(markdown, -1) {
		if !leads.MatchString(found[1]) {
			return false
		}
	}
	return !handler.MatchString(markdown) && !scheming(markdown)
}

// scheming reports whether a text names a scheme of script, with whatever browsers
// and renderers leave out of one.
func scheming(text string) bool {
	if !strings.Contains(text, ":") {
		return false
	}
	bare := strings.Map(func(r rune) rune {
		switch {
		case r <= ' ', r == '\\', r >= 0x7f && r < 0xa0, r == 0xad, r >= 0x200b && r <= 0x200f,
			r == 0xfeff:
			return -1
		case r >= 'A' && r <= 'Z':
			return r | 0x20
		}
		return r
	}, text)
	return strings.Contains(bare, "javascript:") || strings.Contains(bare, "vbscript:")
}
