package intent

import (
	"iter"
	"slices"
	"strings"

	"github.com/bothost/bothost/abi"
)

// maxSteps bounds the search for an example that a text is: examples whose slots
// can be filled in many ways would make it long.
const maxSteps = 2_000

// examples finds the example that a text is: a tree whose edges are tokens and
// slots, and whose nodes have numbers. Node 0 is the root.
type examples struct {
	nodes uint32
	words map[edge]uint32
	slots map[uint32][]slotEdge
	ends  map[uint32][]end
}

// slotEdge is a place for a value of an entity.
type slotEdge struct {
	entity string
	to     uint32
}

// end is where an example ends.
type end struct {
	intent int
	// params are the names of the slots on the way.
	params []string
}

func newExamples() *examples {
	return &examples{
		words: make(map[edge]uint32),
		slots: make(map[uint32][]slotEdge),
		ends:  make(map[uint32][]end),
	}
}

func (e *examples) add(parts []part, intent int) {
	node := uint32(0)
	var params []string
	for _, p := range parts {
		for _, t := range tokens(p.words) {
			node = e.word(node, t.text)
		}
		if p.slot.Entity != "" {
			node = e.slot(node, p.slot.Entity)
			params = append(params, p.slot.Param)
		}
	}
	for _, other := range e.ends[node] {
		if other.intent == intent {
			return // an example that stands twice
		}
	}
	e.ends[node] = append(e.ends[node], end{intent, params})
}

// word returns where a word leads, and makes the way.
func (e *examples) word(node uint32, word string) uint32 {
	to, ok := e.words[edge{node, word}]
	if !ok {
		e.nodes++
		to = e.nodes
		e.words[edge{node, word}] = to
	}
	return to
}

// slot returns where a slot leads, and makes the way.
func (e *examples) slot(node uint32, entity string) uint32 {
	for _, edge := range e.slots[node] {
		if edge.entity == entity {
			return edge.to
		}
	}
	e.nodes++
	e.slots[node] = append(e.slots[node], slotEdge{entity, e.nodes})
	return e.nodes
}

// part is a part of an example: words, and the slot after them, which the last
// part does not have.
type part struct {
	words string
	slot  abi.Slot
}

// parseExample takes an example apart. One that is not well formed is words:
// abi.ParseDefinition lets none through.
func parseExample(text string) []part {
	slots, err := abi.Slots(text)
	if err != nil {
		return []part{{words: text}}
	}
	parts := make([]part, 0, len(slots)+1)
	for _, slot := range slots {
		words, after, _ := strings.Cut(text, "{")
		parts = append(parts, part{words, slot})
		_, text, _ = strings.Cut(after, "}")
	}
	return append(parts, part{words: text})
}

// search looks for the example that a text is.
type search struct {
	*examples
	source  string
	text    []token
	values  spans
	isAny   func(entity string) bool
	allowed func(intent int) bool
	steps   int
	// dead are the places from which no way leads to an end.
	dead map[place]bool

	// filled are the values of the slots on the way, the last one first; end is
	// where it ended.
	filled []span
	end    end
}

// place is a node and a token.
type place struct {
	node  uint32
	token int
}

// from reports whether the text has an example's end, from a place on. Words come
// before slots, and long values before short ones.
func (s *search) from(node uint32, token int) bool {
	if s.steps++; s.steps > maxSteps || s.dead[place{node, token}] {
		return false
	}
	if token == len(s.text) {
		return s.ended(node)
	}
	if next, ok := s.words[edge{node, s.text[token].text}]; ok && s.from(next, token+1) {
		return true
	}
	for _, e := range s.slots[node] {
		for v := range s.at(e.entity, token) {
			if s.from(e.to, v.end) {
				s.filled = append(s.filled, v)
				return true
			}
		}
	}
	if s.dead == nil {
		s.dead = make(map[place]bool)
	}
	s.dead[place{node, token}] = true
	return false
}

// at yields the values of an entity that begin at a token, longer ones first; but
// any text goes up to the first place where the example goes on.
func (s *search) at(entity string, first int) iter.Seq[span] {
	if !s.isAny(entity) {
		return slices.Values(s.values.at(entity, first))
	}
	return func(yield func(span) bool) {
		for end := first + 1; end <= len(s.text); end++ {
			if !yield(span{entity, first, end, ""}) {
				return
			}
		}
	}
}

func (s *search) ended(node uint32) bool {
	for _, end := range s.ends[node] {
		if s.allowed(end.intent) {
			s.end = end
			return true
		}
	}
	return false
}

// params returns what the slots have, in the order of their places.
func (s *search) params() []Value {
	var list []Value
	for i, name := range s.end.params {
		v := s.filled[len(s.filled)-1-i]
		value, to := v.value, s.text[v.end-1].end
		if s.isAny(v.entity) {
			value, to = anything(s.source, s.text, v.first, v.end)
		}
		list = append(list, Value{name, v.entity, value, s.text[v.first].start, to})
	}
	return list
}
