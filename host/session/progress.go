package session

// Progress is what the connections of a session may show of a turn that runs.
// Nothing of it is in the log, or sure: what the turn says in the end comes in its
// entries, in the place of all that was shown of it.
type Progress struct {
	// Turn is the number that the turn's entries will have.
	Turn uint64
	// Part tells the replies apart that the turn makes in pieces; they count from 0.
	Part int
	// Text is what that reply goes on with.
	Text string
	// Withdrawn takes back all that was shown of the turn.
	Withdrawn bool
}
