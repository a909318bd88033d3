package conversation

import "time"

// Report is what became of a conversation.
type Report struct {
	Conversation *Conversation
	// Results are those of the steps that were run, in order.
	Results []Result
	// Err is why the conversation could not be run to its end.
	Err error
	// Time is how long it took.
	Time time.Duration
}

// Result is what became of a step.
type Result struct {
	Step *Step
	// Turns are what came of it.
	Turns []Turn
	// Failure is what was not as wanted, in one line; empty if all was.
	Failure string
	// Cause is why a turn failed that was not to fail.
	Cause string
	// edits are the step's lines and what they should be.
	edits []edit
}

// Failed reports whether anything was not as wanted, or could not be run.
func (r *Report) Failed() bool {
	if r.Err != nil {
		return true
	}
	for i := range r.Results {
		if r.Results[i].Failure != "" {
			return true
		}
	}
	return false
}

// Fuel returns what all turns of the conversation cost.
func (r *Report) Fuel() (n int64) {
	for i := range r.Results {
		n += r.Results[i].Fuel()
	}
	return n
}

// Fuel returns what the turns of the step cost.
func (r *Result) Fuel() (n int64) {
	for i := range r.Turns {
		n += r.Turns[i].Fuel
	}
	return n
}
