package intent

import "github.com/bothost/bothost/abi"

// Enough is how many examples an intent should have: with fewer ones, many texts
// that have it are not like any of them.
const Enough = 5

// Doubt is an example that is not recognised by what the other ones have in
// common.
type Doubt struct {
	// Intent is the one that it belongs to, Example is its text, with values in its
	// slots.
	Intent, Example string
	// Taken is the intent that it is taken for; empty if it is taken for none.
	Taken string
	// Score is how sure that is.
	Score float64
}

// doubtParts is into how many parts examples are split: each part is asked for
// where the others were learned.
const doubtParts = 5

// Doubts returns the examples of a definition that are taken for another intent,
// or for none, by a classifier that has not seen them. It takes some times as
// long as [New]. Intents with one example are not asked for.
//
// # Errors
//
// Those of [New].
func Doubts(d *abi.Definition, opts Options) ([]Doubt, error) {
	values := examplesOf(d)
	names := make([]string, len(d.Intents))
	for i := range d.Intents {
		names[i] = d.Intents[i].Name
	}
	found := make([][]Doubt, doubtParts)
	for part := range doubtParts {
		rest, held := splitExamples(d, part, values)
		c, err := New(rest, opts)
		if err != nil {
			return nil, err
		}
		for _, e := range held {
			p, _ := c.Classify(e.text, names)
			if in := names[e.intent]; p.Intent != in {
				found[part] = append(found[part], Doubt{in, e.text, p.Intent, p.Score})
			}
		}
	}
	return inOrder(d, found), nil
}

// splitExamples returns a definition without one part of its examples, and those.
func splitExamples(
	d *abi.Definition, part int, values map[string][]string,
) (rest *abi.Definition, held []example) {
	rest = &abi.Definition{Language: d.Language, Entities: d.Entities}
	for i, in := range d.Intents {
		kept := abi.Intent{Name: in.Name}
		for j, text := range in.Examples {
			if j%doubtParts != part || len(in.Examples) == 1 {
				kept.Examples = append(kept.Examples, text)
				continue
			}
			held = append(held, example{fill(parseExample(text), values, j)[0], i})
		}
		rest.Intents = append(rest.Intents, kept)
	}
	return rest, held
}

// inOrder sorts doubts by their intents.
func inOrder(d *abi.Definition, found [][]Doubt) []Doubt {
	var list []Doubt
	for i := range d.Intents {
		for _, part := range found {
			for _, doubt := range part {
				if doubt.Intent == d.Intents[i].Name {
					list = append(list, doubt)
				}
			}
		}
	}
	return list
}
