package besser

import (
	"strconv"
	"testing"

	"github.com/bothost/bothost/host/session"
)

func TestPosition(t *testing.T) {
	ascending := []Position{{}, {1, 0}, {1, 1}, {1, 7}, {2, 0}, {2, 3}}
	for i, p := range ascending {
		for j, o := range ascending {
			if got := p.Before(o); got != (i < j) {
				t.Errorf("%v.Before(%v) = %v", p, o, got)
			}
			if got := p.Later(o); got != ascending[max(i, j)] {
				t.Errorf("%v.Later(%v) = %v", p, o, got)
			}
			if got := p.Earlier(o); got != ascending[min(i, j)] {
				t.Errorf("%v.Earlier(%v) = %v", p, o, got)
			}
		}
	}
}

// What is remembered of sessions is bounded, and the newest are in it.
func TestSeen_Bounded(t *testing.T) {
	var n Seen
	key := func(i int) session.Key { return session.Key{ID: strconv.Itoa(i)} }
	const sessions = 5 * maxSeen
	for i := range sessions {
		n.Arrive(key(i), nil)
		n.Leave(key(i), nil, Position{1, uint64(i) + 1})
	}
	if size := len(n.young) + len(n.old); size > 2*maxSeen || len(n.here) != 0 {
		t.Errorf("%d sessions are remembered, %d here, want %d, 0", size, len(n.here), 2*maxSeen)
	}
	for i := sessions - maxSeen; i < sessions; i++ {
		if got := n.Until(key(i), nil, false); got.Seq != uint64(i)+1 {
			t.Fatalf("Until(%d) = %v", i, got)
		}
	}
	if got := n.Until(key(0), nil, false); got != (Position{}) {
		t.Errorf("Until(0) = %v, want none", got)
	}
	// It never falls back.
	last := key(sessions - 1)
	n.Leave(last, nil, Position{1, 1})
	if got := n.Until(last, nil, false); got.Seq != sessions {
		t.Errorf("Until() = %v, want %d", got, sessions)
	}
}
