package diagram

import (
	"strings"
	"unicode/utf8"
)

// picture is what is drawn: boxes, and arrows between them.
type picture struct {
	graph  *Graph
	folded bool
	boxes  []*box
	arrows []*arrow
}

// shape is the form of a box.
type shape int

const (
	stateShape shape = iota
	pillShape        // stands for states that are not drawn here
	dotShape         // where a dialog begins
)

// radius is how round the corners are.
func (s shape) radius(height float64) float64 {
	if s == pillShape {
		return height / 2
	}
	return 6
}

type box struct {
	shape         shape
	class, tip    string
	lines         []string // the name, then notes
	folded        int      // transitions that are written here
	width, height float64
}

type arrow struct {
	class    string
	node     [2]int   // indexes of boxes
	from, to string   // names
	all      []string // labels
	lines    []string // as they are drawn
}

// newPicture returns the boxes of all states in their order, and then those of
// what is no state: the beginning, "any state" before each global state, "previous
// state" after each state that leads back.
//
// A folded picture has only the first arrow to each state, so that it is a tree;
// the other transitions stand in the boxes of the states that have them.
func newPicture(g *Graph, folded bool) *picture {
	p := &picture{graph: g, folded: folded}
	for i := range g.States {
		p.boxes = append(p.boxes, stateBox(&g.States[i]))
	}
	for i := range g.States {
		if g.States[i].Initial {
			p.begin(i)
		}
	}
	first := g.firstWays()
	for _, e := range g.edges() {
		if !folded || e.from == anywhere || e.to != Previous && first[e.to] == e.from {
			p.arrows = append(p.arrows, p.arrow(e))
		} else {
			p.boxes[e.from].fold(e.labels, g.target(e.to))
		}
	}
	return p
}

// firstWays returns for each state from which one it is first come to. In the
// order of States that is what led it there; -1 for those to which nothing led.
func (g *Graph) firstWays() []int {
	first := make([]int, len(g.States))
	seen := make([]bool, len(g.States))
	for i := range g.States {
		if !seen[i] {
			seen[i], first[i] = true, -1
		}
		for _, t := range g.States[i].Transitions {
			if t.To != Previous && !seen[t.To] {
				seen[t.To], first[t.To] = true, i
			}
		}
	}
	return first
}

func (p *picture) begin(at int) {
	dot := &box{shape: dotShape, class: "begin", tip: "a session begins here", width: 12,
		height: 12}
	p.arrows = append(p.arrows, &arrow{class: "way", node: [2]int{p.add(dot), at},
		from: "begin", to: p.graph.States[at].Name})
}

func (p *picture) add(b *box) int {
	p.boxes = append(p.boxes, b)
	return len(p.boxes) - 1
}

func (p *picture) arrow(e *edge) *arrow {
	a := &arrow{class: "way", node: [2]int{e.from, e.to}, all: e.labels,
		lines: labelLines(e.labels)}
	if e.from == anywhere {
		a.class, a.from = "global-way", "any state"
		a.node[0] = p.add(pill(a.from, "elsewhere any"))
	} else {
		a.from = p.graph.States[e.from].Name
	}
	if e.to == Previous {
		a.class, a.to = "back-way", "previous state"
		a.node[1] = p.add(pill(a.to, "elsewhere back"))
	} else {
		a.to = p.graph.States[e.to].Name
	}
	return a
}

func stateBox(s *State) *box {
	b := &box{class: s.class(), lines: []string{short(s.Name, maxNameRunes)}}
	for _, note := range append(s.marks(), s.Notes...) {
		b.lines = append(b.lines, short(note, maxNameRunes))
	}
	b.tip = strings.Join(append(append([]string{s.Name}, s.marks()...), s.Notes...), "\n")
	b.fit()
	return b
}

// class is what a state looks like: the worst that is to be said of it.
func (s *State) class() string {
	switch {
	case s.Unreachable:
		return "state unreachable"
	case s.DeadEnd:
		return "state deadend"
	case s.Initial:
		return "state initial"
	case s.Global != "":
		return "state global"
	}
	return "state"
}

func pill(text, class string) *box {
	b := &box{shape: pillShape, class: class, lines: []string{text}}
	b.fit()
	return b
}

// fit gives a box the size of its lines.
func (b *box) fit() {
	for i, line := range b.lines {
		wide := width(line, labelSize)
		if i == 0 {
			wide = width(line, nameSize) * bold
		}
		b.width = max(b.width, wide+24)
	}
	b.width = max(b.width, 56)
	b.height = float64(len(b.lines)-1)*noteStep + 32
}

// fold writes transitions that lead to a state into a box.
func (b *box) fold(labels []string, to string) {
	for _, label := range labels {
		line := short(label, maxLabelRunes) + " → " + short(to, maxNameRunes)
		b.tip += "\n" + label + " → " + to
		switch b.folded++; {
		case b.folded < maxLines:
			b.lines = append(b.lines, line)
		case b.folded == maxLines:
			b.lines = append(b.lines, "and more")
		}
	}
	b.fit()
}

// bold is by how much bold letters are wider.
const bold = 1.08

// labelLines are the lines of labels that are drawn, and how many labels are not.
func labelLines(labels []string) []string {
	var lines []string
	for i, label := range labels {
		rows := labelRows(label)
		last := i == len(labels)-1
		if len(lines)+len(rows) > maxLines || !last && len(lines)+len(rows) == maxLines {
			return append(lines, "and "+count(len(labels)-i, "other"))
		}
		lines = append(lines, rows...)
	}
	return lines
}

// labelRows puts the conditions of a long label on a line of their own.
func labelRows(label string) []string {
	trigger, conditions, found := strings.Cut(label, " [")
	if !found || utf8.RuneCountInString(label) <= 28 {
		return []string{short(label, maxLabelRunes)}
	}
	return []string{short(trigger, maxLabelRunes), short("["+conditions, maxLabelRunes)}
}

func (p *picture) nodes() []node {
	list := make([]node, len(p.boxes))
	for i, b := range p.boxes {
		list[i] = node{b.width, b.height}
	}
	return list
}

func (p *picture) links() []link {
	list := make([]link, len(p.arrows))
	for i, a := range p.arrows {
		list[i] = link{from: a.node[0], to: a.node[1]}
		for _, line := range a.lines {
			list[i].width = max(list[i].width, width(line, labelSize)+10)
			list[i].height += lineStep
		}
		if len(a.lines) > 0 {
			list[i].height += 6
		}
	}
	return list
}
