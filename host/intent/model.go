package intent

import (
	"context"
	"math"
)

// model tells the intents of texts by what the examples have in common.
type model struct {
	vocabulary *vocabulary
	linear     *linear
	// scale makes scores of models with few and with many examples alike.
	scale float64
}

// newModel trains a model with the features of texts, each of which has an
// intent. Its error is that ctx has ended.
func newModel(ctx context.Context, texts [][]count, intents []int, n int) (*model, error) {
	n = modelIntents(n)
	m := &model{vocabulary: newVocabulary(texts, maxWeights/n)}
	samples := make([]sample, len(texts))
	for i, counts := range texts {
		samples[i] = sample{m.vocabulary.features(counts), intents[i]}
	}
	m.scale = math.Log(float64(n)) * math.Pow(float64(len(texts))/float64(n), 0.17)
	var err error
	m.linear, err = train(ctx, samples, len(m.vocabulary.rare), n)
	return m, err
}

// modelIntents is how many intents a model tells. One alone has nothing to be told
// from; another one, which nothing has, takes that place.
func modelIntents(n int) int { return max(n, 2) }

// best returns which of some intents a text has, and how sure that is. The first
// of equal ones is best.
func (m *model) best(counts []count, among []int) (intent int, score float64) {
	features := m.vocabulary.features(counts)
	if familiar(features) < leastFamiliar {
		return among[0], 0
	}
	var scores []float32
	if len(among)*4 > m.linear.intents {
		scores = make([]float32, m.linear.intents)
		m.linear.scores(features, scores)
	}
	intent = -1
	var top, second float32
	for _, i := range among {
		var s float32
		if scores != nil {
			s = scores[i]
		} else {
			s = m.linear.score(features, i)
		}
		switch {
		case intent < 0:
			intent, top, second = i, s, float32(math.Inf(-1))
		case s > top:
			intent, top, second = i, s, top
		default:
			second = max(second, s)
		}
	}
	return intent, m.certainty(float64(top), float64(top-second))
}

// leastFamiliar is how much of a text must be known from examples. Below that a
// model of few examples takes two letters for an intent.
const leastFamiliar = 0.1

// familiar returns how much of a text the features make up, from 0 to 1.
func familiar(features []feature) float64 {
	sum := 0.0
	for _, f := range features {
		sum += float64(f.weight) * float64(f.weight)
	}
	return sum
}

// mostSure is the highest score of a text that is no example.
const mostSure = 0.999

// certainty makes a probability of what the best intent gets, and of how much
// more that is than what the second one gets.
//
// The first number tells texts that have an intent from those that have none; the
// second one does not help with that, so it never leads below the default
// threshold. It tells texts that have the best intent from those that have
// another one. Both numbers grow with the number of intents and examples. The
// constants were found with models of 2 to 150 intents and 5 to 100 examples from
// CLINC150 and BANKING77: the default threshold loses a few in a thousand of the
// texts that have an intent.
func (m *model) certainty(top, margin float64) float64 {
	known := logistic(9.21*top/m.scale - 2.62)
	if known <= DefaultThreshold {
		return known
	}
	right := logistic(10.5*margin/m.scale - 0.6)
	share := max(0, right-DefaultThreshold) / (1 - DefaultThreshold)
	return min(mostSure, DefaultThreshold+(known-DefaultThreshold)*share)
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
