package guesttest

import (
	"time"

	"github.com/bothost/bothost/abi"
)

// Options are the circumstances of a conversation. The zero value is usable.
type Options struct {
	// Config is what the operator configured for the bot. If nil, nothing.
	Config map[string]string
	// Asset is the body of the custom section bothost.asset. If nil, the bot has
	// no such section.
	Asset []byte
	// Limits are the host's limits. Fields that are zero have the host's defaults.
	Limits abi.Limits
	// User is who talks to the bot. If zero, somebody whom nobody named.
	User abi.User
	// Start is the time of the first turn. If zero, 1 January 2026; it is not the
	// real time, so that a test repeats.
	Start time.Time
	// Seed is what the randomness of all turns follows from.
	Seed uint64
	// InProcess runs the bot in the process of the test, and not in two others:
	// for debuggers. State that the bot keeps in memory is not found out then, and
	// a bot that does not end is not ended.
	InProcess bool
}

func (o Options) defaults() Options {
	o.Limits = o.Limits.Defaults()
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return o
}
