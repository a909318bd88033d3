package intent

import (
	"cmp"
	"math"
	"slices"
)

// feature is one that the examples have, and what it weighs in a text.
type feature struct {
	row    uint32
	weight float32
}

// vocabulary holds the features that examples have.
type vocabulary struct {
	rows map[uint64]uint32
	// rare says how rare each of them is; rarest what one weighs that no example
	// has.
	rare   []float32
	rarest float32
}

// manyTexts is from how many texts on pairs of words do not count that only one of
// them has: half of a model would be such pairs, and be worth nothing.
const manyTexts = 5000

// newVocabulary numbers the features of texts: at most max of them, those that
// most texts have.
func newVocabulary(texts [][]count, max int) *vocabulary {
	var seen []count // with how many texts have it
	at := make(map[uint64]int)
	for _, text := range texts {
		for _, c := range text {
			i, ok := at[c.hash]
			if !ok {
				i = len(seen)
				at[c.hash] = i
				seen = append(seen, count{hash: c.hash, block: c.block})
			}
			seen[i].n++
		}
	}
	if len(texts) > manyTexts {
		seen = slices.DeleteFunc(seen, func(c count) bool {
			return c.n == 1 && (c.block == blockPair || c.block == blockSkip)
		})
	}
	if len(seen) > max {
		slices.SortStableFunc(seen, func(a, b count) int { return cmp.Compare(b.n, a.n) })
		seen = seen[:max]
	}
	v := &vocabulary{rows: make(map[uint64]uint32, len(seen)), rare: make([]float32, len(seen))}
	for i, c := range seen {
		v.rows[c.hash] = uint32(i)
		v.rare[i] = rarity(len(texts), int(c.n))
	}
	v.rarest = rarity(len(texts), 0)
	return v
}

// rarity is the inverse document frequency, a little less steep; found with the
// validation part of CLINC150.
func rarity(texts, with int) float32 {
	return float32(math.Pow(1+math.Log(float64(texts+1)/float64(with+1)), 0.85))
}

// features returns those that the vocabulary knows. The others take weight from
// them: a text with unknown words is less like the examples.
func (v *vocabulary) features(counts []count) []feature {
	list := make([]feature, 0, len(counts))
	kinds := make([]block, 0, len(counts))
	var squares [blocks]float64
	for _, c := range counts {
		row, ok := v.rows[c.hash]
		weight := v.rarest
		if ok {
			weight = v.rare[row]
		}
		if c.n > 1 {
			weight *= float32(1 + math.Log(float64(c.n)))
		}
		squares[c.block] += float64(weight) * float64(weight)
		if ok {
			list = append(list, feature{row, weight})
			kinds = append(kinds, c.block)
		}
	}
	scale := scales(squares)
	for i := range list {
		list[i].weight *= scale[kinds[i]]
	}
	return list
}

// scales makes the blocks weigh what they should, and all of them together 1.
func scales(squares [blocks]float64) (scale [blocks]float32) {
	sum := 0.0
	for b, square := range squares {
		if square > 0 {
			sum += blockWeights[b] * blockWeights[b]
		}
	}
	for b, square := range squares {
		if square > 0 {
			scale[b] = float32(blockWeights[b] / math.Sqrt(square*sum))
		}
	}
	return scale
}
