package intent

import "github.com/bothost/bothost/abi"

// span is a value of an entity in a text.
type span struct {
	entity string
	// first and end are tokens: the value has those from first up to end.
	first, end int
	value      string
}

// values finds the values of declared entities: a tree whose edges are tokens,
// and whose nodes have numbers. Node 0 is the root.
type values struct {
	next  map[edge]uint32
	found map[uint32][]found
	// known are words that are meant as they are: those of values, and those of
	// examples.
	known map[string]bool
	fuzzy fuzzy
}

// edge leads from a node on, with a token.
type edge struct {
	from  uint32
	token string
}

// found is what a way through the tree stands for.
type found struct{ entity, value string }

// newValues makes the tree of the entities that are used.
func newValues(entities []abi.Entity, used map[string]bool) *values {
	v := &values{
		next: make(map[edge]uint32), found: make(map[uint32][]found), known: make(map[string]bool),
	}
	for i := range entities {
		e := &entities[i]
		if !used[e.Name] {
			continue
		}
		for _, value := range e.Values {
			v.add(value.Value, found{e.Name, value.Value})
		}
		for _, value := range e.Values {
			for _, synonym := range value.Synonyms {
				v.add(synonym, found{e.Name, value.Value})
			}
		}
	}
	return v
}

// add adds a value, unless the same words mean another one of that entity: what
// is a value comes before what is a synonym, what is declared earlier first.
func (v *values) add(words string, f found) {
	node := uint32(0)
	for _, t := range tokens(words) {
		next, ok := v.next[edge{node, t.text}]
		if !ok {
			next = uint32(len(v.next) + 1)
			v.next[edge{node, t.text}] = next
		}
		if node = next; !v.known[t.text] {
			v.known[t.text] = true
			v.fuzzy.add(t.text)
		}
	}
	for _, known := range v.found[node] {
		if known.entity == f.entity {
			return
		}
	}
	v.found[node] = append(v.found[node], f)
}

// spellings returns for each token how it may have been meant.
func (v *values) spellings(text []token) [][]string {
	list := make([][]string, len(text))
	for i, t := range text {
		if v.known[t.text] {
			list[i] = []string{t.text}
		} else {
			list[i] = v.fuzzy.like(t.text)
		}
	}
	return list
}

// from returns the values that begin at a token, the shortest first.
func (v *values) from(spellings [][]string, first int) []span {
	var list []span
	nodes := []uint32{0}
	for i := first; i < len(spellings) && len(nodes) > 0; i++ {
		var on []uint32
		for _, node := range nodes {
			for _, word := range spellings[i] {
				if next, ok := v.next[edge{node, word}]; ok {
					on = append(on, next)
				}
			}
		}
		// Several spellings of several words would multiply.
		nodes = on[:min(len(on), 8)]
		for _, node := range nodes {
			for _, f := range v.found[node] {
				list = append(list, span{f.entity, first, i + 1, f.value})
			}
		}
	}
	return list
}
