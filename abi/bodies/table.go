package bodies

import (
	"encoding/json"
	"strings"
	"unicode"
)

// textTable is a table that is drawn with characters. The first cell of a column
// is its name.
type textTable [][]textCell

type textCell struct {
	text  string
	width int
	// right says that the cell stands on the right of its column.
	right bool
}

func (t *textTable) column(name string) {
	*t = append(*t, []textCell{{text: name, width: textWidth(name), right: true}})
}

func (t textTable) cell(column int, cell json.RawMessage) {
	c := textCell{text: string(cell)}
	var text string
	switch {
	case cell[0] == '"' && json.Unmarshal(cell, &text) == nil:
		c.text = oneLine(text, shownCell)
	case cell[0] == 'n':
		c.text, c.right = "", true
	default:
		c.right = cell[0] != 't' && cell[0] != 'f'
	}
	c.width = textWidth(c.text)
	// A name stands where the cells below it do.
	t[column][0].right = t[column][0].right && c.right
	t[column] = append(t[column], c)
}

func (t textTable) String() string {
	widths := make([]int, len(t))
	for j, column := range t {
		for _, c := range column {
			widths[j] = max(widths[j], c.width)
		}
	}
	var lines []string
	for i := range t[0] {
		lines = append(lines, t.line(i, widths))
		if i == 0 {
			lines = append(lines, underline(widths))
		}
	}
	return strings.Join(lines, "\n")
}

func (t textTable) line(i int, widths []int) string {
	var b strings.Builder
	for j, column := range t {
		if j > 0 {
			b.WriteString(" | ")
		}
		c := column[i]
		space := strings.Repeat(" ", widths[j]-c.width)
		if c.right {
			b.WriteString(space + c.text)
		} else {
			b.WriteString(c.text + space)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// underline is the line below the names.
func underline(widths []int) string {
	parts := make([]string, len(widths))
	for j, width := range widths {
		parts[j] = strings.Repeat("-", width)
	}
	return strings.Join(parts, "-+-")
}

// wide are the scripts whose characters take two places in a terminal.
var wide = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul}

// textWidth returns how many places a text takes in a terminal.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < 0x300:
			n++
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, wide...):
			n += 2
		default:
			n++
		}
	}
	return n
}
