package turn

import (
	"context"
	"errors"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// ErrBusy is what an error of [Generation.Checkout] satisfies when no instance
// came free in time.
var ErrBusy = errors.New("turn: no instance came free in time")

// Source knows the bots.
type Source interface {
	// Acquire pins the newest generation of a bot. An error means that there is
	// no such bot.
	Acquire(bot string) (Generation, error)
}

// Generation is one loaded version of a bot, pinned by one turn.
type Generation interface {
	// Name names the generation in logs, such as "3f2a91c04b7d#4".
	Name() string
	// Handles reports whether the module has the export.
	Handles(e abi.Export) bool
	// Dialog decides which handlers run.
	Dialog() Dialog
	// ClientVariables are the variables that clients may set. The caller must not
	// change the slice.
	ClientVariables() []string
	// Checkout waits for an instance, not longer than the limit for it allows;
	// then the error satisfies [ErrBusy].
	Checkout(ctx context.Context) (Instance, error)
	// Release unpins the generation.
	Release()
}

// Dialog is what a bot declared of its dialog. It is safe for concurrent use.
type Dialog interface {
	// Run runs the handlers of a turn on its draft. An error of h ends the turn and
	// comes back as it is, or wrapped.
	Run(d *draft.Draft, h draft.Handlers) error
	// Target finds the state that a move asks for; nil if any name will do. See
	// [draft.Base].
	Target() func(asked string, back []string) (string, error)
	// Timing returns for how many milliseconds altogether the user must be quiet in a
	// state until a transition looks at it that has not done so after elapsed of
	// them, and how often its conditions are looked at. Zero is never.
	Timing(state string, elapsed int64) (after, recheck int64)
}

// Instance is one running copy of a module. From Checkout to Release it belongs
// to one turn.
type Instance interface {
	// Call runs one export. Its effects go to h; now is the turn's time in
	// milliseconds since 1970. The guest's time runs on over all calls of one
	// checkout. After an error the instance is of no more use.
	Call(e abi.Export, input string, now int64, h abi.Host) (abi.Result, error)
	// Output returns what the last call gave to output, valid until the next one.
	Output() []byte
	// Said returns the words that the last call gave to fail.
	Said() string
	// Fuel returns how much the guest has worked since Checkout: the same calls
	// make the same number on every machine.
	Fuel() int64
	// Release gives the instance back.
	Release()
}
