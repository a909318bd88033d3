package abi

import "strconv"

// Result is what an export returns. An export without a result returns
// [Done]. Any other value than the three below fails the call.
type Result int32

const (
	// Done: the export did its work; its effects count.
	Done Result = 0
	// Failed: the bot says that it could not; the turn keeps nothing. The words
	// given to fail reach the operator, never the user.
	Failed Result = 1
	// NotHandled: the host goes on as if the export were absent, without the
	// effects of the call.
	NotHandled Result = 2
)

// Valid reports whether r is one of the three results.
func (r Result) Valid() bool { return r >= Done && r <= NotHandled }

// String returns the result's name, or its number.
func (r Result) String() string {
	switch r {
	case Done:
		return "done"
	case Failed:
		return "failed"
	case NotHandled:
		return "not handled"
	}
	return strconv.Itoa(int(r))
}

// Level is the severity of a log line.
type Level int32

const (
	LevelDebug Level = 0
	LevelInfo  Level = 1
	LevelWarn  Level = 2
	LevelError Level = 3
)

// Valid reports whether l is one of the four levels.
func (l Level) Valid() bool { return l >= LevelDebug && l <= LevelError }
