package bodies

import (
	"encoding/json"
	"slices"

	"github.com/bothost/bothost/abi/jsontext"
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

// Table is what a body of [Dataframe] holds.
type Table struct {
	Columns []string
	// Rows have a cell for each column: JSON of a string, a number, a boolean or
	// null. Cells share memory.
	Rows [][]json.RawMessage
}

// ParseTable reads a body of [Dataframe].
//
// # Errors
//
// The error names the rule that the body breaks; what [Shape.Parse] returned breaks
// none.
func ParseTable(body string) (d Table, err error) {
	kept, err := readBody([]byte(body), dataframe)
	if err != nil {
		return Table{}, err
	}
	doc := []byte(kept)
	columns, _ := jsontext.Lookup(doc, "columns")
	if err := json.Unmarshal(columns, &d.Columns); err != nil {
		return Table{}, jsontext.Explain(err)
	}
	var cells []json.RawMessage
	rows, _ := jsontext.Lookup(doc, "rows")
	for row := range jsontext.Elements(rows) {
		for cell := range jsontext.Elements(row) {
			cells = append(cells, cell)
		}
	}
	for n := len(d.Columns); len(cells) > 0; cells = cells[n:] {
		d.Rows = append(d.Rows, cells[:n:n])
	}
	return d, nil
}

// dataframe is the rule of a table: no rule put together from others can say that
// rows are as long as there are columns, which may come after them.
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
	if i := slices.IndexFunc(rows, func(cells int) bool { return cells != columns }); i >= 0 {
		b.at = append(b.at, step{name: "rows"}, step{index: i})
		return b.fail("must have a cell for each of %d columns, has %d", columns, rows[i])
	}
	return nil
}

// dataframeText draws a table of lines as long as the longest: numbers stand on
// the right of their column, all else on the left.
func dataframeText(body string) string {
	d, err := ParseTable(body)
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
