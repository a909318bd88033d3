package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/intent"
)

const (
	// manyIntents with manyExamples each is a large bot; fewIntents are what a state
	// names.
	manyIntents, manyExamples, fewIntents = 150, 100, 5
	// learnFloor is how long learning may take on one processor, in seconds;
	// classifyFloor how long a text may take, and fewFloor where few intents compete,
	// in µs.
	learnFloor, classifyFloor, fewFloor = 5, 200, 50
)

// speech makes up texts: words that all intents share, often the same ones, and
// words that an intent has more than others.
type speech struct {
	*rand.Rand
	common  *rand.Zipf
	words   []string
	intents [][]string
}

func newSpeech(intents int) *speech {
	const words, topic = 4000, 25
	s := &speech{Rand: rand.New(rand.NewPCG(5, 6))}
	s.common = rand.NewZipf(s.Rand, 1.2, 3, 300)
	for range words {
		s.words = append(s.words, s.word())
	}
	for range intents {
		var own []string
		for range topic {
			own = append(own, s.words[s.IntN(words)])
		}
		s.intents = append(s.intents, own)
	}
	return s
}

// word makes up a word of two to ten letters.
func (s *speech) word() string {
	const first, second = "bcdfghjklmnprstvwz", "aeiou"
	var b strings.Builder
	for range 1 + min(s.IntN(4), s.IntN(5)) {
		b.WriteByte(first[s.IntN(len(first))])
		b.WriteByte(second[s.IntN(len(second))])
		if s.IntN(3) == 0 {
			b.WriteByte(first[s.IntN(len(first))])
		}
	}
	return b.String()
}

// text makes up what somebody says who has an intent.
func (s *speech) text(intent int) string {
	list := make([]string, 4+s.IntN(10))
	for i := range list {
		switch n := s.IntN(20); {
		case n < 9:
			list[i] = s.words[s.common.Uint64()]
		case n < 18:
			list[i] = s.intents[intent][s.IntN(len(s.intents[intent]))]
		default:
			list[i] = s.words[s.IntN(len(s.words))]
		}
	}
	return strings.Join(list, " ")
}

// definition declares the intents, and names them.
func (s *speech) definition(examples int) (d *abi.Definition, names []string) {
	d = new(abi.Definition)
	for i := range s.intents {
		in := abi.Intent{Name: fmt.Sprint("intent ", i)}
		for range examples {
			in.Examples = append(in.Examples, s.text(i))
		}
		d.Intents, names = append(d.Intents, in), append(names, in.Name)
	}
	return d, names
}

// texts are texts that are no examples, and the intents that they have.
func (s *speech) texts(n int) (texts []string, intents []int) {
	for range n {
		i := s.IntN(len(s.intents))
		texts, intents = append(texts, s.text(i)), append(intents, i)
	}
	return texts, intents
}

// learning measures intents: on one processor, and what it works, so that others on
// the machine do not count.
func learning(ctx context.Context, s settings, w io.Writer) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	talk := newSpeech(manyIntents)
	d, names := talk.definition(manyExamples)
	texts, _ := talk.texts(5_000)
	var learn, all, few []float64
	memory := int64(0)
	for range s.rounds {
		before := heap()
		begun := worked()
		c, err := intent.New(ctx, d, intent.Options{})
		if err != nil {
			return err
		}
		learn = append(learn, (worked() - begun).Seconds())
		memory = max(memory, heap()-before)
		all = append(all, classify(c, texts, func(int) []string { return names }))
		few = append(few, classify(c, texts, func(i int) []string {
			from := i % (len(names) - fewIntents)
			return names[from : from+fewIntents]
		}))
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(tw, "%d intents, %d examples each\tprocessor\tlimit\t\t\n",
		manyIntents, manyExamples)
	for _, row := range []struct {
		what  string
		took  []float64
		floor float64
	}{
		{"learning, s", learn, learnFloor},
		{"a text, µs", all, classifyFloor},
		{fmt.Sprintf("a text among %d, µs", fewIntents), few, fewFloor},
	} {
		fmt.Fprintf(tw, "%s\t%v\t%v\t%s\t\n",
			row.what, spreadOf(row.took), row.floor, verdict(spreadOf(row.took).median, row.floor))
	}
	fmt.Fprintf(tw, "memory, MiB\t%.1f\t\t\t\n", float64(memory)/(1<<20))
	return tw.Flush()
}

// classify asks for all texts, and returns what one takes, in µs.
func classify(c *intent.Classifier, texts []string, among func(i int) []string) float64 {
	begun := worked()
	for i, text := range texts {
		c.Classify(text, among(i))
	}
	return micros(worked()-begun) / float64(len(texts))
}

// worked is the processor time of this process; where the system does not tell it,
// the time.
func worked() time.Duration {
	if t := processorTime(); t > 0 {
		return t
	}
	return time.Since(started)
}

var started = time.Now()
