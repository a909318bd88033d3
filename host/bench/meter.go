package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

const (
	// meterRound is how long each way of a guest runs in a round.
	meterRound = 100 * time.Millisecond
	// meterSlices is how often the ways take turns in a round, so that they see
	// the same weather.
	meterSlices = 5
)

// metering measures the guests in the three ways, and what the meter does to the
// size and compile time of the large ones.
func metering(ctx context.Context, s settings, w io.Writer) error {
	all, err := guests(ctx)
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "guest\tunchecked µs\ttermination check\tmetered\tfloor\t\t"+
		"units/ns\trefuels/ms\t")
	missing := ""
	for _, g := range all {
		if g.missing != "" {
			missing += fmt.Sprintf("%s: not measured: %s\n", g.name, g.missing)
			continue
		}
		m, err := g.measure(ctx, s.rounds, s.grant)
		if err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		m.print(tw, g)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, missing)
	return compiling(ctx, s, all, w)
}

// times is what one iteration took in each way, in µs, in one round.
type times [ways]float64

// measured is what the rounds of one guest gave.
type measured struct {
	rounds  []times
	units   int64 // the fuel of one iteration
	refuels int
}

// print writes a row. Units tell how far the meter's weights are from the work
// that is done, per nanosecond of unchecked code.
func (m *measured) print(w io.Writer, g *guest) {
	base, counted := m.time(unchecked), m.ratio(metered)
	fmt.Fprintf(w, "%s\t%.2f\t%v\t%v\t%.2f\t%s\t%.1f\t%.1f\t\n", g.name, base.median,
		m.ratio(termination), counted, g.floor, verdict(counted.median, g.floor),
		float64(m.units)/base.median/1000, float64(m.refuels)/base.median*1000)
}

// measure runs the rounds of one guest.
func (g *guest) measure(ctx context.Context, rounds int, grant int64) (*measured, error) {
	var all [ways]*subject
	for i := range all {
		s, err := open(ctx, way(i), g, grant)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", way(i), err)
		}
		defer s.runtime.Close(ctx)
		if err := s.calibrate(meterRound / meterSlices); err != nil {
			return nil, fmt.Errorf("%s: %w", way(i), err)
		}
		all[i] = s
	}
	var m measured
	for round := range rounds {
		t, err := once(&all, round)
		if err != nil {
			return nil, err
		}
		m.rounds = append(m.rounds, t)
	}
	var err error
	m.units, m.refuels, err = all[metered].used()
	return &m, err
}

// once runs one round: slices in turn, in an order that moves on with each.
func once(all *[ways]*subject, round int) (t times, err error) {
	for slice := range meterSlices {
		for i := range ways {
			s := all[(int(i)+round+slice)%int(ways)]
			took, err := s.repeat(s.count)
			if err != nil {
				return t, fmt.Errorf("%s: %w", s.way, err)
			}
			t[s.way] += micros(took) / float64(s.count*meterSlices)
		}
	}
	return t, nil
}

// calibrate finds how many iterations take so long. It warms the guest up, too.
func (s *subject) calibrate(slice time.Duration) error {
	for s.count = 1; ; s.count *= 2 {
		took, err := s.repeat(s.count)
		if err != nil {
			return err
		}
		if took >= slice/2 {
			s.count = max(1, int(float64(s.count)*float64(slice)/float64(took)))
			return nil
		}
	}
}

// repeat runs n iterations.
func (s *subject) repeat(n int) (time.Duration, error) {
	begun := time.Now()
	for range n {
		if err := s.iterate(); err != nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}

// spread is what the rounds of one measurement gave.
type spread struct{ min, median, max float64 }

func spreadOf(v []float64) spread {
	return spread{slices.Min(v), median(v), slices.Max(v)}
}

func (s spread) String() string {
	return fmt.Sprintf("%.2f (%.2f-%.2f)", s.median, s.min, s.max)
}

// time returns the µs of one way.
func (m *measured) time(w way) spread {
	var v []float64
	for _, t := range m.rounds {
		v = append(v, t[w])
	}
	return spreadOf(v)
}

// ratio returns what one way takes to unchecked code of the same round.
func (m *measured) ratio(w way) spread {
	var v []float64
	for _, t := range m.rounds {
		v = append(v, t[w]/t[unchecked])
	}
	return spreadOf(v)
}

// verdict says whether a ratio is within what was promised.
func verdict(ratio, floor float64) string {
	if ratio > floor {
		return "over"
	}
	return "ok"
}
