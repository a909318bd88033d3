package intent

import "github.com/bothost/bothost/abi"

// Options say how intents are found. The zero value is usable.
type Options struct {
	// Threshold is the score that a text's intent has at least, from 0 to 1. If
	// zero, 0.4.
	Threshold float64
}

// Classifier finds the intents of texts. Its methods are safe for concurrent use.
type Classifier struct {
	intents []abi.Intent
	// numbers are the indexes of intents, by name.
	numbers  map[string]int
	examples *examples
	values   *values
}

// New makes a classifier of the intents and entities of a definition, which must
// not change any more. A definition without intents has a classifier that finds
// none.
//
// # Errors
//
// An example whose slots are not well formed; [abi.ParseDefinition] lets none
// through.
func New(d *abi.Definition, opts Options) (*Classifier, error) {
	c := new(Classifier)
	if d == nil {
		d = new(abi.Definition)
	}
	examples, err := newExamples(d.Intents)
	if err != nil {
		return nil, err
	}
	c.intents, c.examples, c.values = d.Intents, examples, newValues(d.Entities)
	c.numbers = make(map[string]int, len(c.intents))
	for i := range c.intents {
		c.numbers[c.intents[i].Name] = i
	}
	return c, nil
}

// Classify returns the intent that a text has, among those named; ok is false if
// it has none of them. Names that the definition does not declare are nothing.
func (c *Classifier) Classify(text string, among []string) (p abi.Prediction, ok bool) {
	if c == nil || len(c.intents) == 0 || len(among) == 0 {
		return p, false
	}
	return c.exactly(tokens(text), c.candidates(among))
}

// candidates are the intents that compete, by their indexes.
func (c *Classifier) candidates(among []string) map[int]bool {
	set := make(map[int]bool, len(among))
	for _, name := range among {
		if i, ok := c.numbers[name]; ok {
			set[i] = true
		}
	}
	return set
}

// exactly returns the intent of which the text is an example.
func (c *Classifier) exactly(text []token, among map[int]bool) (p abi.Prediction, ok bool) {
	s := search{
		text: text,
		spans: func(entity string, first int) []span {
			var list []span
			for _, v := range c.values.spans(text, first) {
				if v.entity == entity {
					list = append(list, v)
				}
			}
			return list
		},
		allowed: func(intent int) bool { return among[intent] },
	}
	if len(text) == 0 || !s.from(c.examples, 0) {
		return p, false
	}
	return abi.Prediction{Intent: c.intents[s.end.intent].Name, Score: 1, Params: s.params()}, true
}
