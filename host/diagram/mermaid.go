package diagram

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Mermaid writes the graph as a stateDiagram-v2. Names of states are labels, and
// the states have numbers: so no name is a word of the language.
func (g *Graph) Mermaid(w io.Writer) error {
	b := bufio.NewWriter(w)
	if title := g.title(); title != "" {
		fmt.Fprintf(b, "---\ntitle: \"%s\"\n---\n", escaped(title, `\U%08x`))
	}
	b.WriteString("stateDiagram-v2\n")
	for i := range g.States {
		g.mermaidState(b, i)
	}
	for _, e := range g.edges() {
		g.mermaidEdge(b, e)
	}
	g.mermaidClasses(b)
	return b.Flush()
}

func (g *Graph) mermaidState(b *bufio.Writer, i int) {
	s := &g.States[i]
	name := mermaidText(s.Name)
	if marks := s.faults(); len(marks) > 0 {
		name += "<br/>(" + strings.Join(marks, ", ") + ")"
	}
	fmt.Fprintf(b, "  state \"%s\" as s%d\n", name, i)
	if s.Initial {
		fmt.Fprintf(b, "  [*] --> s%d\n", i)
	}
	for _, t := range s.Transitions {
		if t.To == Previous {
			fmt.Fprintf(b, "  state \"previous state\" as p%d\n", i)
			break
		}
	}
	if s.Global != "" {
		fmt.Fprintf(b, "  state \"any state\" as a%d\n", i)
	}
}

func (g *Graph) mermaidEdge(b *bufio.Writer, e *edge) {
	from, to := fmt.Sprintf("s%d", e.from), fmt.Sprintf("s%d", e.to)
	if e.from == anywhere {
		from = fmt.Sprintf("a%d", e.to)
	}
	if e.to == Previous {
		to = fmt.Sprintf("p%d", e.from)
	}
	labels := make([]string, len(e.labels))
	for i, label := range e.labels {
		labels[i] = mermaidText(label)
	}
	fmt.Fprintf(b, "  %s --> %s : %s\n", from, to, strings.Join(labels, "<br/>"))
}

// mermaidClasses colours the states that are faulty, and what is no state.
func (g *Graph) mermaidClasses(b *bufio.Writer) {
	b.WriteString("  classDef unreachable " +
		"fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-dasharray:4 3\n")
	b.WriteString("  classDef deadend fill:#fff8c5,stroke:#9a6700,color:#4d2d00\n")
	b.WriteString("  classDef elsewhere fill:none,stroke:#8250df,stroke-dasharray:4 3\n")
	for i := range g.States {
		switch s := &g.States[i]; {
		case s.Unreachable:
			fmt.Fprintf(b, "  class s%d unreachable\n", i)
		case s.DeadEnd:
			fmt.Fprintf(b, "  class s%d deadend\n", i)
		}
	}
	for _, e := range g.edges() {
		if e.from == anywhere {
			fmt.Fprintf(b, "  class a%d elsewhere\n", e.to)
		}
		if e.to == Previous {
			fmt.Fprintf(b, "  class p%d elsewhere\n", e.from)
		}
	}
}

// faults are the marks of a state that say that something is wrong.
func (s *State) faults() []string {
	return (&State{Unreachable: s.Unreachable, DeadEnd: s.DeadEnd}).marks()
}

// title is the bot's name and version.
func (g *Graph) title() string { return strings.TrimSpace(g.Name + " " + g.Version) }

// mermaidText writes everything but letters, digits and a few signs as numbers.
// Mermaid's grammar has no quoting: quotes, colons, semicolons, brackets and line
// ends mean something almost everywhere, and what is left it gives to the browser
// as HTML. Its title alone is YAML, with other numbers.
func mermaidText(s string) string { return escaped(s, "#%d;") }

func escaped(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r),
			strings.ContainsRune(" _.,", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, format, r)
		}
	}
	return b.String()
}
