package diagram

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/bothost/bothost/host/diagram/graphviz"
)

// Sizes in the picture, in points.
const (
	nameSize  = 13.0
	labelSize = 11.0
	titleSize = 17.0
	lineStep  = 14.0
	noteStep  = 15.0
	margin    = 24.0
	headline  = 52.0 // room for the title
)

// How much of names and labels is drawn; their tooltips have all of it.
const (
	maxNameRunes  = 36
	maxLabelRunes = 40
	maxLines      = 8 // of an edge
)

// ErrNoGraphviz is why no dialog is drawn by a program that was built without
// Graphviz.
var ErrNoGraphviz = graphviz.ErrMissing

// SVG writes the graph as a picture of its own, for light and for dark screens.
//
// # Errors
//
// [ErrTooLarge]; [ErrNoGraphviz]; ctx.Err() if ctx ends first, for a layout may take seconds.
func (g *Graph) SVG(ctx context.Context, w io.Writer) error {
	states, transitions := g.size()
	if states > MaxStates || transitions > MaxTransitions {
		return fmt.Errorf("%w: %s and %s, at most %d and %d", ErrTooLarge, count(states, "state"),
			count(transitions, "transition"), MaxStates, MaxTransitions)
	}
	if err := ctx.Err(); err != nil {
		return err // to compile Graphviz takes a while
	}
	engine, err := graphviz.OpenEngine(ctx)
	if err != nil {
		return err
	}
	return errors.Join(g.draw(ctx, w, engine), engine.Close(context.WithoutCancel(ctx)))
}

func (g *Graph) draw(ctx context.Context, w io.Writer, e *graphviz.Engine) error {
	p, l, err := place(ctx, e, g, attempts)
	if err != nil {
		return err
	}
	c := newCanvas(w)
	c.picture(p, l)
	return c.b.Flush()
}

// canvas writes elements. All text that is not of this package goes through text.
type canvas struct{ b *bufio.Writer }

func newCanvas(w io.Writer) *canvas { return &canvas{b: bufio.NewWriter(w)} }

func (c *canvas) writef(format string, args ...any) { fmt.Fprintf(c.b, format, args...) }

// text writes character data. Errors are the writer's: Flush has them.
func (c *canvas) text(s string) { _ = xml.EscapeText(c.b, []byte(s)) }

func (c *canvas) element(name, text string) {
	c.writef("<%s>", name)
	c.text(text)
	c.writef("</%s>", name)
}

// words writes a text at a point.
func (c *canvas) words(class string, at point, text string) {
	c.writef(`<text class="%s" x="%.1f" y="%.1f">`, class, at.x, at.y)
	c.text(text)
	c.writef("</text>\n")
}

func (c *canvas) picture(p *picture, l *layout) {
	states, transitions := p.graph.size()
	title := p.graph.title()
	if title == "" {
		title = "Dialog"
	}
	subtitle := count(states, "state") + ", " + count(transitions, "transition")
	if p.folded {
		subtitle += "; too many for an arrow each: the others stand in the boxes"
	}
	wide := max(l.width, width(title, titleSize), width(subtitle, labelSize), minWidth) + 2*margin
	rows := legend(wide - 2*margin)
	high := headline + l.height + legendGap + float64(len(rows))*legendStep + 2*margin
	c.writef(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f"`+
		` viewBox="0 0 %[1]v %[2]v" role="img">`+"\n", math.Ceil(wide), math.Ceil(high))
	c.element("title", title+": dialog")
	c.element("desc", subtitle)
	c.writef("\n<style>%s</style>\n", style)
	c.writef(`<rect class="paper" width="100%%" height="100%%"/>` + "\n")
	c.words("title", point{margin, margin + titleSize}, title)
	c.words("subtitle", point{margin, margin + titleSize + lineStep + 4}, subtitle)
	// What is narrower than its title or legend stands in the middle.
	c.writef(`<g transform="translate(%.1f %.1f)">`+"\n", (wide-l.width)/2, margin+headline)
	c.graph(p, l)
	c.writef("</g>\n")
	c.legend(rows, point{margin, margin + headline + l.height + legendGap})
	c.writef("</svg>\n")
}

// graph draws lines first, then boxes, then labels, so that no line hides words.
func (c *canvas) graph(p *picture, l *layout) {
	for i, a := range p.arrows {
		c.arrow(a.class, a.tip(), l.edges[i].curve)
	}
	for i, b := range p.boxes {
		c.box(b, l.nodes[i].at)
	}
	for i, a := range p.arrows {
		c.label(a, l.edges[i].at)
	}
}

// Sizes of an arrow's head.
const tipLength, tipWidth = 8.0, 3.6

// arrow draws a line and the head at its end.
func (c *canvas) arrow(class, tip string, curve []point) {
	end := curve[len(curve)-1]
	away := direction(curve)
	neck := point{end.x - away.x*tipLength, end.y - away.y*tipLength}
	c.writef(`<g class="%s"><title>`, class)
	c.text(tip)
	c.writef(`</title><path d="M%.1f %.1f`, curve[0].x, curve[0].y)
	for i := 1; i < len(curve); i += 3 {
		to := curve[i+2]
		if i+3 == len(curve) {
			to = neck
		}
		c.writef(" C%.1f %.1f %.1f %.1f %.1f %.1f", curve[i].x, curve[i].y,
			curve[i+1].x, curve[i+1].y, to.x, to.y)
	}
	side := point{-away.y * tipWidth, away.x * tipWidth}
	c.writef(`"/><path class="tip" d="M%.1f %.1f L%.1f %.1f L%.1f %.1f Z"/></g>`+"\n", end.x, end.y,
		neck.x+side.x, neck.y+side.y, neck.x-side.x, neck.y-side.y)
}

// direction returns in which direction a curve ends, as a vector of length 1.
func direction(curve []point) point {
	end := curve[len(curve)-1]
	for i := len(curve) - 2; i >= 0; i-- {
		dx, dy := end.x-curve[i].x, end.y-curve[i].y
		// Points that are all but the same have no direction to go by.
		if length := math.Hypot(dx, dy); length > 1 {
			return point{dx / length, dy / length}
		}
	}
	return point{0, 1}
}

func (c *canvas) box(b *box, at point) {
	c.writef(`<g class="%s">`, b.class)
	if b.tip != "" {
		c.element("title", b.tip)
	}
	if b.shape == dotShape {
		c.writef(`<circle cx="%.1f" cy="%.1f" r="%.1f"/></g>`+"\n", at.x, at.y, b.width/2)
		return
	}
	c.writef(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f"/>`,
		at.x-b.width/2, at.y-b.height/2, b.width, b.height, b.shape.radius(b.height))
	y := at.y - float64(len(b.lines)-1)*noteStep/2 + nameSize*0.35
	for i, line := range b.lines {
		class := "name"
		if i > 0 {
			class = "note"
		}
		c.words(class, point{at.x, y + float64(i)*noteStep}, line)
	}
	c.writef("</g>\n")
}

func (c *canvas) label(a *arrow, at point) {
	if len(a.lines) == 0 {
		return
	}
	y := at.y - float64(len(a.lines)-1)*lineStep/2 + labelSize*0.35
	c.writef(`<g class="label"><title>`)
	c.text(a.tip())
	c.writef("</title>")
	for i, line := range a.lines {
		c.words("words", point{at.x, y + float64(i)*lineStep}, line)
	}
	c.writef("</g>\n")
}

// tip is what is shown under the pointer.
func (a *arrow) tip() string { return a.from + " → " + a.to + "\n" + strings.Join(a.all, "\n") }
