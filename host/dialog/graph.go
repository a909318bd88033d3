package dialog

import "github.com/bothost/bothost/abi"

// Unreachable returns the names of the states to which no way leads from the
// initial one, in order of definition. Handlers may move there all the same.
func Unreachable(def *abi.Definition) []string {
	d := New(def, nil)
	if len(d.states) == 0 {
		return nil
	}
	reached := make([]bool, len(d.states))
	reached[d.initial] = true
	for todo := []int{d.initial}; len(todo) > 0; {
		s := &d.states[todo[0]]
		todo = todo[1:]
		for _, to := range s.leads() {
			if to >= 0 && !reached[to] {
				reached[to] = true
				todo = append(todo, to)
			}
		}
	}
	var names []string
	for i, ok := range reached {
		if !ok {
			names = append(names, d.states[i].name)
		}
	}
	return names
}

// DeadEnds returns the names of the states from which no transition leads to
// another one, in order of definition. Handlers may move from there all the same.
func DeadEnds(def *abi.Definition) []string {
	d := New(def, nil)
	var names []string
	for i := range d.states {
		out := false
		for _, to := range d.states[i].leads() {
			out = out || to != i
		}
		if !out {
			names = append(names, d.states[i].name)
		}
	}
	return names
}

// leads returns where the state's rules lead, as far as they can be reached: after
// one that moves at once and always none can.
func (s *state) leads() []int {
	var to []int
	for _, r := range s.rules {
		to = append(to, r.to)
		if r.source.Auto {
			break
		}
	}
	return to
}
