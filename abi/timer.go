package abi

import "fmt"

// Delays of timers, in milliseconds.
const (
	MinDelay = 100
	// MaxDelay is 365 days.
	MaxDelay = 365 * 24 * 60 * 60 * 1000
)

// TimerWrite is a change of one of a session's timers: it is set, in the place of
// one of the same name, or canceled.
type TimerWrite struct {
	Name string
	// Delay is from the turn's time to when the timer is due, in milliseconds.
	Delay int64
	// Data is text that the timer's event carries.
	Data string
	// Cancel removes the timer; Delay and Data are not set then.
	Cancel bool
}

// CheckDelay returns the rule that a timer's delay breaks, or nil.
func CheckDelay(ms int64) error {
	if ms < MinDelay || ms > MaxDelay {
		return fmt.Errorf("must be %d to %d ms, is %d", MinDelay, int64(MaxDelay), ms)
	}
	return nil
}
