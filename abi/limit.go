package abi

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limits are all the limits that a host holds a bot and its users to. Sizes are
// in bytes. The zero value of a field is not a limit of zero: [Limits.Defaults]
// fills it in.
type Limits struct {
	TurnTime           time.Duration
	TurnFuel           int64
	StartTime          time.Duration
	WaitTime           time.Duration
	ModuleBytes        int64
	DefinitionBytes    int64
	MemoryBytes        int64
	BotMemoryBytes     int64
	StackBytes         int64
	Instances          int64
	LogBytes           int64
	Replies            int64
	ReplyBytes         int64
	Moves              int64
	FrameBytes         int64
	KeyBytes           int64
	ValueBytes         int64
	VariableBytes      int64
	Timers             int64
	FileBytes          int64
	EventFiles         int64
	EventFileBytes     int64
	StagedFileBytes    int64
	InlineFileBytes    int64
	Requests           int64
	RequestBytes       int64
	IDBytes            int64
	Queue              int64
	Entries            int64
	MessageIDs         int64
	Connections        int64
	SessionConnections int64
	AddressConnections int64

	SessionMessages     int64
	SessionMessageBurst int64
	AddressSessions     int64
	AddressSessionBurst int64
}

// Limit is one row of the table of limits: how it is named on the command line
// and in the specification.
type Limit struct {
	Name string
	Does string
	// field finds the value within Limits: an *int64 or a *time.Duration.
	field func(*Limits) any
	def   int64
	// max is the largest value that SetLimit takes. If zero, maxAmount; times
	// have none.
	max int64
}

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// maxAmount bounds what a limit can be set to: lengths cross the boundary as
// i32 and must not become negative there.
const maxAmount = gib

// maxFuel is so much that no turn can use it up.
const maxFuel = 1_000_000_000_000

