package intent

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/bothost/bothost/abi"
)

// Enough is how many examples an intent should have: with fewer ones, many texts
// that have it are not like any of them.
const Enough = 5

// Opinion is what there is to say about an intent's examples.
type Opinion struct {
	Intent string
	// Examples is how many there are, without those that say the same; Few says
	// that they are not [Enough].
	Examples int
	Few      bool
	// Doubts are those that are not recognised by the other ones.
	Doubts []Doubt
}

// Doubt is an example that is not recognised by what the other ones have in
// common.
type Doubt struct {
	// Example is its text as it was declared.
	Example string
	// Taken is the intent that it is taken for; empty if it is taken for none.
	Taken string
	// Score is how sure that is.
	Score float64
}

// reviewParts is into how many parts examples are split: each part is asked for
// where the others were learned.
const reviewParts = 5

// Review judges the examples of a definition, intent by intent. It asks for each
// of them where it was not learned, among the intents that states name together
// with its own. Where there are few examples, that one of them is like no other is
// no news: only those are in doubt that are taken for another intent.
//
// It takes some times as long as [New], on several processors.
//
// # Errors
//
// Those of [New].
func Review(ctx context.Context, d *abi.Definition) ([]Opinion, error) {
	held, err := askHeld(ctx, d)
	if err != nil {
		return nil, err
	}
	list := make([]Opinion, len(d.Intents))
	for i := range d.Intents {
		in := &d.Intents[i]
		n, open := sayings(d, in)
		list[i] = Opinion{Intent: in.Name, Examples: n, Few: n < Enough && !open}
	}
	for _, h := range held {
		o := &list[h.intent]
		if h.taken != o.Intent && (h.taken != "" || !o.Few) {
			example := d.Intents[h.intent].Examples[h.index]
			o.Doubts = append(o.Doubts, Doubt{example, h.taken, h.score})
		}
	}
	return list, nil
}

// sayings counts the examples that differ, and reports whether anything is one.
func sayings(d *abi.Definition, in *abi.Intent) (n int, open bool) {
	seen := make(map[string]bool)
	for _, text := range in.Examples {
		parts := parseExample(text)
		open = open || isOpen(parts, !declared(d, abi.EntityAny))
		seen[saying(parts)] = true
	}
	return len(seen), open
}

// saying returns what is the same for examples that say the same.
func saying(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strings.Join(words(p.words), " ") + "{" + p.slot.Entity + "}")
	}
	return b.String()
}

// held is an example that was held back, and what it was taken for.
type held struct {
	intent, index int
	text          string
	taken         string
	score         float64
}

// askHeld asks for all examples where they were not learned, and returns them in
// their order.
func askHeld(ctx context.Context, d *abi.Definition) ([]held, error) {
	among, values := rivals(d), examplesOf(d)
	parts := make([][]held, reviewParts)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range parts {
		g.Go(func() error {
			rest, list := hold(d, i, values)
			c, err := New(ctx, rest, Options{})
			if err != nil {
				return err
			}
			for j := range list {
				h := &list[j]
				p, _ := c.Classify(h.text, among[h.intent])
				h.taken, h.score = p.Intent, p.Score
			}
			parts[i] = list
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	all := slices.Concat(parts...)
	slices.SortFunc(all, func(a, b held) int {
		return cmp.Or(cmp.Compare(a.intent, b.intent), cmp.Compare(a.index, b.index))
	})
	findTwins(d, all, among)
	return all, nil
}

// findTwins finds examples that stand in two intents. Where both were held back at
// once, none was taken for the other intent.
func findTwins(d *abi.Definition, all []held, among [][]string) {
	intents := make(map[string][]string) // by what is said
	key := func(h *held) string {
		return saying(parseExample(d.Intents[h.intent].Examples[h.index]))
	}
	for i := range all {
		h := &all[i]
		intents[key(h)] = append(intents[key(h)], d.Intents[h.intent].Name)
	}
	for i := range all {
		h := &all[i]
		for _, other := range intents[key(h)] {
			if other != d.Intents[h.intent].Name && slices.Contains(among[h.intent], other) {
				h.taken, h.score = other, 1
			}
		}
	}
}

// hold returns a definition without one part of its examples, and those.
func hold(d *abi.Definition, part int, values map[string][]string) (
	rest *abi.Definition, list []held) {
	builtin := !declared(d, abi.EntityAny)
	rest = &abi.Definition{Language: d.Language, Entities: d.Entities}
	for i, in := range d.Intents {
		kept := abi.Intent{Name: in.Name}
		for j, text := range in.Examples {
			parts := parseExample(text)
			if j%reviewParts != part || isOpen(parts, builtin) {
				kept.Examples = append(kept.Examples, text)
				continue
			}
			list = append(list, held{intent: i, index: j, text: fill(parts, values, j)[0]})
		}
		rest.Intents = append(rest.Intents, kept)
	}
	return rest, list
}

// rivals returns for each intent the names of those that compete with it in some
// state, and its own. Those that no state names compete with all.
func rivals(d *abi.Definition) [][]string {
	at := make(map[string]int, len(d.Intents))
	for i := range d.Intents {
		at[d.Intents[i].Name] = i
	}
	meets := make([]map[int]bool, len(d.Intents))
	for _, state := range competing(d) {
		for _, name := range state {
			i := at[name]
			if meets[i] == nil {
				meets[i] = make(map[int]bool)
			}
			for _, other := range state {
				meets[i][at[other]] = true
			}
		}
	}
	list := make([][]string, len(d.Intents))
	for i := range list {
		for j := range d.Intents {
			if meets[i] == nil || meets[i][j] {
				list[i] = append(list[i], d.Intents[j].Name)
			}
		}
	}
	return list
}

// competing returns the intents that each state names. Global transitions are
// everywhere.
func competing(d *abi.Definition) [][]string {
	var everywhere []string
	for i := range d.States {
		if g := d.States[i].Global; g != nil && g.Intent != "" {
			everywhere = append(everywhere, g.Intent)
		}
	}
	list := make([][]string, len(d.States))
	for i := range d.States {
		names := slices.Clone(everywhere)
		for _, t := range d.States[i].Transitions {
			if t.Intent != "" {
				names = append(names, t.Intent)
			}
		}
		list[i] = names
	}
	return list
}
