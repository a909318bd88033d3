package diagram

// Sizes of the legend.
const (
	minWidth   = 420.0
	legendGap  = 36.0
	legendStep = 26.0
	sampleWide = 34.0
	sampleHigh = 16.0
)

// sample is an entry of the legend: a small box or an arrow, and what it means.
type sample struct {
	class, words string
	line         bool
	shape        shape
	at           float64 // from the left
}

// legend returns the entries in rows of at most a width.
func legend(wide float64) [][]sample {
	entries := []sample{
		{class: "state initial", words: "initial state"},
		{class: "state", words: "state"},
		{class: "state global", words: "global state"},
		{class: "state deadend", words: "dead end: no way on"},
		{class: "state unreachable", words: "unreachable: no way to it"},
		{class: "elsewhere any", words: "any other state, or the previous one", shape: pillShape},
		{class: "way", words: "trigger [conditions]", line: true},
		{class: "global-way", words: "from any state, or back", line: true},
	}
	rows, at := [][]sample{nil}, 0.0
	for _, e := range entries {
		room := sampleWide + 8 + width(e.words, labelSize) + 20
		if at > 0 && at+room-20 > wide {
			rows, at = append(rows, nil), 0
		}
		e.at = at
		rows[len(rows)-1] = append(rows[len(rows)-1], e)
		at += room
	}
	return rows
}

func (c *canvas) legend(rows [][]sample, at point) {
	for i, row := range rows {
		y := at.y + float64(i)*legendStep
		for _, s := range row {
			c.sample(s, point{at.x + s.at, y})
		}
	}
}

func (c *canvas) sample(s sample, at point) {
	if s.line {
		to := point{at.x + sampleWide, at.y}
		c.arrow(s.class, s.words, []point{at, at, to, to})
	} else {
		c.box(&box{shape: s.shape, class: s.class, width: sampleWide, height: sampleHigh},
			point{at.x + sampleWide/2, at.y})
	}
	c.words("legend", point{at.x + sampleWide + 8, at.y + labelSize*0.35}, s.words)
}