// limits is the table, in the order in which help and specification show it.
var limits = []Limit{
	{"turn-time", "guest time of a turn, over all its handlers",
		func(l *Limits) any { return &l.TurnTime }, int64(5 * time.Second), 0},
	{"turn-fuel", "units of work of a turn, the same on every machine; the default is more than " +
		"turn-time allows",
		func(l *Limits) any { return &l.TurnFuel }, maxFuel, maxFuel},
	{"start-time", "instantiation, and describe, each",
		func(l *Limits) any { return &l.StartTime }, int64(10 * time.Second), 0},
	{"wait-time", "waiting for an instance before a turn is refused as busy",
		func(l *Limits) any { return &l.WaitTime }, int64(10 * time.Second), 0},
	{"module-bytes", "size of a module file",
		func(l *Limits) any { return &l.ModuleBytes }, 32 * mib, 0},
	{"definition-bytes", "size of a definition",
		func(l *Limits) any { return &l.DefinitionBytes }, mib, 0},
	{"memory-bytes", "guest memory of an instance",
		func(l *Limits) any { return &l.MemoryBytes }, 64 * mib, 4 * gib},
	{"bot-memory-bytes", "guest memory of all instances of a bot",
		func(l *Limits) any { return &l.BotMemoryBytes }, gib, 1024 * gib},
	{"stack-bytes", "native stack of a guest's nested calls; deeper recursion ends the turn",
		func(l *Limits) any { return &l.StackBytes }, 8 * mib, 0},
	{"instances", "instances of a bot, made on demand",
		func(l *Limits) any { return &l.Instances }, 64, 0},
	{"log-bytes", "log of a turn; the rest is dropped, which the log says",
		func(l *Limits) any { return &l.LogBytes }, 64 * kib, 0},
	{"replies", "replies of a turn",
		func(l *Limits) any { return &l.Replies }, 64, 0},
	{"reply-bytes", "bodies of all replies of a turn",
		func(l *Limits) any { return &l.ReplyBytes }, mib, 0},
	{"moves", "moves of a turn",
		func(l *Limits) any { return &l.Moves }, 32, 0},
	{"frame-bytes", "a frame from a client",
		func(l *Limits) any { return &l.FrameBytes }, mib, 0},
	{"key-bytes", "name of a variable, state, timer or request, and path of event_get",
		func(l *Limits) any { return &l.KeyBytes }, 128, 0},
	{"value-bytes", "value of a variable, and data of a timer",
		func(l *Limits) any { return &l.ValueBytes }, 64 * kib, 0},
	{"variable-bytes", "names and values of all variables of a session",
		func(l *Limits) any { return &l.VariableBytes }, mib, 0},
	{"timers", "timers of a session that are set",
		func(l *Limits) any { return &l.Timers }, 16, 0},
	{"file-bytes", "a file, whoever sends it",
		func(l *Limits) any { return &l.FileBytes }, 16 * mib, 0},
	{"event-files", "files of an event",
		func(l *Limits) any { return &l.EventFiles }, 16, 0},
	{"event-file-bytes", "all files of an event; and all that a turn replies with",
		func(l *Limits) any { return &l.EventFileBytes }, 64 * mib, 0},
	{"staged-file-bytes", "files that all turns of a host reply with at once; more are busy",
		func(l *Limits) any { return &l.StagedFileBytes }, 256 * mib, 0},
	{"inline-file-bytes", "a file within a frame, as BESSER clients send theirs",
		func(l *Limits) any { return &l.InlineFileBytes }, 700_000, 0},
	{"requests", "HTTP requests that a turn begins",
		func(l *Limits) any { return &l.Requests }, 8, 0},
	{"request-bytes", "an HTTP request, as the bot writes it in JSON",
		func(l *Limits) any { return &l.RequestBytes }, 64 * kib, 0},
	{"id-bytes", "ids that clients choose",
		func(l *Limits) any { return &l.IDBytes }, 64, 0},
	{"queue", "events that wait in a session; then its sockets are not read",
		func(l *Limits) any { return &l.Queue }, 64, 0},
	{"entries", "entries that a session keeps; the oldest go",
		func(l *Limits) any { return &l.Entries }, 1000, 0},
	{"message-ids", "client message ids that a session remembers",
		func(l *Limits) any { return &l.MessageIDs }, 1024, 0},
	{"connections", "connections of a host",
		func(l *Limits) any { return &l.Connections }, 10000, 0},
	{"session-connections", "connections of a session",
		func(l *Limits) any { return &l.SessionConnections }, 32, 0},
	{"address-connections", "connections of a network address",
		func(l *Limits) any { return &l.AddressConnections }, 100, 0},
	{"session-messages", "messages of a session a second, over all its connections; more are busy",
		func(l *Limits) any { return &l.SessionMessages }, 20, 0},
	{"session-message-burst", "messages of a session at once",
		func(l *Limits) any { return &l.SessionMessageBurst }, 40, 0},
	{"address-sessions", "new sessions of a network address a second",
		func(l *Limits) any { return &l.AddressSessions }, 10, 0},
	{"address-session-burst", "new sessions of a network address at once",
		func(l *Limits) any { return &l.AddressSessionBurst }, 20, 0},
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

// units are those that amounts of bytes are written with, largest first.
var units = []struct {
	name  string
	bytes int64
}{{"GiB", gib}, {"MiB", mib}, {"KiB", kib}, {"B", 1}}

// amount writes bytes with the largest unit of which they are a whole number.
func (row Limit) amount(n int64) string {
	if row.inBytes() {
		for _, u := range units {
			if n >= u.bytes && n%u.bytes == 0 {
				return strconv.FormatInt(n/u.bytes, 10) + " " + u.name
			}
		}
	}
	return strconv.FormatInt(n, 10)
}

func (row Limit) inBytes() bool { return strings.HasSuffix(row.Name, "-bytes") }

// SetLimit sets the limit called name in l from its text: a Go duration for
// times, a whole number for all others, for bytes also with one of the units B,
// KiB, MiB and GiB. What [Limit.Text] returns is such a text.
//
// # Errors
//
// An error names the limit and the rule: an unknown name, a text that is no
// number or duration, a value that is not above zero or too large.
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
			return fmt.Errorf("limit %s: %q is not a duration above zero, such as 5s", row.Name,
				text)
		}
		*p = d
	case *int64:
		n, err := row.parse(text)
		if err != nil {
			return fmt.Errorf("limit %s: %w", row.Name, err)
		}
		*p = n
	}
	return nil
}

func (row Limit) parse(text string) (int64, error) {
	digits, factor := row.cutUnit(text)
	n, err := strconv.ParseInt(digits, 10, 64)
	most := row.most()
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange) || n <= 0:
		return 0, fmt.Errorf("%q is not a whole number above zero", text)
	case n > most/factor:
		return 0, fmt.Errorf("%s is above %s, the largest value", text, row.amount(most))
	}
	return n * factor, nil
}

// cutUnit takes the unit off an amount of bytes.
func (row Limit) cutUnit(text string) (digits string, factor int64) {
	if row.inBytes() {
		for _, u := range units {
			if digits, ok := strings.CutSuffix(text, u.name); ok {
				return strings.TrimRight(digits, " "), u.bytes
			}
		}
	}
	return text, 1
}

// most returns the largest value that SetLimit takes.
func (row Limit) most() int64 {
	if row.max != 0 {
		return row.max
	}
	return maxAmount
}
