package intent

import (
	"cmp"
	"slices"

	"github.com/bothost/bothost/abi"
)

// Value is a value of a slot in a text.
type Value struct {
	// Param is the name of the slot, Entity is what it takes.
	Param, Entity string
	// Value is the canonical one.
	Value string
	// Start and End are where it stands in the text, in bytes.
	Start, End int
}

// slots are those of an intent's examples: what the values in a text are called.
type slots struct {
	list []slot
	// phrases are the places of slots that take any text.
	phrases []phrase
}

// slot is a parameter of an intent, and the words that stand beside it.
type slot struct {
	abi.Slot
	before, after []string
}

// phrase is a place for any text: the words before it, and the word or the entity
// after it. If there is neither, it goes up to the text's end.
type phrase struct {
	param  string
	before []string
	after  string
	until  string
}

// maxBefore is how many words before a phrase tell its place.
const maxBefore = 3

func newSlots(in *abi.Intent, isAny func(entity string) bool) *slots {
	s := new(slots)
	for _, text := range in.Examples {
		parts := parseExample(text)
		for i, p := range parts {
			if p.slot.Entity == "" {
				continue
			}
			before, after := words(p.words), words(parts[i+1].words)
			if isAny(p.slot.Entity) {
				s.addPhrase(p.slot.Param, before, after, parts[i+1].slot.Entity)
			} else {
				s.add(p.slot, before, after)
			}
		}
	}
	// Many words say more than few.
	slices.SortStableFunc(s.phrases, func(a, b phrase) int {
		return cmp.Compare(len(b.before), len(a.before))
	})
	return s
}

func words(text string) []string {
	var list []string
	for _, t := range split(text, classOf) {
		list = append(list, t.text)
	}
	return list
}

func (s *slots) add(sl abi.Slot, before, after []string) {
	i := slices.IndexFunc(s.list, func(other slot) bool { return other.Slot == sl })
	if i < 0 {
		i = len(s.list)
		s.list = append(s.list, slot{Slot: sl})
	}
	if n := len(before); n > 0 && !slices.Contains(s.list[i].before, before[n-1]) {
		s.list[i].before = append(s.list[i].before, before[n-1])
	}
	if len(after) > 0 && !slices.Contains(s.list[i].after, after[0]) {
		s.list[i].after = append(s.list[i].after, after[0])
	}
}

func (s *slots) addPhrase(param string, before, after []string, next string) {
	p := phrase{param: param, before: before[max(0, len(before)-maxBefore):]}
	if len(after) > 0 {
		p.after = after[0]
	} else {
		p.until = next
	}
	same := func(q phrase) bool {
		return q.param == p.param && q.after == p.after && q.until == p.until &&
			slices.Equal(q.before, p.before)
	}
	if !slices.ContainsFunc(s.phrases, same) {
		s.phrases = append(s.phrases, p)
	}
}

// wants reports whether the intent has a slot for an entity.
func (s *slots) wants(entity string) bool {
	return slices.ContainsFunc(s.list, func(sl slot) bool { return sl.Entity == entity })
}

// fill gives the values in a text to slots, in the order of their places.
func (s *slots) fill(source string, text []token, found spans) []Value {
	var list []Value
	apart := found.apart(s.wants)
	for i, j := range s.assign(text, apart) {
		v := apart[i]
		list = append(list, Value{
			s.list[j].Param, v.entity, v.value, text[v.first].start, text[v.end-1].end,
		})
	}
	list = s.fillPhrases(list, source, text, found)
	slices.SortStableFunc(list, func(a, b Value) int { return cmp.Compare(a.Start, b.Start) })
	return list
}

// assign returns the slot of each value: first those that stand beside the same
// word in an example, then those that have no value yet, in their order. What is
// left goes where the value before it went.
func (s *slots) assign(text []token, values []span) []int {
	given := make([]int, len(values))
	for i := range given {
		given[i] = -1
	}
	taken := make([]bool, len(s.list))
	for _, fits := range []func(*slot, []token, span) bool{
		(*slot).isAfter, (*slot).isBefore, (*slot).isAnywhere,
	} {
		for i, v := range values {
			for j := range s.list {
				if sl := &s.list[j]; given[i] < 0 && !taken[j] && sl.Entity == v.entity &&
					fits(sl, text, v) {
					given[i], taken[j] = j, true
				}
			}
		}
	}
	for i, v := range values {
		if given[i] < 0 {
			given[i] = s.sameAsBefore(given[:i], v.entity)
		}
	}
	return given
}

func (s *slots) sameAsBefore(given []int, entity string) int {
	for _, j := range slices.Backward(given) {
		if s.list[j].Entity == entity {
			return j
		}
	}
	return slices.IndexFunc(s.list, func(sl slot) bool { return sl.Entity == entity })
}

func (sl *slot) isAfter(text []token, v span) bool {
	return v.first > 0 && slices.Contains(sl.before, text[v.first-1].text)
}

func (sl *slot) isBefore(text []token, v span) bool {
	return v.end < len(text) && slices.Contains(sl.after, text[v.end].text)
}

func (sl *slot) isAnywhere([]token, span) bool { return true }

// fillPhrases adds the values of slots that take any text: where the words before
// one stand, or at least the last ones of them.
func (s *slots) fillPhrases(list []Value, source string, text []token, found spans) []Value {
	filled := make(map[string]bool)
	for skip := range maxBefore {
		for _, p := range s.phrases {
			if filled[p.param] || skip > 0 && skip >= len(p.before) {
				continue
			}
			p.before = p.before[skip:]
			if first, end, ok := p.find(text, found); ok {
				value, to := anything(source, text, first, end)
				list = append(list, Value{p.param, abi.EntityAny, value, text[first].start, to})
				filled[p.param] = true
			}
		}
	}
	return list
}

// find returns the tokens that a phrase has in a text.
func (p *phrase) find(text []token, found spans) (first, end int, ok bool) {
	for first = len(p.before); first < len(text); first++ {
		if !p.follows(text[:first]) {
			continue
		}
		if end, ok = p.ends(text, first, found); ok {
			return first, end, true
		}
		if len(p.before) == 0 {
			break // it begins the text
		}
	}
	return 0, 0, false
}

func (p *phrase) follows(text []token) bool {
	for i, word := range p.before {
		if text[len(text)-len(p.before)+i].text != word {
			return false
		}
	}
	return true
}

func (p *phrase) ends(text []token, first int, found spans) (end int, ok bool) {
	switch {
	case p.after != "":
		for end = first + 1; end < len(text); end++ {
			if text[end].text == p.after {
				return end, true
			}
		}
		return 0, false
	case p.until != "":
		for _, v := range found {
			if v.entity == p.until && v.first > first {
				return v.first, true
			}
		}
	}
	return len(text), true
}
