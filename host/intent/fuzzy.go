package intent

import (
	"slices"
	"unicode/utf8"
)

const (
	// minFuzzy is the size of a word, in letters, from which on one typing error
	// in it is forgiven: in shorter ones it makes another word.
	minFuzzy = 5
	// maxFuzzy is the size up to which.
	maxFuzzy = 32
	// maxGaps bounds what is remembered of words; those that are declared later
	// must be written without errors.
	maxGaps = 1 << 18
)

// fuzzy finds words that differ by one typing error: a letter too much, too few,
// another one, or two in the wrong order. Two such words are the same if one
// letter is left out of one or both of them, so that is what it remembers.
type fuzzy struct {
	words []string
	gaps  map[uint64][]uint32 // indexes of words, by the hash of what is left
	count int
}

// add adds a word.
func (f *fuzzy) add(word string) {
	n := utf8.RuneCountInString(word)
	if n < minFuzzy || n > maxFuzzy || f.count+n+1 > maxGaps {
		return
	}
	if f.gaps == nil {
		f.gaps = make(map[uint64][]uint32)
	}
	f.words = append(f.words, word)
	gaps(word, func(h uint64) {
		f.gaps[h] = append(f.gaps[h], uint32(len(f.words)-1))
		f.count++
	})
}

// like returns the words that differ from one by one error at most, in the order
// in which they were added.
func (f *fuzzy) like(word string) []string {
	if n := utf8.RuneCountInString(word); f.gaps == nil || n < minFuzzy-1 || n > maxFuzzy+1 {
		return nil
	}
	var found []uint32
	gaps(word, func(h uint64) { found = append(found, f.gaps[h]...) })
	slices.Sort(found)
	var list []string
	for _, i := range slices.Compact(found) {
		if oneError([]rune(word), []rune(f.words[i])) {
			list = append(list, f.words[i])
		}
	}
	return list
}

// gaps calls add with the hashes of a word and of what is left of it without one
// of its letters.
func gaps(word string, add func(uint64)) {
	letters := []rune(word)
	for gap := -1; gap < len(letters); gap++ {
		if gap > 0 && letters[gap] == letters[gap-1] {
			continue // leaves the same
		}
		h := uint64(offset)
		for i, r := range letters {
			if i != gap {
				h = (h ^ uint64(r)) * prime
			}
		}
		add(mix(h))
	}
}

// oneError reports whether two words differ by one error at most.
func oneError(a, b []rune) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	swapped := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return len(a) <= 1 && len(b) <= 1 || swapped
}
