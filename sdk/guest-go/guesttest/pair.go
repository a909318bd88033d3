package guesttest

import (
	"sync"
	"testing"
)

// pair is the two instances of a test. They are started when they are needed,
// and again when a turn has cost one of them its life.
type pair struct {
	// mu guards the following, and is held while an instance runs: parallel
	// conversations of one test take turns.
	mu        sync.Mutex
	instances [2]*process
}

// pairs are the pairs of all tests that run now.
var pairs struct {
	// mu guards the following.
	mu     sync.Mutex
	byTest map[testing.TB]*pair
}

// pairOf returns the test's pair, which ends with the test.
func pairOf(tb testing.TB) *pair {
	pairs.mu.Lock()
	defer pairs.mu.Unlock()
	if p := pairs.byTest[tb]; p != nil {
		return p
	}
	if pairs.byTest == nil {
		pairs.byTest = make(map[testing.TB]*pair)
	}
	p := new(pair)
	pairs.byTest[tb] = p
	tb.Cleanup(func() {
		pairs.mu.Lock()
		delete(pairs.byTest, tb)
		pairs.mu.Unlock()
		p.close(tb)
	})
	return p
}

// run runs a turn on one of the two.
func (p *pair) run(which int, q *request) (*result, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.instances[which] == nil {
		instance, err := openProcess()
		if err != nil {
			return nil, err
		}
		p.instances[which] = instance
	}
	r := p.instances[which].run(q)
	if r.Broken {
		// How it ends is of no interest: it cost a turn, and that says why.
		p.instances[which].close()
		p.instances[which] = nil
	}
	return r, nil
}

// close ends the instances. What they said on stderr goes to the test's log; one
// that did not end well fails the test: that is how the race detector speaks.
func (p *pair) close(tb testing.TB) {
	tb.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for which, instance := range p.instances {
		if instance == nil {
			continue
		}
		err := instance.close()
		p.instances[which] = nil
		if err != nil {
			tb.Errorf("instance %d: %v\n%s", which+1, err, instance.stderr.text())
		} else if words := instance.stderr.text(); words != "" {
			tb.Logf("instance %d said:\n%s", which+1, words)
		}
	}
}
