package reload

import (
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestPaceDue(t *testing.T) {
	const ms = time.Millisecond
	zero := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name  string
		marks []time.Duration // after the end of the last look
		wake  time.Duration   // 0 for none
		want  time.Duration
	}{
		{"no hint", nil, 0, 5000 * ms},
		{"no hint but a wish", nil, 700 * ms, 700 * ms},
		{"a wish after the poll", nil, 7000 * ms, 5000 * ms},
		{"one hint", []time.Duration{10 * ms}, 0, 160 * ms},
		{"a row of hints", []time.Duration{10 * ms, 100 * ms, 200 * ms}, 0, 350 * ms},
		{"a wish waits for quiet", []time.Duration{10 * ms}, 20 * ms, 160 * ms},
		{"just before the longest wait", []time.Duration{0, 1849 * ms}, 0, 1999 * ms},
		{"at the longest wait", []time.Duration{0, 1850 * ms}, 0, 2000 * ms},
		{"after the longest wait", []time.Duration{0, 1851 * ms}, 0, 2000 * ms},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := pace{quiet: 150 * ms, maxWait: 2000 * ms, poll: 5000 * ms, looked: zero}
			for _, m := range tt.marks {
				p.mark(zero.Add(m))
			}
			var wake time.Time
			if tt.wake > 0 {
				wake = zero.Add(tt.wake)
			}
			if got := p.due(wake).Sub(zero); got != tt.want {
				t.Errorf("due(%v) = %v, want %v", tt.wake, got, tt.want)
			}
		})
	}
}

func TestInboxPaths(t *testing.T) {
	tests := []struct {
		name  string
		n     int
		whole bool // want
	}{
		{"one below", maxPaths - 1, false},
		{"at", maxPaths, false},
		{"one above", maxPaths + 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{}.withDefaults()
			b := newInbox(&o)
			for i := range tt.n {
				b.add(strconv.Itoa(i))
			}
			h := b.take()
			if h.all != tt.whole || !h.all && len(h.paths) != tt.n {
				t.Errorf("take after %d = all %t, %d paths", tt.n, h.all, len(h.paths))
			}
			if h := b.take(); h.all || len(h.paths) > 0 {
				t.Error("take leaves hints behind")
			}
		})
	}
}

func TestInbox_Hammer(t *testing.T) {
	const writers, each = 4, 2000
	o := Options{}.withDefaults()
	b := newInbox(&o)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for j := range each {
				b.add(strconv.Itoa(i*each + j))
				b.again()
				b.due(time.Time{})
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	got := map[string]bool{}
	all := false
	take := func() {
		h := b.take()
		all = all || h.all
		for p := range h.paths {
			got[p] = true
		}
		b.looked()
	}
	for running := true; running; {
		select {
		case <-b.c:
		case <-done:
			running = false
		}
		take()
	}
	if !all && len(got) != writers*each {
		t.Errorf("hints taken = %d, want %d", len(got), writers*each)
	}
}
