package diagram

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxColumn is where the arrows of a state's transitions stand at most: longer
// labels push their own arrow to the right.
const maxColumn = 48

// Text writes the graph for a terminal: each state with its transitions, in order
// from the initial one.
func (g *Graph) Text(w io.Writer) error {
	b := bufio.NewWriter(w)
	states, transitions := g.size()
	fmt.Fprintf(b, "dialog: %s, %s\n", count(states, "state"), count(transitions, "transition"))
	for i := range g.States {
		g.textState(b, &g.States[i])
	}
	return b.Flush()
}

func (g *Graph) textState(b *bufio.Writer, s *State) {
	fmt.Fprintf(b, "%c %s", s.sign(), s.Name)
	for _, mark := range append(s.marks(), s.Notes...) {
		fmt.Fprintf(b, "  (%s)", mark)
	}
	b.WriteByte('\n')
	if s.Global != "" {
		fmt.Fprintf(b, "    from any state: %s\n", s.Global)
	}
	column := 0
	for _, t := range s.Transitions {
		column = max(column, min(utf8.RuneCountInString(t.Label), maxColumn))
	}
	for _, t := range s.Transitions {
		pad := strings.Repeat(" ", max(0, column-utf8.RuneCountInString(t.Label)))
		fmt.Fprintf(b, "    %s%s -> %s\n", t.Label, pad, g.target(t.To))
	}
}

// sign is what stands before a state: where to begin, and where to look.
func (s *State) sign() rune {
	switch {
	case s.Unreachable || s.DeadEnd:
		return '!'
	case s.Initial:
		return '>'
	}
	return ' '
}

// marks are the words for what a state is.
func (s *State) marks() []string {
	var list []string
	for _, row := range []struct {
		is   bool
		word string
	}{
		{s.Initial, "initial"}, {s.Global != "", "global"},
		{s.Unreachable, "unreachable"}, {s.DeadEnd, "dead end"},
	} {
		if row.is {
			list = append(list, row.word)
		}
	}
	return list
}

func (g *Graph) target(to int) string {
	if to == Previous {
		return "(previous state)"
	}
	return g.States[to].Name
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
