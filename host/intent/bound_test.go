package intent

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// large are definitions of about a MiB, each of which takes much in its own way.
var large = []struct {
	name string
	d    func(r *rand.Rand) *abi.Definition
}{
	{"intents", func(r *rand.Rand) *abi.Definition { return random(r, maxIntents, 1, 500) }},
	{"two intents", func(r *rand.Rand) *abi.Definition { return random(r, 2, 10_000, 24) }},
	{"short examples", func(r *rand.Rand) *abi.Definition { return random(r, 500, 300, 1) }},
	{"long words", func(r *rand.Rand) *abi.Definition { return random(r, 100, 20, -250) }},
	{"values", func(r *rand.Rand) *abi.Definition {
		d := random(r, 10, 10, 5)
		d.Intents[0].Examples = append(d.Intents[0].Examples, "the {v}")
		d.Entities = []abi.Entity{{Name: "v"}}
		for range 120_000 {
			d.Entities[0].Values = append(d.Entities[0].Values, abi.EntityValue{Value: word(r, 8)})
		}
		return d
	}},
	{"slots", func(r *rand.Rand) *abi.Definition {
		d := new(abi.Definition)
		for i := range 100 {
			in := abi.Intent{Name: fmt.Sprint(i)}
			for j := range 100 {
				text := strings.Repeat("{any} {n:number} {date} ", 3) + fmt.Sprint(i, j)
				in.Examples = append(in.Examples, text)
			}
			d.Intents = append(d.Intents, in)
		}
		return d
	}},
	{"other scripts", func(r *rand.Rand) *abi.Definition {
		d := random(r, 100, 50, 12)
		d.Language = "zh"
		for i := range d.Intents {
			for j := range d.Intents[i].Examples {
				var b strings.Builder
				for range 60 {
					b.WriteRune(0x4e00 + rune(r.IntN(20_000)))
				}
				d.Intents[i].Examples[j] = b.String()
			}
		}
		return d
	}},
}

// random returns a definition with examples of some words; below zero, of one
// word with so many letters.
func random(r *rand.Rand, intents, examples, words int) *abi.Definition {
	d := new(abi.Definition)
	for i := range intents {
		in := abi.Intent{Name: fmt.Sprint(i)}
		for range examples {
			var list []string
			for range words {
				list = append(list, word(r, 1))
			}
			if words < 0 {
				list = []string{word(r, -words)}
			}
			in.Examples = append(in.Examples, strings.Join(list, " "))
		}
		d.Intents = append(d.Intents, in)
	}
	return d
}

// word returns a word of at least so many letters.
func word(r *rand.Rand, letters int) string {
	b := make([]byte, letters+r.IntN(2))
	for i := range b {
		b[i] = 'a' + byte(r.IntN(26))
	}
	return string(b)
}

// The work of a training is bounded, whatever it learns from.
func TestStepsFor(t *testing.T) {
	text := sample{features: make([]feature, 100)}
	tests := []struct {
		name             string
		samples, intents int
		want             int
	}{
		{"few samples", 10, 5, minSteps},
		{"as many as in CLINC150", 15_000, 150, passes * 15_000},
		{"many intents", 10_000, maxIntents, maxWork / (2*102*(maxIntents+32) + 30*maxIntents + 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			samples := make([]sample, test.samples)
			for i := range samples {
				samples[i] = text
			}
			if got := stepsFor(samples, test.intents); got != test.want {
				t.Errorf("stepsFor(%d samples, %d) = %d, want %d", test.samples,
					test.intents, got, test.want)
			}
		})
	}
}

// A model has a bounded size: the features that most texts have stay.
func TestNewVocabulary_bound(t *testing.T) {
	texts := [][]count{{{hash: 1}, {hash: 2}}, {{hash: 2}, {hash: 3}}, {{hash: 3}, {hash: 2}}}
	v := newVocabulary(texts, 2)
	_, has2 := v.rows[2]
	_, has3 := v.rows[3]
	if len(v.rows) != 2 || len(v.rare) != 2 || !has2 || !has3 {
		t.Errorf("the vocabulary has %v, want 2 and 3", v.rows)
	}
}

// BenchmarkNew learns from definitions of the largest size: none may take more
// than a few seconds.
func BenchmarkNew(b *testing.B) {
	for _, test := range large {
		b.Run("of="+strings.ReplaceAll(test.name, " ", "-"), func(b *testing.B) {
			d := test.d(rand.New(rand.NewPCG(1, 1)))
			before, c := heap(), (*Classifier)(nil)
			for b.Loop() {
				var err error
				if c, err = New(b.Context(), d, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(heap()-before)/(1<<20), "MiB")
			runtime.KeepAlive(c)
		})
	}
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// Long texts take no longer than others: nobody looks at all of them.
func TestClassify_time(t *testing.T) {
	d := errands()
	c := newClassifier(t, d, Options{})
	var names []string
	for i := range d.Intents {
		names = append(names, d.Intents[i].Name)
	}
	for _, text := range []string{
		strings.Repeat("a ", 1<<19), strings.Repeat("a", 1<<20), strings.Repeat("你", 1<<18),
		strings.Repeat("1 ", 1<<19), strings.Repeat("five ", 1<<18), strings.Repeat("\xff", 1<<20),
		strings.Repeat("a\u0301", 1<<18), strings.Repeat("a@", 1<<19),
		strings.Repeat("in 5 ", 1<<18),
		strings.Repeat("1,000", 1<<18), strings.Repeat("from Rome ", 1<<17),
		strings.Repeat("frankfurd an ", 1<<17),
	} {
		// A few milliseconds. Where others use the machine, one attempt of some.
		took := time.Duration(math.MaxInt64)
		for attempt := 0; attempt < 5 && took > time.Second; attempt++ {
			start := time.Now()
			c.ClassifyAt(text, names, spoken)
			took = min(took, time.Since(start))
		}
		if took > time.Second {
			t.Errorf("Classify of %.10q... took %v", text, took)
		}
	}
}
