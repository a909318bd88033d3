package guesttest

// LimitWait sets how many turns a Wait may take.
func (c *Conversation) LimitWait(turns int) { c.mostTurns = turns }
