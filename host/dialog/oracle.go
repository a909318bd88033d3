package dialog

import "github.com/bothost/bothost/abi"

// optionsWithin is how far back in the log options may stand that a text chooses.
const optionsWithin = 20

// Get implements [Oracle].
func (r *run) Get(name string) (string, bool) {
	value, ok, err := r.draft.Get([]byte(name))
	return value, ok && err == nil // no variable has a name that is not allowed
}

// Offered implements [Oracle].
func (r *run) Offered() (string, error) {
	entries, err := r.draft.History(optionsWithin)
	if err != nil {
		return "", err
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].Kind == abi.KindOptions {
			return entries[i].Body, nil
		}
	}
	return "", nil
}

// Check implements [Oracle]: the guard sees the event that it decides about.
func (r *run) Check(guard string, ev *abi.Event) (bool, error) {
	if ev == nil {
		ev = r.current
	}
	r.draft.Use(ev)
	return r.handlers.Check(guard)
}
