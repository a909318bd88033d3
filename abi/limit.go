package abi

import (
	"fmt"
	"strconv"
	"time"
)

// Limits are all the limits that a host holds a bot and its users to. Sizes are
// in bytes. The zero value of a field is not a limit of zero: [Limits.Defaults]
// fills it in.
type Limits struct {
	TurnTime           time.Duration
	StartTime          time.Duration
	WaitTime           time.Duration
	ModuleBytes        int64
	DefinitionBytes    int64
	MemoryBytes        int64
	BotMemoryBytes     int64
	Instances          int64
	LogBytes           int64
	Replies            int64
	ReplyBytes         int64
	Moves              int64
	FrameBytes         int64
	KeyBytes           int64
	ValueBytes         int64
	VariableBytes      int64
	IDBytes            int64
	Queue              int64
	Entries            int64
	MessageIDs         int64
	Connections        int64
	SessionConnections int64
	AddressConnections int64
}

// Limit is one row of the table of limits: how it is named on the command line
// and in the specification.
type Limit struct {
	Name string
	Does string
	// field finds the value within Limits: an *int64 or a *time.Duration.
	field func(*Limits) any
	def   int64
}

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// limits is the table, in the order in which help and specification show it.
var limits = []Limit{
	{"turn-time", "guest time of a turn, over all its handlers",
		func(l *Limits) any { return &l.TurnTime }, int64(5 * time.Second)},
	{"start-time", "instantiation, and describe, each",
		func(l *Limits) any { return &l.StartTime }, int64(10 * time.Second)},
	{"wait-time", "waiting for an instance before a turn is refused as busy",
		func(l *Limits) any { return &l.WaitTime }, int64(10 * time.Second)},
	{"module-bytes", "size of a module file",
		func(l *Limits) any { return &l.ModuleBytes }, 32 * mib},
	{"definition-bytes", "size of a definition",
		func(l *Limits) any { return &l.DefinitionBytes }, mib},
	{"memory-bytes", "guest memory of an instance",
		func(l *Limits) any { return &l.MemoryBytes }, 64 * mib},
	{"bot-memory-bytes", "guest memory of all instances of a bot",
		func(l *Limits) any { return &l.BotMemoryBytes }, gib},
	{"instances", "instances of a bot, made on demand",
		func(l *Limits) any { return &l.Instances }, 64},
	{"log-bytes", "log of a turn; the rest is dropped, which the log says",
		func(l *Limits) any { return &l.LogBytes }, 64 * kib},
	{"replies", "replies of a turn",
		func(l *Limits) any { return &l.Replies }, 64},
	{"reply-bytes", "bodies of all replies of a turn",
		func(l *Limits) any { return &l.ReplyBytes }, mib},
	{"moves", "moves of a turn",
		func(l *Limits) any { return &l.Moves }, 32},
	{"frame-bytes", "a frame from a client",
		func(l *Limits) any { return &l.FrameBytes }, mib},
	{"key-bytes", "name of a variable, a state or a configuration value",
		func(l *Limits) any { return &l.KeyBytes }, 128},
	{"value-bytes", "value of a variable",
		func(l *Limits) any { return &l.ValueBytes }, 64 * kib},
	{"variable-bytes", "names and values of all variables of a session",
		func(l *Limits) any { return &l.VariableBytes }, mib},
	{"id-bytes", "ids that clients choose",
		func(l *Limits) any { return &l.IDBytes }, 64},
	{"queue", "events that wait in a session; then its sockets are not read",
		func(l *Limits) any { return &l.Queue }, 64},
	{"entries", "entries that a session keeps; the oldest go",
		func(l *Limits) any { return &l.Entries }, 1000},
	{"message-ids", "client message ids that a session remembers",
		func(l *Limits) any { return &l.MessageIDs }, 4096},
	{"connections", "connections of a host",
		func(l *Limits) any { return &l.Connections }, 10000},
	{"session-connections", "connections of a session",
		func(l *Limits) any { return &l.SessionConnections }, 32},
	{"address-connections", "connections of a network address",
		func(l *Limits) any { return &l.AddressConnections }, 100},
}

// LimitTable returns the rows of the table of limits, in their order.
func LimitTable() []Limit { return limits }

// Defaults returns l with each zero field set to its default.
func (l Limits) Defaults() Limits {
	for _, row := range limits {
		switch p := row.field(&l).(type) {
		case *int64:
			if *p == 0 {
				*p = row.def
			}
		case *time.Duration:
			if *p == 0 {
				*p = time.Duration(row.def)
			}
		}
	}
	return l
}

// Default returns the row's default as people write it: "5s", "64 KiB", "64".
func (row Limit) Default() string {
	var l Limits
	return row.Text(l.Defaults())
}

// Text returns the row's value in l as people write it.
func (row Limit) Text(l Limits) string {
	switch p := row.field(&l).(type) {
	case *time.Duration:
		return p.String()
	case *int64:
		return row.amount(*p)
	}
	return ""
}

// amount writes whole binary multiples of bytes with their unit.
func (row Limit) amount(n int64) string {
	if !row.inBytes() {
		return strconv.FormatInt(n, 10)
	}
	switch {
	case n >= gib && n%gib == 0:
		return strconv.FormatInt(n/gib, 10) + " GiB"
	case n >= mib && n%mib == 0:
		return strconv.FormatInt(n/mib, 10) + " MiB"
	case n >= kib && n%kib == 0:
		return strconv.FormatInt(n/kib, 10) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

func (row Limit) inBytes() bool {
	const suffix = "-bytes"
	return len(row.Name) > len(suffix) && row.Name[len(row.Name)-len(suffix):] == suffix
}

// SetLimit sets the limit called name in l from its text: a Go duration for
// times, a whole number (of bytes, or pieces) for all others.
//
// # Errors
//
// An error names the limit and the rule: an unknown name, a text that is no
// number or duration, a value that is not above zero.
func (l *Limits) SetLimit(name, text string) error {
	for _, row := range limits {
		if row.Name == name {
			return row.set(l, text)
		}
	}
	return fmt.Errorf("limit %q is unknown", name)
}

func (row Limit) set(l *Limits, text string) error {
	switch p := row.field(l).(type) {
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return fmt.Errorf("limit %s: %q is not a duration above zero, such as 5s", row.Name, text)
		}
		*p = d
	case *int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 {
			return fmt.Errorf("limit %s: %q is not a whole number above zero", row.Name, text)
		}
		*p = n
	}
	return nil
}
