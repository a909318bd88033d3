package intent

import (
	"cmp"
	"slices"
)

// spans are all values in a text; they may overlap.
type spans []span

// find returns all values in a text, in the order of their places, longer ones
// first.
func (c *Classifier) find(text []token) spans {
	var list spans
	if len(c.values.next) == 0 {
		return nil
	}
	for i := range text {
		list = append(list, c.values.from(text, i)...)
	}
	slices.SortStableFunc(list, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.end, a.end))
	})
	return list
}

// at returns the values of an entity that begin at a token, longer ones first.
func (s spans) at(entity string, first int) []span {
	i, _ := slices.BinarySearchFunc(s, first, func(v span, first int) int {
		return cmp.Compare(v.first, first)
	})
	var list []span
	for ; i < len(s) && s[i].first == first; i++ {
		if s[i].entity == entity {
			list = append(list, s[i])
		}
	}
	return list
}

// apart returns the values that are wanted, without those that overlap: the one
// that begins first stays, of those the longest one.
func (s spans) apart(wanted func(entity string) bool) []span {
	var list []span
	end := 0
	for _, v := range s {
		if v.first >= end && wanted(v.entity) {
			list = append(list, v)
			end = v.end
		}
	}
	return list
}

func all(string) bool { return true }
