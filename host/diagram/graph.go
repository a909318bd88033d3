package diagram

import (
	"slices"

	"github.com/bothost/bothost/abi"
)

// Graph is a dialog to draw. The zero value has no states.
type Graph struct {
	// Name and Version are the bot's.
	Name, Version string
	// States are in order of the way from the initial one; those to which no
	// transition leads come last.
	States []State
}

// State is a place in the dialog.
type State struct {
	Name    string
	Initial bool
	// Unreachable: no way leads here. DeadEnd: no way leads on.
	Unreachable, DeadEnd bool
	// Global is the label of the transition that each other state has to this one;
	// empty if there is none.
	Global string
	// Notes are what else there is to say, such as former names.
	Notes       []string
	Transitions []Transition
}

// Transition leads from the state that has it to another one.
type Transition struct {
	// Label is its trigger and its conditions.
	Label string
	// To is an index in [Graph.States], or [Previous].
	To int
}

// Previous is the target of transitions to where the session came from.
const Previous = -1

// Marks are names of states that are drawn as faulty.
type Marks struct{ Unreachable, DeadEnds []string }

// New returns the graph of a definition that [abi.ParseDefinition] has read.
func New(d *abi.Definition, marks Marks) *Graph {
	g := &Graph{Name: shown(d.Name), Version: shown(d.Version)}
	order := inOrder(d.States)
	place := make(map[string]int, len(order))
	for i, at := range order {
		place[d.States[at].Name] = i
	}
	for _, at := range order {
		s := &d.States[at]
		g.States = append(g.States, State{
			Name:        shown(s.Name),
			Initial:     s.Initial,
			Unreachable: slices.Contains(marks.Unreachable, s.Name),
			DeadEnd:     slices.Contains(marks.DeadEnds, s.Name),
			Global:      globalLabel(s),
			Notes:       notes(s),
			Transitions: transitions(s, place),
		})
	}
	return g
}

func globalLabel(s *abi.State) string {
	if s.Global == nil {
		return ""
	}
	return label(s.Global)
}

func transitions(s *abi.State, place map[string]int) []Transition {
	var list []Transition
	for i := range s.Transitions {
		t := &s.Transitions[i]
		to, known := place[t.To]
		if !known {
			to = Previous
		}
		list = append(list, Transition{Label: label(t), To: to})
	}
	return list
}

// inOrder returns the indexes of all states: first those to which transitions
// lead, nearest to the initial one first; then global ones and what follows them;
// then the others.
func inOrder(states []abi.State) []int {
	place := make(map[string]int, len(states))
	for i := range states {
		place[states[i].Name] = i
	}
	var order []int
	seen := make([]bool, len(states))
	visit := func(from int) {
		if seen[from] {
			return
		}
		seen[from] = true
		order = append(order, from)
		for next := len(order) - 1; next < len(order); next++ {
			for i := range states[order[next]].Transitions {
				to, known := place[states[order[next]].Transitions[i].To]
				if known && !seen[to] {
					seen[to] = true
					order = append(order, to)
				}
			}
		}
	}
	for _, first := range []func(*abi.State) bool{
		func(s *abi.State) bool { return s.Initial },
		func(s *abi.State) bool { return s.Global != nil },
		func(*abi.State) bool { return true },
	} {
		for i := range states {
			if first(&states[i]) {
				visit(i)
			}
		}
	}
	return order
}

// edge is what is drawn between two states: all transitions that lead from the
// one to the other.
type edge struct {
	from, to int // in States, or anywhere, or Previous
	labels   []string
}

// anywhere is where the edges of global transitions begin.
const anywhere = -2

// edges returns the edges in order of their states.
func (g *Graph) edges() []*edge {
	var list []*edge
	known := make(map[[2]int]*edge)
	add := func(from, to int, label string) {
		e := known[[2]int{from, to}]
		if e == nil {
			e = &edge{from: from, to: to}
			known[[2]int{from, to}] = e
			list = append(list, e)
		}
		e.labels = append(e.labels, label)
	}
	for i := range g.States {
		s := &g.States[i]
		if s.Global != "" {
			add(anywhere, i, s.Global)
		}
		for _, t := range s.Transitions {
			add(i, t.To, t.Label)
		}
	}
	return list
}

// size returns how many states and transitions there are.
func (g *Graph) size() (states, transitions int) {
	for i := range g.States {
		transitions += len(g.States[i].Transitions)
		if g.States[i].Global != "" {
			transitions++
		}
	}
	return len(g.States), transitions
}
