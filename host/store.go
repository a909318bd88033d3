package host

import (
	"fmt"

	"github.com/bothost/bothost/host/session"
	"github.com/bothost/bothost/host/session/memory"
	"github.com/bothost/bothost/host/session/pebble"
)

// Durability says what a turn that was answered outlives; see [pebble.Durability].
type Durability = pebble.Durability

// The durabilities, the safest first.
const (
	Sync     = pebble.Sync
	Interval = pebble.Interval
	None     = pebble.None
)

var durabilities = map[string]Durability{"sync": Sync, "interval": Interval, "none": None}

// DurabilityByName returns the durability called name: sync, interval or none.
func DurabilityByName(name string) (d Durability, ok bool) {
	d, ok = durabilities[name]
	return d, ok
}

// openStore opens what keeps the sessions.
func openStore(opts Options) (session.Store, error) {
	switch {
	case opts.Store != nil:
		return opts.Store, nil
	case opts.Data == "":
		return memory.New(memory.Options{
			Entries: opts.Limits.Entries, MessageIDs: opts.Limits.MessageIDs,
		}), nil
	}
	store, err := pebble.Open(pebble.Options{
		Dir: opts.Data, Durability: opts.Durability, Logger: opts.Logger,
		Entries: opts.Limits.Entries, MessageIDs: opts.Limits.MessageIDs,
	})
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return store, nil
}

// ErrDataLocked: another host has the folder of Options.Data open.
var ErrDataLocked = pebble.ErrLocked
