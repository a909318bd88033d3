package conversation

import (
	"strings"
	"unicode/utf8"
)

// item is a line with those that go on with it.
type item struct {
	// line is the number of the first one, and end that of the one after the last.
	line, end int
	text      string
	// more are the further lines, without their indent.
	more []string
}

// whole returns all lines as one text, of which rest is the first.
func (it *item) whole(rest string) string {
	if len(it.more) == 0 {
		return rest
	}
	return rest + "\n" + strings.Join(it.more, "\n")
}

// scan joins lines into items.
func (p *parser) scan(lines []string) (items []item) {
	for i := 0; i < len(lines); {
		it := item{line: i + 1, text: trim(lines[i])}
		p.line = it.line
		p.checkLine(lines[i])
		i++
		if it.text != "" && it.text[0] != '#' {
			i = p.scanMore(&it, lines, i)
		}
		if _, indented := cutIndent(lines[it.line-1]); indented && it.text != "" {
			p.fail("a line with an indent goes on with a text: there is none above")
		} else if it.text != "" && lines[it.line-1][0] == ' ' {
			p.fail("an indent is of two spaces, or a tab")
		}
		it.end = i + 1
		items = append(items, it)
	}
	return items
}

// scanMore takes the lines from i on that go on with an item.
func (p *parser) scanMore(it *item, lines []string, i int) int {
	for blank := i; blank < len(lines); {
		text, indented := cutIndent(lines[blank])
		switch {
		case trim(lines[blank]) == "":
			blank++
		case indented:
			for ; i < blank; i++ {
				it.more = append(it.more, "")
			}
			p.line = blank + 1
			p.checkLine(lines[blank])
			it.more = append(it.more, trim(text))
			blank++
			i = blank
		default:
			return i
		}
	}
	return i
}

func cutIndent(line string) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(line, "  "); ok {
		return rest, true
	}
	return strings.CutPrefix(line, "\t")
}

// trim cuts what does not count at the end of a line.
func trim(line string) string { return strings.TrimRight(line, " \t\r") }

// checkLine refuses what nobody can see.
func (p *parser) checkLine(line string) {
	if !utf8.ValidString(line) {
		p.fail("is not UTF-8")
		return
	}
	if line = trim(line); strings.ContainsFunc(line, isControl) {
		p.fail(`has a control character: write the text as a JSON string, such as "a\u0007"`)
	}
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
