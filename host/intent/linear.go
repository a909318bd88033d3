package intent

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"
)

// How a model learns; found with the validation part of CLINC150.
const (
	rate      = 2.5  // the size of the first step; the last one is zero
	dropped   = 0.3  // the share of features that a step leaves out
	smoothing = 0.07 // the share that goes from the right intent to all of them
	// passes is how often each sample is seen. Few samples are seen more often,
	// until there are minSteps.
	passes   = 12
	minSteps = 5_000
	// maxWork bounds the multiplications of a training.
	maxWork = 8 << 30
)

// linear is a linear model: the weight of each feature for each intent.
type linear struct {
	intents int
	// weights has a row of all intents for each feature.
	weights []float32
}

// sample is a text to learn from.
type sample struct {
	features []feature
	intent   int
}

func (m *linear) row(f uint32) []float32 {
	return m.weights[int(f)*m.intents : (int(f)+1)*m.intents]
}

// scores sets what each intent gets for a text. Nothing is added to what its features
// weigh: a text that is like no example would have the intent with most examples.
func (m *linear) scores(features []feature, scores []float32) {
	clear(scores)
	for _, f := range features {
		addScaled(scores, f.weight, m.row(f.row))
	}
}

// score returns what one intent gets for a text: the same as scores does.
func (m *linear) score(features []feature, intent int) float32 {
	score := float32(0)
	for _, f := range features {
		// The conversion keeps the compiler from fusing the two operations.
		score += float32(f.weight * m.weights[int(f.row)*m.intents+intent])
	}
	return score
}

// addScaled adds a times x to y.
func addScaled(y []float32, a float32, x []float32) {
	blas32.Axpy(a, blas32.Vector{N: len(x), Data: x, Inc: 1}, blas32.Vector{N: len(y), Data: y, Inc: 1})
}

// train learns from samples: softmax regression, by gradient descent in random
// steps, which are the same each time. Leaving features out keeps the model from
// relying on single words; smoothing keeps its scores low for what is like no
// sample.
func train(samples []sample, features, intents int) *linear {
	m := &linear{intents, make([]float32, features*intents)}
	random := rand.New(rand.NewPCG(1, 2))
	gradient := make([]float32, intents)
	var kept []feature
	order := random.Perm(len(samples))
	steps := stepsFor(samples, intents)
	for step := range steps {
		if step%len(order) == 0 {
			random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		s := &samples[order[step%len(order)]]
		kept = drop(kept[:0], s.features, random)
		m.gradient(kept, s.intent, gradient)
		m.learn(kept, gradient, float32(rate*(1-float64(step)/float64(steps))))
	}
	return m
}

// stepsFor says how many samples a training looks at, within maxWork.
func stepsFor(samples []sample, intents int) int {
	const row, exp = 32, 30 // what they cost beside multiplications
	work := 0
	for i := range samples {
		work += 2*(len(samples[i].features)+2)*(intents+row) + exp*intents
	}
	perStep := 1 + work/max(1, len(samples))
	return min(max(passes*len(samples), minSteps), maxWork/perStep)
}

func drop(kept, features []feature, random *rand.Rand) []feature {
	for _, f := range features {
		if random.Float32() >= dropped {
			kept = append(kept, feature{f.row, f.weight / (1 - dropped)})
		}
	}
	return kept
}

// gradient sets how much too high each intent's probability is.
func (m *linear) gradient(features []feature, intent int, gradient []float32) {
	m.scores(features, gradient)
	softmax(gradient)
	for i := range gradient {
		gradient[i] -= smoothing / float32(m.intents)
	}
	gradient[intent] -= 1 - smoothing
}

func (m *linear) learn(features []feature, gradient []float32, rate float32) {
	for _, f := range features {
		addScaled(m.row(f.row), -rate*f.weight, gradient)
	}
}

// softmax makes probabilities of scores.
func softmax(scores []float32) {
	top := scores[0]
	for _, s := range scores {
		top = max(top, s)
	}
	sum := float32(0)
	for i, s := range scores {
		scores[i] = 0
		if s > top-20 { // less is nothing
			scores[i] = float32(math.Exp(float64(s - top)))
		}
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
}
