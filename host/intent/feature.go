package intent

import (
	"cmp"
	"slices"
)

// block is a kind of features. What it weighs in a text does not depend on how
// many features it has.
type block uint8

const (
	blockWord block = iota // a word's stem
	blockPair              // two words that follow each other
	blockSkip              // two words with another one between them
	blockPart              // 2 to 4 letters of a word
	blocks
)

// blockWeights were found with the validation part of CLINC150.
var blockWeights = [blocks]float64{blockWord: 1, blockPair: 0.8, blockSkip: 0.3, blockPart: 1}

// maxWord is how much of a word is taken apart, in letters.
const maxWord = 32

// count is how often a text has a feature.
type count struct {
	hash  uint64
	block block
	n     uint32
}

// extractor takes features out of texts.
type extractor struct{ stem stemmer }

// counts returns the features of a text, in one order, each once.
func (x extractor) counts(text []token, spans []span) []count {
	list := make([]count, 0, 16*len(text)+4)
	words := make([]uint64, len(text))
	for i, t := range text {
		words[i] = hash(blockWord, x.stem.stem(t.text))
	}
	list = appendWords(list, words)
	list = appendSlots(list, words, spans)
	for first := 0; first < len(text); {
		last := first + 1
		for last < len(text) && text[last].start == text[last-1].end {
			last++ // 5pm is one word, and so is a sentence in Chinese
		}
		list = appendParts(list, text[first:last])
		first = last
	}
	return merge(list)
}

// merge adds up what is the same.
func merge(list []count) []count {
	slices.SortFunc(list, func(a, b count) int { return cmp.Compare(a.hash, b.hash) })
	merged := list[:0]
	for _, c := range list {
		if n := len(merged); n > 0 && merged[n-1].hash == c.hash {
			merged[n-1].n++
			continue
		}
		merged = append(merged, c)
	}
	return merged
}

func appendWords(list []count, words []uint64) []count {
	const outside = 0 // stands before the first word and after the last one
	before, earlier := uint64(outside), uint64(outside)
	for i, word := range words {
		list = append(list, count{word, blockWord, 1}, count{pair(before, word), blockPair, 1})
		if i > 0 {
			list = append(list, count{skip(earlier, word), blockSkip, 1})
		}
		before, earlier = word, before
	}
	if len(words) > 0 {
		list = append(list, count{pair(before, outside), blockPair, 1})
	}
	if len(words) > 1 { // of one word it would say nothing about the word
		list = append(list, count{skip(earlier, outside), blockSkip, 1})
	}
	return list
}

// appendSlots adds the words beside values, with the value's kind in the place of
// the value: what stands beside one city stands beside all of them.
func appendSlots(list []count, words []uint64, spans []span) []count {
	for _, s := range spans {
		slot := hash(blockPair, s.entity)
		before, after := uint64(0), uint64(0)
		if s.first > 0 {
			before = words[s.first-1]
		}
		if s.end < len(words) {
			after = words[s.end]
		}
		list = append(list, count{slot, blockWord, 1},
			count{pair(before, slot), blockPair, 1}, count{pair(slot, after), blockPair, 1})
	}
	return list
}

// appendParts adds the parts of one word.
func appendParts(list []count, word []token) []count {
	letters := make([]rune, 1, maxWord+2)
	letters[0] = ' '
	for _, t := range word {
		for _, r := range t.text {
			if len(letters) > maxWord {
				break
			}
			letters = append(letters, r)
		}
	}
	letters = append(letters, ' ')
	for n := 2; n <= 4; n++ {
		for i := 0; i+n <= len(letters); i++ {
			h := uint64(offset) ^ uint64(n)
			for _, r := range letters[i : i+n] {
				h = (h ^ uint64(r)) * prime
			}
			list = append(list, count{mix(h), blockPart, 1})
		}
	}
	return list
}

// offset and prime are those of FNV-1a.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

func hash(b block, text string) uint64 {
	h := uint64(offset) ^ uint64(b)<<32
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime
	}
	return mix(h)
}

func pair(a, b uint64) uint64 { return mix(a*prime ^ b + offset) }

func skip(a, b uint64) uint64 { return mix(a*prime ^ b + offset + 1) }

// mix makes every bit depend on every other one.
func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
