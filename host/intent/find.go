package intent

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/bothost/bothost/abi"
)

// finder finds values in texts.
type finder struct {
	// used are the entities that slots have; only those are looked for.
	used    map[string]bool
	values  *values
	words   *lexicon
	builtin []builtin
	// any: the entity any is the one that every bot has.
	any bool
}

// builtin is an entity that every bot has.
type builtin struct {
	entity string
	read   func(s *scanner, first int) (value string, end int, ok bool)
}

// builtins are those of which values can be told from other words.
var builtins = []builtin{
	{abi.EntityEmail, (*scanner).email},
	{abi.EntityDate, (*scanner).date},
	{abi.EntityTime, (*scanner).time},
	{abi.EntityDuration, (*scanner).duration},
	{abi.EntityNumber, (*scanner).number},
}

func newFinder(d *abi.Definition) *finder {
	f := &finder{
		used: make(map[string]bool), words: lexiconOf(d.Language),
		any: !declared(d, abi.EntityAny),
	}
	var literal []string
	for i := range d.Intents {
		for _, text := range d.Intents[i].Examples {
			for _, p := range parseExample(text) {
				literal = append(literal, p.words)
				f.used[p.slot.Entity] = p.slot.Entity != ""
			}
		}
	}
	f.values = newValues(d.Entities, f.used)
	if len(f.values.next) > 0 {
		for _, words := range literal {
			for _, t := range tokens(words) {
				f.values.known[t.text] = true
			}
		}
	}
	for _, b := range builtins {
		if f.used[b.entity] && !declared(d, b.entity) {
			f.builtin = append(f.builtin, b)
		}
	}
	return f
}

// isAny reports whether an entity takes any text.
func (f *finder) isAny(entity string) bool { return f.any && entity == abi.EntityAny }

func declared(d *abi.Definition, entity string) bool {
	return slices.ContainsFunc(d.Entities, func(e abi.Entity) bool { return e.Name == entity })
}

// spans are all values in a text; they may overlap.
type spans []span

// find returns all values in a text, in the order of their places, longer ones
// first. Values that are any text are not among them.
func (f *finder) find(source string, text []token, now time.Time) spans {
	var list spans
	if len(f.values.next) > 0 {
		spellings := f.values.spellings(text)
		for i := range text {
			list = append(list, f.values.from(spellings, i)...)
		}
	}
	if len(f.builtin) > 0 {
		s := scanner{source, text, f.words, now}
		for i := range text {
			for _, b := range f.builtin {
				if value, end, ok := b.read(&s, i); ok {
					list = append(list, span{b.entity, i, end, value})
				}
			}
		}
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

// anything returns what stands from one token up to another one as a value, and
// where it ends. If they are the last ones that were looked at, that is up to the
// end of the text.
func anything(source string, text []token, first, end int) (value string, to int) {
	to = text[end-1].end
	if end == len(text) && len(source) > maxText {
		to = len(strings.TrimRightFunc(source, unicode.IsSpace))
	}
	return strings.TrimSpace(strings.ToValidUTF8(source[text[first].start:to], "")), to
}
