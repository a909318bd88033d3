package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/intent"
)

// few is how many intents a state of a dialog names.
const few = 5

// measure is what was seen.
type measure struct {
	threshold float64
	examples  int

	intents, learned int
	// inScope queries have an intent, right is how many got it; out have none,
	// refused is how many got none.
	inScope, right, out, refused int
	// trainings took training, predictions among all intents and among few ones
	// took predicting and predictingFew.
	trainings, predictions              int
	training, predicting, predictingFew time.Duration
	memory                              uint64
}

func (m *measure) files(train, test string, folds int) error {
	p, err := load(train)
	if err != nil {
		return err
	}
	held := p
	if test != "" && test != train {
		if held, err = load(test); err != nil {
			return err
		}
	}
	learned := p.learned()
	asked, ok := held.asked()
	_, whole := p[""]
	switch {
	case len(learned) == 0:
		return errors.New("nothing to learn from")
	case whole && (test == "" || test == train):
		return m.crossValidate(learned, folds)
	case !ok:
		return errors.New("nothing to ask")
	}
	return m.run(learned, asked)
}

func (m *measure) crossValidate(list []query, folds int) error {
	for fold := range folds {
		var learned, asked []query
		for i, q := range list {
			if i%folds == fold {
				asked = append(asked, q)
			} else {
				learned = append(learned, q)
			}
		}
		if err := m.run(learned, asked); err != nil {
			return err
		}
	}
	return nil
}

func (m *measure) run(learned, asked []query) error {
	d := m.definition(learned)
	before := heap()
	start := time.Now()
	c, err := intent.New(context.Background(), d, intent.Options{Threshold: m.threshold})
	if err != nil {
		return err
	}
	m.training += time.Since(start)
	m.trainings++
	if after := heap(); after > before {
		m.memory = max(m.memory, after-before)
	}
	m.ask(c, d, asked)
	return nil
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// definition returns one with the queries as examples. If only some of an intent's
// queries are wanted, it takes them from all over the file: those that stand
// together are often alike.
func (m *measure) definition(learned []query) *abi.Definition {
	d := new(abi.Definition)
	at := make(map[string]int)
	for _, q := range learned {
		i, ok := at[q.intent]
		if !ok {
			i = len(d.Intents)
			at[q.intent] = i
			d.Intents = append(d.Intents, abi.Intent{Name: q.intent})
		}
		d.Intents[i].Examples = append(d.Intents[i].Examples, q.text)
	}
	m.learned = 0
	for i := range d.Intents {
		in := &d.Intents[i]
		in.Examples = some(in.Examples, m.examples)
		m.learned += len(in.Examples)
	}
	m.intents = len(d.Intents)
	return d
}

// some returns n of a list at equal distances; all of them if n is 0.
func some(list []string, n int) []string {
	if n == 0 || n >= len(list) {
		return list
	}
	out := make([]string, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

func (m *measure) ask(c *intent.Classifier, d *abi.Definition, asked []query) {
	var names []string
	for i := range d.Intents {
		names = append(names, d.Intents[i].Name)
	}
	start := time.Now()
	for _, q := range asked {
		p, _ := c.Classify(q.text, names)
		m.count(q.intent, p.Intent)
	}
	m.predicting += time.Since(start)
	start = time.Now()
	for i, q := range asked {
		from := i % max(1, len(names)-few+1)
		c.Classify(q.text, names[from:min(len(names), from+few)])
	}
	m.predictingFew += time.Since(start)
	m.predictions += len(asked)
}

func (m *measure) count(want, got string) {
	switch {
	case want != "":
		m.inScope++
		if got == want {
			m.right++
		}
	default:
		m.out++
		if got == "" {
			m.refused++
		}
	}
}

// published are results for CLINC150's test part that decide by a threshold too,
// by Larson et al., EMNLP 2019, table 2.
var published = []struct {
	name             string
	accuracy, recall float64
}{
	{"SVM", 88.2, 18.0},
	{"FastText", 88.6, 28.3},
	{"DialogFlow", 90.8, 26.7},
	{"CNN", 90.9, 30.9},
	{"Rasa", 90.9, 31.2},
	{"MLP (sentence encoder)", 93.4, 49.1},
	{"BERT", 96.2, 52.3},
}

func (m *measure) report(w io.Writer) {
	accuracy, recall := percent(m.right, m.inScope), percent(m.refused, m.out)
	fmt.Fprintf(w,
		"%d intents, %d examples, %d queries with an intent, %d without; threshold %g\n\n",
		m.intents, m.learned, m.inScope, m.out, m.threshold)
	fmt.Fprintf(w, "%-26s %8s %8s\n", "classifier", "in scope", "recall")
	for _, p := range published {
		fmt.Fprintf(w, "%-26s %8.1f %8.1f  CLINC150, published\n", p.name, p.accuracy, p.recall)
	}
	fmt.Fprintf(w, "%-26s %8.1f %8.1f\n\n", "this one", accuracy, recall)
	fmt.Fprintf(w, "training    %.2f s\n", m.training.Seconds()/float64(max(1, m.trainings)))
	fmt.Fprintf(w, "model       %.1f MiB\n", float64(m.memory)/(1<<20))
	fmt.Fprintf(w, "prediction  %.1f us, %.1f us among %d intents\n",
		m.micros(m.predicting), m.micros(m.predictingFew), few)
	if m.out == 0 {
		fmt.Fprintln(w, "no query without an intent: no recall")
	}
	fmt.Fprintf(w, "accuracy=%.1f recall=%.1f\n", accuracy, recall)
}

func (m *measure) micros(d time.Duration) float64 {
	return float64(d.Nanoseconds()) / 1000 / float64(max(1, m.predictions))
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(1, of)) }
