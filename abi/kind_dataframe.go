package abi

import (
	"encoding/json"
	"strings"
	"unicode"
)

// Limits of a dataframe, beside the one on the size of replies.
const (
	MaxColumns = 256
	MaxRows    = 10_000
)

// How much of a dataframe is shown as text.
const (
	shownRows    = 50
	shownColumns = 12
	shownCell    = 40
)

// Dataframe is what an entry of [KindDataframe] holds.
type Dataframe struct {
	Columns []string
	// Rows have a cell for each column: JSON of a string, a number, a boolean or
	// null. Cells share memory.
	Rows [][]json.RawMessage
}

// ParseDataframe reads the body of an entry of [KindDataframe].
//
// # Errors
//
// The error names the rule that the body breaks; what [KindInfo.Parse] returned
// breaks none.
func ParseDataframe(body string) (d Dataframe, err error) {
	kept, err := readBody([]byte(body), dataframe)
	if err != nil {
		return Dataframe{}, err
	}
	doc := []byte(kept)
	columns, _ := Lookup(doc, "columns")
	if err := json.Unmarshal(columns, &d.Columns); err != nil {
		return Dataframe{}, jsonError(err)
	}
	var cells []json.RawMessage
	rows, _ := Lookup(doc, "rows")
	for row := range partsOf(rows) {
		for cell := range partsOf(row) {
			cells = append(cells, cell)
		}
	}
	for n := len(d.Columns); len(cells) > 0; cells = cells[n:] {
		d.Rows = append(d.Rows, cells[:n:n])
	}
	return d, nil
}

// dataframe is a rule.
func dataframe(b *bodyReader) error {
	columns, rows := 0, []int(nil)
	column := func(b *bodyReader) error {
		columns++
		return someText(b)
	}
	row := func(b *bodyReader) error {
		cells := 0
		err := b.elements(func(int) error {
			cells++
			return b.scalar()
		})
		rows = append(rows, cells)
		return err
	}
	err := object(
		field{name: "columns", rule: distinct("", arrayOf(1, MaxColumns, column))},
		field{name: "rows", rule: arrayOf(0, MaxRows, row)})(b)
	if err != nil {
		return err
	}
	for i, cells := range rows {
		if cells != columns {
			b.at = append(b.at, step{name: "rows"}, step{index: i})
			return b.fail("must have a cell for each of %d columns, has %d", columns, cells)
		}
	}
	return nil
}

// dataframeText draws a table of lines as long as the longest: numbers stand on
// the right of their column, all else on the left.
func dataframeText(body string) string {
	d, err := ParseDataframe(body)
	if err != nil {
		return body
	}
	var t textTable
	columns := min(len(d.Columns), shownColumns)
	for _, name := range d.Columns[:columns] {
		t.column(oneLine(name, shownCell))
	}
	for i, row := range d.Rows {
		if i == shownRows {
			break
		}
		for j, cell := range row[:columns] {
			t.cell(j, cell)
		}
	}
	text := t.String()
	if left := len(d.Rows) - shownRows; left > 0 {
		text += "\n" + more(left, "row")
	}
	if left := len(d.Columns) - columns; left > 0 {
		text += "\n" + more(left, "column")
	}
	return text
}

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
