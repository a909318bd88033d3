package intent

import (
	"fmt"
	"strings"

	"github.com/bothost/bothost/abi"
)

// maxSteps bounds the search for an example that a text is: examples whose slots
// can be filled in many ways would make it long.
const maxSteps = 20_000

// examples finds the example that a text is: a tree whose edges are tokens and
// slots.
type examples struct {
	words map[string]*examples
	slots []slotEdge
	ends  []end
}

// slotEdge is a place for a value of an entity.
type slotEdge struct {
	entity string
	to     *examples
}

// end is where an example ends.
type end struct {
	intent int
	// params are the names of the slots on the way.
	params []string
}

func newExamples(intents []abi.Intent) (*examples, error) {
	root := new(examples)
	for i := range intents {
		for j, text := range intents[i].Examples {
			if err := root.add(text, i); err != nil {
				return nil, fmt.Errorf("intents[%d] %q: examples[%d]: %w", i, intents[i].Name, j, err)
			}
		}
	}
	return root, nil
}

func (e *examples) add(text string, intent int) error {
	slots, err := abi.Slots(text)
	if err != nil {
		return err
	}
	params := make([]string, len(slots))
	for i, slot := range slots {
		open, after := strings.IndexByte(text, '{'), strings.IndexByte(text, '}')
		e = e.through(tokens(text[:open])).slot(slot.Entity)
		params[i], text = slot.Param, text[after+1:]
	}
	e = e.through(tokens(text))
	e.ends = append(e.ends, end{intent, params})
	return nil
}

// through returns where words lead, and makes the way.
func (e *examples) through(words []token) *examples {
	for _, t := range words {
		next := e.words[t.text]
		if next == nil {
			next = new(examples)
			if e.words == nil {
				e.words = make(map[string]*examples)
			}
			e.words[t.text] = next
		}
		e = next
	}
	return e
}

// slot returns where a slot leads, and makes the way.
func (e *examples) slot(entity string) *examples {
	for _, edge := range e.slots {
		if edge.entity == entity {
			return edge.to
		}
	}
	to := new(examples)
	e.slots = append(e.slots, slotEdge{entity, to})
	return to
}

// search looks for the example that a text is.
type search struct {
	text []token
	// spans returns an entity's values that begin at a token, longest first.
	spans   func(entity string, first int) []span
	allowed func(intent int) bool
	steps   int
	// dead are the places from which no way leads to an end.
	dead map[place]bool

	// values are those of the slots on the way, the last one first; end is where
	// it ended.
	values []span
	end    end
}

// place is a place in the examples and a token.
type place struct {
	node  *examples
	token int
}

// from reports whether the text has an example's end, from a place on. Words come
// before slots, and long values before short ones.
func (s *search) from(e *examples, token int) bool {
	if s.steps++; s.steps > maxSteps || s.dead[place{e, token}] {
		return false
	}
	if token == len(s.text) {
		return s.ends(e)
	}
	if next := e.words[s.text[token].text]; next != nil && s.from(next, token+1) {
		return true
	}
	for _, edge := range e.slots {
		for _, v := range s.spans(edge.entity, token) {
			if s.from(edge.to, v.end) {
				s.values = append(s.values, v)
				return true
			}
		}
	}
	if s.dead == nil {
		s.dead = make(map[place]bool)
	}
	s.dead[place{e, token}] = true
	return false
}

func (s *search) ends(e *examples) bool {
	for _, end := range e.ends {
		if s.allowed(end.intent) {
			s.end = end
			return true
		}
	}
	return false
}

// params returns what the slots have, in the order of their places.
func (s *search) params() []abi.SlotValue {
	var list []abi.SlotValue
	for i, name := range s.end.params {
		v := s.values[len(s.values)-1-i]
		list = append(list, abi.SlotValue{Name: name, Value: v.value})
	}
	return list
}
