package turn

// Alarms counts the alarms of all sessions.
func (r *Runner) Alarms() int {
	r.alarms.mu.Lock()
	defer r.alarms.mu.Unlock()
	return len(r.alarms.heap)
}

// Sweep lets sessions go whose time is over; some of it happens afterwards.
func (r *Runner) Sweep() { _ = r.sweep() }
