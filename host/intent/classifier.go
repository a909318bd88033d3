package intent

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/bothost/bothost/abi"
)

// DefaultThreshold is the score that a text's intent has at least.
const DefaultThreshold = 0.4

// Options say how intents are found. The zero value is usable.
type Options struct {
	// Threshold is the score that a text's intent has at least, from 0 to 1. If
	// zero, [DefaultThreshold].
	Threshold float64
	// Dir is a folder that keeps what was learned, by what it was learned from, so
	// that it need not be learned again. It is made if need be, and nothing else may
	// lie there: what was not used for long is removed. Several processes may share
	// it. If empty, nothing is kept.
	Dir string
	// Previous is a classifier that may have learned from the same, and need not
	// again. If nil, there is none.
	Previous *Classifier
	// Logger hears of what was learned, and of failures to read and write there. If
	// nil, nobody does.
	Logger *slog.Logger
}

// Classifier finds the intents of texts. Its methods are safe for concurrent use.
// A nil one finds none.
type Classifier struct {
	intents []abi.Intent
	// numbers are the indexes of intents, by name.
	numbers map[string]int
	slots   []*slots
	// open are the intents of which anything is an example.
	open      []open
	examples  *examples
	finder    *finder
	extractor extractor
	model     *model
	threshold float64
	key       modelKey
}

// open is an intent of which anything is an example.
type open struct {
	intent int
	param  string
}

// Check returns why New would make no classifier of a definition, without
// learning anything.
//
// # Errors
//
// More intents or examples than can be learned from within seconds.
func Check(d *abi.Definition) error {
	_, err := filled(d)
	return err
}

// New makes a classifier of the intents and entities of a definition, which must
// not change any more. It learns from the examples; that takes up to a few
// seconds, and ends early with ctx. A definition without intents has a classifier
// that finds none.
//
// # Errors
//
// Those of [Check], and the cause of the end of ctx.
func New(ctx context.Context, d *abi.Definition, opts Options) (*Classifier, error) {
	c := &Classifier{threshold: opts.Threshold, numbers: make(map[string]int)}
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
	if c.key, err = keyOf(d); err != nil {
		return nil, err
	}
	c.intents, c.examples = d.Intents, newExamples()
	c.finder = newFinder(d)
	c.extractor = extractor{stemmerOf(d.Language)}
	for i := range c.intents {
		c.add(i)
	}
	if p := opts.Previous; p != nil && p.model != nil && p.key == c.key {
		c.model = p.model
		return c, nil
	}
	kept := openCache(opts)
	if c.model = kept.load(c.key, len(d.Intents)); c.model != nil {
		return c, nil
	}
	begun := time.Now()
	if err := c.train(ctx, list); err != nil {
		return nil, err
	}
	if opts.Logger != nil {
		opts.Logger.LogAttrs(ctx, slog.LevelDebug, "intents learned",
			slog.Int("intents", len(d.Intents)), slog.Duration("dur", time.Since(begun)))
	}
	if c.model != nil {
		kept.store(c.key, c.model)
	}
	return c, nil
}

// add adds an intent.
func (c *Classifier) add(i int) {
	in := &c.intents[i]
	c.numbers[in.Name] = i
	c.slots = append(c.slots, newSlots(in, c.finder.isAny))
	for _, text := range in.Examples {
		parts := parseExample(text)
		if isOpen(parts, c.finder.any) {
			c.open = append(c.open, open{i, parts[0].slot.Param})
			continue
		}
		c.examples.add(parts, i)
	}
}

// isOpen reports whether an example is nothing but a slot for any text. builtin says
// that the entity any is the one that every bot has.
func isOpen(parts []part, builtin bool) bool {
	return builtin && len(parts) == 2 && parts[0].slot.Entity == abi.EntityAny &&
		len(words(parts[0].words)) == 0 && len(words(parts[1].words)) == 0
}

func (c *Classifier) train(ctx context.Context, list []example) (err error) {
	var texts [][]count
	var intents []int
	for _, e := range list {
		source := e.text[:min(len(e.text), maxExample)]
		text := tokens(source)
		if len(text) == 0 {
			continue
		}
		values := c.finder.find(source, text, time.Time{})
		texts = append(texts, c.extractor.counts(text, values.apart(all)))
		intents = append(intents, e.intent)
	}
	if len(texts) > 0 {
		c.model, err = newModel(ctx, texts, intents, len(c.intents))
	}
	return err
}

// Classify is [Classifier.ClassifyAt] where the time is not known.
func (c *Classifier) Classify(text string, among []string) (p abi.Prediction, ok bool) {
	return c.ClassifyAt(text, among, time.Time{})
}

// ClassifyAt returns the intent that a text has, among those named, and the values
// of its slots; ok is false if it has none of them. Names that the definition
// does not declare are nothing.
//
// Now is when the text was said, in the zone of who said it: tomorrow is the day
// after that. If it is zero, such values are the words that were said.
func (c *Classifier) ClassifyAt(
	text string, among []string, now time.Time,
) (p abi.Prediction, ok bool) {
	if c == nil {
		return p, false
	}
	candidates := c.candidates(among)
	words := tokens(text)
	if len(candidates) == 0 || len(words) == 0 {
		return p, false
	}
	found := c.finder.find(text, words, now)
	if i, values, ok := c.exactly(text, words, found, candidates); ok {
		return c.prediction(i, 1, values), true
	}
	if c.model != nil {
		i, score := c.model.best(c.extractor.counts(words, found.apart(all)), candidates)
		if score >= c.threshold {
			return c.prediction(i, score, c.slots[i].fill(text, words, found)), true
		}
	}
	for _, o := range c.open {
		if slices.Contains(candidates, o.intent) {
			v := Value{Param: o.param, Start: words[0].start}
			v.Value, v.End = anything(text, words, 0, len(words))
			return c.prediction(o.intent, c.threshold, []Value{v}), true
		}
	}
	return p, false
}

// Values returns the values that a text has for the slots of an intent, whether it
// has that intent or not.
func (c *Classifier) Values(text, intent string, now time.Time) []Value {
	if c == nil {
		return nil
	}
	i, ok := c.numbers[intent]
	words := tokens(text)
	if !ok || len(words) == 0 {
		return nil
	}
	found := c.finder.find(text, words, now)
	if _, values, ok := c.exactly(text, words, found, []int{i}); ok {
		return values
	}
	return c.slots[i].fill(text, words, found)
}

func (c *Classifier) prediction(intent int, score float64, values []Value) abi.Prediction {
	p := abi.Prediction{Intent: c.intents[intent].Name, Score: score}
	for _, v := range values {
		p.Params = append(p.Params, abi.SlotValue{
			Name: v.Param, Value: v.Value, Start: v.Start, End: v.End,
		})
	}
	return p
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
	return slices.Compact(list)
}

// exactly returns the intent of which the text is an example.
func (c *Classifier) exactly(
	source string, text []token, found spans, among []int,
) (intent int, values []Value, ok bool) {
	s := search{examples: c.examples, source: source, text: text, values: found,
		isAny: c.finder.isAny}
	s.allowed = func(intent int) bool {
		_, ok := slices.BinarySearch(among, intent)
		return ok
	}
	if !s.from(0, 0) {
		return 0, nil, false
	}
	return s.end.intent, s.params(), true
}
