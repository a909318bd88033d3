package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

const testGrant = 1000

func newSubject(tb testing.TB, w way, g *guest) *subject {
	tb.Helper()
	if err := g.assemble("../../testdata"); err != nil {
		tb.Fatal(err)
	}
	s, err := open(tb.Context(), w, g, testGrant)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.runtime.Close(context.Background()) })
	return s
}

// TestGuests shows that the guests run in all three ways and that their results
// are checked.
func TestGuests(t *testing.T) {
	for _, tt := range []struct {
		guest *guest
		right bool
	}{
		{&guest{source: "bench/hash.wat", start: calls("hash", hash(1000), 1000)}, true},
		{&guest{source: "bench/hash.wat", start: calls("hash", hash(1000), 1001)}, false},
		{&guest{source: "bench/sums.wat", start: calls("sums", sums(3), 3)}, true},
		{&guest{source: "bench/fib.wat", start: calls("fib", 55, 10)}, true},
		{messageGuest(), true},
	} {
		for w := range ways {
			s := newSubject(t, w, tt.guest)
			for range 3 {
				if err := s.iterate(); (err == nil) != tt.right {
					t.Errorf("%s, %v: error = %v, right = %v", tt.guest.source, w, err, tt.right)
				}
			}
		}
	}
}

// TestSubject_Used shows that the fuel is counted over all refuels.
func TestSubject_Used(t *testing.T) {
	used := func(rounds uint64) (int64, int) {
		g := &guest{source: "bench/hash.wat", start: calls("hash", hash(uint32(rounds)), rounds)}
		units, refuels, err := newSubject(t, metered, g).used()
		if err != nil {
			t.Fatal(err)
		}
		return units, refuels
	}
	entry, _ := used(1)
	one, _ := used(2)
	one -= entry
	units, refuels := used(10_001)
	if want := entry + 10_000*one; units != want {
		t.Errorf("10 001 rounds took %d units, want %d", units, want)
	}
	// Each refuel starts again above zero, whatever the debt was.
	least, most := int(units/(testGrant+one))-1, int(units/testGrant)
	if refuels < least || refuels > most {
		t.Errorf("10 001 rounds: %d refuels, want %d to %d", refuels, least, most)
	}
}

// TestClock_Late shows that a guest ends when its time is up.
func TestClock_Late(t *testing.T) {
	g := &guest{source: "bench/hash.wat", start: func(ctx context.Context, s *subject) (func() error, error) {
		f := s.module.ExportedFunction("hash")
		return func() error {
			s.clock.until = time.Now().Add(-time.Second)
			return f.CallWithStack(ctx, []uint64{1 << 31})
		}, nil
	}}
	err := newSubject(t, metered, g).iterate()
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestMeasured_Print(t *testing.T) {
	m := &measured{
		// A slow round is slow in all ways: the ratios of a round are what counts.
		rounds: []times{{10, 50, 12}, {1000, 5000, 1500}, {20, 80, 28}},
		units:  200_000, refuels: 4,
	}
	var b strings.Builder
	m.print(&b, &guest{name: "loop", floor: 1.35})
	want := "loop\t20.00\t5.00 (4.00-5.00)\t1.40 (1.20-1.50)\t1.35\tover\t10.0\t200.0\t\n"
	if b.String() != want {
		t.Errorf("print = %q, want %q", b.String(), want)
	}
}

func TestSlowdown(t *testing.T) {
	rounds := []compileTimes{{100, 10, 110}, {200, 10, 240}, {1000, 10, 1050}}
	for _, tt := range []struct {
		name          string
		withRewriting bool
		want          string
	}{
		{"alone", false, "1.10 (1.05-1.20)"},
		{"with rewriting", true, "1.20 (1.06-1.25)"},
	} {
		if got := slowdown(rounds, tt.withRewriting).String(); got != tt.want {
			t.Errorf("%s: slowdown = %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, tt := range []struct {
		ratio float64
		want  string
	}{{1.34, "ok"}, {1.35, "ok"}, {1.36, "over"}} {
		if got := verdict(tt.ratio, 1.35); got != tt.want {
			t.Errorf("verdict(%v) = %s, want %s", tt.ratio, got, tt.want)
		}
	}
}
