package main

import (
	"errors"
	"io"
	"testing"
)

func TestLevelled(t *testing.T) {
	for _, test := range []struct {
		name string
		heap func(step int) float64
		want error
	}{
		{"fills, then level", func(step int) float64 { return 1e6 * float64(min(step, 10)) }, nil},
		{"grows", func(step int) float64 { return 1e6 * float64(step) }, errGrows},
		{"one peak at the end", func(step int) float64 { return 1e6 * float64(10+step/19*5) },
			errGrows},
	} {
		var samples []sample
		for step := range soakSteps {
			samples = append(samples, sample{heap: test.heap(step), goroutines: 13, folder: 1})
		}
		if err := levelled(samples, io.Discard); !errors.Is(err, test.want) {
			t.Errorf("%s: levelled() = %v, want %v", test.name, err, test.want)
		}
	}
}

func TestSoak_Short(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it serves a bot and runs thousands of turns")
	}
	err := soak(t.Context(), settings{turns: 4000}, io.Discard)
	if err != nil && !errors.Is(err, errGrows) {
		t.Fatal(err)
	}
}
