package besser

// Position is a place in a session's log: after the entry of that number. The zero
// value comes before all others.
type Position struct {
	Epoch, Seq uint64
}

// Before reports whether p comes before o.
func (p Position) Before(o Position) bool {
	return p.Epoch < o.Epoch || p.Epoch == o.Epoch && p.Seq < o.Seq
}

// Later returns the later one of two.
func (p Position) Later(o Position) Position {
	if p.Before(o) {
		return o
	}
	return p
}

// Earlier returns the earlier one of two.
func (p Position) Earlier(o Position) Position {
	if o.Before(p) {
		return o
	}
	return p
}
