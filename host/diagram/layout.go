package diagram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/bothost/bothost/host/diagram/graphviz"
)

// Limits of what is drawn as SVG. A larger dialog is not readable, and takes
// Graphviz minutes.
const (
	MaxStates      = 300
	MaxTransitions = 1500
)

// ErrTooLarge is why a dialog is not drawn: it has too many states or transitions,
// or they are so entangled that a layout takes too long.
var ErrTooLarge = errors.New("diagram: too large to draw")

// attempt is a way to draw a graph.
type attempt struct {
	// folded: only one arrow leads to a state, the others are written in boxes.
	folded bool
	// links is how many arrows there may be; limit is for Graphviz.
	links int
	limit time.Duration
}

// attempts are tried in turn.
var attempts = []attempt{{false, 400, 8 * time.Second}, {true, math.MaxInt, 12 * time.Second}}

type point struct{ x, y float64 }

// placed is where the middle of a node is, or an edge's line and the middle of its
// label.
type placed struct {
	at    point
	curve []point // a start, then three points for each Bézier curve
}

// layout is where everything is, in points from the upper left corner.
type layout struct {
	width, height float64
	nodes         []placed
	edges         []placed
}

// node is a box to place.
type node struct{ width, height float64 }

// link is a line to place, with the box of its label.
type link struct {
	from, to      int
	width, height float64
}

// place draws a graph in the first of several ways that ends in time.
func place(ctx context.Context, e *graphviz.Engine, g *Graph, ways []attempt) (
	p *picture, l *layout, err error,
) {
	for _, way := range ways {
		p = newPicture(g, way.folded)
		if len(p.arrows) > way.links {
			continue
		}
		l, err = layOut(ctx, e, p, way.limit)
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return p, l, err
		}
	}
	return nil, nil, fmt.Errorf("%w: takes more than %v", ErrTooLarge, ways[len(ways)-1].limit)
}

func layOut(ctx context.Context, e *graphviz.Engine, p *picture, limit time.Duration) (
	*layout, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	nodes, links := p.nodes(), p.links()
	data, err := e.Layout(ctx, dot(nodes, links))
	if err != nil {
		return nil, err
	}
	return readLayout(data, len(nodes), len(links))
}

// dot writes the graph in Graphviz' language: numbers and sizes only. What an
// edge's label says is not told either, only how much room it needs.
func dot(nodes []node, links []link) string {
	const inch = 72
	var b strings.Builder
	b.WriteString("digraph { graph [nodesep=0.3, ranksep=0.35];\n")
	b.WriteString("node [shape=box, fixedsize=true, label=\"\"]; edge [dir=none];\n")
	for i, n := range nodes {
		fmt.Fprintf(&b, "n%d [width=%.3f, height=%.3f];\n", i, n.width/inch, n.height/inch)
	}
	for i, l := range links {
		fmt.Fprintf(&b, "n%d -> n%d [class=%d", l.from, l.to, i)
		if l.width > 0 {
			fmt.Fprintf(&b,
				`, label=<<table border="0" cellborder="0" cellpadding="0" cellspacing="0"`+
					` fixedsize="true" width="%.0f" height="%.0f"><tr><td></td></tr></table>>`,
				l.width, l.height)
		}
		b.WriteString("];\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// drawn is what Graphviz answers.
type drawn struct {
	Box     string `json:"bb"`
	Objects []struct {
		Name string `json:"name"`
		Pos  string `json:"pos"`
	} `json:"objects"`
	Edges []struct {
		Class string `json:"class"`
		Pos   string `json:"pos"`
		Label string `json:"lp"`
	} `json:"edges"`
}

// readLayout reads Graphviz' answer, and turns it: there, y goes up.
func readLayout(data []byte, nodes, links int) (*layout, error) {
	var d drawn
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("diagram: layout: %w", err)
	}
	r := reader{}
	// The box is "x,y,x,y" of the lower left and of the upper right corner.
	corner := r.numbers(d.Box, 4)
	r.height = corner[3]
	l := &layout{width: corner[2], height: corner[3],
		nodes: make([]placed, nodes), edges: make([]placed, links)}
	for _, o := range d.Objects {
		*r.slot(l.nodes, strings.TrimPrefix(o.Name, "n")) = placed{at: r.point(o.Pos)}
	}
	for _, e := range d.Edges {
		p := r.slot(l.edges, e.Class)
		p.curve = r.points(e.Pos)
		if e.Label != "" {
			p.at = r.point(e.Label)
		}
	}
	if r.err != nil || len(d.Objects) != nodes || len(d.Edges) != links {
		return nil, fmt.Errorf("diagram: layout of %d nodes and %d edges for %d and %d: %v",
			len(d.Objects), len(d.Edges), nodes, links, r.err)
	}
	return l, nil
}

// reader reads positions; after an error it goes on with zeros.
type reader struct {
	height float64
	err    error
}

// slot returns the item with a number that is written as text.
func (r *reader) slot(list []placed, number string) *placed {
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(list) {
		r.err = fmt.Errorf("no number below %d: %q", len(list), number)
		return new(placed)
	}
	return &list[i]
}

// numbers reads numbers with commas between them.
func (r *reader) numbers(s string, n int) []float64 {
	list := make([]float64, n)
	fields := strings.Split(s, ",")
	if len(fields) != n {
		r.err = fmt.Errorf("not %d numbers: %q", n, s)
		return list
	}
	for i, field := range fields {
		var err error
		if list[i], err = strconv.ParseFloat(field, 64); err != nil {
			r.err = err
		}
	}
	return list
}

func (r *reader) point(s string) point {
	n := r.numbers(s, 2)
	return point{n[0], r.height - n[1]}
}

// points reads a start and curves of three points each.
func (r *reader) points(s string) []point {
	var list []point
	for _, field := range strings.Fields(s) {
		list = append(list, r.point(field))
	}
	if len(list)%3 != 1 || len(list) == 1 {
		r.err = fmt.Errorf("no curves: %q", s)
		return nil
	}
	return list
}
