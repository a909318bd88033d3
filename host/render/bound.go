package render

import "strings"

// Bounds on the shape of markdown. Above them goldmark takes time, or makes HTML,
// that grows with the square of the size.
const (
	// maxNested is how many quotes and lists may begin in one line, and maxIndent how
	// many columns to the right lists may begin.
	maxNested = 24
	maxIndent = 64
	// maxBrackets is how many brackets, or parentheses, may be open in a paragraph.
	maxBrackets = 48
	// maxCells is how many cells tables may have: short rows are filled.
	maxCells = 32 << 10
)

// tangled reports whether markdown is beyond the bounds.
func tangled(md string) bool {
	var square, round, columns, lines int
	for line := range strings.Lines(md) {
		lines++
		if nested(line) {
			return true
		}
		columns = max(columns, delimiters(line))
		if strings.TrimSpace(line) == "" {
			square, round = 0, 0
			continue
		}
		for i := 0; i < len(line); i++ {
			switch line[i] {
			case '\\':
				i++
			case '[':
				square++
			case ']':
				square = max(square-1, 0)
			case '(':
				round++
			case ')':
				round = max(round-1, 0)
			}
			if square > maxBrackets || round > maxBrackets {
				return true
			}
		}
	}
	return columns*lines > maxCells
}

// nested reports whether too many quotes and lists begin in a line.
func nested(line string) bool {
	markers, column := 0, 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ':
			column++
		case c == '\t':
			column += 4
		case c == '>':
			markers++
			column++
		case c >= '0' && c <= '9':
			column++
		case strings.IndexByte("-*+.)", c) >= 0:
			if i+1 < len(line) && strings.IndexByte(" \t\r\n", line[i+1]) < 0 {
				return false
			}
			markers++
			column++
			if column > maxIndent {
				return true
			}
		default:
			return false
		}
		if markers > maxNested {
			return true
		}
	}
	return false
}

// delimiters returns how many columns a line could begin a table with.
func delimiters(line string) int {
	columns, dash := 0, false
	for i := range len(line) {
		if line[i] == '-' {
			if !dash {
				columns++
			}
			dash = true
			continue
		}
		// Quotes and lists may come before, and goldmark takes any white space.
		if strings.IndexByte("|: \t\r\n\f\v>*+.)0123456789", line[i]) < 0 {
			return 0
		}
		dash = false
	}
	return columns
}
