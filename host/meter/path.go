package meter

// A check pays for the heaviest way that the code which it covers can take until
// the next check: code runs at most once in between, since all ways back pass a
// check, so the heaviest way can be found in one pass. At each place marks[owner].way
// is the weight of the heaviest way from the owner's check to here, and of a label
// the frame keeps the heaviest of those that branch to it.

// pay adds to the weight of the way to here, for which the innermost check pays.
func (s *scanner) pay(n uint64) {
	if s.lost {
		return // nobody comes here
	}
	m := &s.marks[s.frames[len(s.frames)-1].owner]
	m.way += n
	m.n = max(m.n, m.way)
}

// way returns the weight of the heaviest way to here.
func (s *scanner) way() *uint64 { return &s.marks[s.frames[len(s.frames)-1].owner].way }

// reach notes a branch to a label. That of a loop, or of the function, is where
// the way ends: behind it is a check, or the end.
func (s *scanner) reach(label uint32) {
	f := &s.frames[len(s.frames)-1-int(label)]
	if !s.lost {
		f.arrive(s.marks[f.owner].way)
	}
}

func (f *frame) arrive(way uint64) { f.reached, f.heaviest = true, max(f.heaviest, way) }

// split begins the arm of an if, and turn the other one.
func (s *scanner) split() {
	f := &s.frames[len(s.frames)-1]
	f.branched, f.start, f.startLost = true, s.marks[f.owner].way, s.lost
}

func (s *scanner) turn() {
	f := &s.frames[len(s.frames)-1]
	if !s.lost {
		f.arrive(*s.way())
	}
	s.marks[f.owner].way, s.lost = f.start, f.startLost
	f.branched = false
}

// join ends a block: on goes the heaviest of the ways that come to its end. At
// the end of a loop only the way that falls through does, of which the check
// outside pays nothing.
func (s *scanner) join() {
	f := &s.frames[len(s.frames)-1]
	if f.loop {
		return
	}
	if f.branched && !f.startLost { // an if without an else
		f.arrive(f.start)
	}
	if !s.lost {
		f.arrive(*s.way())
	}
	s.marks[f.owner].way, s.lost = f.heaviest, !f.reached
}
