package intent

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"
)

// How a model learns; found with the validation part of CLINC150.
const (
	rate      = 2.5  // the size of the first step
	slowing   = 0.6  // what the last step is smaller, as a share of that
	averaged  = 0.4  // the share of passes, the last ones, whose models are averaged
	dropped   = 77   // of 256 features, what a step leaves out
	smoothing = 0.07 // the share that goes from the right intent to all of them
	// settled is a probability that is as good as right: there is nothing to learn.
	settled = 0.03
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
	n := len(x)
	blas32.Axpy(a, blas32.Vector{N: n, Data: x, Inc: 1}, blas32.Vector{N: n, Data: y, Inc: 1})
}

// train learns from samples: softmax regression, by gradient descent in random
// steps, which are the same each time. Leaving features out keeps the model from
// relying on single words; smoothing keeps its scores low for what is like no
// sample. Its error is that ctx has ended.
func train(ctx context.Context, samples []sample, features, intents int) (*linear, error) {
	m := &linear{intents, make([]float32, features*intents)}
	random := rand.New(rand.NewPCG(1, 2))
	gradient := make([]float32, intents)
	var kept []feature
	order := random.Perm(len(samples))
	steps := stepsFor(samples, intents)
	mean := average{sum: make([]float32, len(m.weights))}
	for step := range steps {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if step%len(order) == 0 {
			if float64(step) > (1-averaged)*float64(steps) {
				mean.add(m.weights)
			}
			random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		s := &samples[order[step%len(order)]]
		kept = drop(kept[:0], s.features, random)
		if m.gradient(kept, s.intent, gradient) > settled {
			m.learn(kept, gradient, float32(rate*(1-slowing*float64(step)/float64(steps))))
		}
	}
	mean.add(m.weights)
	m.weights = mean.weights()
	return m, nil
}

// average is the average of models: each of them has learned most from what came
// last, which is chance.
type average struct {
	sum []float32
	n   int
}

func (a *average) add(weights []float32) {
	for i, w := range weights {
		a.sum[i] += w
	}
	a.n++
}

func (a *average) weights() []float32 {
	for i := range a.sum {
		a.sum[i] /= float32(a.n)
	}
	return a.sum
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
	var bits uint64
	for i, f := range features {
		if i%8 == 0 {
			bits = random.Uint64() // eight numbers below 256
		}
		if bits&0xff >= dropped {
			kept = append(kept, feature{f.row, f.weight * (256. / (256 - dropped))})
		}
		bits >>= 8
	}
	return kept
}

// gradient sets how much too high each intent's probability is, and returns how
// much that is at most.
func (m *linear) gradient(features []feature, intent int, gradient []float32) (most float32) {
	m.scores(features, gradient)
	softmax(gradient)
	gradient[intent] -= 1 - smoothing
	for i := range gradient {
		gradient[i] -= smoothing / float32(m.intents)
		most = max(most, gradient[i], -gradient[i])
	}
	return most
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
