package conversation

import (
	"strings"
	"time"
)

// Report is what became of a conversation.
type Report struct {
	Conversation *Conversation
	// Results are those of the steps that were run, in order.
	Results []Result
	// Err is why the conversation could not be run to its end, and Line the line of
	// the step at which it ended.
	Err  error
	Line int
	// Time is how long it took.
	Time time.Duration
}

// Result is what became of a step.
type Result struct {
	Step *Step
	// Turns are what came of it.
	Turns []Turn
	// Failures are what was not as wanted, in a line each.
	Failures []string
	// Cause is why a turn failed that was not to fail, or a swap was refused; in
	// several lines if there is a stack.
	Cause string
	// edits are the step's lines and what they should be.
	edits []edit
}

// edit is a line of a file that stays, goes or comes; or says what there is no line
// for.
type edit struct {
	// op is ' ', '-' or '+', or '!' for what is no line.
	op byte
	// line is the number of a line that stays or goes.
	line int
	text string
}

// Failed reports whether anything was not as wanted, or could not be run.
func (r *Report) Failed() bool {
	if r.Err != nil {
		return true
	}
	for i := range r.Results {
		if len(r.Results[i].Failures) > 0 {
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

// Calls returns how many calls of the bot the turns of the step were.
func (r *Result) Calls() (n int) {
	for i := range r.Turns {
		n += r.Turns[i].Calls
	}
	return n
}

// headline says in one line what was not as wanted.
func (r *Result) headline() string { return strings.Join(r.Failures, "; ") }
