package main

import (
	"fmt"
	"testing"

	"github.com/bothost/bothost/host/intent"
)

// TestSpeech: the intents of made up texts can be learned, so that what is measured is
// learning and finding, and not chance.
func TestSpeech(t *testing.T) {
	s := newSpeech(20)
	d, names := s.definition(30)
	texts, intents := s.texts(500)
	c, err := intent.New(t.Context(), d, intent.Options{})
	if err != nil {
		t.Fatal(err)
	}
	right, examples := 0, 0
	for i, text := range texts {
		p, ok := c.Classify(text, names)
		if ok && p.Intent == names[intents[i]] {
			right++
		}
		if p.Score == 1 {
			examples++
		}
	}
	if right < 425 || examples > 5 {
		t.Errorf("%d of %d right, %d are examples, want most right, and hardly any an example",
			right, len(texts), examples)
	}
}

func BenchmarkLearn(b *testing.B) {
	for _, examples := range []int{10, manyExamples} {
		b.Run(fmt.Sprintf("intents=%d/examples=%d", manyIntents, examples), func(b *testing.B) {
			d, _ := newSpeech(manyIntents).definition(examples)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := intent.New(b.Context(), d, intent.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkClassify(b *testing.B) {
	s := newSpeech(manyIntents)
	d, names := s.definition(manyExamples)
	texts, _ := s.texts(1000)
	c, err := intent.New(b.Context(), d, intent.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{fewIntents, manyIntents} {
		b.Run(fmt.Sprintf("among=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				c.Classify(texts[i%len(texts)], names[:n])
			}
		})
	}
}

// BenchmarkKept is New where the model lies in a folder.
func BenchmarkKept(b *testing.B) {
	d, _ := newSpeech(manyIntents).definition(manyExamples)
	opts := intent.Options{Dir: b.TempDir()}
	if _, err := intent.New(b.Context(), d, opts); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := intent.New(b.Context(), d, opts); err != nil {
			b.Fatal(err)
		}
	}
}
