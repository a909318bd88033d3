package intent

import (
	"slices"

	"github.com/bothost/bothost/abi"
)

// DefaultThreshold is the score that a text's intent has at least.
const DefaultThreshold = 0.4

// Options say how intents are found. The zero value is usable.
type Options struct {
	// Threshold is the score that a text's intent has at least, from 0 to 1. If
	// zero, [DefaultThreshold].
	Threshold float64
	// Language is the language of the texts, as a tag such as de or pt-BR: words
	// of it are told apart by their stems. If empty, English. Languages without a
	// stemmer have whole words.
	Language string
}

// Classifier finds the intents of texts. Its methods are safe for concurrent use.
type Classifier struct {
	intents []abi.Intent
	// numbers are the indexes of intents, by name.
	numbers   map[string]int
	examples  *examples
	values    *values
	extractor extractor
	model     *model
	threshold float64
}

// New makes a classifier of the intents and entities of a definition, which must
// not change any more. It learns from the examples; that takes up to a few
// seconds. A definition without intents has a classifier that finds none.
//
// # Errors
//
// More intents or examples than can be learned from within seconds.
func New(d *abi.Definition, opts Options) (*Classifier, error) {
	c := &Classifier{threshold: opts.Threshold, extractor: extractor{stemmerOf(opts.Language)}}
	if c.threshold == 0 {
		c.threshold = DefaultThreshold
	}
	if d == nil || len(d.Intents) == 0 {
		return c, nil
	}
	list, err := filled(d)
	if err != nil {
		return nil, err
	}
	c.intents, c.examples, c.values = d.Intents, newExamples(d.Intents), newValues(d.Entities)
	c.numbers = make(map[string]int, len(c.intents))
	for i := range c.intents {
		c.numbers[c.intents[i].Name] = i
	}
	c.train(list)
	return c, nil
}

func (c *Classifier) train(list []example) {
	texts := make([][]count, len(list))
	intents := make([]int, len(list))
	for i, e := range list {
		text := tokens(e.text[:min(len(e.text), maxExample)])
		texts[i] = c.extractor.counts(text, c.find(text).apart(all))
		intents[i] = e.intent
	}
	c.model = newModel(texts, intents, len(c.intents))
}

// Classify returns the intent that a text has, among those named; ok is false if
// it has none of them. Names that the definition does not declare are nothing.
func (c *Classifier) Classify(text string, among []string) (p abi.Prediction, ok bool) {
	if c == nil || c.model == nil {
		return p, false
	}
	candidates := c.candidates(among)
	words := tokens(text)
	if len(candidates) == 0 || len(words) == 0 {
		return p, false
	}
	values := c.find(words)
	if p, ok := c.exactly(words, values, candidates); ok {
		return p, true
	}
	i, score := c.model.best(c.extractor.counts(words, values.apart(all)), candidates)
	if score < c.threshold {
		return p, false
	}
	return abi.Prediction{Intent: c.intents[i].Name, Score: score}, true
}

// candidates are the indexes of the intents that compete, in order.
func (c *Classifier) candidates(among []string) []int {
	list := make([]int, 0, len(among))
	for _, name := range among {
		if i, ok := c.numbers[name]; ok {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	return list
}

// exactly returns the intent of which the text is an example.
func (c *Classifier) exactly(text []token, values spans, among []int) (p abi.Prediction, ok bool) {
	s := search{examples: c.examples, text: text, values: values}
	s.allowed = func(intent int) bool {
		_, ok := slices.BinarySearch(among, intent)
		return ok
	}
	if !s.from(0, 0) {
		return p, false
	}
	return abi.Prediction{Intent: c.intents[s.end.intent].Name, Score: 1, Params: s.params()}, true
}
