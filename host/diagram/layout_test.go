package diagram

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// rect is what a box or a label takes.
type rect struct {
	what           string
	x0, y0, x1, y1 float64
}

func rectOf(what string, at point, width, height float64) rect {
	return rect{what, at.x - width/2, at.y - height/2, at.x + width/2, at.y + height/2}
}

// overlaps says whether two share more than their rims.
func (r rect) overlaps(o rect) bool {
	const rim = 1.5
	return r.x0+rim < o.x1 && o.x0+rim < r.x1 && r.y0+rim < o.y1 && o.y0+rim < r.y1
}

// away returns how far a point is from the rim of a box.
func (r rect) away(p point) float64 {
	dx := max(r.x0-p.x, 0, p.x-r.x1)
	dy := max(r.y0-p.y, 0, p.y-r.y1)
	if dx == 0 && dy == 0 {
		return min(p.x-r.x0, r.x1-p.x, p.y-r.y0, r.y1-p.y)
	}
	return math.Hypot(dx, dy)
}

// random returns a dialog of n states: most transitions lead near, some back to
// the beginning, and some anywhere.
func random(n int, seed uint64) *Graph {
	r := rand.New(rand.NewPCG(seed, 1))
	g := &Graph{Name: "random", States: make([]State, n)}
	for i := range g.States {
		g.States[i] = State{Name: fmt.Sprintf("state_%d", i), Initial: i == 0}
		for k := range 1 + r.IntN(3) {
			to := min(n-1, i+1+r.IntN(3))
			switch r.IntN(6) {
			case 0:
				to = 0
			case 1:
				to = r.IntN(n)
			}
			g.States[i].Transitions = append(g.States[i].Transitions,
				Transition{fmt.Sprintf("option number %d", k), to})
		}
	}
	return g
}

// TestPlace_IsReadable: no box and no label lies on another one, all are within the
// picture, and arrows lead from the right box to the right one.
func TestPlace_IsReadable(t *testing.T) {
	for name, g := range map[string]*Graph{
		"transit": transit(t), "one": random(1, 3),
		"30 at random": random(30, 1), "30 others": random(30, 2),
	} {
		for _, way := range attempts {
			way.limit = time.Minute // the machine may be busy
			t.Run(fmt.Sprintf("%s, folded %v", name, way.folded), func(t *testing.T) {
				p, l, err := place(t.Context(), engine(t), g, []attempt{way})
				if err != nil {
					t.Fatal(err)
				}
				checkApart(t, p, l)
				checkArrows(t, p, l)
			})
		}
	}
}

func checkApart(t *testing.T, p *picture, l *layout) {
	t.Helper()
	var list []rect
	for i, b := range p.boxes {
		list = append(list,
			rectOf("box "+strings.Join(b.lines, "/"), l.nodes[i].at, b.width, b.height))
	}
	for i, link := range p.links() {
		if link.width > 0 {
			// The room that was asked for is wider than the words.
			list = append(list,
				rectOf("label "+p.arrows[i].tip(), l.edges[i].at, link.width-8, link.height-4))
		}
	}
	for i, r := range list {
		if r.x0 < -1 || r.y0 < -1 || r.x1 > l.width+1 || r.y1 > l.height+1 {
			t.Errorf("%s is not within the picture of %.0f by %.0f: %+v", r.what,
				l.width, l.height, r)
		}
		for _, o := range list[:i] {
			if r.overlaps(o) {
				t.Errorf("%q lies on %q", r.what, o.what)
			}
		}
	}
}

func checkArrows(t *testing.T, p *picture, l *layout) {
	t.Helper()
	for i, a := range p.arrows {
		curve := l.edges[i].curve
		for end, at := range []point{curve[0], curve[len(curve)-1]} {
			b := p.boxes[a.node[end]]
			if away := rectOf("", l.nodes[a.node[end]].at, b.width, b.height).away(at); away > 3 {
				t.Errorf("end %d of %q is %.1f from its box", end, a.tip(), away)
			}
		}
	}
}

// TestPlace_FallsBack: a way that takes too long, or has too many arrows, is not
// the last one.
func TestPlace_FallsBack(t *testing.T) {
	g := transit(t)
	for _, row := range []struct {
		name   string
		ways   []attempt
		folded bool
		err    error
	}{
		{"the first will do",
			[]attempt{{false, 400, time.Minute}, {true, 400, time.Minute}}, false, nil},
		{"no time", []attempt{{false, 400, 1}, {true, 400, time.Minute}}, true, nil},
		{"too many", []attempt{{false, 10, time.Minute}, {true, 400, time.Minute}}, true, nil},
		{"no time at all", []attempt{{false, 400, 1}, {true, 400, 1}}, false, ErrTooLarge},
	} {
		t.Run(row.name, func(t *testing.T) {
			p, _, err := place(t.Context(), engine(t), g, row.ways)
			if !errors.Is(err, row.err) || err == nil && p.folded != row.folded {
				t.Errorf("place = %v, %v, want folded %v, %v", p, err, row.folded, row.err)
			}
		})
	}
}

// TestFolded: what has no arrow stands in a box.
func TestFolded(t *testing.T) {
	g := transit(t)
	p := newPicture(g, true)
	_, want := g.size()
	got := 0
	for _, a := range p.arrows {
		got += len(a.all)
	}
	for _, b := range p.boxes {
		got += b.folded
	}
	if got != want {
		t.Errorf("the picture has %d transitions, want %d", got, want)
	}
	if roots := len(p.boxes) - len(p.arrows); roots < 2 {
		t.Errorf("%d boxes with %d arrows are no trees", len(p.boxes), len(p.arrows))
	}
}

func TestReadLayout_Refused(t *testing.T) {
	const node = `{"name":"n0","pos":"1,2"}`
	for _, row := range []struct{ name, data string }{
		{"no JSON", `{`},
		{"no box", `{"objects":[` + node + `]}`},
		{"a node too few", `{"bb":"0,0,9,9"}`},
		{"a node too many", `{"bb":"0,0,9,9","objects":[` + node + `,` + node + `]}`},
		{"no such node", `{"bb":"0,0,9,9","objects":[{"name":"n7","pos":"1,2"}]}`},
		{"no position", `{"bb":"0,0,9,9","objects":[{"name":"n0","pos":"1"}]}`},
		{"no number", `{"bb":"0,0,9,9","objects":[{"name":"n0","pos":"1,x"}]}`},
		{"an edge too many",
			`{"bb":"0,0,9,9","objects":[` + node + `],"edges":[{"class":"0","pos":"1,1"}]}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if l, err := readLayout([]byte(row.data), 1, 0); err == nil {
				t.Errorf("readLayout = %+v, want an error", l)
			}
		})
	}
}
