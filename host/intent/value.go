package intent

import "github.com/bothost/bothost/abi"

// span is a value of an entity in a text.
type span struct {
	entity string
	// first and end are tokens: the value has those from first up to end.
	first, end int
	value      string
}

// values finds the values of declared entities: a tree whose edges are tokens.
type values struct {
	next  map[string]*values
	found []found
}

// found is what a way through the tree stands for.
type found struct{ entity, value string }

func newValues(entities []abi.Entity) *values {
	root := new(values)
	for i := range entities {
		e := &entities[i]
		for _, v := range e.Values {
			root.add(v.Value, found{e.Name, v.Value})
		}
		for _, v := range e.Values {
			for _, synonym := range v.Synonyms {
				root.add(synonym, found{e.Name, v.Value})
			}
		}
	}
	return root
}

// add adds a value, unless the same words mean another one of that entity: what
// is a value comes before what is a synonym, what is declared earlier first.
func (v *values) add(words string, f found) {
	for _, t := range tokens(words) {
		next := v.next[t.text]
		if next == nil {
			next = new(values)
			if v.next == nil {
				v.next = make(map[string]*values)
			}
			v.next[t.text] = next
		}
		v = next
	}
	for _, known := range v.found {
		if known.entity == f.entity {
			return
		}
	}
	v.found = append(v.found, f)
}

// spans returns the values that begin at a token, longest first.
func (v *values) spans(text []token, first int) []span {
	var list []span
	for i := first; i < len(text); i++ {
		if v = v.next[text[i].text]; v == nil {
			break
		}
		for _, f := range v.found {
			list = append(list, span{f.entity, first, i + 1, f.value})
		}
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}
